"""The register's console in a real Chromium: policy, contrast, small screens, open forms and refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.register_site import Site, shoot, site, watch

__all__ = ["site"]  # the fixture is asked for by name


def _pages(site: Site) -> dict[str, str]:
    return {
        "list": "cancelamentos/",
        "list-all": "cancelamentos/?view=all&state=confirmed",
        "detail": f"cancelamentos/{site.leaving}/",
        "identify": f"cancelamentos/{site.unknown}/identificar",
        "correct": f"cancelamentos/{site.leaving}/corrigir",
        "recorded": f"cancelamentos/{site.leaving}/registrado",
        "receipt": f"cancelamentos/{site.leaving}/comprovantes/{site.receipt}/",
        "new": "cancelamentos/novo/",
        "new-known": f"cancelamentos/novo/?customer={site.rita}",
        "tasks": "pendencias/",
        "tasks-identify": "pendencias/?tab=identify",
        "tasks-failed": "pendencias/?tab=failed",
        "task": f"pendencias/{site.task}/",
        "customers": "clientes/",
        "customer": f"clientes/{site.jose}/",
        "succession": "clientes/continuidade/",
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1024, 360])
def test_every_page_is_sound(
    theme: str,
    width: int,
    site: Site,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
) -> None:
    """No page breaks the policy or axe's serious rules or scrolls sideways, light and dark, to 360 px."""
    context = new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    site.sign_in(context)
    page = context.new_page()
    complaints = watch(page)
    for name, path in _pages(site).items():
        answer = page.goto(f"{site.url}/console/{path}")
        assert answer is not None
        assert answer.status == 200, name
        shoot(page, f"{name}-{theme}-{width}")
        assert axe(page) == [], name
        assert complaints == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_forms_and_refusals_are_sound(
    theme: str, site: Site, new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]]
) -> None:
    """Opened acts, refused forms and empty lists keep axe's serious rules; a refusal takes the focus."""
    context = new_context(viewport={"width": 1280, "height": 800}, color_scheme=theme)
    site.sign_in(context)
    page = context.new_page()
    page.goto(f"{site.url}/console/cancelamentos/{site.leaving}/")
    for label in ("A cobrança parou", "Responder sobre a multa", "Registrar contato", "Mais"):
        page.locator("summary", has_text=label).first.click()
        assert axe(page) == [], label
    expect(page.locator("details.act[open]")).to_have_count(1)
    page.locator("summary", has_text="Responder sobre a multa").click()
    page.get_by_role("button", name="Salvar a resposta").click()
    expect(page.locator(".error-summary")).to_be_focused()
    shoot(page, f"refusal-{theme}")
    assert axe(page) == []
    page.goto(f"{site.url}/console/cancelamentos/novo/")
    page.get_by_role("button", name="Confirmar cancelamento").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert axe(page) == []
    page.goto(f"{site.url}/console/cancelamentos/?state=completed")
    expect(page.get_by_role("heading", name="Nada encontrado")).to_be_visible()
    assert axe(page) == []
