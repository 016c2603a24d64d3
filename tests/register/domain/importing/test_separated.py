from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.separated import Dialect, parse, plain_split
from tests.register.domain.importing.messy import separated

SEMICOLONS = Dialect("text")
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


def rows(text: str, dialect: Dialect = SEMICOLONS, width: int = 0) -> list[tuple[int, list[str]]]:
    """Parse a text."""
    return list(parse(io.StringIO(text, newline=""), dialect, width=width))


def test_rows_carry_the_line_they_begin_on() -> None:
    """Lines inside quotes are counted, blank lines are rows without cells."""
    text = 'a;b\r\n"1\r\n2";x\r\n\r\ny;z'
    assert rows(text) == [(1, ["a", "b"]), (2, ["1\r\n2", "x"]), (4, []), (5, ["y", "z"])]


@pytest.mark.parametrize(
    "text, expected",
    [
        ('a;b;c\nd;"e;f\ng;h;i\n', [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]]),
        ('a;b;c\nd;e;"f\ng;h;i\n', [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]]),
        (
            'a;b;c\nd;"e;f\ng;"h;i\nj;k;l\n',
            [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"], ["j", "k", "l"]],
        ),
        ('a;b;c\nd;TV 50";f\ng;h;i\n', [["a", "b", "c"], ["d", 'TV 50"', "f"], ["g", "h", "i"]]),
        ('a;b;c\nd;e;"two\nlines"\ng;h;i\n', [["a", "b", "c"], ["d", "e", "two\nlines"], ["g", "h", "i"]]),
        ('a;b;c\n"d";"e""x";f\n', [["a", "b", "c"], ["d", 'e"x', "f"]]),
    ],
)
def test_a_stray_quote_costs_no_row(text: str, expected: list[list[str]]) -> None:
    """A quote that opens by mistake does not swallow the rows after it; quoted lines stay together."""
    assert [cells for _, cells in rows(text, width=3)] == expected


def test_a_quote_that_never_closes_costs_one_row() -> None:
    """An opening quote before a million characters does not join them into one cell."""
    text = "a;b\n" + 'x;"y\n' + "1;2\n" * 60_000
    parsed = rows(text, width=2)
    assert len(parsed) == 60_002
    assert parsed[1] == (2, ["x", "y"])


def test_a_cell_beyond_every_measure_is_still_a_row() -> None:
    """A cell of 300,000 characters is given as it stands."""
    assert rows("a;" + "x" * 300_000 + "\nb;c") == [(1, ["a", "x" * 300_000]), (2, ["b", "c"])]


def test_wrapped_lines_are_unwrapped() -> None:
    """Files saved twice have each line as one quoted cell, or only the lines that needed quotes."""
    dialect = Dialect("text", separator=",", wrapped=True)
    assert rows('a,b\n"c,""d,e"""\n', dialect) == [(1, ["a", "b"]), (2, ["c", "d,e"])]


def test_backslashes_may_escape_quotes() -> None:
    """Dumps of databases put a backslash before quotes."""
    assert rows('a;"say \\"x\\""\n', Dialect("text", escape="\\")) == [(1, ["a", 'say "x"'])]


def test_plain_splitting_drops_quotes_around_and_before() -> None:
    """Without quoting, quotes that surround or precede a cell go, others stay."""
    assert plain_split('"a";"b;c"d;"\n', SEMICOLONS) == ["a", "b", 'c"d', ""]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=5), max_size=8))
def test_written_rows_come_back(table: list[list[str]]) -> None:
    """What a spreadsheet writes is read back cell by cell, whatever the cells hold."""
    parsed = [cells for _, cells in rows(separated(table))]
    assert [[cell.replace("\r\n", "\n") for cell in row] for row in parsed] == [
        [cell.replace("\r\n", "\n") for cell in row] for row in table
    ]


@given(st.text(max_size=300), st.integers(0, 4), st.booleans())
def test_any_text_is_rows_with_growing_lines(text: str, width: int, wrapped: bool) -> None:  # noqa: FBT001 - drawn
    """No text makes the parser fail; lines only grow."""
    lines = [line for line, _ in rows(text, Dialect("text", wrapped=wrapped), width)]
    assert lines == sorted(set(lines))
