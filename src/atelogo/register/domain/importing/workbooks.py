"""Spreadsheets (XLSX, XLS, XLSB, ODS): the sheet that looks most like a table, and its numbered rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.rowkinds import NumberedCells, find_header

_HEAD_ROWS: Final = 80


@dataclass(frozen=True, slots=True)
class SheetFound:
    """The chosen sheet and the names of all sheets that could be chosen."""

    sheet: CalamineSheet
    names: tuple[str, ...]


def open_sheet(path: Path, name: str | None) -> SheetFound:
    """Open a workbook and choose a sheet: the named one, else the visible one that looks most like a table.

    Raises ImportProblemError: `file_unreadable`, `file_encrypted`, `sheet_unknown`, `table_missing`.
    """
    try:
        return _open(path, name)
    except PasswordError as error:
        raise ImportProblemError("file_encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise ImportProblemError("file_unreadable") from error
    except BaseException as error:  # a fault inside the reader's native code shows as a bare BaseException
        if type(error).__name__ != "PanicException":
            raise
        raise ImportProblemError("file_unreadable") from error


def _open(path: Path, name: str | None) -> SheetFound:
    book = CalamineWorkbook.from_path(str(path))
    about = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in about if sheet.visible == SheetVisibleEnum.Visible]
    names = tuple(visible or [sheet.name for sheet in about])
    if name is not None:
        if name not in book.sheet_names:
            raise ImportProblemError("sheet_unknown", name)
        return SheetFound(book.get_sheet_by_name(name), names)
    best: tuple[float, CalamineSheet] | None = None
    for one in names:
        sheet = book.get_sheet_by_name(one)
        score = _table_score(sheet)
        if score is not None and (best is None or score > best[0]):
            best = score, sheet
    if best is None:
        raise ImportProblemError("table_missing")
    return SheetFound(best[1], names)


def _table_score(sheet: CalamineSheet) -> float | None:
    """A recognised header counts most, then the number of rows."""
    found = find_header(list(islice(sheet_rows(sheet, 1), _HEAD_ROWS)))
    if found is None:
        return None
    return found.score + math.log10(max(1, sheet.height)) + (sheet.width > 1)


def sheet_rows(sheet: CalamineSheet, first_line: int) -> Iterator[NumberedCells]:
    """Give (row number, cells) from a row on; the cells begin at the first column in use."""
    if not sheet.height:
        return
    yield from enumerate(islice(sheet.iter_rows(), first_line - 1, None), start=first_line)
