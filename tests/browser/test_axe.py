from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page


def test_axe_names_a_field_without_a_label(page: Page, axe: Callable[[Page], list[str]]) -> None:
    """The accessibility check that other tests rely on does find a fault."""
    page.set_content("<html lang=pt-BR><title>x</title><main><h1>x</h1><input type=text></main>")
    assert [line.split(":")[0] for line in axe(page)] == ["critical label"]


def test_axe_is_silent_on_a_sound_page(page: Page, axe: Callable[[Page], list[str]]) -> None:
    """A page with nothing wrong gives no violation."""
    page.set_content("<html lang=pt-BR><title>x</title><main><h1>Cancelar</h1><p>Texto</p></main>")
    assert axe(page) == []


def test_axe_runs_under_the_strictest_content_policy(page: Page, axe: Callable[[Page], list[str]]) -> None:
    """A page that allows no script at all can still be checked."""
    page.set_content(
        "<html lang=pt-BR><meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
        "<title>x</title><main><h1>Cancelar</h1></main>"
    )
    assert axe(page) == []


def test_pages_without_script_run_none(page_without_script: Page) -> None:
    """With JavaScript off, what a page's script would write is not written."""
    page_without_script.set_content("<body><p>a</p><script>document.body.textContent = 'b'</script></body>")
    assert page_without_script.text_content("p") == "a"
