"""A person brings export B in through the wizard, in a real Chromium, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from atelogo.core.tenancy import workspace_scope
from atelogo.events import outbox
from atelogo.register.models import Request
from tests.browser.register_site import Site, shoot, site, watch

__all__ = ["site"]  # the fixture is asked for by name

SMALL = (
    "codigo;nome;cancelado em;mensalidade;motivo\n"
    "C1;Rita Souza;02/03/2026;99,90;Mudança de endereço\n"
    "C2;Otávio Reis;03/03/2026;59,90;muito caro mesmo\n"
    "C3;Lia Prado;31/02/2026;49,90;muito caro mesmo\n"
)


def send(page: Page, site: Site, name: str, content: bytes) -> None:
    """Choose cancellations, choose the file, send it."""
    page.goto(f"{site.url}/console/importar/")
    page.get_by_role("link", name="Importar um arquivo").first.click()
    page.get_by_label("Cancelamentos", exact=False).first.check()
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": content})
    page.get_by_role("button", name="Enviar e conferir as colunas").click()


def counted(page: Page, name: str) -> str:
    """Return a count of the page."""
    return page.locator(f"[data-count={name}]").inner_text()


def test_export_b_comes_in_through_the_wizard(
    site: Site,
    test_data: Path,
    new_context: Callable[..., BrowserContext],
    axe: Callable[[Page], list[str]],
) -> None:
    """Upload, columns, check, reasons, import, result: 1,869 cancellations; every page is sound."""
    context = new_context(viewport={"width": 1280, "height": 900})
    site.sign_in(context, site.cast.marina)
    page = context.new_page()
    complaints = watch(page)
    content = (test_data / "br_messy_exports" / "B_cancelamentos_utf16.txt").read_bytes()
    send(page, site, "B_cancelamentos_utf16.txt", content)
    expect(page.get_by_role("heading", name="Conferir as colunas")).to_be_visible()
    expect(page.get_by_label("O que é a coluna “Motivo”")).to_have_value("reason")
    assert axe(page) == []
    shoot(page, "import-columns")
    page.get_by_role("button", name="Conferir o arquivo").click()
    expect(page.get_by_text("O arquivo está sendo conferido")).to_be_visible()
    assert axe(page) == []
    outbox.drain()
    expect(page.get_by_role("heading", name="Confira antes de importar")).to_be_visible()
    assert (counted(page, "read"), counted(page, "imported")) == ("1.869", "1.869")
    expect(page.get_by_text("19 motivos ainda não são conhecidos aqui")).to_be_visible()
    assert axe(page) == []
    shoot(page, "import-review")
    page.get_by_role("button", name="Importar 1869 linhas").or_(
        page.get_by_role("button", name="Importar 1.869 linhas")
    ).click()
    expect(page.get_by_text("O arquivo está sendo importado")).to_be_visible()
    outbox.drain()
    expect(page.get_by_role("heading", name="O que foi feito das linhas")).to_be_visible()
    assert counted(page, "imported") == "1.869"
    assert axe(page) == []
    shoot(page, "import-result")
    page.get_by_role("link", name="Ver os cancelamentos").click()
    expect(
        page.get_by_text("1.869 cancelamentos").or_(page.get_by_text("1869 cancelamentos"))
    ).to_be_visible()
    assert complaints == []
    with workspace_scope(site.cast.workspace.id):
        values = Request.objects.filter(identity="import").values_list("mrr_minor", flat=True)
        assert sum(value or 0 for value in values) == 13913085


def test_the_wizard_needs_no_script(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    """With scripts off the same steps work by reloading, and the rejected rows are listed."""
    context = new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    site.sign_in(context, site.cast.marina)
    page = context.new_page()
    send(page, site, "março.csv", SMALL.encode())
    page.get_by_role("button", name="Conferir o arquivo").click()
    outbox.drain()
    page.get_by_role("link", name="Atualizar").click()
    page.get_by_label("O que “muito caro mesmo” significa").select_option("-")
    page.get_by_role("button", name="Importar 3 linhas").click()
    outbox.drain()
    page.get_by_role("link", name="Atualizar").click()
    assert [counted(page, name) for name in ("read", "imported", "rejected")] == ["3", "2", "1"]
    page.get_by_role("link", name="Linhas que não foram simplesmente importadas").click()
    expect(page.get_by_text("Lia Prado")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_sound_small_and_dark(
    theme: str, site: Site, new_context: Callable[..., BrowserContext], axe: Callable[[Page], list[str]]
) -> None:
    """The list, the upload, a refused upload and the columns hold at 360 px, light and dark."""
    context = new_context(viewport={"width": 360, "height": 740}, color_scheme=theme)
    site.sign_in(context, site.cast.marina)
    page = context.new_page()
    for path in ("importar/", "importar/novo/"):
        page.goto(f"{site.url}/console/{path}")
        assert axe(page) == [], path
    send(page, site, "vazio.csv", b"")
    expect(page.locator(".error-summary")).to_be_focused()
    assert axe(page) == []
    send(page, site, "março.csv", SMALL.encode())
    assert axe(page) == []
    shoot(page, f"import-columns-{theme}-360")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_what_the_list_shows_is_exported(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    """From the list a person exports what it shows, waits on a page that changes by itself, and downloads."""
    context = new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    site.sign_in(context, site.cast.marina)
    page = context.new_page()
    page.goto(f"{site.url}/console/cancelamentos/?view=all")
    page.locator("summary", has_text="Exportar").click()
    page.get_by_role("button", name="CSV para Excel em português").click()
    expect(page.get_by_text("O arquivo está sendo gerado")).to_be_visible()
    outbox.drain()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Baixar").click()
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfProtocolo;")
