"""Settings in Chromium: every page in light and dark, wide and narrow, by keyboard, and without scripts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from atelogo.accounts.domain.custom_fields import CustomField, CustomKind
from atelogo.accounts.services.workspaces import (
    custom_field_set,
    how_to_text_set,
    link_key_add,
    workspace_update,
)
from atelogo.connectors.webhook_out.services import endpoint_create
from atelogo.events.ledger import SYSTEM
from atelogo.events.log import seal
from tests import cast as people
from tests.cast import Cast, signed_in

SHOTS = os.environ.get("TEST_SHOTS", "")
PAGES = (
    "", "company", "brand", "deadlines", "billing", "billing/webhook", "keys",
    "custom-fields", "custom-fields/new", "custom-fields/field/loja",
    "how-to-cancel/", "how-to-cancel/pt-br/channels",
)  # fmt: skip


@pytest.fixture
def crew(transactional_db: None) -> Cast:
    """Make the cast, with something on every page, in a database that the server's thread sees."""
    made = people.assemble()
    changes = {"brand_colour": "#a1243c", "billing": "webhook_out", "tax_id": "11222333000181"}
    workspace_update(workspace=made.workspace, changes=changes, actor=SYSTEM)
    shop = CustomField("loja", {"pt-br": "Loja de origem"}, CustomKind.CHOICE, ("Centro", "Mooca"))
    for given in (shop, CustomField("campanha", {"pt-br": "Campanha"}, active=False)):
        custom_field_set(workspace=made.workspace, given=given, actor=SYSTEM)
    pem = OKPKey.generate_key("Ed25519").as_pem(private=False).decode()
    link_key_add(workspace=made.workspace, public_key=pem, actor=SYSTEM, label="Aplicativo")
    how_to_text_set(
        workspace=made.workspace,
        language="pt-br",
        section="channels",
        text="No balcão, das 6h às 20h.\n\n- Telefone: {sac_phone}",
        actor=SYSTEM,
    )
    endpoint_create(workspace=made.workspace, actor=SYSTEM, url="https://billing.aurora.example/hook")
    seal(made.workspace.id)
    return made


@pytest.fixture
def site(live_server: LiveServer, crew: Cast) -> str:
    """Return the address of Padaria Aurora's settings on a running server."""
    return f"{live_server.url}/{crew.workspace.slug}/console/settings/"


@pytest.fixture
def sign_in(crew: Cast, site: str) -> Callable[[BrowserContext], Page]:
    """Return a function that gives a page in which Ana is signed in."""
    cookies = signed_in(crew.ana).cookies

    def do(context: BrowserContext) -> Page:
        context.add_cookies(
            [{"name": name, "value": morsel.value, "url": site} for name, morsel in cookies.items()]
        )
        return context.new_page()

    return do


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page where TEST_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_of_settings(
    theme: str, width: int, site: str, sign_in: Callable[[BrowserContext], Page],
    new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    """No page breaks a rule of axe or of the content policy, and none scrolls sideways."""
    page = sign_in(
        new_context(viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce")
    )
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    found: dict[str, list[str]] = {}
    for name in PAGES:
        page.goto(site + name)
        shoot(page, f"settings-{name.replace('/', '-') or 'home'}-{theme}-{width}")
        problems = axe(page) + complaints
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            problems.append("scrolls sideways")
        if problems:
            found[name] = problems
        complaints.clear()
    assert found == {}


def test_a_form_is_finished_by_keyboard_without_scripts(
    site: str, sign_in: Callable[[BrowserContext], Page], new_context: Callable[..., BrowserContext]
) -> None:
    """The windows are changed with the keyboard alone and scripts off; a mistake leads back to its field."""
    page = sign_in(new_context(java_script_enabled=False))
    page.goto(f"{site}deadlines")
    page.focus("#id_stop_hours")
    for text in ("-1", "12", "10"):
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#id_stop_hours")
    expect(page.locator("#id_undo_hours")).to_have_value("12")
    page.focus("#id_stop_hours")
    page.keyboard.press("Control+A")
    page.keyboard.type("36")
    page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_be_visible()
    expect(page.locator("#id_stop_hours")).to_have_value("36")
