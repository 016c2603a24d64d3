"""Separated text to rows with the line each begins on; a stray quote costs one row, not the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Container = Literal["text", "xlsx", "xls", "xlsb", "ods"]
NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file must be read; everything after `container` is for text only."""

    container: Container
    encoding: str = "utf-8"
    separator: str = ";"
    quote: str = '"'
    escape: str | None = None
    skip_lines: int = 0  # lines before any table, such as `sep=;`
    wrapped: bool = False  # each line is one quoted cell that holds a whole row


def _options(dialect: Dialect) -> dict[str, Any]:
    return {
        "delimiter": dialect.separator,
        "quotechar": dialect.quote,
        "doublequote": True,
        "escapechar": dialect.escape,
    }


def _unwrapped(lines: Iterable[str]) -> Iterator[str]:
    """Take off the quotes around each line and the doubling of those within."""
    for line in lines:
        body = line.rstrip("\r\n")
        wrapped = len(body) > 1 and body[0] == '"' == body[-1]
        yield (body[1:-1].replace('""', '"') if wrapped else body) + "\n"


def parse(
    lines: Iterable[str], dialect: Dialect, *, width: int = 0, first_line: int = 1
) -> Iterator[NumberedRow]:
    """Give (line number, cells) of every row; blank lines give an empty list.

    `width` is the number of columns of the header (0 = not known yet): with it, a quote that opens by
    mistake is seen by the row it would make, and its line is read as it stands.
    """
    source = _unwrapped(lines) if dialect.wrapped else iter(lines)
    options = _options(dialect)
    again: deque[str] = deque()  # lines to be read once more
    line = first_line
    while True:
        kept: list[str] = []
        reader = csv.reader(_remembered(again, source, kept), **options)
        end = 0
        try:
            for row in reader:
                taken = reader.line_num - end
                if taken > 1 and _quote_astray(kept, row, dialect, width):
                    break
                end = reader.line_num
                yield line, row
                line += taken
                kept.clear()
            else:
                return
        except csv.Error:  # a cell too long to be one: a quote that never closes
            pass
        yield line, plain_split(kept[0], dialect)
        line += 1
        again.extendleft(reversed(kept[1:]))


def _remembered(again: deque[str], source: Iterable[str], kept: list[str]) -> Iterator[str]:
    remember = kept.append
    while again:
        line = again.popleft()
        remember(line)
        yield line
    for line in source:
        remember(line)
        yield line


def _quote_astray(kept: list[str], row: list[str], dialect: Dialect, width: int) -> bool:
    """Say whether a row of several lines is rather several rows, the first of which has a stray quote."""
    odd = sum(line.count(dialect.quote) for line in kept) % 2 == 1
    if not width:
        return odd
    if len(plain_split(kept[0], dialect)) != width:
        return False
    return odd or len(row) != width or any(line.count(dialect.separator) >= width - 1 for line in kept[1:])


def plain_split(line: str, dialect: Dialect) -> list[str]:
    """Split a line at its separators, quotes being letters; those around or before a cell are dropped."""
    return [_unquoted(cell, dialect.quote) for cell in line.rstrip("\r\n").split(dialect.separator)]


def _unquoted(cell: str, quote: str) -> str:
    if not cell.startswith(quote):
        return cell
    return cell[1:-1] if len(cell) > 1 and cell.endswith(quote) else cell[1:]
