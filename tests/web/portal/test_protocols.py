"""*Meus protocolos*: one's own requests and nobody else's, what happens next, and what can still be done."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote_plus

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM
from atelogo.register.models import EquipmentReturn, ManualTask, Reason, Request, Touchpoint
from atelogo.register.queries.asked import asked_reasons
from atelogo.register.services import requests
from tests.web.portal.conftest import NOON, Provider, text

ACTS = ("desfazer", "motivo", "palavras", "multa", "equipamento", "cobranca")


@pytest.fixture
def jose(provider: Provider) -> Client:
    """Return José's browser."""
    return provider.browser(provider.jose)


@pytest.fixture
def where(provider: Provider, jose: Client) -> str:
    """Return the address of José's cancellation of his plain contract."""
    return provider.confirmed(jose, provider.plain)


def row_of(provider: Provider, where: str) -> Request:
    """Return the request at an address."""
    with workspace_scope(provider.workspace.id):
        row: Request = Request.objects.get(protocol=where.partition("?")[0].rsplit("/", 1)[1])
    return row


def acted(provider: Provider, act: Any, where: str, **more: Any) -> None:
    """Let the company do something to the request."""
    with workspace_scope(provider.workspace.id):
        act(workspace=provider.workspace, actor=SYSTEM, request_id=row_of(provider, where).id, **more)


# What is shown ---------------------------------------------------------------------------------------------
def test_the_protocol_stands_first_and_is_announced(provider: Provider, jose: Client, where: str) -> None:
    """The number is grouped for reading aloud, in a status that screen readers say."""
    protocol = row_of(provider, where).protocol
    grouped = " ".join(protocol[at : at + 4] for at in range(0, 16, 4))
    page = text(jose.get(where))
    assert f'<p role="status">Protocolo <strong class="protocol">{grouped}</strong></p>' in page


def test_what_happens_next_has_times_with_their_zone(provider: Provider, jose: Client, where: str) -> None:
    """Last day, deadline for charges, undo window and fee stand there with date, hour and zone."""
    page = text(jose.get(where)).replace("\xa0", " ")
    for words in (
        "Cancelamento confirmado",
        "Vale a partir de</dt><dd>02/03/2026 às 12:00 (horário de Brasília)",
        "A cobrança para até</dt><dd>04/03/2026 às 12:00 (horário de Brasília)",
        "Último dia do serviço</dt><dd>02/03/2026",
        "até R$ 300,00",
        "Desfazer o cancelamento",
        "Até 03/03/2026 às 12:00 (horário de Brasília).",
        "Pedido recebido",
        "Até logo",
    ):
        assert words in page


def test_any_grouping_of_the_number_finds_it(provider: Provider, jose: Client, where: str) -> None:
    """An address typed with spaces, dots or dashes shows the same page."""
    number = where.rsplit("/", 1)[1]
    for typed in (f"{number[:8]}.{number[8:]}", " ".join(number[at : at + 4] for at in range(0, 16, 4))):
        assert jose.get(provider.path(f"protocolos/{typed}")).status_code == 200


def test_the_share_link_holds_the_protocol_and_the_check_only(
    provider: Provider, jose: Client, where: str
) -> None:
    """What goes to WhatsApp names nobody and no plan."""
    page = text(jose.get(where))
    link = page.split('href="https://wa.me/?')[1].split('"')[0]
    row = row_of(provider, where)
    grouped = " ".join(row.protocol[at : at + 4] for at in range(0, 16, 4))
    check = f"http://127.0.0.1:8000/nova-rede/v/{row.protocol}?k={row.receipt_key}"
    assert unquote_plus(link) == f"text={grouped} {check}"


def test_the_list_says_state_and_next_date(provider: Provider, jose: Client, where: str) -> None:
    """Each request has its protocol, subject, state in the customer's words and the date that matters."""
    page = text(jose.get(provider.path("protocolos")))
    assert "500 mega" in page
    assert "Cancelamento confirmado" in page
    assert "cobrança para até 04/03/2026 às 12:00" in page


def test_the_timeline_follows_what_the_company_does(provider: Provider, jose: Client, where: str) -> None:
    """When billing has stopped the page says so, with a second receipt."""
    with clock.clock_at(NOON + timedelta(hours=3)):
        acted(provider, requests.request_complete, where)
    page = text(jose.get(where))
    assert "Cancelamento concluído" in page
    assert "Cobrança encerrada" in page
    assert "02/03/2026 às 15:00" in page
    assert "comprovante/concluido" in page
    assert "concluído em 02/03/2026" in text(jose.get(provider.path("protocolos")))


def test_a_voided_request_says_that_it_has_no_effect(provider: Provider, jose: Client, where: str) -> None:
    """A request taken out by a supervisor is shown as such, with nothing left to do."""
    acted(provider, requests.request_void, where, why="wrong customer")
    page = text(jose.get(where))
    assert "Anulado, sem efeito no contrato" in page
    assert "Desfazer" not in page


def test_a_joined_request_leads_to_the_one_that_stands(provider: Provider, jose: Client, where: str) -> None:
    """A duplicate names the protocol that goes on."""
    other = provider.confirmed(jose, provider.combo)
    with workspace_scope(provider.workspace.id):
        # A duplicate is about the same contract, or about one that nobody named.
        Request.objects.filter(id=row_of(provider, where).id).update(contract=None)
    acted(provider, requests.request_merge, where, into_id=row_of(provider, other).id)
    assert f'href="{other}"' in text(jose.get(where))


# Whose requests --------------------------------------------------------------------------------------------
def test_nobody_elses_request_is_shown(provider: Provider, where: str) -> None:
    """Rita gets for José's protocol what she gets for one that does not exist, on every address below it."""
    rita = provider.browser(provider.rita)
    for address in (where, provider.path("protocolos/2026030200000000")):
        assert rita.get(address).status_code == 404
        for rest in ("comprovante/confirmado", "comprovante/confirmado.pdf", "comprovante/confirmado.json"):
            assert rita.get(f"{address}/{rest}").status_code == 404
        assert rita.get(f"{address}/agenda.ics").status_code == 404
        for act in ACTS:
            assert rita.post(f"{address}/{act}", {"dispute": "not_working"}).status_code == 404
    assert "500 mega" not in text(rita.get(provider.path("protocolos")))
    assert row_of(provider, where).state == "confirmed"


def test_nobody_known_is_asked_who_they_are_whatever_exists(provider: Provider, where: str) -> None:
    """Without a session every protocol leads to the ways in, and no act is carried out."""
    for address in (where, provider.path("protocolos/2026030200000000"), provider.path("protocolos")):
        assert Client().get(address).headers["Location"] == "/nova-rede/protocolos/entrar"
    for act in ACTS:
        assert Client().post(f"{where}/{act}").status_code == 404
    assert row_of(provider, where).state == "confirmed"


def test_the_same_protocol_in_another_company_is_not_found(provider: Provider, where: str) -> None:
    """The number of one company's request opens nothing under another's address."""
    from tests.cast import company

    company("outra", "Outra")
    browser = provider.browser(provider.jose)
    browser.cookies["atelogo_customer"]["path"] = "/"
    assert browser.get(where.replace("nova-rede", "outra")).headers["Location"] == "/outra/protocolos/entrar"


# Undo ------------------------------------------------------------------------------------------------------
def test_undoing_gives_the_contract_back(provider: Provider, jose: Client, where: str) -> None:
    """Inside the window one press undoes, once, and the page says so."""
    for _press in range(2):
        assert jose.post(f"{where}/desfazer").headers["Location"] == f"{where}?aviso=undone"
    page = text(jose.get(f"{where}?aviso=undone"))
    assert "O cancelamento foi desfeito. Tudo continua como antes." in page
    assert "Cancelamento desfeito" in page
    assert row_of(provider, where).state == "undone"


def test_after_the_window_undoing_is_refused_kindly(provider: Provider, where: str) -> None:
    """A day later the button is gone, and an old page's press changes nothing and says why."""
    with clock.clock_at(NOON + timedelta(hours=24)):
        jose = provider.browser(provider.jose)
        assert "Desfazer" not in text(jose.get(where))
        answer = jose.post(f"{where}/desfazer")
        assert "O prazo para desfazer terminou" in text(jose.get(answer.headers["Location"]))
    assert row_of(provider, where).state == "confirmed"


def test_a_stale_press_changes_nothing(provider: Provider, where: str) -> None:
    """Without the form's protection no act is carried out; the page asks to do it once more."""
    browser = provider.browser(provider.jose, enforce_csrf_checks=True)
    for act in ("desfazer", "motivo", "multa", "equipamento"):
        answer = browser.post(f"{where}/{act}", {"dispute": "not_working", "way": "counter"})
        assert answer.headers["Location"].startswith(f"{where}?aviso=stale")
    row = row_of(provider, where)
    assert (row.state, row.reason_id, row.fee_state) == ("confirmed", None, "stated")


# Why -------------------------------------------------------------------------------------------------------
def test_the_reason_is_asked_once_and_saved_by_one_tap(provider: Provider, jose: Client, where: str) -> None:
    """A tap is a POST that keeps the reason; the question goes and a thank you comes."""
    page = text(jose.get(where))
    assert "Por que você está saindo?" in page
    with workspace_scope(provider.workspace.id):
        reason = Reason.objects.get(code="price_too_high")
    answer = jose.post(f"{where}/motivo", {"reason": reason.id.hex})
    assert answer.headers["Location"] == f"{where}?aviso=thanks#why"
    assert row_of(provider, where).reason_id == reason.id
    assert "Por que você está saindo?" not in text(jose.get(where))


def test_other_and_silence_come_last_and_the_rest_in_no_fixed_order(provider: Provider, where: str) -> None:
    """Each request draws its own order, the same on every load, with "other" and silence at the end."""
    from atelogo.core import ids

    with workspace_scope(provider.workspace.id):
        orders = [
            [reason.code for reason in asked_reasons(provider.workspace, request, language="pt-br")]
            for request in [ids.new_id() for _one in range(12)]
        ]
        request = ids.new_id()
        twice = [asked_reasons(provider.workspace, request, language="pt-br") for _load in range(2)]
    assert {tuple(order[-2:]) for order in orders} == {("other", "prefer_not_to_say")}
    assert len({tuple(order) for order in orders}) > 1
    assert len({order[0] for order in orders}) > 1
    assert twice[0] == twice[1]


def test_words_are_optional_and_kept(provider: Provider, jose: Client, where: str) -> None:
    """After the reason, words and what would have kept the customer are saved, and shown again."""
    with workspace_scope(provider.workspace.id):
        reason = Reason.objects.get(code="other")
    jose.post(f"{where}/motivo", {"reason": reason.id.hex})
    jose.post(f"{where}/palavras", {"free_text": "Caía todo dia", "would_have_kept": "Um técnico"})
    row = row_of(provider, where)
    assert (row.free_text, row.would_have_kept) == ("Caía todo dia", "Um técnico")
    assert "Caía todo dia" in text(jose.get(where))


@pytest.mark.parametrize("reason", ["", "nonsense", "0" * 32])
def test_a_reason_that_is_none_changes_nothing(
    provider: Provider, jose: Client, where: str, reason: str
) -> None:
    """An empty, broken or unknown reason is answered kindly."""
    answer = jose.post(f"{where}/motivo", {"reason": reason})
    assert answer.headers["Location"] == f"{where}?aviso=pick#why"
    assert row_of(provider, where).reason_id is None


def test_a_sensitive_reason_ends_the_questions(provider: Provider, jose: Client, where: str) -> None:
    """After a death or an illness nothing more is asked and nobody says "até logo"."""
    with workspace_scope(provider.workspace.id):
        reason = Reason.objects.get(code="bereavement")
    acted(provider, requests.request_reason_set, where, reason_id=reason.id, source="agent")
    page = text(jose.get(where))
    for words in ("Por que você está saindo?", "Quer acrescentar algo?", "Até logo"):
        assert words not in page


# Fee, equipment, late charges ------------------------------------------------------------------------------
def test_a_fee_can_be_disputed_afterwards(provider: Provider, jose: Client, where: str) -> None:
    """One tap on a reason holds the fee; the page then says by when it is answered."""
    assert "Você discorda da multa?" in text(jose.get(where))
    jose.post(f"{where}/multa", {"dispute": "never_installed"})
    assert row_of(provider, where).fee_state == "disputed"
    page = text(jose.get(where))
    assert "contestada; respondemos até 09/03/2026" in page
    assert "Você discorda da multa?" not in page


def test_the_return_of_equipment_is_chosen(provider: Provider, jose: Client, where: str) -> None:
    """Pick-up with a day and a time of day is kept and shown; it may be changed to the counter."""
    jose.post(f"{where}/equipamento", {"way": "pickup", "day": "2026-03-05", "part": "afternoon"})
    assert "Roteador (SN1): retirada, 05/03/2026" in text(jose.get(where))
    jose.post(f"{where}/equipamento", {"way": "counter"})
    with workspace_scope(provider.workspace.id):
        assert [row.way for row in EquipmentReturn.objects.all()] == ["counter"]


@pytest.mark.parametrize(
    "sent", [{}, {"way": "pickup"}, {"way": "pickup", "day": "2026-03-02", "part": "morning"}]
)
def test_a_return_that_cannot_be_is_said_at_its_field(
    provider: Provider, jose: Client, where: str, sent: dict[str, str]
) -> None:
    """No way, no day or a day too soon gives 422 with a summary, and nothing is kept."""
    answer = jose.post(f"{where}/equipamento", sent)
    assert answer.status_code == 422
    assert "Confira isto." in text(answer)
    with workspace_scope(provider.workspace.id):
        assert not EquipmentReturn.objects.exists()


def test_a_charge_after_cancelling_reaches_a_person(provider: Provider, jose: Client, where: str) -> None:
    """The words are kept, a person gets an urgent step, and an empty report is asked again."""
    assert jose.post(f"{where}/cobranca", {"words": " "}).status_code == 422
    answer = jose.post(f"{where}/cobranca", {"words": "boleto de R$ 99,90 em 10/04"})
    assert answer.headers["Location"] == f"{where}?aviso=charged#charged"
    with workspace_scope(provider.workspace.id):
        assert Touchpoint.objects.get().summary == "boleto de R$ 99,90 em 10/04"
        assert ManualTask.objects.filter(kind="charged_after", state="open").count() == 1


def test_acts_are_limited(
    provider: Provider, jose: Client, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit every act answers 429 with the company's contacts."""
    monkeypatch.setattr("atelogo.web.portal.views.acts._PER_HOUR", 0)
    for act in ACTS:
        answer = jose.post(f"{where}/{act}")
        assert answer.status_code == 429
        assert "0800 111 2222" in text(answer)
        assert int(answer.headers["Retry-After"]) > 0


# Receipts --------------------------------------------------------------------------------------------------
def test_the_receipt_is_a_page_to_print(provider: Provider, jose: Client, where: str) -> None:
    """The receipt as issued can be read and printed, with holder, masked document and the check's address."""
    page = text(jose.get(f"{where}/comprovante/confirmado"))
    assert "José da Conceição" in page
    assert "***.444.777-**" in page
    assert f"/nova-rede/v/{row_of(provider, where).protocol}?k=" in page
    assert "111.444.777-35" not in page


def test_the_receipt_is_json_with_its_content(provider: Provider, jose: Client, where: str) -> None:
    """The file holds the receipt's content and says that the proof follows until the line is sealed."""
    answer = jose.get(f"{where}/comprovante/confirmado.json")
    content = json.loads(answer.content)
    assert content["receipt"]["protocol"] == row_of(provider, where).protocol
    assert content["proof_follows"] is True
    assert "attachment" in answer.headers["Content-Disposition"]
    from atelogo.events import log

    log.seal(provider.workspace.id)
    sealed = json.loads(jose.get(f"{where}/comprovante/confirmado.json").content)
    assert sealed["proof"].startswith("c2sp.org/tlog-proof@v1")


def test_the_last_day_goes_into_a_calendar(provider: Provider, jose: Client, where: str) -> None:
    """The calendar file holds the last day of the service and the protocol."""
    answer = jose.get(f"{where}/agenda.ics")
    event: Any = next(iter(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")))
    assert event["dtstart"].dt == date(2026, 3, 2)
    assert answer.headers["Content-Type"].startswith("text/calendar")


@pytest.mark.parametrize("kind", ["concluido", "outro"])
def test_a_receipt_that_was_not_issued_is_not_found(jose: Client, where: str, kind: str) -> None:
    """There is no receipt of the completion before it, and none of another name."""
    for form in ("", ".pdf", ".json"):
        assert jose.get(f"{where}/comprovante/{kind}{form}").status_code == 404


# Cost ------------------------------------------------------------------------------------------------------
def test_the_pages_cost_what_they_should(provider: Provider, jose: Client, where: str) -> None:
    """Eight statements for one request in full, three for the list however long it is."""
    provider.confirmed(jose, provider.combo)
    counts = []
    for address in (where, provider.path("protocolos")):
        with CaptureQueriesContext(connection) as captured:
            jose.get(address)
        counts.append(len(captured))
    assert counts == [8, 3]


def test_the_press_costs_what_it_should(provider: Provider, jose: Client) -> None:
    """One confirmation is one transaction of few statements: the hot path of the product."""
    from tests.web.portal.conftest import field

    state = field(jose.get(provider.contract(provider.plain)), "state")
    with CaptureQueriesContext(connection) as captured:
        jose.post(provider.contract(provider.plain), {"state": state})
    statements = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"] and q["sql"] != "BEGIN"]
    assert len([sql for sql in statements if not sql.startswith('DELETE FROM "accounts_attempt')]) <= 14
