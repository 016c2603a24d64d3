"""Coming in: links exchanged at once, codes, choosing a contract, leaving; never a dead end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from atelogo.core import clock
from atelogo.core.secrets import decrypt
from atelogo.core.tenancy import workspace_scope
from atelogo.register.models import CustomerAccess
from atelogo.register.services import access
from tests.web.portal.conftest import CPF, NOON, Mailbox, Provider, field, text


def test_a_link_is_exchanged_for_a_cookie_by_a_303(provider: Provider) -> None:
    """The token leaves the address at once, in favour of a cookie out of reach of scripts and other sites."""
    browser = Client()
    answer = browser.get(provider.path("entrar"), {"t": provider.token(provider.rita)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/nova-rede/cancelar")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    cookie = answer.cookies["atelogo_customer"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/nova-rede/", True, "Lax")
    assert not cookie["max-age"]


def test_the_cookie_is_secure_under_https(provider: Provider, settings: Any) -> None:
    """Where the site is served over https the cookie never travels without it."""
    settings.SESSION_COOKIE_SECURE = True
    answer = Client().get(provider.path("entrar"), {"t": provider.token(provider.rita)})
    assert answer.cookies["atelogo_customer"]["secure"] is True


def test_one_contract_leads_straight_to_its_page(provider: Provider) -> None:
    """With nothing to choose there is no page of choice."""
    answer = provider.browser(provider.rita).get(provider.path("cancelar"))
    assert (answer.status_code, answer.headers["Location"]) == (302, provider.contract(provider.ritas))


def test_a_link_that_names_a_contract_leads_to_it(provider: Provider) -> None:
    """A customer with two contracts comes to the one whose button they pressed, and can see both."""
    browser = provider.browser(provider.jose, provider.combo)
    assert browser.get(provider.path("cancelar")).headers["Location"] == provider.contract(provider.combo)
    everything = text(browser.get(provider.path("cancelar?todos=1")))
    assert "Contrato 1001" in everything
    assert "Contrato 1002" in everything


def test_several_contracts_are_offered_with_plan_and_price(provider: Provider) -> None:
    """The choice shows each contract once, and nobody else's."""
    page = text(provider.browser(provider.jose).get(provider.path("cancelar")))
    assert "Qual contrato você quer cancelar?" in page
    assert "Internet · 500 mega + TV · Básico" in page
    assert "R$ 139,90 por mês" in page.replace("\xa0", " ")
    assert "Contrato 2001" not in page


def test_a_contract_under_way_shows_its_protocol_among_the_choices(provider: Provider) -> None:
    """The contract being cancelled leads to its protocol instead of a second request."""
    browser = provider.browser(provider.jose)
    where = provider.confirmed(browser, provider.plain)
    assert where in text(browser.get(provider.path("cancelar?todos=1")))


def test_a_customer_without_contracts_can_still_declare(provider: Provider) -> None:
    """Nothing to choose from is no dead end."""
    from atelogo.register.models import Contract

    with workspace_scope(provider.workspace.id):
        Contract.objects.filter(id=provider.ritas).update(status="ended")
    answer = provider.browser(provider.rita).get(provider.path("cancelar"))
    assert answer.status_code == 200
    assert provider.path("cancelar/declarar") in text(answer)


@pytest.mark.parametrize("fault", ["used", "expired", "garbage", "elsewhere", "unknown"])
def test_a_bad_link_leads_to_the_other_ways(provider: Provider, fault: str) -> None:
    """A used, expired, broken or foreign link says so kindly and still offers code and declaration."""
    browser = Client()
    token = provider.token(provider.rita)
    moment = NOON
    if fault == "used":
        Client().get(provider.path("entrar"), {"t": token})
    elif fault == "expired":
        moment = NOON + timedelta(minutes=11)
    elif fault == "garbage":
        token = token[:-4] + "AAAA"
    elif fault == "elsewhere":
        from tests.cast import company

        company("outra", "Outra")
        assert browser.get("/outra/entrar", {"t": token}).headers["Location"] == "/outra/cancelar?aviso=link"
        return
    else:
        from atelogo.accounts.services.signed_links import link_mint

        token = link_mint(workspace=provider.workspace, customer_ref="nobody")
    with clock.clock_at(moment):
        answer = browser.get(provider.path("entrar"), {"t": token})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/nova-rede/cancelar?aviso=link")
        page = text(browser.get(answer.headers["Location"]))
    assert "Este link não vale mais" in page
    assert "Enviar o código" in page
    assert "Declarar sem código" in page


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
def test_a_prefetch_does_not_use_a_link_up(provider: Provider, header: str) -> None:
    """A browser that looks ahead, or asks only for the head, leaves the link as it was."""
    token = provider.token(provider.rita)
    ahead = Client().get(provider.path("entrar"), {"t": token}, headers={header: "prefetch"})
    assert ahead.status_code == 204
    assert Client().head(provider.path("entrar"), {"t": token}).status_code == 204
    assert Client().get(provider.path("entrar"), {"t": token}).headers["Location"] == "/nova-rede/cancelar"


def test_the_same_browser_may_click_its_link_twice(provider: Provider) -> None:
    """A double click goes on into the page, with the session it opened."""
    browser, token = Client(), provider.token(provider.rita)
    for _click in range(2):
        answer = browser.get(provider.path("entrar"), {"t": token})
        assert answer.headers["Location"] == "/nova-rede/cancelar"
    with workspace_scope(provider.workspace.id):
        assert CustomerAccess.objects.count() == 1


def test_a_link_may_lead_to_the_protocols(provider: Provider) -> None:
    """A mail about a request brings the customer to the list."""
    answer = Client().get(provider.path("entrar"), {"t": provider.token(provider.rita), "para": "protocolos"})
    assert answer.headers["Location"] == "/nova-rede/protocolos"


def test_a_token_may_be_posted_and_nothing_shown_without_one(provider: Provider) -> None:
    """The script's form carries a token from behind the hash; without any, the other ways stand there."""
    page = text(Client().get(provider.path("entrar")))
    assert provider.path("cancelar/declarar") in page
    answer = Client().post(provider.path("entrar"), {"t": provider.token(provider.rita), "para": ""})
    assert answer.headers["Location"] == "/nova-rede/cancelar"


def test_looking_writes_no_request(provider: Provider) -> None:
    """Coming in, choosing and reading what will happen leave no request, only when it was meant."""
    browser = provider.browser(provider.jose)
    browser.get(provider.path("cancelar"))
    browser.get(provider.contract(provider.plain))
    assert provider.requests() == []
    with workspace_scope(provider.workspace.id):
        assert CustomerAccess.objects.get().intent_at == NOON


def test_the_moment_of_intent_reaches_the_request(provider: Provider) -> None:
    """What is kept with the request is when the customer came, not when the button was pressed."""
    browser = provider.browser(provider.rita)
    with clock.clock_at(NOON + timedelta(minutes=9)):
        provider.confirmed(browser, provider.ritas)
    assert [(r.intent_at, r.requested_at) for r in provider.requests()] == [
        (NOON, NOON + timedelta(minutes=9))
    ]


# One-time codes --------------------------------------------------------------------------------------------
def asked(provider: Provider, browser: Client, who: str, **more: str) -> None:
    """Ask for a code on the page of the three ways."""
    page = browser.get(provider.path("cancelar"))
    sent = {"who": who, "state": field(page, "state")} | more
    answer = browser.post(provider.path("cancelar/codigo/pedir"), sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/nova-rede/cancelar/codigo")


def test_a_code_lets_the_customer_in(provider: Provider, mailbox: Mailbox) -> None:
    """Document, code by e-mail, session: the customer sees their own contracts."""
    browser = Client()
    asked(provider, browser, CPF)
    answer = browser.post(provider.path("cancelar/codigo"), {"code": mailbox.code()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/nova-rede/cancelar")
    assert "Contrato 1001" in text(browser.get("/nova-rede/cancelar"))
    assert "atelogo_code" not in {name for name, c in browser.cookies.items() if c.value}


def test_a_contract_number_leads_to_that_contract(provider: Provider, mailbox: Mailbox) -> None:
    """Who names a contract goes straight to its page."""
    browser = Client()
    asked(provider, browser, "1002")
    browser.post(provider.path("cancelar/codigo"), {"code": mailbox.code()})
    assert browser.get("/nova-rede/cancelar").headers["Location"] == provider.contract(provider.combo)


def test_the_answer_is_the_same_for_a_stranger(provider: Provider, mailbox: Mailbox) -> None:
    """Asking and a wrong code show the very same pages for a customer and for nobody."""
    pages = []
    for who in (CPF, "529.982.247-25"):
        browser = Client()
        asked(provider, browser, who)
        first = browser.get(provider.path("cancelar/codigo"))
        wrong = browser.post(provider.path("cancelar/codigo"), {"code": "1"})
        assert (first.status_code, wrong.status_code) == (200, 422)
        clean = [text(page).replace(who, "WHO") for page in (first, wrong)]
        pages.append([_without_tokens(page) for page in clean])
    assert pages[0] == pages[1]


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="(csrfmiddlewaretoken|state)" value="[^"]*"', "", page)


def test_what_was_typed_stands_in_no_address_and_no_clear_cookie(provider: Provider) -> None:
    """The document travels in the form and in an encrypted cookie only."""
    browser = Client()
    asked(provider, browser, CPF)
    kept = browser.cookies["atelogo_code"]
    assert CPF not in kept.value
    assert "11144477735" not in kept.value
    assert (kept["path"], kept["httponly"]) == ("/nova-rede/", True)


def test_without_a_question_there_is_no_page_for_a_code(provider: Provider) -> None:
    """An address opened out of order leads back to the beginning; an altered cookie is no question."""
    browser = Client()
    assert browser.get(provider.path("cancelar/codigo")).headers["Location"] == "/nova-rede/cancelar"
    browser.cookies["atelogo_code"] = "made.up"
    assert browser.get(provider.path("cancelar/codigo")).headers["Location"] == "/nova-rede/cancelar"


def test_a_lost_contact_leads_to_a_declaration_with_what_was_typed(provider: Provider) -> None:
    """Who no longer reaches the contact on file meets no dead end: it goes on, prefilled."""
    browser = Client()
    asked(provider, browser, CPF)
    assert "declarar?contato=perdido" in text(browser.get(provider.path("cancelar/codigo")))
    page = browser.get(provider.path("cancelar/declarar?contato=perdido"))
    assert field(page, "identifier") == CPF
    assert field(page, "lost_contact") == "on"


def test_another_code_goes_on_to_the_same_place(provider: Provider, mailbox: Mailbox) -> None:
    """Asking again keeps where the person was going, here a contract."""
    browser = Client()
    public_id = provider.contract(provider.combo).rsplit("/", 1)[1]
    page = browser.get(provider.path(f"cancelar?volta={public_id}"))
    for _ask in range(2):
        sent = {"who": CPF, "state": field(page, "state")}
        browser.post(provider.path("cancelar/codigo/pedir"), sent)
        page = browser.get(provider.path("cancelar/codigo"))
    mailbox.code()
    newest = UUID(hex=json.loads(decrypt(browser.cookies["atelogo_code"].value))["access"])
    code = access._code(provider.workspace, newest)
    answer = browser.post(provider.path("cancelar/codigo"), {"code": code})
    assert answer.headers["Location"] == provider.contract(provider.combo)


@pytest.mark.parametrize("back", ["//evil.example", "ctr_nonsense", "https://evil.example"])
def test_the_way_back_never_leads_elsewhere(provider: Provider, mailbox: Mailbox, back: str) -> None:
    """What is no contract of ours leads to the beginning, never to another site."""
    browser = Client()
    page = browser.get(provider.path("cancelar"), {"volta": back})
    browser.post(provider.path("cancelar/codigo/pedir"), {"who": CPF, "state": field(page, "state")})
    answer = browser.post(provider.path("cancelar/codigo"), {"code": mailbox.code()})
    assert answer.headers["Location"] == "/nova-rede/cancelar"


def test_an_empty_question_is_asked_again(provider: Provider) -> None:
    """Nothing typed gives the page with a message that leads to the field."""
    answer = Client().post(provider.path("cancelar/codigo/pedir"), {"who": " "})
    assert answer.status_code == 422
    assert 'href="#id_who"' in text(answer)


# Leaving ---------------------------------------------------------------------------------------------------
def test_leaving_ends_the_session(provider: Provider) -> None:
    """After leaving, the cookie opens nothing even when it is kept."""
    browser = provider.browser(provider.rita)
    key = browser.cookies["atelogo_customer"].value
    answer = browser.post(provider.path("sair"))
    assert answer.status_code == 303
    browser.cookies["atelogo_customer"] = key
    assert "Enviar o código" in text(browser.get(provider.path("cancelar")))


def test_half_an_hour_of_silence_ends_the_session(provider: Provider) -> None:
    """After half an hour the contract's page asks who is there, and comes back to itself afterwards."""
    browser = provider.browser(provider.rita)
    with clock.clock_at(NOON + timedelta(minutes=31)):
        answer = browser.get(provider.contract(provider.ritas))
    assert answer.headers["Location"].startswith("/nova-rede/cancelar?volta=ctr_")


@pytest.mark.parametrize(
    "rest", ["cancelar", "cancelar/declarar", "protocolos/entrar", "como-cancelar", "v", "entrar"]
)
def test_pages_are_not_kept_nor_found(provider: Provider, rest: str) -> None:
    """Customers' pages are out of search engines and caches, except the public one."""
    answer = Client().get(provider.path(rest))
    public = rest == "como-cancelar"
    assert (answer.headers["X-Robots-Tag"] == "all") is public
    assert ("no-store" in answer.headers.get("Cache-Control", "")) is not public
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "language,word", [("pt-br", "Cancelar meu plano"), ("en", "Cancel my plan"), ("es", "Cancelar mi plan")]
)
def test_the_pages_speak_three_languages(provider: Provider, language: str, word: str) -> None:
    """Portuguese, English and Spanish are each complete on the first page."""
    assert word in text(Client().get(provider.path(f"cancelar?lang={language}")))
