"""The rows that were not simply imported: kept with their batch; the rejected ones given back as a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from atelogo.core.secrets import encrypt
from atelogo.register.domain.import_problems import message_of
from atelogo.register.models import ImportRow
from atelogo.register.services.imports.drawing import new_keys
from atelogo.register.services.imports.job import Job, Listed
from atelogo.register.services.imports.loading import Shape, json_text

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_VARYING: Final = ("id", "line", "outcome", "codes", "target_id", "raw", "before")
_SHEET_ROWS: Final = 1_000_000
_CELL_LENGTH: Final = 32_000
_WIDTH: Final = 60


class Listing:
    """Writes the list of a batch, chunk by chunk. What a row held is encrypted."""

    def __init__(self, job: Job) -> None:
        self._shape = Shape(ImportRow, _VARYING, {"workspace_id": job.workspace.id, "batch_id": job.batch_id})

    def write(self, listed: Sequence[Listed]) -> None:
        """Insert the rows of one chunk."""
        self._shape.write(
            [
                (
                    key,
                    one.line,
                    one.outcome,
                    json_text(one.codes),
                    one.target,
                    encrypt(json_text(one.cells)) if one.cells else "",
                    encrypt(json_text(one.before)) if one.before else "",
                )
                for key, one in zip(new_keys(len(listed)), listed, strict=True)
            ]
        )


def why_text(codes: Sequence[Sequence[str]], names: dict[str, str] | None = None) -> str:
    """Return why a row is not in, in the active language; ``names`` gives a field's column in the file."""
    said = []
    for code, field in codes:
        message = _(message_of(code))
        column = (names or {}).get(field, "")
        said.append(f"{column}: {message}" if column else message)
    return " ".join(dict.fromkeys(said))


def rejects_write(
    *, workspace: WorkspaceInfo, batch_id: UUID, header: Sequence[str], names: dict[str, str], path: Path
) -> int:
    """Write the rejected rows with all their original columns and why they are not in; return how many.

    Rows are streamed: memory does not grow with them. Text is written as text, so that nothing in a cell can
    run as a formula.
    """
    rows = ImportRow.objects.filter(workspace_id=workspace.id, batch_id=batch_id, outcome="rejected")
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with translation.override(workspace.locale), xlsxwriter.Workbook(path, dict(_OPTIONS)) as book:
        sheet = _sheet(book, header)
        for row in rows.order_by("line").iterator(chunk_size=2_000):
            if written and written % _SHEET_ROWS == 0:
                sheet = _sheet(book, header)
            cells = json.loads(row.raw) if row.raw else []
            place = written % _SHEET_ROWS + 1
            for column, cell in enumerate(cells[: len(header)]):
                _write(sheet, place, column, cell)
            beyond = [str(cell) for cell in cells[len(header) :] if cell not in {"", None}]
            why = why_text(row.codes, names)
            sheet.write_string(place, len(header), f"{why} [{' | '.join(beyond)}]" if beyond else why)
            sheet.write_number(place, len(header) + 1, row.line)
            written += 1
    return written


_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def _sheet(book: Any, header: Sequence[str]) -> Any:  # noqa: ANN401 - xlsxwriter carries no types
    sheet = book.add_worksheet()
    sheet.set_column(len(header), len(header), _WIDTH)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, name in enumerate((*header, _("Why it is not in"), _("Line in the file"))):
        sheet.write_string(0, column, str(name)[:_CELL_LENGTH], bold)
    return sheet


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:  # noqa: ANN401 - a plain value
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell)[:_CELL_LENGTH])
