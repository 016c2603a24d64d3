"""A file as a table: the header under any preamble, then rows with the line numbers a person sees."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import CalamineSheet

from atelogo.register.domain.importing.decoding import decode_block, open_text, without_mark
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.rowkinds import (
    Cell,
    NumberedCells,
    column_names,
    find_header,
    left_out_code,
)
from atelogo.register.domain.importing.separated import Dialect, parse
from atelogo.register.domain.importing.sniffing import sniff
from atelogo.register.domain.importing.workbooks import open_sheet, sheet_rows

__all__ = ["Cell", "Table", "open_table"]

_HEAD_ROWS: Final = 80
_SAMPLE_HEAD: Final = 1000
_SAMPLE_TAIL: Final = 2000
_BLOCKS: Final = 20
_BLOCK_BYTES: Final = 1 << 15
_LONG: Final = 200
_WIDEST: Final = 2000
_FEWEST_SHORT: Final = 3


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one file. Each call of `rows` reads the file again from the start, in bounded memory."""

    path: Path
    dialect: Dialect
    header: tuple[str, ...]  # unique names; '#3' for an unnamed column, 'Nome (2)' for the second of a name
    header_line: int  # 0 when the file has no header
    first_line: int  # line of the first row below the header
    preamble: tuple[str, ...]  # the lines above the header, for the person to see
    raw_header: tuple[Cell, ...] = ()  # the header's cells as the file has them
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    sample: tuple[
        tuple[Cell, ...], ...
    ] = ()  # up to 3,000 rows from the whole file, each of the header's width
    ragged: bool = False  # rows shorter than the header are usual here
    split_decimal: int | None = None  # the column whose decimal comma was taken for a separator
    _sheet: CalamineSheet | None = field(default=None, repr=False, compare=False)

    def rows(self) -> Iterator[NumberedCells]:
        """Give (line number, cells) of each row below the header; trailing blank rows are no rows.

        Totals, footers and repeated headers are given too: the compiled reader says what they are.
        """
        blank: list[NumberedCells] = []
        for numbered in self._all_rows():
            if any(numbered[1]):
                if blank:
                    yield from blank
                    blank.clear()
                yield numbered
            else:
                blank.append(numbered)

    def _all_rows(self) -> Iterator[NumberedCells]:
        if self._sheet is not None:
            return sheet_rows(self._sheet, self.first_line)
        if self.split_decimal is None:
            return self._text_rows()
        return _joined_decimals(self._text_rows(), len(self.header), self.split_decimal)

    def _text_rows(self) -> Iterator[NumberedCells]:
        with open_text(self.path, self.dialect.encoding) as stream:
            lines = islice(_unmarked(stream), self.first_line - 1, None)
            yield from parse(lines, self.dialect, width=len(self.header), first_line=self.first_line)

    def estimate_rows(self) -> int:
        """Return about how many rows there are (exact for spreadsheets): for progress and time left."""
        if self._sheet is not None:
            return max(0, (self._sheet.end or (0, 0))[0] + 2 - self.first_line)
        return _estimate(self.path, self.dialect)


def open_table(
    path: Path, *, dialect: Dialect | None = None, sheet: str | None = None, header_line: int | None = None
) -> Table:
    """Open the file and find its table; `sheet` and `header_line` (as people count) win over what is found.

    Raises ImportProblemError: `table_missing`, `sheet_unknown`, and what `sniff` raises.
    """
    dialect = dialect or sniff(path)
    if dialect.container == "text":
        return _open_text_table(path, dialect, header_line)
    found = open_sheet(path, sheet)
    head = list(islice(sheet_rows(found.sheet, 1), max(_HEAD_ROWS, header_line or 0)))
    place, preamble = _place_header(head, header_line)
    body = sheet_rows(found.sheet, head[place + 1][0] if place + 1 < len(head) else len(head) + 1)
    data = _spread(body, found.sheet.total_height)
    return _assemble(path, dialect, head, place, preamble, data, found.sheet, found.names)


def _open_text_table(path: Path, dialect: Dialect, header_line: int | None) -> Table:
    with open_text(path, dialect.encoding) as stream:
        lines = islice(_unmarked(stream), dialect.skip_lines, None)
        parsed: Iterator[NumberedCells] = parse(lines, dialect, first_line=dialect.skip_lines + 1)
        head = list(islice(parsed, max(_HEAD_ROWS, header_line or 0)))
    place, preamble = _place_header(head, header_line)
    first_line = head[place + 1][0] if place + 1 < len(head) else head[place][0] + 1
    with open_text(path, dialect.encoding) as stream:
        lines = islice(_unmarked(stream), first_line - 1, None)
        data: list[Sequence[Cell]] = [
            row for _, row in islice(parse(lines, dialect, first_line=first_line), _SAMPLE_HEAD)
        ]
    data.extend(_blocks(path, dialect))
    return _assemble(path, dialect, head, place, preamble, data)


def _unmarked(stream: io.TextIOWrapper) -> Iterator[str]:
    first = next(stream, None)
    if first is not None:
        yield without_mark(first)
        yield from stream


def _place_header(head: Sequence[NumberedCells], header_line: int | None) -> tuple[int, tuple[str, ...]]:
    """Return the header's place in `head` (-1: none) and the lines above it."""
    if header_line is not None:
        place = next((n for n, (line, _) in enumerate(head) if line == header_line), None)
        if place is None:
            raise ImportProblemError("table_missing")
    else:
        found = find_header(head)
        if found is None:
            raise ImportProblemError("table_missing")
        place = found.place
    above = (
        " ".join(str(cell) for cell in cells if cell != "")[:_LONG] for _, cells in head[: max(place, 0)]
    )
    return place, tuple(text for text in above if text.strip())


def _assemble(
    path: Path,
    dialect: Dialect,
    head: Sequence[NumberedCells],
    place: int,
    preamble: tuple[str, ...],
    data: Sequence[Sequence[Cell]],
    sheet: CalamineSheet | None = None,
    sheets: tuple[str, ...] = (),
) -> Table:
    named = head[place][1] if place >= 0 else ()
    names = column_names(named, len(named))
    data = [row for row in data if any(row) and left_out_code(row, names) is None]
    usual = Counter(map(len, data)).most_common(1)[0][0] if data else len(named)
    width = _width(named, data, usual)
    if not 0 < width <= _WIDEST:
        raise ImportProblemError("table_missing")
    after = head[place + 1][0] if place + 1 < len(head) else head[place][0] + 1
    return Table(
        path=path,
        dialect=dialect,
        header=column_names(named, width),
        header_line=head[place][0] if place >= 0 else 0,
        first_line=after,
        preamble=preamble,
        raw_header=tuple(named),
        sheet=sheet.name if sheet is not None else None,
        sheets=sheets,
        sample=tuple(_fit(row, width) for row in data),
        ragged=_is_ragged(data, width),
        split_decimal=_split_decimal(dialect, data, width),
        _sheet=sheet,
    )


def _width(named: Sequence[Cell], data: Sequence[Sequence[Cell]], usual: int) -> int:
    """Return the number of columns, without trailing ones that have neither a name nor content."""
    width = len(named) or usual
    while (
        width and (width > len(named) or not str(named[width - 1]).strip()) and not _filled(data, width - 1)
    ):
        width -= 1
    return width


def _filled(data: Sequence[Sequence[Cell]], column: int) -> bool:
    return any(len(row) > column and row[column] != "" for row in data)


def _is_ragged(data: Sequence[Sequence[Cell]], width: int) -> bool:
    """Say whether short rows are this file's habit, and not a few rows that were cut in two."""
    short = sum(len(row) < width for row in data)
    return short >= _FEWEST_SHORT and short * 20 > len(data)


def _fit(row: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    return tuple(row[:width]) if len(row) >= width else (*row, *[""] * (width - len(row)))


def _split_decimal(dialect: Dialect, data: Sequence[Sequence[Cell]], width: int) -> int | None:
    """Find the column whose decimal comma was taken for the separator: most rows are one cell too long."""
    if dialect.container != "text" or dialect.separator != ",":
        return None
    longer = [row for row in data if len(row) == width + 1]
    if len(longer) * 2 < len(data) or not longer:
        return None
    for column in range(width):
        if all(_is_whole(row[column]) and _is_cents(row[column + 1]) for row in longer):
            return column
    return None


def _is_whole(cell: Cell) -> bool:
    text = str(cell).strip().removeprefix("R$").strip().removeprefix("-").replace(".", "")
    return text.isdigit()


def _is_cents(cell: Cell) -> bool:
    return len(str(cell)) <= 2 and str(cell).isdigit()  # noqa: PLR2004 - two decimals


def _joined_decimals(rows: Iterable[NumberedCells], width: int, column: int) -> Iterator[NumberedCells]:
    for line, cells in rows:
        if len(cells) == width + 1 and _is_whole(cells[column]) and _is_cents(cells[column + 1]):
            yield line, [*cells[:column], f"{cells[column]},{cells[column + 1]}", *cells[column + 2 :]]
        else:
            yield line, cells


def _spread(body: Iterable[NumberedCells], height: int) -> list[Sequence[Cell]]:
    step = max(1, height // _SAMPLE_TAIL)
    return [row for n, (_, row) in enumerate(body) if n < _SAMPLE_HEAD or n % step == 0]


def _blocks(path: Path, dialect: Dialect) -> Iterator[Sequence[Cell]]:
    """Give rows from all over a long file; first and last line of each block may be cut: not used."""
    size = path.stat().st_size
    if size < _BLOCKS * _BLOCK_BYTES or dialect.encoding.startswith("utf-32"):
        return
    with path.open("rb") as stream:
        for number in range(1, _BLOCKS + 1):
            stream.seek((size * number // (_BLOCKS + 1)) // 4 * 4)
            text = decode_block(stream.read(_BLOCK_BYTES), dialect.encoding)
            lines = list(io.StringIO(text, newline=""))[1:-1]
            yield from (row for _, row in islice(parse(lines, dialect), _SAMPLE_TAIL // _BLOCKS))


def _estimate(path: Path, dialect: Dialect) -> int:
    size = path.stat().st_size
    with path.open("rb") as stream:
        block = decode_block(stream.read(_BLOCK_BYTES * 8), dialect.encoding)
    lines = max(1, block.count("\n") or block.count("\r"))
    return max(1, round(size * lines / max(1, min(size, _BLOCK_BYTES * 8))))
