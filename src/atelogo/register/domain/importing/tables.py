"""A file as a table: header under any preamble, then rows with the line numbers a person sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from .sniffing import Dialect

Cell = str | int | float | bool | datetime | date | time | timedelta


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one file. Re-iterable: each call of `rows` reads the file again from the start."""

    path: Path
    dialect: Dialect
    header: tuple[str, ...]  # unique names; '#3' for an unnamed column, 'Nome (2)' for the second of a name
    header_line: int  # 0 when the file has no header
    first_line: int  # line of the first data row
    preamble: tuple[str, ...]  # the lines above the header, for the person to see
    sheet: str | None
    sheets: tuple[str, ...]
    sample: tuple[tuple[Cell, ...], ...]  # up to about 3,000 rows from the whole file, for evidence

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """(line number, cells) of each row below the header; trailing blank rows are not rows."""
        raise NotImplementedError

    def estimate_rows(self) -> int:
        """About how many rows there are (exact for spreadsheets): for progress and time left."""
        raise NotImplementedError


def open_table(
    path: Path, *, dialect: Dialect | None = None, sheet: str | None = None, header_line: int | None = None
) -> Table:
    """Open the file and find its table. Raises ImportProblemError (`sheet_unknown`, `table_missing`, `sniff`'s codes)."""
    raise NotImplementedError
