from __future__ import annotations

from pathlib import Path

import pytest

from atelogo.register.domain.importing.columns import suggest_mapping
from atelogo.register.domain.importing.records import CancellationRecord, content_key, identity_key
from atelogo.register.domain.importing.tables import open_table
from tests.register.domain.importing.dressings import DRESSINGS
from tests.register.domain.importing.messy import Person, people, separated, table
from tests.register.domain.importing.steps import only, read_file, read_text, whys

LEFT_OUT = {
    "cp1252_with_preamble_totals_and_repeats": {"row_blank": 1, "row_repeated_header": 1, "row_total": 2},
    "trailing_blanks_everywhere": {"row_blank": 2},
    "subtotals_by_month": {"row_total": 5, "row_footer": 2},
    "workbook_with_merged_title_and_mixed_dates": {"row_total": 1},
}


def _facts(record: CancellationRecord) -> Person:
    return Person(
        code=record.customer_id or "",
        name=record.name or "",
        document=record.document.number if record.document else "",
        phone=record.phone or "",
        date=record.date.value,  # type: ignore[arg-type]
        minor=record.amount_minor or 0,
        reason=record.reason,
    )


@pytest.mark.parametrize("name", DRESSINGS)
def test_every_dressing_gives_the_same_people(name: str, tmp_path: Path) -> None:
    """Whatever the file looks like, its 60 cancellations come out as they truly were, none flagged."""
    persons = people()
    outcomes = read_file(DRESSINGS[name](tmp_path, persons))
    records = only(outcomes, CancellationRecord)
    assert [_facts(record) for record in records] == persons
    assert not any(record.flags for record in records)
    assert dict(whys(outcomes)) == LEFT_OUT.get(name, {})


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", DRESSINGS)
def test_other_people_in_the_same_dressings(name: str, seed: int, tmp_path: Path) -> None:
    """The dressings are read right for other people and other numbers of them too."""
    persons = people(25 + 40 * seed, seed)
    assert [
        _facts(one) for one in only(read_file(DRESSINGS[name](tmp_path, persons)), CancellationRecord)
    ] == persons


@pytest.mark.parametrize("name", DRESSINGS)
def test_lines_and_cells_point_into_the_file(name: str, tmp_path: Path) -> None:
    """Lines only grow, begin below the header, and every row is given once."""
    table_ = open_table(DRESSINGS[name](tmp_path, people()))
    lines = [line for line, _ in table_.rows()]
    assert lines == sorted(set(lines))
    assert lines[0] == table_.first_line > table_.header_line


def test_repeated_rows_are_recognised(tmp_path: Path) -> None:
    """A row that stands twice has the same identity and content; one with another reason has not."""
    rows = table(people(5))
    header = ["Código", "Nome", "CPF", "Telefone", "Data", "Valor", "Motivo"]
    other = [*rows[0][:-1], "Outro motivo"]
    records = only(read_text(tmp_path, separated([header, *rows, rows[0], other])), CancellationRecord)
    assert identity_key(records[5], "erp") == identity_key(records[0], "erp")
    assert content_key(records[5]) == content_key(records[0])
    assert identity_key(records[6], "erp") != identity_key(records[0], "erp")


def test_the_same_file_in_other_dress_is_the_same_cancellations(tmp_path: Path) -> None:
    """Identity survives encoding, punctuation and formats: importing the other file changes nothing."""
    persons = people()
    names = (
        "cp1252_with_preamble_totals_and_repeats",
        "encoded_twice",
        "workbook_with_merged_title_and_mixed_dates",
    )
    keys = [
        [
            identity_key(one, "erp")
            for one in only(read_file(DRESSINGS[name](tmp_path, persons)), CancellationRecord)
        ]
        for name in names
    ]
    assert keys[0] == keys[1] == keys[2]


def test_the_preamble_is_shown_to_the_person(tmp_path: Path) -> None:
    """The lines above the header are kept as text, and the header's line is the file's."""
    found = open_table(DRESSINGS["cp1252_with_preamble_totals_and_repeats"](tmp_path, people()))
    assert found.preamble == ("Relatório de Cancelamentos", "Emitido em 03/01/2025 10:22 Usuário: MARIA")
    assert (found.header_line, found.first_line) == (4, 5)


def test_the_sheet_that_looks_like_a_table_is_chosen(tmp_path: Path) -> None:
    """Read-me sheets and hidden sheets are passed over; the person may name another."""
    path = DRESSINGS["workbook_with_merged_title_and_mixed_dates"](tmp_path, people())
    found = open_table(path)
    assert (found.sheet, found.sheets, found.header_line) == (
        "Cancelamentos",
        ("Leia-me", "Cancelamentos"),
        5,
    )
    assert open_table(path, sheet="Base").sheet == "Base"
    assert found.estimate_rows() == 61


def test_mixed_order_without_proof_is_told(tmp_path: Path) -> None:
    """Dates that could be read both ways are read day first, and the person is warned."""
    text = "Código;Data;Motivo\n1;01/02/2024;Caro\n2;03/04/2024;Caro\n"
    path = tmp_path / "dates.csv"
    path.write_text(text, encoding="utf-8")
    assert suggest_mapping(open_table(path), "cancellations").warnings[0] == "dates_ambiguous"
    first = only(read_file(path), CancellationRecord)[0]
    assert str(first.date.value) == "2024-02-01"
