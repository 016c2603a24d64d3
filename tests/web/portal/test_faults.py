"""Mail, PDF, billing, sealer or the reckoning of sums may fail: the request is recorded and shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from atelogo.core import registry
from atelogo.core.ports.billing import BillingUnavailableError
from atelogo.core.ports.messaging import MessagingUnavailableError
from atelogo.events import log, outbox
from tests.web.portal.conftest import Mailbox, Provider, field, text


def broken(*_args: object, **_named: object) -> Any:
    """Fail as nothing should."""
    msg = "broken on purpose"
    raise RuntimeError(msg)


class DeadBilling:
    """A billing system that never answers."""

    name = "dead"

    def subscription_cancel(self, order: object) -> Any:
        """Fail."""
        raise BillingUnavailableError

    subscription_uncancel = subscription_cancel


@pytest.fixture
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> str:
    """Break one part of the house for the whole test."""
    part = str(request.param)
    if part == "mail":
        mailbox.error = MessagingUnavailableError()
    elif part == "pdf":
        monkeypatch.setattr("atelogo.register.services.rendering.receipt_pdf", broken)
    elif part == "no pdf":
        monkeypatch.setattr("atelogo.register.services.rendering.receipt_pdf", lambda *_args: None)
    elif part == "billing":
        monkeypatch.setitem(registry._billing, "assisted", lambda _workspace: DeadBilling())
    elif part == "sealer":
        monkeypatch.setattr(log, "seal", broken)
        monkeypatch.setattr(log, "seal_all", broken)
        monkeypatch.setattr("atelogo.register.services.rendering.log.proof_of", broken)
    elif part == "terms":
        monkeypatch.setattr("atelogo.register.services.leaving_terms.consequences", broken)
        monkeypatch.setattr("atelogo.register.services.deciding.ending_of", broken)
    elif part == "page":
        monkeypatch.setattr("atelogo.web.portal.views.leave.leaving_terms", broken)
    return part


ALL = ["mail", "pdf", "no pdf", "billing", "sealer", "terms", "page"]


@pytest.mark.parametrize("fault", ALL, indirect=True)
def test_the_way_out_stands_with_any_part_dead(provider: Provider, fault: str) -> None:
    """The page shows its button, one press records the wish, and the protocol is on the next page."""
    browser = provider.browser(provider.jose)
    page = browser.get(provider.contract(provider.plain))
    assert "Confirmar cancelamento" in text(page)
    answer = browser.post(provider.contract(provider.plain), {"state": field(page, "state"), "when": "now"})
    assert answer.status_code == 303
    outbox.drain()
    (row,) = provider.requests()
    assert row.requested_at is not None
    shown = browser.get(answer.headers["Location"])
    assert shown.status_code == 200
    assert " ".join(row.protocol[at : at + 4] for at in range(0, 16, 4)) in text(shown)
    assert row.state == ("open" if fault == "terms" else "confirmed")


@pytest.mark.parametrize("fault", ALL, indirect=True)
def test_the_bare_declaration_stands_with_any_part_dead(provider: Provider, fault: str) -> None:
    """Without identification, too, the protocol comes whatever is broken."""
    browser = Client()
    state = field(browser.get(provider.path("cancelar/declarar")), "state")
    answer = browser.post(provider.path("cancelar/declarar"), {"state": state, "name": "Ana"})
    assert answer.status_code == 303
    assert browser.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("fault", ["pdf", "no pdf"], indirect=True)
def test_without_the_pdf_the_page_says_so(provider: Provider, fault: str) -> None:
    """A PDF that cannot be made leads back to the protocol, with the other forms at hand."""
    browser = provider.browser(provider.jose)
    where = provider.confirmed(browser, provider.plain)
    answer = browser.get(f"{where}/comprovante/confirmado.pdf")
    assert answer.headers["Location"] == f"{where}?aviso=no-pdf"
    assert "O PDF não está disponível agora" in text(browser.get(answer.headers["Location"]))


@pytest.mark.parametrize("fault", ["terms", "page"], indirect=True)
def test_sums_that_fail_are_said_and_stop_nobody(provider: Provider, fault: str) -> None:
    """The page says what it cannot show; the wish keeps its words for the person who finishes it."""
    browser = provider.browser(provider.jose)
    page = text(browser.get(provider.contract(provider.plain)))
    assert ("Não conseguimos calcular os valores agora" in page) is (fault == "page")
    provider.confirmed(browser, provider.plain, dispute="not_working")
    (row,) = provider.requests()
    assert "Quero cancelar." in row.declaration
    if fault == "terms":
        assert "Discordo da multa." in row.declaration
        assert (row.customer_id, row.contract_id, row.next_step) == (provider.jose, None, "identify")


@pytest.mark.parametrize("fault", ["terms"], indirect=True)
def test_a_wish_kept_plainly_raises_an_alert_without_personal_data(
    provider: Provider, fault: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """What broke is logged as an error with its kind, and nobody's name, document or words."""
    provider.confirmed(provider.browser(provider.jose), provider.plain)
    logged = capsys.readouterr().err + caplog.text
    assert "way_out_fell_back" in logged
    assert "RuntimeError" in logged
    for hidden in ("José", "11144477735", "jose@example.com", "Quero cancelar"):
        assert hidden not in logged


@pytest.mark.parametrize("fault", ["sealer"], indirect=True)
def test_without_the_sealer_the_check_still_answers(provider: Provider, fault: str) -> None:
    """A receipt is confirmed by its key; only the proof waits."""
    provider.confirmed(provider.browser(provider.jose), provider.plain)
    (row,) = provider.requests()
    assert Client().get(provider.path(f"v/{row.protocol}"), {"k": row.receipt_key}).status_code == 200
    proof = Client().get(provider.path(f"v/{row.protocol}/prova.json"), {"k": row.receipt_key})
    assert json.loads(proof.content)["genuine"] is True
