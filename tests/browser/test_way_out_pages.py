"""Every page of the customers in Chromium: rules of accessibility and policy, small screens, zoom, weight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Response
from pytest_django.live_server_helper import LiveServer

from tests.browser.way_out_site import Site, narrow, shoot, watch
from tests.web.portal.conftest import furnish

NewContext = Callable[..., BrowserContext]
OPEN_PAGES = {
    "how-to": "como-cancelar",
    "poster": "como-cancelar/cartaz",
    "entry": "cancelar",
    "link-used": "cancelar?aviso=link",
    "declare": "cancelar/declarar",
    "declare-lost": "cancelar/declarar?contato=perdido",
    "enter-protocols": "protocolos/entrar",
    "enter": "entrar",
    "verify-form": "v",
    "verify-wrong": "v/2026030212345674?k=wrong",
}
SMALLEST_TARGET = 43.5  # 44 CSS pixels, rounding allowed


@pytest.fixture
def site(live_server: LiveServer, transactional_db: None, settings: object) -> Site:
    """Return the provider on a running server."""
    settings.ATELOGO_BASE_URL = live_server.url  # type: ignore[attr-defined]
    return Site(live_server.url, furnish())


def sound(page: Page, axe: Callable[[Page], list[str]], complaints: list[str], name: str) -> None:
    """Check one page: nothing serious for axe, nothing refused, no sideways scrolling, large targets."""
    shoot(page, name)
    assert axe(page) == [], name
    assert [one for one in complaints if "status of 404" not in one and "status of 422" not in one] == [], (
        name
    )
    assert narrow(page), name
    small = page.evaluate(
        "least => [...document.querySelectorAll('.btn, input[type=radio], input[type=checkbox], summary')]"
        ".filter(e => e.offsetParent !== null)"
        ".map(e => [(e.closest('label') || e).getBoundingClientRect(), e.innerText || e.name])"
        ".filter(([box]) => box.height < least).map(([box, text]) => `${text} ${box.height}`)",
        SMALLEST_TARGET,
    )
    assert small == [], name
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_that_anybody_opens(
    theme: str, width: int, site: Site, new_context: NewContext, axe: Callable[[Page], list[str]]
) -> None:
    """Public pages break no rule of axe or of the policy, in light and dark, wide and narrow."""
    page = new_context(viewport={"width": width, "height": 740}, color_scheme=theme).new_page()
    complaints = watch(page)
    for name, rest in OPEN_PAGES.items():
        page.goto(site.at(rest))
        sound(page, axe, complaints, f"{name}-{theme}-{width}")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_of_who_is_in(
    theme: str, width: int, site: Site, new_context: NewContext, axe: Callable[[Page], list[str]]
) -> None:
    """Choice, contract, errors, protocol, receipt and list are sound in every state a customer meets."""
    page = new_context(viewport={"width": width, "height": 740}, color_scheme=theme).new_page()
    complaints = watch(page)

    def check(name: str) -> None:
        sound(page, axe, complaints, f"{name}-{theme}-{width}")

    site.enter(page, both=True)
    check("choose")
    page.goto(site.url + site.provider.contract(site.provider.combo))
    check("leave-combo")
    page.goto(site.url + site.provider.contract(site.provider.plain))
    check("leave")
    page.get_by_label("Em outro dia").check()
    page.get_by_role("button", name="Confirmar cancelamento").click()
    check("leave-error")
    page.get_by_label("Hoje,").check()
    page.get_by_label("Discordo: nunca foi instalado").check()
    page.get_by_role("button", name="Confirmar cancelamento").click()
    check("protocol")
    where = page.url
    page.get_by_role("link", name="ver e imprimir").click()
    check("receipt")
    page.goto(where)
    page.get_by_role("button", name="Guardar a forma de devolver").click()
    check("protocol-error")
    page.goto(where)
    page.get_by_text("Fui cobrado depois de cancelar").click()
    check("protocol-charged")
    page.goto(site.url + site.provider.contract(site.provider.plain))
    check("leave-standing")
    page.goto(site.at("protocolos"))
    check("protocol-list")
    page.get_by_role("button", name="Sair com segurança").click()
    check("left")


@pytest.mark.parametrize("width", [320, 640])
def test_zoom_needs_no_scrolling_sideways(width: int, site: Site, new_context: NewContext) -> None:
    """At 200 % (640 of 1280 pixels) and 400 % (320) everything reflows into one column."""
    page = new_context(viewport={"width": width, "height": 500}).new_page()
    site.enter(page, both=True)
    for address in (site.provider.contract(site.provider.combo), site.provider.path("como-cancelar")):
        page.goto(site.url + address)
        assert narrow(page), address


def test_large_text_stays_readable(site: Site, new_context: NewContext) -> None:
    """With the browser's text at twice its size nothing is cut off and nothing scrolls sideways."""
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    site.enter(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    shoot(page, "leave-text-200")
    assert narrow(page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_other_languages_are_complete(
    language: str, site: Site, new_context: NewContext, axe: Callable[[Page], list[str]]
) -> None:
    """In English and Spanish the way out has no word of Portuguese left, at 360 pixels."""
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    complaints = watch(page)
    site.enter(page)
    page.goto(f"{page.url}?lang={language}")
    page.goto(site.url + site.provider.contract(site.provider.ritas))
    sound(page, axe, complaints, f"leave-{language}")
    for word in ("Você", "cancelamento", "multa", "Hoje"):
        assert word not in page.inner_text("main")
    page.locator(".stick button").click()
    sound(page, axe, complaints, f"protocol-{language}")
    for word in ("Você", "cancelamento", "multa", "cobrança"):
        assert word not in page.inner_text("main")


def test_a_first_visit_is_light(site: Site, new_context: NewContext) -> None:
    """Each page with everything it loads stays under 60 kB, uncompressed."""
    page = new_context().new_page()
    loaded: list[int] = []

    def weigh(response: Response) -> None:
        if not 300 <= response.status < 400:
            loaded.append(len(response.body()))

    page.on("response", weigh)
    site.enter(page)
    page.wait_for_load_state("networkidle")
    assert sum(loaded) < 60_000
    loaded.clear()
    page.get_by_role("button", name="Confirmar cancelamento").click()
    page.wait_for_load_state("networkidle")
    assert sum(loaded) < 60_000
