"""Settings > Reasons in Chromium: light and dark, wide and narrow; by keyboard without scripts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from atelogo.core.tenancy import workspace_scope
from atelogo.register.domain.reason_draft import Entry, unsorted_leaves
from atelogo.register.queries.reason_settings import reason_book
from atelogo.register.services import reason_drafts, setup
from atelogo.register.services.reason_tree import reasons_for_spellings
from tests import cast as people
from tests.cast import Cast, actor_of, signed_in

SHOTS = os.environ.get("TEST_SHOTS", "")
SPELLINGS = ("PREÇO ALTO DEMAIS", "mudei de bairro", "Outra operadora mais barata", "n/d")


@pytest.fixture
def crew(transactional_db: None) -> Cast:
    """Make the cast with a tree, spellings that wait and a draft, seen by the server's thread."""
    made = people.assemble()
    setup.workspace_prepare(workspace=made.workspace)
    actor = actor_of(made.marina)
    with workspace_scope(made.workspace.id):
        reasons_for_spellings(workspace=made.workspace, actor=actor, spellings=SPELLINGS)
        first, second = reason_of(made, "price_too_high"), reason_of(made, "price_increase")
        reason_drafts.draft_set(
            workspace=made.workspace,
            actor=actor,
            reason_id=first.id,
            fields={"labels": {**first.labels, "pt-br": "Caro pelo que oferece"}},
        )
        reason_drafts.draft_classify(
            workspace=made.workspace, actor=actor, joins={second.id: reason_of(made, "billing_error").id}
        )
    return made


def reason_of(crew: Cast, code: str) -> Entry:
    """Return the reason called ``code``."""
    return next(one for one in reason_book(crew.workspace.id).values() if one.code == code)


@pytest.fixture
def site(live_server: LiveServer, crew: Cast) -> str:
    """Return the address of the reasons of Padaria Aurora on a running server."""
    return f"{live_server.url}/{crew.workspace.slug}/console/settings/reasons/"


@pytest.fixture
def sign_in(crew: Cast, site: str) -> Callable[[BrowserContext], Page]:
    """Return a function that gives a page in which Marina is signed in."""
    cookies = signed_in(crew.marina).cookies

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
def test_every_page_of_the_reasons(
    theme: str, width: int, crew: Cast, site: str, sign_in: Callable[[BrowserContext], Page],
    new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    """No page breaks a rule of axe or of the content policy, and none scrolls sideways."""
    with workspace_scope(crew.workspace.id):
        leaf, group = reason_of(crew, "competitor_price").id, reason_of(crew, "price_market").id
    page = sign_in(
        new_context(viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce")
    )
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    found: dict[str, list[str]] = {}
    places = {
        "list": "?retired=1", "new": "new", "group-new": "groups/new", "leaf": f"{leaf}/",
        "group": f"{group}/",
        "tray": "classify", "changes": "changes", "versions": "versions/", "version": "versions/2",
    }  # fmt: skip
    for name, place in places.items():
        page.goto(site + place)
        page.evaluate("for (const one of document.querySelectorAll('details.confirm')) one.open = true")
        shoot(page, f"reasons-{name}-{theme}-{width}")
        problems = axe(page) + complaints
        if not page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
            problems.append("scrolls sideways")
        if problems:
            found[name] = problems
        complaints.clear()
    assert found == {}


def test_a_spelling_is_classified_and_published_by_keyboard_without_scripts(
    crew: Cast, site: str, sign_in: Callable[[BrowserContext], Page],
    new_context: Callable[..., BrowserContext],
) -> None:  # fmt: skip
    """With scripts off, a spelling is joined, the preview read and the version published by keys alone."""
    page = sign_in(new_context(java_script_enabled=False))
    page.goto(f"{site}classify")
    page.get_by_label("mudei de bairro").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Anotar as escolhas no rascunho").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_be_visible()
    page.goto(f"{site}changes")
    expect(page.get_by_text("mudei de bairro")).to_be_visible()
    page.get_by_label("Nota para quem comparar versões depois").focus()
    page.keyboard.type("grafias da planilha")
    page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_contain_text("Versão 3", ignore_case=True)
    with workspace_scope(crew.workspace.id):
        assert len(unsorted_leaves(reason_book(crew.workspace.id))) == len(SPELLINGS) - 1
