"""Register data leaving as a file: asked for, made in the background, logged, gone after a day."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import xlsxwriter
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from atelogo.core import clock, ids
from atelogo.core.errors import FieldProblem, NotFoundError, ValidationFailedError
from atelogo.events import ledger, outbox
from atelogo.events.catalogue.register import ExportMade
from atelogo.events.ledger import Actor
from atelogo.register.domain.tables_out import FORMS, XLSX, Value
from atelogo.register.models import ExportFile
from atelogo.register.queries.exports import (
    Columns,
    export_rows,
    filter_read,
    filter_stored,
    filter_told,
)

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.register.queries.requests import RequestFilter

EXPORT_TASK: Final = "register.export_build"
KEPT_FOR: Final = timedelta(hours=24)
_SHEET_ROWS: Final = 1_000_000
_CELL_LENGTH: Final = 32_000
_TELL_EVERY: Final = 5_000


def export_folder() -> Path:
    """Return where files that were made lie."""
    return Path(settings.ATELOGO_HOME) / "files" / "exports"


def export_ask(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    wanted: RequestFilter,
    form: str,
    masked: bool,
    language: str,
) -> UUID:
    """Owe a person a file with the requests that a filter means; return its id.

    ``form`` is csv_br (Excel in Portuguese), csv (international) or xlsx; ``masked`` hides names, contacts,
    documents and words. What the person searched for stays encrypted and goes once the file is made.
    """
    if form not in {*FORMS, XLSX}:
        raise ValidationFailedError(
            fields=(FieldProblem("form", "unknown", _("Choose one of the options.")),)
        )
    with transaction.atomic():
        export = ExportFile(
            id=ids.new_id(),
            workspace_id=workspace.id,
            kind="requests",
            form=form,
            filters=filter_told(wanted),
            wanted=json.dumps({"filter": filter_stored(wanted), "language": language}),
            masked=masked,
            made_by=actor.id,
            made_at=clock.now(),
        )
        export.save(force_insert=True)
        outbox.enqueue(
            EXPORT_TASK, workspace_id=workspace.id, payload={"export": str(export.id)}, key=str(export.id)
        )
    return export.id


def export_build(*, workspace: WorkspaceInfo, export_id: UUID) -> int:
    """Make the file, in memory that does not grow with it; return how many rows. Emits ``export.made``.

    A file that is made already stays as it is; a half-made one is begun anew.
    """
    export = ExportFile.objects.filter(workspace_id=workspace.id, id=export_id).first()
    if export is None or export.state not in {"waiting", "running"}:
        return 0
    ExportFile.objects.filter(id=export.id).update(state="running", rows=0)
    asked = json.loads(export.wanted)
    folder = export_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{export.id}.{'xlsx' if export.form == XLSX else 'csv'}"
    with translation.override(asked["language"]):
        columns = Columns(workspace, language=asked["language"], masked=export.masked)
        with _one_view():
            rows = export_rows(workspace, filter_read(asked["filter"]), columns)
            written = _WRITERS[export.form](path, columns.titles(), _told(export, rows))
    _settle(workspace, export, path, written)
    return written


@contextmanager
def _one_view() -> Iterator[None]:
    """Read one state of the register; on SQLite a transaction would hold up every writer."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            yield
    else:
        yield


def _told(export: ExportFile, rows: Iterable[list[Value]]) -> Iterator[list[Value]]:
    """Pass the rows on, and note now and then how many there were."""
    for count, row in enumerate(rows, 1):
        if count % _TELL_EVERY == 0 and connection.vendor != "postgresql":
            ExportFile.objects.filter(id=export.id).update(rows=count)
        yield row


def _settle(workspace: WorkspaceInfo, export: ExportFile, path: Path, written: int) -> None:
    with transaction.atomic():
        moment = clock.now()
        ExportFile.objects.filter(id=export.id).update(
            state="done",
            rows=written,
            path=str(path),
            wanted="",
            done_at=moment,
            expires_at=moment + KEPT_FOR,
        )
        ledger.append_next(
            ExportMade(kind=export.kind, form=export.form, rows=written, filters=export.filters),
            workspace_id=workspace.id,
            stream=export.id,
            actor=Actor("staff", export.made_by) if export.made_by else Actor("system"),
        )


def export_failed(*, workspace: WorkspaceInfo, export_id: UUID) -> None:
    """Note that a file could not be made."""
    ExportFile.objects.filter(workspace_id=workspace.id, id=export_id).update(state="failed", wanted="")


def export_take(*, workspace: WorkspaceInfo, actor: Actor, export_id: UUID) -> tuple[Path, str]:
    """Return the file and the name to save it under, for the person who asked for it.

    Raises :class:`NotFoundError` for somebody else's file, and one that is not made yet or is gone.
    """
    export = ExportFile.objects.filter(workspace_id=workspace.id, id=export_id, made_by=actor.id).first()
    if export is None or export.state != "done" or not Path(export.path).is_file():
        raise NotFoundError
    if export.expires_at is not None and export.expires_at <= clock.now():
        raise NotFoundError
    ExportFile.objects.filter(id=export.id).update(taken_at=clock.now())
    day = export.made_at.astimezone(workspace.zone).date()
    return Path(export.path), f"cancelamentos-{day:%Y-%m-%d}{Path(export.path).suffix}"


def exports_sweep(*, workspace: WorkspaceInfo) -> int:
    """Delete the files whose day is over; return how many."""
    old = ExportFile.objects.filter(workspace_id=workspace.id, state="done", expires_at__lte=clock.now())
    count = 0
    for export in old:
        Path(export.path).unlink(missing_ok=True)
        ExportFile.objects.filter(id=export.id).update(state="expired", path="")
        count += 1
    return count


def _write_csv(form: str) -> Callable[[Path, list[str], Iterable[list[Value]]], int]:
    def write(path: Path, titles: list[str], rows: Iterable[list[Value]]) -> int:
        how, count = FORMS[form], 0
        encoding = "utf-8-sig" if how.mark else "utf-8"
        with path.open("w", encoding=encoding, newline="") as out:
            writer = csv.writer(out, delimiter=how.separator)
            writer.writerow([how.cell(title) for title in titles])
            for row in rows:
                writer.writerow([how.cell(value) for value in row])
                count += 1
        return count

    return write


def _write_xlsx(path: Path, titles: list[str], rows: Iterable[list[Value]]) -> int:
    """Text goes in as text and never as a formula; days and times as such, amounts as numbers."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    count = 0
    with xlsxwriter.Workbook(path, options) as book:
        forms = {
            "head": book.add_format({"bold": True}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
            "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
        }
        sheet = None
        for row in rows:
            if count % _SHEET_ROWS == 0:
                sheet = _new_sheet(book, titles, forms)
            for column, value in enumerate(row):
                _write_cell(sheet, count % _SHEET_ROWS + 1, column, value, forms)
            count += 1
        if sheet is None:
            _new_sheet(book, titles, forms)
    return count


def _new_sheet(book: Any, titles: list[str], forms: dict[str, Any]) -> Any:  # noqa: ANN401 - no types there
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(titles) - 1, 18)
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, forms["head"])
    return sheet


def _write_cell(sheet: Any, row: int, column: int, value: Value, forms: dict[str, Any]) -> None:  # noqa: ANN401
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, forms["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, forms["day"])
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), forms["amount"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, value[:_CELL_LENGTH])


_WRITERS: Final[dict[str, Callable[[Path, list[str], Iterable[list[Value]]], int]]] = {
    "csv_br": _write_csv("csv_br"),
    "csv": _write_csv("csv"),
    XLSX: _write_xlsx,
}
