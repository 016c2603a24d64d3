"""Novo cancelamento in a real Chromium: by keyboard alone, as it is typed, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from atelogo.register.models import Note, Request
from tests.browser.register_site import Site, shoot, site, watch

__all__ = ["site"]  # the fixture is asked for by name


def _focused(page: Page) -> str:
    """Return what has the focus: its name or id, and its value where it has one."""
    name: str = page.evaluate(
        "(e => `${e.name || e.id || e.tagName}=${e.value || ''}`)(document.activeElement)"
    )
    return name


def _tab_to(page: Page, wanted: str, *, most: int = 40) -> int:
    """Press Tab until the control called ``wanted`` has the focus; return how often it took."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if _focused(page).startswith(wanted):
            return presses
    msg = f"{wanted} was not reached by Tab"
    raise AssertionError(msg)


def test_it_is_finished_by_keyboard_alone(
    site: Site, new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]]
) -> None:
    """Notes, CPF and Enter, reason by its first letters, Ctrl+Enter: the protocol, and no mouse was used."""
    context = new_context(viewport={"width": 1024, "height": 768})
    site.sign_in(context, site.cast.bruno)
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{site.url}/console/cancelamentos/novo/")
    assert _focused(page) == "note="
    page.keyboard.type("Ligou com pressa")
    assert _tab_to(page, "q") == 1
    page.keyboard.type("529.982.247-25")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Rita de Souza")).to_be_focused()
    assert page.input_value("[name=note]") == "Ligou com pressa"
    _tab_to(page, "reason")
    page.keyboard.type("preço alto")
    expect(page.locator("#reason-help")).to_contain_text("Use quando")
    shoot(page, "entry-keyboard")
    assert axe(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="O cancelamento está confirmado")).to_be_visible()
    protocol = page.locator(".protocol-aloud")
    expect(protocol).to_be_focused()
    row = Request.objects.get(customer_id=site.rita)
    assert (protocol.text_content() or "").replace(" ", "") == row.protocol
    assert (row.state, row.reason_id is not None) == ("confirmed", True)
    assert Note.objects.get(request_id=row.id).text == "Ligou com pressa"
    assert complaints == []


def test_answers_come_while_typing_and_nothing_else_moves(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    """Typing a name lists people at once; what was typed before and meanwhile stays, in no address."""
    context = new_context(viewport={"width": 1280, "height": 800})
    site.sign_in(context, site.cast.bruno)
    page = context.new_page()
    complaints, asked = watch(page), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/console/cancelamentos/novo/")
    page.fill("[name=note]", "anotado")
    page.locator("#find").press_sequentially("rita")
    page.locator("#id_free_text").fill("escrito enquanto busca")
    expect(page.get_by_role("button", name="É este Rita de Souza")).to_be_visible()
    assert page.input_value("#id_free_text") == "escrito enquanto busca"
    page.get_by_role("button", name="É este Rita de Souza").click()
    expect(page.locator("[name=contract]")).to_be_checked()
    assert (page.input_value("[name=note]"), page.input_value("#id_free_text")) == (
        "anotado",
        "escrito enquanto busca",
    )
    page.get_by_label("TV · Básico", exact=False).uncheck()
    expect(page.locator("#ending")).to_contain_text(
        "O que fica custa R$ 40,00 por mês.".replace("R$ ", "R$\xa0")
    )
    assert not [address for address in asked if "rita" in address.lower()]
    assert complaints == []


def test_an_active_request_shows_before_anything_is_recorded(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    """Choosing a customer who is leaving already says so, and recording joins that request."""
    context = new_context(viewport={"width": 1280, "height": 800})
    site.sign_in(context, site.cast.bruno)
    page = context.new_page()
    page.goto(f"{site.url}/console/cancelamentos/novo/?customer={site.jose}")
    expect(page.get_by_role("alert")).to_contain_text("Este contrato já tem um pedido em andamento.")
    shoot(page, "entry-standing")
    page.get_by_role("button", name="Confirmar cancelamento").dblclick()
    expect(page.get_by_role("heading", name="Juntado ao pedido em andamento")).to_be_visible()
    assert Request.objects.filter(customer_id=site.jose).count() == 1


def test_fields_for_others_and_for_earlier_dates_stand_back_until_needed(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    """Only another requester shows the fields about them; only an earlier date shows its evidence."""
    context = new_context(viewport={"width": 1280, "height": 800})
    site.sign_in(context, site.cast.bruno)
    page = context.new_page()
    page.goto(f"{site.url}/console/cancelamentos/novo/?customer={site.rita}")
    expect(page.locator("#id_requester_name")).to_be_hidden()
    page.select_option("#id_relation", "relative")
    expect(page.locator("#id_requester_name")).to_be_visible()
    expect(page.locator("#id_declared_on")).to_be_hidden()
    page.get_by_label("Antes, e conta desde então").check()
    expect(page.locator("#id_declared_on")).to_be_visible()


@pytest.mark.parametrize("path", ["known", "unknown", "question"])
def test_each_way_works_without_scripts(
    path: str, site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    """A known customer, an unknown one and a question are each recorded with scripts off, protocol shown."""
    context = new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    site.sign_in(context, site.cast.bruno)
    page = context.new_page()
    page.goto(f"{site.url}/console/cancelamentos/novo/")
    page.fill("[name=note]", "sem scripts")
    if path == "known":
        page.fill("#find", "1002")
        page.press("#find", "Enter")
        page.get_by_role("button", name="Confirmar cancelamento").click()
        assert re.fullmatch(r"(\d{4} ){3}\d{4}", page.locator(".protocol-aloud").text_content() or "")
        assert Request.objects.get(customer_id=site.rita).state == "confirmed"
        return
    if path == "unknown":
        page.get_by_role("button", name="Não sei quem é o cliente").click()
        page.fill("#id_requester_name", "Marta")
        page.get_by_role("button", name="Só registrar, confirmar depois").click()
        expect(page.get_by_role("heading", name="O pedido está registrado")).to_be_visible()
        return
    page.get_by_role("button", name="É só uma pergunta").click()
    page.get_by_label("O que foi perguntado").fill("Quanto dá a multa?")
    page.get_by_role("button", name="Registrar a pergunta").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pergunta")


def test_an_ended_session_loses_nothing_that_was_typed(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    """Signed out while typing: after signing in again the page offers what was typed, and brings it back."""
    context = new_context(viewport={"width": 1280, "height": 800})
    site.sign_in(context, site.cast.bruno)
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{site.url}/console/cancelamentos/novo/?customer={site.rita}")
    page.fill("[name=note]", "não perca isto")
    page.select_option("#id_relation", "relative")
    context.clear_cookies(name="atelogo_staff")
    page.get_by_role("button", name="Confirmar cancelamento").click()
    expect(page).to_have_url(re.compile("/console/login"))
    site.sign_in(context, site.cast.bruno)
    page.goto(f"{site.url}/console/cancelamentos/novo/")
    page.get_by_role("button", name="Trazer de volta").click()
    expect(page.get_by_role("heading", name="Rita de Souza")).to_be_visible()
    assert page.input_value("[name=note]") == "não perca isto"
    assert page.input_value("#id_relation") == "relative"
    page.select_option("#id_relation", "holder")
    page.get_by_role("button", name="Confirmar cancelamento").click()
    expect(page.locator(".protocol-aloud")).to_be_visible()
    page.goto(f"{site.url}/console/cancelamentos/novo/")
    expect(page.locator("#kept")).to_be_hidden()
    assert complaints == []
