"""Exports: what the list shows, as a file that runs nothing, for the person who asked, for a day."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from atelogo.accounts.domain.permissions import Role
from atelogo.core import clock
from atelogo.events import outbox
from atelogo.events.ledger import entries_of
from atelogo.register.models import ExportFile, Request
from atelogo.register.services.exports import export_folder, exports_sweep
from tests.register.views.conftest import CPF, MONDAY, Desk
from tests.register.views.downloads import sent

pytestmark = pytest.mark.django_db


def exported(desk: Desk, form: str = "csv_br", asked: str = "view=all", role: Role = Role.MANAGER) -> bytes:
    """Ask for a file with the filters ``asked``, let it be made, and download it."""
    browser = desk.browser(role)
    answer = browser.post(desk.url(f"exportar/?{asked}"), {"form": form})
    assert answer.status_code == 302
    outbox.drain()
    return downloaded(browser, answer.headers["Location"])


def downloaded(browser: Client, page: str) -> bytes:
    """Download the file of an export's page."""
    answer = browser.get(f"{page}arquivo")
    assert answer.status_code == 200
    return sent(answer)


def lines_of(content: bytes, separator: str = ";") -> list[dict[str, str]]:
    """Return the rows of a CSV by their titles."""
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def test_excel_in_portuguese_opens_it_by_a_double_click(desk: Desk) -> None:
    """The CSV for Brazil has a byte-order mark, semicolons, decimal commas and dd/mm/aaaa."""
    made = desk.confirmed()
    content = exported(desk)
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = lines_of(content)
    assert row["Protocolo"] == made.protocol
    assert row["Mensalidade"] == "139,90"
    assert row["Pedido em"] == "02/03/2026 12:00:00"
    assert (row["Cliente"], row["CPF ou CNPJ"]) == ("José da Conceição", CPF)
    assert row["Telefone"] == "(+55) 11987654321"


def test_the_international_form_is_for_programs(desk: Desk) -> None:
    """The other CSV has commas, points and ISO dates with their zone."""
    desk.confirmed()
    content = exported(desk, "csv")
    assert not content.startswith(b"\xef\xbb\xbf")
    (row,) = lines_of(content, ",")
    assert row["Mensalidade"] == "139.90"
    assert row["Pedido em"] == "2026-03-02T12:00:00-0300"


def test_the_workbook_has_numbers_days_and_text(desk: Desk, tmp_path: Path) -> None:
    """In XLSX amounts are numbers, times are times, and text is text whatever it begins with."""
    made = desk.confirmed()
    Request.objects.filter(id=made.id).update(competitor='=HYPERLINK("http://x","y")')
    path = tmp_path / "a.xlsx"
    path.write_bytes(exported(desk, "xlsx"))
    titles, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    cells: dict[str, Any] = dict(zip(map(str, titles), row, strict=True))
    assert cells["Mensalidade"] == 139.9
    assert cells["Empresa escolhida"] == '=HYPERLINK("http://x","y")'
    assert cells["Pedido em"].isoformat() == "2026-03-02T12:00:00"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "＝1+1"])  # noqa: RUF001
def test_no_cell_begins_a_formula(desk: Desk, text: str) -> None:
    """A text that a spreadsheet would run is led by an apostrophe, in both CSVs."""
    made = desk.confirmed()
    Request.objects.filter(id=made.id).update(competitor=text)
    for form, separator in (("csv_br", ";"), ("csv", ",")):
        (row,) = lines_of(exported(desk, form), separator)
        assert row["Empresa escolhida"] == f"'{text}"


def test_the_filters_on_screen_decide_what_leaves(desk: Desk) -> None:
    """Only what the list shows is in the file."""
    desk.confirmed()
    _customer, other = desk.subscriber("1002", "Rita Souza")
    desk.opened(other)
    rows = lines_of(exported(desk, asked="state=open"))
    assert [row["Cliente"] for row in rows] == ["Rita Souza"]


def test_a_search_stays_out_of_every_record(desk: Desk) -> None:
    """What was searched for narrows the file, but stands neither in the ledger nor on the made export."""
    desk.confirmed()
    browser = desk.browser(Role.MANAGER)
    found = browser.post(desk.url("cancelamentos/busca?view=all"), {"q": "José da"}).headers["Location"]
    answer = browser.post(desk.url(f"exportar/?{found.partition('?')[2]}"), {"form": "csv"})
    outbox.drain()
    assert len(lines_of(downloaded(browser, answer.headers["Location"]), ",")) == 1
    export = ExportFile.objects.get()
    assert export.wanted == ""
    assert "José" not in str(export.filters)
    (fact,) = entries_of(desk.workspace.id, export.id)
    assert (fact.name, fact.body["rows"], fact.body["form"]) == ("export.made", 1, "csv")
    assert "José" not in str(fact.body)


def test_a_role_without_people_gets_a_masked_file(desk: Desk) -> None:
    """The analyst's file has initials and masks where people are, and no words of theirs."""
    desk.confirmed(words="meu vizinho é o Pedro")
    (row,) = lines_of(exported(desk, role=Role.ANALYST))
    assert row["Cliente"] == "J. D. C."
    assert row["CPF ou CNPJ"] == "***.444.777-**"
    assert row["E-mail"] == "j***@e***.com"
    assert row["Nas palavras do cliente"] == ""


def test_a_file_is_for_the_person_who_asked(desk: Desk, stranger: Client) -> None:
    """Neither a colleague nor somebody of another company finds the page or the file."""
    desk.confirmed()
    page = desk.browser(Role.MANAGER).post(desk.url("exportar/"), {"form": "csv"}).headers["Location"]
    outbox.drain()
    for browser in (desk.browser(Role.OWNER), stranger):
        assert browser.get(page).status_code == 404
        assert browser.get(f"{page}arquivo").status_code == 404


def test_a_file_is_kept_for_a_day(desk: Desk) -> None:
    """After its day the file cannot be taken, and the sweep deletes it."""
    desk.confirmed()
    browser = desk.browser(Role.MANAGER)
    page = browser.post(desk.url("exportar/"), {"form": "xlsx"}).headers["Location"]
    outbox.drain()
    made = Path(ExportFile.objects.get().path)
    assert made.is_file()
    assert made.parent == export_folder()
    with clock.clock_at(MONDAY + timedelta(hours=25)):
        assert browser.get(f"{page}arquivo").status_code == 404
        assert exports_sweep(workspace=desk.workspace) == 1
    assert ExportFile.objects.get().state == "expired"
    assert not made.exists()


def test_an_unknown_form_is_refused(desk: Desk) -> None:
    """A form that does not exist is no file."""
    assert desk.post("exportar/", Role.MANAGER, form="exe").status_code == 422
    assert not ExportFile.objects.exists()


def test_the_page_says_how_far_it_is(desk: Desk) -> None:
    """Until the file is made the page says so; then it offers it, alike for htmx."""
    browser = desk.browser(Role.MANAGER)
    page = browser.post(desk.url("exportar/"), {"form": "csv_br"}).headers["Location"]
    assert (
        "arquivo" not in browser.get(page, headers={"HX-Request": "true"}).content.decode().split("href")[-1]
    )
    outbox.drain()
    assert f"{page}arquivo" in browser.get(page).content.decode()
    assert (
        f"{page}arquivo" in browser.get(desk.url("importar/")).content.decode()
        or page in browser.get(desk.url("importar/")).content.decode()
    )
