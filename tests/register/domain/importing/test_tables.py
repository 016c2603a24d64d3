from __future__ import annotations

import datetime as dt
import tracemalloc
from pathlib import Path

import pytest
import xlsxwriter

from atelogo.register.domain.importing.columns import suggest_mapping
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.reading import read_table
from atelogo.register.domain.importing.records import CancellationRecord
from atelogo.register.domain.importing.tables import open_table
from tests.register.domain.importing.messy import people, separated, table, workbook
from tests.register.domain.importing.steps import only, read_file


def save(folder: Path, text: str) -> Path:
    """Write a text to a file."""
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_of_columns_are_made_unique(tmp_path: Path) -> None:
    """Unnamed columns have numbers, repeated names a count, trailing empty ones go."""
    found = open_table(save(tmp_path, "Nome;;Nome;Motivo;;\nAna;x;Bia;Caro;;\nCau;y;Davi;Caro;;\n"))
    assert found.header == ("Nome", "#2", "Nome (2)", "Motivo")


def test_a_header_of_two_lines_in_quotes(tmp_path: Path) -> None:
    """A line break inside a column's name does not shift the rows' lines."""
    found = open_table(save(tmp_path, '"Código";"Data do\ncancelamento";Motivo\n1;13/02/2024;Caro\n'))
    assert found.header == ("Código", "Data do cancelamento", "Motivo")
    assert list(found.rows()) == [(3, ["1", "13/02/2024", "Caro"])]


def test_group_titles_above_the_header_are_preamble(tmp_path: Path) -> None:
    """Of two header rows the lower, fuller one holds the names."""
    text = "Cliente;;;Cancelamento;;\nCódigo;Nome;CPF;Data;Valor;Motivo\n1;Ana Lima;;13/02/2024;5,00;Caro\n"
    found = open_table(save(tmp_path, text))
    assert (found.header_line, found.preamble) == (2, ("Cliente Cancelamento",))


def test_the_person_may_name_the_header(tmp_path: Path) -> None:
    """A given header line wins over what is found; one beyond the file is told."""
    path = save(tmp_path, "Código;Nome\nA;B\n1;Ana\n")
    assert open_table(path, header_line=2).header == ("A", "B")
    with pytest.raises(ImportProblemError) as caught:
        open_table(path, header_line=99)
    assert caught.value.code == "table_missing"


def test_a_file_of_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    """No rows is no error."""
    found = open_table(save(tmp_path, "Código;Nome;Motivo\n"))
    assert (found.header, list(found.rows())) == (("Código", "Nome", "Motivo"), [])


def test_trailing_blank_rows_are_no_rows(tmp_path: Path) -> None:
    """Blank rows between rows are given, those at the end are not."""
    found = open_table(save(tmp_path, "Código;Nome\n1;Ana\n\n;\n2;Bia\n\n;\n;\n"))
    assert [line for line, _ in found.rows()] == [2, 3, 4, 5]


def test_a_table_can_be_read_again(tmp_path: Path) -> None:
    """Each reading begins at the first row."""
    found = open_table(save(tmp_path, "Código;Nome\n1;Ana\n2;Bia\n"))
    assert list(found.rows()) == list(found.rows())


def test_a_long_file_is_sampled_all_over_and_read_in_bounded_memory(tmp_path: Path) -> None:
    """A proof near the end decides the order of dates; 30,000 rows need less than 12 MB."""
    rows = table(people(200), date=lambda day: f"{day.day % 12 + 1:02d}/{day.month:02d}/2024")
    text = "Código;Nome;CPF;Telefone;Data;Valor;Motivo\r\n" + separated(rows) * 150
    text += separated(table(people(200), date=lambda day: f"{day.month:02d}/{day.day % 12 + 13}/2024")) * 8
    found = open_table(save(tmp_path, text))
    assert 29_000 < found.estimate_rows() < 34_000
    mapping = suggest_mapping(found, "cancellations").mapping
    tracemalloc.start()
    try:
        kinds = {type(outcome) for _, outcome in read_table(mapping, found, "cancellations")}
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kinds == {CancellationRecord}
    assert peak < 12 << 20


def test_cells_of_a_workbook_of_every_kind(tmp_path: Path) -> None:
    """Numbers, dates, times, booleans, formulas and errors in a workbook are read as what they are."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row("A1", ["Código", "CPF", "Data Cancelamento", "Mensalidade", "Motivo", "Fidelidade"])
        sheet.write_row("A2", [1001, 857351249])
        sheet.write_datetime("C2", dt.datetime.fromisoformat("2024-08-19"), day)
        sheet.write_formula("D2", "=50+3.85", None, 53.85)
        sheet.write("E2", "Caro")
        sheet.write_boolean("F2", boolean=True)
        sheet.write_row("A3", ["00123", "'45945515647"])
        sheet.write_datetime("C3", dt.datetime.fromisoformat("2024-08-19 14:33"), moment)
        sheet.write_string("D3", "R$ 1.234,56")
        sheet.write_formula("E3", "=NA()", None, "#N/A")

    one, two = only(read_file(workbook(tmp_path / "cells.xlsx", fill)), CancellationRecord)
    assert (one.customer_id, one.document and one.document.number, one.amount_minor) == (
        "1001",
        "00857351249",
        5385,
    )
    assert (str(one.date.value), one.reason, one.line) == ("2024-08-19", "Caro", 2)
    assert (two.customer_id, two.amount_minor, two.reason) == ("00123", 123456, None)
    assert (str(two.date.value), two.date.precision) == ("2024-08-19 14:33:00", "instant")


def test_an_unknown_sheet_is_told(tmp_path: Path) -> None:
    """A sheet that is not there is refused by its name; a workbook of empty sheets has no table."""
    path = workbook(tmp_path / "empty.xlsx", lambda book: book.add_worksheet("Um"))
    with pytest.raises(ImportProblemError) as caught:
        open_table(path, sheet="Dois")
    assert (caught.value.code, caught.value.detail) == ("sheet_unknown", "Dois")
    with pytest.raises(ImportProblemError) as caught:
        open_table(path)
    assert caught.value.code == "table_missing"
