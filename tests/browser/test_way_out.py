"""The plain way out in Chromium: without script, by keyboard alone, on a small phone, from click to undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from atelogo.core import registry
from atelogo.core.tenancy import workspace_scope
from atelogo.register.models import Request
from tests.browser.way_out_site import Site, focused, heading, narrow, shoot, tab_to
from tests.web.portal.conftest import CPF, Mailbox, furnish

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def site(live_server: LiveServer, transactional_db: None, settings: object) -> Site:
    """Return the provider on a running server."""
    settings.ATELOGO_BASE_URL = live_server.url  # type: ignore[attr-defined]
    return Site(live_server.url, furnish())


@pytest.fixture
def plain_page(new_context: NewContext) -> Page:
    """Return a page of 360 pixels with JavaScript off."""
    options = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": False}
    return new_context(**options).new_page()


def requests_of(site: Site) -> list[Request]:
    """Return every request, the first first."""
    with workspace_scope(site.provider.workspace.id):
        return list(Request.objects.order_by("recorded_at"))


def test_the_whole_way_without_script(site: Site, plain_page: Page) -> None:
    """Link, page, one press, protocol, reason by a tap, undo: nothing needs JavaScript, at 360 pixels."""
    page = plain_page
    site.enter(page)
    heading(page, "O que vai acontecer")
    assert "t=" not in page.url
    shoot(page, "leave-360")
    page.get_by_role("button", name="Confirmar cancelamento").click()
    heading(page, "Cancelamento confirmado")
    (request,) = requests_of(site)
    grouped = " ".join(request.protocol[at : at + 4] for at in range(0, 16, 4))
    expect(page.get_by_role("status").filter(has_text="Protocolo")).to_contain_text(grouped)
    shoot(page, "protocol-360")
    page.get_by_role("button", name="Vou mudar de endereço").click()
    expect(page.get_by_text("Anotado, agradecemos.")).to_be_visible()
    page.get_by_label("Quer contar mais?").fill("Vou para o interior")
    page.get_by_role("button", name="Enviar", exact=True).click()
    shoot(page, "protocol-reason-360")
    page.get_by_role("button", name="Desfazer o cancelamento").click()
    heading(page, "Cancelamento desfeito")
    (request,) = requests_of(site)
    assert (request.state, request.free_text) == ("undone", "Vou para o interior")


def test_the_code_without_script(site: Site, plain_page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Document, code from the mailbox, choice among contracts: all by plain forms."""
    box = Mailbox()
    monkeypatch.setitem(registry._messaging, "email", lambda _workspace: box)
    page = plain_page
    page.goto(site.at("cancelar"))
    shoot(page, "entry-360")
    page.get_by_label("CPF, CNPJ ou número do contrato").fill(CPF)
    page.get_by_role("button", name="Enviar o código").click()
    heading(page, "Digite o código que você recebeu")
    shoot(page, "code-360")
    page.get_by_label("Código de 6 números").fill("000")
    page.get_by_role("button", name="Continuar").click()
    shoot(page, "code-wrong-360")
    page.get_by_label("Código de 6 números").fill(box.code())
    page.get_by_role("button", name="Continuar").click()
    heading(page, "Qual contrato você quer cancelar?")
    shoot(page, "choose-360")
    assert narrow(page)


def test_the_declaration_without_script(site: Site, plain_page: Page) -> None:
    """Without any identification the protocol comes by one form; an empty one keeps what was typed."""
    page = plain_page
    page.goto(site.at("cancelar"))
    page.get_by_role("link", name="Declarar sem código").click()
    page.get_by_label("O que você quer cancelar?").fill("A internet da loja")
    page.get_by_role("button", name="Registrar meu cancelamento").click()
    expect(page.get_by_role("alert")).to_contain_text("basta um deles")
    shoot(page, "declare-error-360")
    expect(page.get_by_label("O que você quer cancelar?")).to_have_value("A internet da loja")
    page.get_by_label("Seu nome").fill("Ana Lima")
    page.get_by_role("button", name="Registrar meu cancelamento").click()
    heading(page, "Cancelamento confirmado")
    shoot(page, "declared-360")
    assert [row.declaration for row in requests_of(site)] == ["A internet da loja"]


def test_the_whole_way_by_keyboard(site: Site, page: Page) -> None:
    """Tab, Space and Enter alone lead from the contract's page to the protocol and to its undoing."""
    site.enter(page)
    heading(page, "O que vai acontecer")
    assert focused(page) == "O que vai acontecer"
    presses = tab_to(page, "Confirmar cancelamento")
    assert presses <= 12
    page.keyboard.press("Enter")
    heading(page, "Cancelamento confirmado")
    assert focused(page) == "Cancelamento confirmado"
    tab_to(page, "Desfazer o cancelamento")
    page.keyboard.press("Space")
    heading(page, "Cancelamento desfeito")
    assert [row.state for row in requests_of(site)] == ["undone"]


def test_enter_in_the_date_shows_its_sum_and_confirms_nothing(site: Site, page: Page) -> None:
    """The key that sends a form from a field asks for the sums: nobody cancels by accident."""
    site.enter(page)
    page.get_by_label("Em outro dia").check()
    page.locator("#id_on").fill("2026-12-31")
    page.locator("#id_on").press("Enter")
    page.wait_for_url("**quando=date**")
    assert requests_of(site) == []


def test_errors_take_the_focus_and_lead_to_their_field(site: Site, page: Page) -> None:
    """After a bad date the summary has the focus, and its link leads to the field."""
    site.enter(page)
    page.get_by_label("Em outro dia").check()
    page.get_by_role("button", name="Confirmar cancelamento").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.locator("#id_on")).to_be_focused()
    assert requests_of(site) == []


def test_a_double_click_is_one_request(site: Site, page: Page) -> None:
    """Two quick presses on the button leave one protocol."""
    site.enter(page)
    page.get_by_role("button", name="Confirmar cancelamento").dblclick()
    heading(page, "Cancelamento confirmado")
    assert len(requests_of(site)) == 1


def test_two_tabs_and_the_back_button_are_one_request(site: Site, page: Page) -> None:
    """Confirming in a second tab, or again after going back, shows the first protocol."""
    site.enter(page)
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name="Confirmar cancelamento").click()
    heading(page, "Cancelamento confirmado")
    first = page.url
    other.get_by_role("button", name="Confirmar cancelamento").click()
    heading(other, "Cancelamento confirmado")
    page.go_back()
    assert other.url == first
    assert len(requests_of(site)) == 1


def test_part_of_a_combo_by_mouse(site: Site, page: Page) -> None:
    """Unticking a line and confirming shows what stays and its price, then takes the word."""
    site.enter(page, both=True)
    page.get_by_role("link", name="Cancelar meu plano Internet · 500 mega + TV · Básico").click()
    page.get_by_label("Internet · 500 mega").uncheck()
    page.get_by_role("button", name="Confirmar cancelamento").click()
    expect(page.get_by_text("O que fica custa")).to_be_visible()
    shoot(page, "leave-part")
    assert requests_of(site) == []
    page.get_by_role("button", name="Confirmar cancelamento").click()
    heading(page, "Cancelamento confirmado")
    assert [row.mrr_minor for row in requests_of(site)] == [4000]


def test_a_token_behind_the_hash_never_reaches_an_address(site: Site, page: Page) -> None:
    """A token behind ``#`` is posted by the small script and leaves no trace in any address."""
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))
    token = site.provider.token(site.provider.rita)
    page.goto(site.at(f"entrar#t={token}"))
    heading(page, "O que vai acontecer")
    assert not [url for url in visited if token in url.partition("#")[0]]


def test_a_share_link_opens_the_check_without_a_session(
    site: Site, page: Page, new_context: NewContext
) -> None:
    """Whoever gets the address of the check sees that the receipt is genuine, and nobody's name."""
    site.enter(page)
    page.get_by_role("button", name="Confirmar cancelamento").click()
    address = page.get_by_role("link", name="Página em que qualquer pessoa confere").get_attribute("href")
    stranger = new_context().new_page()
    stranger.goto(str(address))
    heading(stranger, "Este comprovante é autêntico")
    assert "Rita" not in stranger.content()
    shoot(stranger, "verify")
