"""The way that always stands: whatever a person gives is recorded at once, and nothing typed is lost."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events import outbox
from atelogo.register.models import ManualTask, Requester
from tests.web.portal.conftest import CPF, NOON, Mailbox, Provider, field, text

FORM = "cancelar/declarar"


def declared(provider: Provider, browser: Client, **given: str) -> Any:
    """Open the form and send it filled in."""
    page = browser.get(provider.path(FORM))
    return browser.post(provider.path(FORM), {"state": field(page, "state")} | given)


def requester(provider: Provider) -> Any:
    """Return who asked."""
    with workspace_scope(provider.workspace.id):
        return Requester.objects.get()


def test_a_declaration_gets_its_protocol_at_once(provider: Provider) -> None:
    """Without any identification the request is confirmed, dated and shown with its protocol."""
    browser = Client()
    answer = declared(
        provider, browser, name="Ana Lima", identifier="1001", contact="ana@example.com", words="Quero sair"
    )
    (row,) = provider.requests()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/nova-rede/protocolos/{row.protocol}")
    assert (row.state, row.identity, row.customer_id, row.contract_id) == (
        "confirmed",
        "unverified",
        None,
        None,
    )
    assert (row.intent_at, row.requested_at) == (NOON, NOON)
    page = text(browser.get(answer.headers["Location"]))
    assert " ".join(row.protocol[at : at + 4] for at in range(0, 16, 4)) in page
    assert "o prazo conta do mesmo jeito" in page


@pytest.mark.parametrize(
    "given", [{"name": "Ana"}, {"identifier": CPF}, {"identifier": "9999"}, {"contact": "11 98888-7777"}]
)
def test_any_one_of_them_is_enough(provider: Provider, given: dict[str, str]) -> None:
    """A name alone, a document alone, a number alone or a contact alone is recorded."""
    assert declared(provider, Client(), **given).status_code == 303
    assert len(provider.requests()) == 1


def test_nothing_to_go_on_is_asked_again_with_the_words_kept(provider: Provider) -> None:
    """Words without anybody behind them get a clear message at the field, and stay in the form."""
    answer = declared(provider, Client(), words="Chega, quero cancelar", relation="relative")
    assert answer.status_code == 422
    page = text(answer)
    assert "basta um deles" in page
    assert 'href="#id_identifier"' in page
    assert "Chega, quero cancelar" in page
    assert provider.requests() == []


def test_the_answer_does_not_tell_whether_the_contract_exists(provider: Provider) -> None:
    """A number that is a customer's and one that is nobody's lead to alike pages."""
    pages = []
    for number in ("1001", "7777"):
        browser = Client()
        answer = declared(provider, browser, identifier=number)
        page = text(browser.get(answer.headers["Location"]))
        protocol = answer.headers["Location"].rsplit("/", 1)[1]
        grouped = " ".join(protocol[at : at + 4] for at in range(0, 16, 4))
        row = next(row for row in provider.requests() if row.protocol == protocol)
        for own in (protocol, grouped, grouped.replace(" ", "+"), row.receipt_key, number):
            page = page.replace(own, "")
        pages.append(_without_order(page))
    assert pages[0] == pages[1]


def _without_order(page: str) -> list[str]:
    import re

    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return sorted(re.split(r"(?=<)", page))  # the reasons' order is drawn for each request


def test_a_second_press_is_the_same_request(provider: Provider) -> None:
    """Sending the same form twice gives the same protocol."""
    browser = Client()
    state = field(browser.get(provider.path(FORM)), "state")
    places = {
        browser.post(provider.path(FORM), {"state": state, "name": "Ana"}).headers["Location"]
        for _press in range(2)
    }
    assert len(places) == 1
    assert len(provider.requests()) == 1


def test_an_altered_state_is_no_obstacle(provider: Provider) -> None:
    """Without a genuine state the declaration is recorded all the same, without its moment of intent."""
    browser = Client()
    browser.get(provider.path(FORM))
    answer = browser.post(provider.path(FORM), {"state": "forged", "name": "Ana"})
    assert answer.status_code == 303
    assert provider.requests()[0].intent_at is None


def test_a_relative_is_recorded_and_waits_for_authority(provider: Provider) -> None:
    """The daughter's request has its protocol and date; it says that it is not cancelled yet, and why."""
    browser = Client()
    answer = declared(provider, browser, name="Bia", identifier="1001", relation="relative")
    (row,) = provider.requests()
    assert (row.state, row.requested_at) == ("open", NOON)
    page = text(browser.get(answer.headers["Location"]))
    assert "Ainda não cancelado. Para concluir:" in page
    assert "estamos conferindo se você pode pedir pelo titular" in page


def test_a_death_meets_no_questions_and_no_farewell(provider: Provider) -> None:
    """Where the holder died nobody asks why and nobody says "até logo"."""
    browser = Client()
    answer = declared(provider, browser, name="Bia", identifier="1001", relation="heir")
    page = text(browser.get(answer.headers["Location"]))
    assert "Por que você está saindo?" not in page
    assert "Até logo" not in page


def test_a_lost_contact_opens_an_assisted_check(provider: Provider) -> None:
    """Who no longer reaches the contact on file is recorded, and a person is asked to check."""
    declared(provider, Client(), identifier=CPF, lost_contact="on")
    assert requester(provider).identity_check == "lost_contact"
    with workspace_scope(provider.workspace.id):
        assert ManualTask.objects.get().facts == {"lost_contact": True}


def test_who_is_in_declares_in_their_own_name(provider: Provider) -> None:
    """A customer whose contract is not in the list needs to give nothing more than the words."""
    browser = provider.browser(provider.rita)
    answer = declared(provider, browser, words="O contrato da loja também")
    (row,) = provider.requests()
    assert (row.customer_id, row.identity, row.contract_id) == (provider.rita, "signed_link", None)
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_who_is_in_may_ask_for_somebody_else(provider: Provider) -> None:
    """Asking for a relative, a customer is the requester, not the holder, and sees what they asked."""
    browser = provider.browser(provider.rita)
    answer = declared(provider, browser, name="Rita", identifier="1001", relation="relative")
    (row,) = provider.requests()
    assert (row.customer_id, row.identity, row.state) == (None, "unverified", "open")
    assert "Ainda não cancelado" in text(browser.get(answer.headers["Location"]))


def test_a_browser_without_cookies_is_shown_its_protocol(provider: Provider) -> None:
    """With cookies off the form is taken, because it uses nobody's rights, and answered on the spot."""
    browser = Client(enforce_csrf_checks=True)
    state = field(browser.get(provider.path(FORM)), "state")
    browser.cookies.clear()
    answer = browser.post(
        provider.path(FORM), {"state": state, "name": "Ana"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 200
    assert provider.requests()[0].protocol[:4] in text(answer)


def test_another_site_cannot_send_the_form(provider: Provider) -> None:
    """A form sent from elsewhere is shown again, not recorded."""
    browser = Client(enforce_csrf_checks=True)
    sent = {"name": "Ana", "words": "guardado"}
    answer = browser.post(provider.path(FORM), sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "guardado" in text(answer)
    assert provider.requests() == []


def test_a_stale_form_keeps_what_was_typed(provider: Provider) -> None:
    """An old page's form comes back filled in, and its second sending is recorded."""
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["other"] = "1"
    answer = browser.post(provider.path(FORM), {"name": "Ana Lima", "words": "Cancelem"})
    assert answer.status_code == 403
    assert 'value="Ana Lima"' in answer.content.decode()
    sent = {"name": "Ana Lima", "csrfmiddlewaretoken": field(answer, "csrfmiddlewaretoken")}
    assert browser.post(provider.path(FORM), sent).status_code == 303


def test_no_declaration_is_refused_however_many_come(
    provider: Provider, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit it is recorded with its protocol and flagged; the address in the form gets no mail."""
    monkeypatch.setattr("atelogo.web.portal.views.declare._PER_ORIGIN", 1)
    for name in ("ana", "bia"):
        browser = Client()
        answer = declared(provider, browser, name=name, contact=f"{name}@example.com")
        assert answer.status_code == 303
        assert "Cancelamento confirmado" in text(browser.get(answer.headers["Location"]))
    with clock.clock_at(NOON + timedelta(minutes=1)):
        outbox.drain()
    assert sorted((row.state, row.flags) for row in provider.requests()) == [
        ("confirmed", []),
        ("confirmed", ["many_from_one_origin"]),
    ]
    assert [message.to for message in mailbox.sent] == ["ana@example.com"]


def test_who_is_in_gets_the_receipt_past_the_limit(
    provider: Provider, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A customer who is in has an address on file: the receipt goes there, many or not."""
    monkeypatch.setattr("atelogo.web.portal.views.declare._PER_ORIGIN", 0)
    declared(provider, provider.browser(provider.jose), identifier="1001", contact="other@example.com")
    with clock.clock_at(NOON + timedelta(minutes=1)):
        outbox.drain()
    assert [message.to for message in mailbox.sent] == ["jose@example.com"]


def test_a_declaration_stands_without_its_flag(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the flag cannot be written, the declaration is recorded all the same."""

    def down(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("atelogo.web.portal.views.declare._PER_ORIGIN", 0)
    monkeypatch.setattr("atelogo.register.services.way_out.request_locked", down)
    assert declared(provider, Client(), name="Ana").status_code == 303
    assert [row.state for row in provider.requests()] == ["confirmed"]


def test_when_nothing_can_be_recorded_the_text_is_kept(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If even the plain declaration fails, the page says so and holds everything, ready to be sent again."""

    def down(**_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("atelogo.web.portal.views.declare.plain_declare", down)
    answer = declared(provider, Client(), name="Ana", words="Cancelem isso")
    assert answer.status_code == 503
    assert field(answer, "words") == "Cancelem isso"


# Seeing it again -------------------------------------------------------------------------------------------
def test_only_the_browser_that_declared_sees_it(provider: Provider) -> None:
    """Another browser, and a customer who is in, get nothing of a stranger's declaration."""
    answer = declared(provider, Client(), name="Ana")
    stranger = Client().get(answer.headers["Location"])
    assert stranger.headers["Location"] == "/nova-rede/protocolos/entrar"
    assert provider.browser(provider.jose).get(answer.headers["Location"]).status_code == 404


def test_what_was_declared_is_in_the_list(provider: Provider) -> None:
    """The browser finds its declarations under *Meus protocolos*."""
    browser = Client()
    for name in ("Ana", "Ana de novo"):
        declared(provider, browser, name=name)
    page = text(browser.get(provider.path("protocolos")))
    assert page.count("Cancelamento confirmado") == 2


def test_a_declaration_may_be_undone_where_it_was_made(provider: Provider) -> None:
    """Inside the window the declaring browser can take it back while it is nobody's yet."""
    browser = Client()
    where = declared(provider, browser, name="Ana").headers["Location"]
    assert "Desfazer o cancelamento" in text(browser.get(where))
    assert browser.post(f"{where}/desfazer").headers["Location"] == f"{where}?aviso=undone"
    assert provider.requests()[0].state == "undone"


def test_after_matching_a_stranger_learns_nothing_of_the_holder(provider: Provider) -> None:
    """Once a person matched it, the declaring browser sees its own words' state, no plan, fee or undo."""
    from atelogo.events.ledger import Actor
    from atelogo.register.services import requests

    browser = Client()
    where = declared(provider, browser, name="Ana").headers["Location"]
    with workspace_scope(provider.workspace.id):
        requests.request_identify(
            workspace=provider.workspace,
            actor=Actor("staff", provider.rita),
            request_id=provider.requests()[0].id,
            customer_id=provider.jose,
            contract_id=provider.plain,
        )
    page = text(browser.get(where))
    for hidden in ("500 mega", ">1001<", "R$", "Roteador", "Desfazer", "José"):
        assert hidden not in page
    for act in ("desfazer", "motivo", "multa", "equipamento", "cobranca"):
        assert browser.post(f"{where}/{act}", {"dispute": "not_working"}).status_code == 404
    for form in ("", ".pdf", ".json"):
        assert browser.get(f"{where}/comprovante/confirmado{form}").status_code == 404
    assert "500 mega" in text(provider.browser(provider.jose).get(where))


def test_a_third_party_is_told_nothing_once_accepted(provider: Provider) -> None:
    """After their authority was accepted, the receipt with plan and holder is still the holder's alone."""
    from atelogo.events.ledger import Actor
    from atelogo.register.services import requests

    browser, clerk = Client(), Actor("staff", provider.rita)
    where = declared(provider, browser, name="Bia", relation="relative").headers["Location"]
    named: dict[str, Any] = {
        "workspace": provider.workspace,
        "actor": clerk,
        "request_id": provider.requests()[0].id,
    }
    with workspace_scope(provider.workspace.id):
        requests.request_identify(**named, customer_id=provider.jose, contract_id=provider.plain)
        requests.authority_decide(**named, accepted=True, evidence="procuração conferida")
    assert provider.requests()[0].state == "confirmed"
    page = text(browser.get(where))
    for hidden in ("500 mega", ">1001<", "R$", "José", "comprovante/"):
        assert hidden not in page
    assert browser.get(f"{where}/comprovante/confirmado.json").status_code == 404


def test_who_is_in_and_asks_for_somebody_else_reads_that_it_is_checked(provider: Provider) -> None:
    """A customer who came in by their own link and asks as an attorney is not taken for the holder."""
    browser = provider.browser(provider.jose)
    answer = declared(provider, browser, name="José", identifier="2001", relation="attorney")
    page = text(browser.get(answer.headers["Location"]))
    assert "estamos conferindo se você pode pedir pelo titular" in page
    assert "Agradecemos o tempo" not in page


def test_an_altered_cookie_shows_nothing(provider: Provider) -> None:
    """Which requests a browser declared cannot be made up."""
    browser = Client()
    where = declared(provider, browser, name="Ana").headers["Location"]
    kept = browser.cookies["atelogo_declared"].value
    browser.cookies["atelogo_declared"] = kept[:-2] + "xx"
    assert browser.get(where).headers["Location"] == "/nova-rede/protocolos/entrar"


def test_the_declaring_browser_forgets_after_a_day(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day later, when nothing can be undone any more, the same cookie shows nothing."""
    browser = Client()
    where = declared(provider, browser, name="Ana").headers["Location"]
    assert browser.get(where).status_code == 200
    later = time.time() + 24 * 3600 + 5
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert browser.get(where).headers["Location"] == "/nova-rede/protocolos/entrar"
