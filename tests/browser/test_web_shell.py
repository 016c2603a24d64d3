"""The frames of staff and customers in Chromium: policy, contrast, small screens, keyboard, no script."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast, signed_in

SHOTS = os.environ.get("TEST_SHOTS", "")


@pytest.fixture
def site(live_server: LiveServer, transactional_cast: Cast, settings: object) -> str:
    """Return the address of Padaria Aurora on a running server that also has the sample pages."""
    settings.ROOT_URLCONF = "tests.web.sample_pages"  # type: ignore[attr-defined]
    return f"{live_server.url}/{transactional_cast.workspace.slug}"


@pytest.fixture
def transactional_cast(transactional_db: None) -> Cast:
    """Make the cast in a database that the server's thread sees."""
    from tests import cast

    return cast.assemble()


@pytest.fixture
def sign_in(transactional_cast: Cast, site: str) -> Callable[[BrowserContext], None]:
    """Return a function that lets Ana into a browser."""
    cookies = signed_in(transactional_cast.ana).cookies

    def do(context: BrowserContext) -> None:
        context.add_cookies(
            [{"name": name, "value": morsel.value, "url": site} for name, morsel in cookies.items()]
        )

    return do


def watch(page: Page) -> list[str]:
    """Collect what the page complains of: refused parts, script errors, files that are not there."""
    found: list[str] = []
    page.on("console", lambda m: found.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: found.append(str(e)))
    return found


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page where TEST_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_staff_frame(
    theme: str, width: int, site: str, sign_in: Callable[[BrowserContext], None],
    new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    """The staff's frame with every component breaks no rule of policy or axe, and never scrolls sideways."""
    context = new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    sign_in(context)
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{site}/console/sample")
    expect(page.locator("[data-chart] canvas")).to_have_count(2)
    page.hover("#reasons [data-chart]")
    shoot(page, f"console-{theme}-{width}")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    assert axe(page) == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_customer_frame(
    theme: str,
    width: int,
    site: str,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
) -> None:
    """Customers' pages break no rule of the policy or of axe, in light and dark, down to 360 pixels."""
    page = new_context(viewport={"width": width, "height": 740}, color_scheme=theme).new_page()
    complaints = watch(page)
    page.goto(f"{site}/sample")
    shoot(page, f"portal-{theme}-{width}")
    assert axe(page) == []
    page.click("text=Cancelar meu plano")
    expect(page.locator(".error-summary")).to_be_visible()
    shoot(page, f"portal-errors-{theme}-{width}")
    assert axe(page) == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/nothing/here", "/padaria-aurora/console/login"])
def test_signed_out_pages(
    path: str,
    theme: str,
    site: str,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
) -> None:
    """Landing, errors and login break no rule of axe or of the policy, in light and dark."""
    page = new_context(viewport={"width": 360, "height": 740}, color_scheme=theme).new_page()
    complaints = watch(page)
    page.goto(site.rsplit("/", 1)[0] + path)
    shoot(page, f"bare{path.replace('/', '-')}-{theme}")
    assert axe(page) == []
    assert [one for one in complaints if "404" not in one] == []


@pytest.fixture
def console(site: str, sign_in: Callable[[BrowserContext], None], page: Page) -> Page:
    """Return Ana's browser on the sample page."""
    sign_in(page.context)
    page.goto(f"{site}/console/sample")
    return page


def test_the_palette_by_keyboard_alone(console: Page, site: str) -> None:
    """Ctrl+K opens the palette; typing and Enter go to a page; Escape closes it and gives the focus back."""
    console.focus("#search")
    console.keyboard.press("Control+k")
    expect(console.locator("#palette")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.locator("#palette")).to_be_hidden()
    assert console.evaluate("document.activeElement.id") == "search"
    console.keyboard.press("Control+k")
    console.keyboard.type("CONFIGURACOES")  # without its accents
    expect(console.locator("#palette [aria-selected=true]")).to_have_text("Configurações")
    console.keyboard.press("Enter")
    console.wait_for_url("**/console/settings/**")


def test_arrows_walk_the_palette(console: Page) -> None:
    """The arrows choose among the shown pages, round its ends, and the field says which one is chosen."""
    console.keyboard.press("Control+k")
    count = console.locator("#palette [role=option]:visible").count()
    assert count >= 1
    for _ in range(count + 1):
        console.keyboard.press("ArrowDown")
    chosen = console.locator("#palette [aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert console.locator("#palette input[name=q]").get_attribute(
        "aria-activedescendant"
    ) == chosen.get_attribute("id")
    assert chosen.get_attribute("id") == "palette-1"
    console.keyboard.press("ArrowUp")
    expect(console.locator(f"#palette-{count}")).to_have_attribute("aria-selected", "true")


def test_the_first_stop_skips_to_the_content(console: Page) -> None:
    """The first Tab shows a link past the menu; Enter puts the focus into the page."""
    console.evaluate("document.activeElement.blur()")
    console.keyboard.press("Tab")
    expect(console.locator(".skip-link")).to_be_focused()
    console.keyboard.press("Enter")
    assert console.evaluate("document.activeElement.id") == "content"


def test_the_theme_is_remembered(console: Page) -> None:
    """The theme button turns the page dark, says so, and the next page is dark from its first byte."""
    button = console.locator("[data-theme-toggle]")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    console.reload()
    assert console.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert 'data-bs-theme="dark"' in console.content()


def test_a_definition_opens_and_closes_by_keyboard(console: Page) -> None:
    """A definition opens by Enter, closes by Escape, and the focus stays on its mark."""
    mark = console.locator(".definition summary").first
    mark.focus()
    console.keyboard.press("Enter")
    expect(console.get_by_text("Pedidos recebidos no período.")).to_be_visible()
    console.keyboard.press("Escape")
    expect(console.get_by_text("Pedidos recebidos no período.")).to_be_hidden()
    expect(mark).to_be_focused()


def test_a_chart_has_its_table(console: Page) -> None:
    """The figures of a chart are in a table that opens by keyboard, with the same links."""
    console.locator("#reasons summary", has_text="Ver como tabela").press("Enter")
    expect(console.locator("#reasons table")).to_be_visible()
    expect(console.locator("#reasons tbody tr")).to_have_count(7)


def test_copying_says_so(console: Page) -> None:
    """The copy button copies, and says it to eyes and to screen readers."""
    console.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.locator("[data-copy]").click()
    expect(console.locator("[data-copy] span")).to_have_text("Copiado")
    expect(console.locator("#live")).to_have_text("Copiado")
    assert console.evaluate("navigator.clipboard.readText()") == "20261121 0000 0000"


def test_the_menu_of_a_phone(site: str, sign_in: Callable[[BrowserContext], None], phone_page: Page) -> None:
    """On a small screen the menu opens and closes by its button, which says its state."""
    sign_in(phone_page.context)
    phone_page.goto(f"{site}/console/sample")
    button = phone_page.locator("[data-menu-toggle]")
    link = phone_page.locator("#sidebar-menu a", has_text="Configurações")
    expect(link).to_be_hidden()
    button.click()
    expect(link).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    shoot(phone_page, "console-menu-360")


def test_the_console_without_scripts(
    site: str, sign_in: Callable[[BrowserContext], None], page_without_script: Page
) -> None:
    """Without scripts the menu, the forms, the confirmations and the tables of charts still work."""
    page = page_without_script
    sign_in(page.context)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/console/sample")
    expect(page.locator("#sidebar-menu a", has_text="Configurações")).to_be_visible()
    expect(page.locator("[data-palette-open]")).to_be_hidden()
    page.locator("summary", has_text="Anular").click()
    expect(page.get_by_text("Anular este cancelamento?")).to_be_visible()
    page.locator("#reasons summary", has_text="Ver como tabela").click()
    expect(page.locator("#reasons table")).to_be_visible()


def test_the_summary_takes_the_focus(console: Page) -> None:
    """After a refused form the focus is on the list of errors, and a link leads to the wrong field."""
    console.click("text=Gravar")
    expect(console.locator(".error-summary")).to_be_focused()
    console.locator(".error-summary a", has_text="Nome").click()
    assert console.evaluate("document.activeElement.id") == "id_name"


def test_customers_at_two_hundred_per_cent(site: str, new_context: Callable[..., BrowserContext]) -> None:
    """At 200 % zoom (half the width) nothing of a customers' page is cut or needs sideways scrolling."""
    page = new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2).new_page()
    page.goto(f"{site}/sample")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_targets_are_large_enough(site: str, phone_page: Page) -> None:
    """On a phone every button, field and choice of a customers' page is at least 44 pixels high."""
    phone_page.goto(f"{site}/sample")
    small = phone_page.evaluate(
        "() => [...document.querySelectorAll('.btn, .form-control, fieldset label, .form-check, summary, a')]"
        ".filter((one) => !one.matches('.skip-link, p a, dd a') && one.getBoundingClientRect().height < 44)"
        ".map((one) => one.outerHTML.slice(0, 80))"
    )
    assert small == []


def test_errors_keep_the_way_out_in_sight(
    site: str, phone_page: Page, axe: Callable[[Page], list[str]]
) -> None:
    """The page of an error, on a phone, shows the form, the other ways and the phone number."""
    phone_page.goto(f"{site}/missing-page")
    expect(phone_page.get_by_role("link", name="Cancelar pelo formulário simples")).to_be_visible()
    expect(phone_page.get_by_text("0800 000 0000")).to_be_visible()
    shoot(phone_page, "portal-404")
    assert axe(phone_page) == []
