"""One receipt, many forms, one content: what was committed to in the ledger."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from pypdf import PdfReader
from pytest_httpserver import HTTPServer

from atelogo.core import clock
from atelogo.core.errors import NotFoundError
from atelogo.core.signing import NoteKey
from atelogo.events import ledger, log
from atelogo.events.offline import Finding, check_receipt
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.models import Equipment, Receipt, Request
from atelogo.register.services import pdf, rendering, requests
from atelogo.register.services.requests import Choice, RequesterInput
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_deciding import BILLING, declared
from tests.register.services.test_request_open import asked

NBSP = "\u00a0"


def context(shop: Shop, request: Request, kind: str = "confirmed") -> dict[str, Any]:
    """Return what the templates are given for the request's receipt of ``kind``."""
    return rendering.receipt_context(shop.workspace, receipt_id(request, kind).id)


def receipt_id(request: Request, kind: str = "confirmed") -> Receipt:
    """Return the request's receipt of ``kind``."""
    found: Receipt = Receipt.objects.get(request_id=request.id, kind=kind)
    return found


def facts(shown: dict[str, Any], section: str) -> dict[str, str]:
    """Return the facts of one section as label -> value (note)."""
    found = next((each for each in shown["sections"] if each.code == section), None)
    rows = found.rows if found else ()
    return {row.label: f"{row.value} ({row.note})" if row.note else row.value for row in rows}


@pytest.mark.usefixtures("db")
class TestContent:
    """What a receipt says."""

    def test_it_names_every_time_in_the_company_zone(self, shop: Shop) -> None:
        """Declared, recorded and confirmed stand side by side, in Brasília time, with the zone named."""
        letter = MONDAY - timedelta(days=3)
        request = declared(shop, declared_at=letter)
        said = facts(context(shop, request), "request")
        assert said["Declarado em"] == "27/02/2026 às 12:00 (horário de Brasília)"
        assert said["Registrado em"] == "02/03/2026 às 12:00 (horário de Brasília)"
        assert said["Confirmado em"] == "02/03/2026 às 12:00 (horário de Brasília)"

    def test_it_says_what_ends_and_when_and_what_we_do_by_when(self, shop: Shop) -> None:
        """Lines with their value, the chosen last day, and the deadline to register that end in billing."""
        request = declared(shop, Choice(EffectiveChoice.PERIOD_END))
        shown = context(shop, request)
        ends = facts(shown, "contract")
        assert ends["Contrato"] == "1001"
        assert ends["Último dia do serviço"] == "09/03/2026 (fim do período já pago, como você escolheu)"
        (_number, *lines, _day) = next(s for s in shown["sections"] if s.code == "contract").rows
        assert {(row.value, row.note) for row in lines} == {
            ("Internet · 500 mega", f"R${NBSP}99,90 por mês"),
            ("TV · Básico", f"R${NBSP}40,00 por mês"),
        }
        does = facts(shown, "next")
        assert does["Registramos o fim na cobrança até"].startswith(
            "04/03/2026 às 12:00 (horário de Brasília)"
        )

    def test_a_fee_is_shown_with_its_sum_and_never_as_a_debt(self, shop: Shop) -> None:
        """The most it can be, with the parts of the sum, and the sentence that it acknowledges no debt."""
        shown = context(shop, declared(shop))
        fee = facts(shown, "money")["Multa"]
        assert fee.startswith(f"até R${NBSP}300,00")
        assert f"R${NBSP}600,00 × 6 meses restantes ÷ 12 meses" in fee
        text = next(s.text for s in shown["sections"] if s.code == "money")
        assert text == "Este comprovante registra fatos. Não é confissão de dívida."

    def test_a_disputed_fee_is_held_and_has_an_answer_day(self, shop: Shop) -> None:
        """The dispute's reason, that the fee is held, and the day by which a person answers."""
        shown = context(shop, declared(shop, Choice(dispute="not_working")))
        fee = facts(shown, "money")["Multa"]
        assert fee.startswith(f"até R${NBSP}300,00, em discussão")
        assert "Você discorda: o serviço não funcionou." in fee
        assert facts(shown, "next")["Respondemos sobre a multa até"] == "09/03/2026"

    def test_a_fee_without_data_is_under_check(self, shop: Shop) -> None:
        """Where the contract's data are missing the receipt says "em apuração" and charges nothing."""
        from atelogo.register.models import Contract

        Contract.objects.update(commitment_benefit_minor=None)
        fee = facts(context(shop, declared(shop)), "money")["Multa"]
        assert fee == "em apuração (Nada é cobrado por isso até respondermos.)"

    def test_lent_equipment_is_listed_and_is_no_condition(self, shop: Shop) -> None:
        """Kind, serial number and value of each thing, and that giving it back is no condition."""
        Equipment.objects.create(
            workspace_id=shop.workspace.id,
            contract_id=shop.contract,
            kind="Roteador",
            serial="SN-77",
            value_minor=25000,
        )
        shown = context(shop, declared(shop))
        assert facts(shown, "equipment") == {
            "Roteador": f"número de série SN-77 (valor no contrato: R${NBSP}250,00)"
        }
        text = next(s.text for s in shown["sections"] if s.code == "equipment")
        assert text.startswith("Devolver não é condição para cancelar")

    def test_a_declaration_without_identification_still_gets_its_receipt(self, shop: Shop) -> None:
        """Nobody matched yet: requester, words and times stand there, no contract is invented."""
        opened = requests.request_declare(
            workspace=shop.workspace,
            actor=shop.person,
            declaration=replace(
                asked(shop),
                customer_id=None,
                contract_id=None,
                identity="unverified",
                words="quero cancelar a internet",
                requester=RequesterInput(
                    name="Ana <b>Lima</b>", contact="ana@example.com", contract_hint="77"
                ),
            ),
        )
        shown = context(shop, Request.objects.get(id=opened.id))
        assert "Vamos localizar seu contrato" in shown["lead"]
        assert facts(shown, "people")["Pedido por"] == "Ana <b>Lima</b> (o titular)"
        assert facts(shown, "request")["Com suas palavras"] == "quero cancelar a internet"
        assert "Contrato" not in facts(shown, "contract")
        page = rendering.receipt_html(shop.workspace, receipt_id(Request.objects.get(id=opened.id)).id)
        assert "Ana &lt;b&gt;Lima&lt;/b&gt;" in page

    def test_rights_name_the_undo_window_and_where_to_complain(self, shop: Shop) -> None:
        """Undo until when and where, answer in 7 days, history, the company's own lines, Procon."""
        company = replace(shop.workspace, contacts=replace(shop.workspace.contacts, sac_phone="0800 1"))
        rights = "\n".join(
            context(replace(shop, workspace=company), declared(replace(shop, workspace=company)))["rights"]
        )
        assert "até 03/03/2026 às 12:00 (horário de Brasília)" in rights
        assert f"/{shop.workspace.slug}/protocolos" in rights
        assert "7 dias corridos" in rights
        assert "SAC 0800 1" in rights
        assert "Procon" in rights
        assert "consumidor.gov.br" in rights

    def test_an_undo_window_that_is_over_is_not_promised(self, shop: Shop) -> None:
        """The second receipt, issued after the window, does not offer to undo."""
        request = declared(shop)
        with clock.clock_at(MONDAY + timedelta(hours=30)):
            requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
        shown = context(shop, request, "completed")
        assert shown["title"] == "Cancelamento concluído"
        assert not any("desfazer" in right for right in shown["rights"])
        assert facts(shown, "next")["Cobranças paradas em"] == "03/03/2026 às 18:00 (horário de Brasília)"

    def test_every_text_follows_the_language_of_the_receipt(self, shop: Shop) -> None:
        """A receipt issued in English stays English whoever reads it, in the company's time zone."""
        request = declared(shop)
        Receipt.objects.filter(request_id=request.id).update(locale="en")
        shown = context(shop, request)
        assert shown["title"] == "Cancellation confirmed"
        assert facts(shown, "request")["Confirmed at"] == "2 Mar 2026, 12:00 (Brasilia Time)"
        assert facts(shown, "money")["Fee"].startswith("up to R$300.00")

    def test_a_request_that_is_only_open_has_no_receipt(self, shop: Shop) -> None:
        """Nothing to render before the word is final."""
        opened = requests.request_open(
            workspace=shop.workspace, actor=shop.person, declaration=asked(shop, clear=False)
        )
        assert rendering.receipts_of(shop.workspace, opened.id) == []

    def test_a_receipt_of_another_company_is_not_found(self, shop: Shop) -> None:
        """The receipt's id under another workspace is as if it did not exist."""
        from tests.cast import company

        elsewhere = company("outra-casa", "Outra Casa")
        with pytest.raises(NotFoundError):
            rendering.receipt_context(elsewhere, receipt_id(declared(shop)).id)


@pytest.mark.usefixtures("db")
class TestForms:
    """Page, JSON, calendar: made of that content."""

    def test_the_page_stands_alone(self, shop: Shop) -> None:
        """Styles inside, no script, no address of another host except the check page's link."""
        receipt = receipt_id(declared(shop))
        page = rendering.receipt_html(shop.workspace, receipt.id)
        assert page.startswith("<!DOCTYPE html>")
        assert "<style>" in page
        assert "<script" not in page
        assert set(re.findall(r'(?:src|href)="([^"]+)"', page)) == {
            rendering.receipt_read(shop.workspace, receipt.id).payload["verify_url"],
            context(shop, Request.objects.get(id=receipt.request_id))["qr"]
            .replace("&", "&amp;")
            .replace("'", "&#x27;"),
        }

    def test_the_part_for_other_pages_holds_no_style(self, shop: Shop) -> None:
        """The include of the portal's page passes its content policy: no style, no script, no handler."""
        from django.template.loader import render_to_string

        body = render_to_string("register/receipt_body.html", {"receipt": context(shop, declared(shop))})
        assert "style" not in re.sub(r'src="data:[^"]*"', "", body)
        assert "<script" not in body

    def test_the_json_form_is_checked_offline_by_the_public_key_alone(self, shop: Shop) -> None:
        """Salt, entry, proof and key lead from the words of the receipt to the signed checkpoint."""
        receipt = receipt_id(declared(shop))
        log.seal(shop.workspace.id)
        found = rendering.receipt_json(shop.workspace, receipt.id)
        assert found["format"] == "atelogo-receipt/1"
        assert "proof_follows" not in found
        assert found["entry"]["id"] == str(receipt.entry_id)
        verdict = check_receipt(json.dumps(found), NoteKey.parse(found["public_key"]))
        assert verdict.finding is Finding.SOUND

    def test_the_commitment_is_plain_hmac_over_canonical_json(self, shop: Shop) -> None:
        """A stranger reckons it with a standard library: HMAC-SHA256 of the RFC 8785 text under the salt."""
        found = rendering.receipt_json(shop.workspace, receipt_id(declared(shop)).id)
        text = json.dumps(
            {"receipt": found["receipt"]}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        reckoned = hmac.new(base64.b64decode(found["salt"]), text.encode(), hashlib.sha256).hexdigest()
        assert found["entry"]["commitment"] == reckoned

    def test_one_changed_word_is_found(self, shop: Shop) -> None:
        """A receipt edited by anybody no longer fits its entry."""
        found = rendering.receipt_json(shop.workspace, receipt_id(declared(shop)).id)
        found["receipt"] = found["receipt"] | {"declaration": "never said"}
        verdict = check_receipt(json.dumps(found), NoteKey.parse(found["public_key"]))
        assert verdict.finding is Finding.RECEIPT_ALTERED

    def test_before_the_seal_the_json_form_says_that_the_proof_follows(self, shop: Shop) -> None:
        """Not sealed yet: proof null and announced, everything else already there."""
        found = rendering.receipt_json(shop.workspace, receipt_id(declared(shop)).id)
        assert (found["proof"], found["proof_follows"]) == (None, True)
        verdict = check_receipt(json.dumps(found), NoteKey.parse(found["public_key"]))
        assert verdict.finding is Finding.PROOF_FOLLOWS

    def test_after_erasure_there_is_no_salt_left_to_give(self, shop: Shop) -> None:
        """A shredded entry keeps its proof and gives no salt."""
        receipt = receipt_id(declared(shop))
        log.seal(shop.workspace.id)
        ledger.shred(shop.workspace.id, [receipt.entry_id])
        found = rendering.receipt_json(shop.workspace, receipt.id)
        assert found["salt"] is None
        assert found["proof"] is not None

    def test_the_last_day_is_a_calendar_day(self, shop: Shop) -> None:
        """A whole day without a time zone's shift, the protocol inside, equal on every call."""
        request = declared(shop, Choice(EffectiveChoice.PERIOD_END))
        made = rendering.receipt_ics(shop.workspace, receipt_id(request).id)
        assert made is not None
        assert made == rendering.receipt_ics(shop.workspace, receipt_id(request).id)
        assert b"DTSTART;VALUE=DATE:20260309\r\n" in made
        assert b"DTEND;VALUE=DATE:20260310\r\n" in made
        assert all(len(line) <= 75 for line in made.split(b"\r\n"))
        (event,) = icalendar.Calendar.from_ical(made).walk("VEVENT")
        assert request.protocol == re.sub(r"\D", "", str(event["DESCRIPTION"]))
        assert str(event["SUMMARY"]) == f"Último dia do serviço: {shop.workspace.name}"


@pytest.mark.slow
class TestPdf:
    """The PDF, made by a child process."""

    def test_it_says_what_the_page_says(self, shop: Shop) -> None:
        """Protocol, holder, fee and rights can be read and copied from the PDF; its language is set."""
        request = declared(shop)
        made = rendering.receipt_pdf(shop.workspace, receipt_id(request).id)
        if made is None:
            pytest.skip("Pango is not installed here: the PDF is off and says so")
        reader = PdfReader(io.BytesIO(made))
        text = " ".join(page.extract_text() for page in reader.pages).replace(NBSP, " ")
        shown = context(shop, request)
        for wanted in (shown["protocol_grouped"], "José da Conceição", "até R$ 300,00", "Procon"):
            assert wanted in text
        assert str(reader.root_object["/Lang"]) == "pt-br"

    def test_nothing_outside_the_page_is_opened(self, httpserver: HTTPServer, tmp_path: Path) -> None:
        """Pictures and styles from the network or the disk are not fetched, even when the page asks."""
        httpserver.expect_request("/x.png").respond_with_data("secret")
        (tmp_path / "secret.css").write_text("p::before { content: 'leaked' }")
        page = (
            f'<img src="{httpserver.url_for("/x.png")}"><p>shown</p>'
            f'<link rel="stylesheet" href="{(tmp_path / "secret.css").as_uri()}">'
        )
        made = pdf.pdf_of(f"<html lang='en'><title>t</title><body>{page}</body></html>", "p { color: red }")
        if made is None:
            pytest.skip("Pango is not installed here: the PDF is off and says so")
        assert httpserver.log == []
        text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
        assert "shown" in text
        assert "leaked" not in text


def child(tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another script in the place of the PDF maker."""
    script = tmp_path / "child.py"
    script.write_text(body)
    monkeypatch.setattr(pdf, "_CHILD", script)


@pytest.mark.parametrize(
    "body",
    ["import sys; sys.exit(3)", "import sys; sys.exit(1)", "print('no PDF at all')", "import os; os.abort()"],
    ids=["pango-missing", "error", "garbage", "crash"],
)
def test_without_a_pdf_the_answer_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Whatever happens to the child, the caller gets None and goes on."""
    child(tmp_path, body, monkeypatch)
    assert pdf.pdf_of("<p>x</p>", "") is None


def test_a_child_that_hangs_is_killed_at_its_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PDF that takes too long is given up."""
    child(tmp_path, "import threading; threading.Event().wait()", monkeypatch)
    assert pdf.pdf_of("<p>x</p>", "", seconds=0.3) is None


def test_the_child_gets_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Database address and master key are not in the child's environment."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere")
    monkeypatch.setenv("ATELOGO_MASTER_KEY", "secret")
    child(tmp_path, "import os; print('%PDF' + ' '.join(sorted(os.environ)))", monkeypatch)
    seen = pdf.pdf_of("<p>x</p>", "")
    assert seen is not None
    assert b"DATABASE_URL" not in seen
    assert b"ATELOGO" not in seen
    assert b"PATH" in seen
