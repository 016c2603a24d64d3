"""The provider of the portal's tests on a running server, for browsers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.web.portal.conftest import Provider

SHOTS = os.environ.get("TEST_SHOTS", "")


@dataclass(frozen=True, slots=True)
class Site:
    """Where the provider's pages stand, and who may come in."""

    url: str
    provider: Provider

    def at(self, rest: str) -> str:
        """Return a full address of the customers' pages."""
        return f"{self.url}{self.provider.path(rest)}"

    def enter(self, page: Page, *, both: bool = False) -> None:
        """Come in by a fresh signed link: as José with two contracts, or Rita with one."""
        customer = self.provider.jose if both else self.provider.rita
        page.goto(self.at(f"entrar?t={self.provider.token(customer)}"))


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


def narrow(page: Page) -> bool:
    """Say whether the page needs no scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def heading(page: Page, words: str) -> None:
    """Wait for the page whose heading says ``words``."""
    expect(page.locator("h1")).to_have_text(words)


def focused(page: Page) -> str:
    """Return the text of the element that has the focus, or its name when it has no text."""
    return str(
        page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.innerText || e.getAttribute('name') || e.tagName).trim(); }"
        )
    )


def tab_to(page: Page, words: str, *, most: int = 60) -> int:
    """Press Tab until the focused element says ``words``; return how often."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if words in focused(page):
            return presses
    msg = f"no Tab stop says {words!r}"
    raise AssertionError(msg)
