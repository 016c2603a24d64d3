"""The frames of staff and customers in a real Chromium: policy, contrast, small screens, keyboard, no script."""

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
    """The staff's frame with every component breaks no rule of the policy or of axe, and never scrolls sideways."""
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
    theme: str, width: int, site: str, new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]]
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
