"""The second step: which column is which, and how the file is read. A person may change all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError
from atelogo.register.domain.import_feed import Wanted
from atelogo.register.domain.import_problems import message_of
from atelogo.register.domain.import_words import GUESS_WORDS, KIND_WORDS, field_word
from atelogo.register.domain.importing.fields import fields_of
from atelogo.register.errors import BatchNotFoundError, ImportRefusedError
from atelogo.register.queries.imports import BatchView, batch_view, saved_mappings
from atelogo.register.services.imports.batches import batch_check_ask, batch_map
from atelogo.register.services.imports.feeding import file_head
from atelogo.register.services.imports.mappings import mapping_save
from atelogo.register.views.addresses import address

if TYPE_CHECKING:
    from atelogo.register.domain.importing.records import Kind

KEEP: Final = "+"  # as a field of the company's own
_READING: Final = ("encoding", "separator", "sheet", "header_line", "decimal", "date_order", "currency")
_SEPARATORS: Final = {"tab": "\t"}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file: examples, what it is taken for and why."""

    number: int
    name: str
    examples: tuple[str, ...]
    chosen: str
    why: str
    confidence: float


@staff_view(Permission.IMPORT_RUN)
def import_columns(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Show the suggested columns; a POST keeps the person's choice and has the file checked."""
    batch = ready_batch(request, batch_id)
    if batch is None:
        return HttpResponseRedirect(address(request, "import_detail", batch_id=batch_id))
    if request.method != "POST":
        return _page(request, batch, stored=batch.mapping or None)
    posted = request.POST
    if posted.get("act") == "reread":
        return _page(request, batch, reading=reading_of(posted))
    if posted.get("use"):
        kept = [one for one in saved_mappings(request.workspace) if str(one.id) == posted["use"]]
        return _page(request, batch, stored=kept[0].mapping if kept else None)
    return _keep(request, batch, posted)


def ready_batch(request: StaffRequest, batch_id: UUID) -> BatchView | None:
    """Return the batch if its columns can still be chosen."""
    batch = batch_view(request.workspace, batch_id)
    if batch is None:
        raise BatchNotFoundError
    return batch if batch.state in {"staged", "checked"} else None


def _keep(request: StaffRequest, batch: BatchView, posted: QueryDict) -> HttpResponse:
    header = posted.getlist("column")
    mapping = mapping_posted(batch, header, posted)
    try:
        batch_map(workspace=request.workspace, batch_id=batch.id, mapping=mapping)
        file_head(Wanted(path=batch.file_path, kind=_kind(batch), mapping=mapping, rows=0, spellings=False))
    except AppError as error:
        return _page(request, batch, stored=mapping, problem=str(error))
    name = posted.get("mapping_name", "").strip()
    if name:
        mapping_save(
            workspace=request.workspace,
            actor=request.actor,
            name=name,
            kind=batch.kind,
            fingerprint=str(mapping["fingerprint"]),
            mapping=mapping,
        )
        messages.success(request, _("The columns are kept for the next file of this kind."))
    batch_check_ask(workspace=request.workspace, batch_id=batch.id)
    return HttpResponseRedirect(address(request, "import_detail", batch_id=batch.id))


def mapping_posted(batch: BatchView, header: list[str], posted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping that the form holds, in its stored form."""
    columns: dict[str, list[str]] = {}
    extra = []
    for number, name in enumerate(header):
        chosen = str(posted.get(f"field-{number}", ""))
        if chosen == KEEP:
            extra.append(name)
        elif chosen:
            columns.setdefault(chosen, []).append(name)
    mapping: dict[str, Any] = {
        "version": 1,
        "kind": batch.kind,
        "fingerprint": str(posted.get("fingerprint", "")),
        "source": reading_of(posted),
        "columns": {field: names[0] if len(names) == 1 else names for field, names in columns.items()},
    }
    if extra:
        mapping["extra"] = extra
    for name in ("constants", "reasons"):
        if batch.mapping.get(name):
            mapping[name] = batch.mapping[name]
    if "interval" in columns:
        mapping.pop("constants", None)
    elif posted.get("monthly"):
        mapping["constants"] = {"interval": "month"}
    if posted.get("select_column") and posted.get("select"):
        keep = [one.strip() for one in str(posted.get("select_keep", "")).split("|") if one.strip()]
        mapping["select"] = {"column": posted["select_column"], "keep": keep or ["*"], "why": "not_cancelled"}
    return mapping


def reading_of(posted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ways of reading that the form holds; what is left to the file is absent."""
    reading: dict[str, Any] = {}
    for name in _READING:
        value = str(posted.get(name, "")).strip()
        if value:
            reading[name] = _SEPARATORS.get(value, value)
    if "header_line" in reading:
        if str(reading["header_line"]).isdecimal() and int(reading["header_line"]) > 0:
            reading["header_line"] = int(reading["header_line"])
        else:
            del reading["header_line"]
    return reading


def _kind(batch: BatchView) -> Kind:
    return batch.kind  # type: ignore[return-value] # the column holds only the three kinds


def _page(
    request: StaffRequest,
    batch: BatchView,
    *,
    stored: Mapping[str, Any] | None = None,
    reading: Mapping[str, Any] | None = None,
    problem: str = "",
) -> HttpResponse:
    try:
        head = _head(batch, stored, reading)
    except ImportRefusedError as error:
        problem, reading = problem or str(error), None
        head = _head(batch, None, None)
    mapping = stored or head["mapping"]
    context = _context(request, batch, head, mapping) | {"problem": problem}
    return render(request, "register/imports/columns.html", context, status=422 if problem else 200)


def _head(
    batch: BatchView, stored: Mapping[str, Any] | None, reading: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Return the file's description read as the person chose, with suggestions for every column."""
    how = dict(reading or (stored or {}).get("source", {}))
    wanted = Wanted(
        path=batch.file_path, kind=_kind(batch), reading=how or None, rows=0, spellings=False, lenient=True
    )
    return file_head(wanted)[0]


def _context(
    request: StaffRequest, batch: BatchView, head: Mapping[str, Any], mapping: Mapping[str, Any]
) -> dict[str, Any]:
    fields = [field.name for field in fields_of(_kind(batch))]
    selector = mapping.get("select") or {}
    source = head["mapping"].get("source", {}) | dict(mapping.get("source", {}))
    kept = saved_mappings(request.workspace, kind=batch.kind, fingerprint=head["fingerprint"])
    return {
        "batch": batch,
        "kind_word": _(KIND_WORDS[batch.kind]),
        "rows": _rows(head, mapping),
        "row_count": head["rows"],
        "choices": [(name, _(field_word(name, batch.kind))) for name in fields],
        "keep": KEEP,
        "head": head,
        "source": source,
        "selector": selector,
        "select_keep": "|".join(selector.get("keep", [])),
        "monthly": mapping.get("constants", {}).get("interval") == "month",
        "warnings": [_(message_of(code)) for code in head["warnings"]],
        "saved": kept,
        "preamble": [line for line in head["preamble"] if line][:4],
    }


def _rows(head: Mapping[str, Any], mapping: Mapping[str, Any]) -> list[ColumnRow]:
    fields = {
        column: field
        for field, given in mapping.get("columns", {}).items()
        for column in ([given] if isinstance(given, str) else given)
    }
    extra = set(mapping.get("extra", ()))
    rows = []
    for number, guess in enumerate(head["guesses"]):
        name = guess["column"]
        chosen = fields.get(name, KEEP if name in extra else "")
        same = chosen == guess["field"] or (chosen in {"", KEEP} and guess["field"] is None)
        why = _(GUESS_WORDS.get(guess["why"], guess["why"])) if same else _("chosen by you")
        examples = tuple(head["examples"][number])
        rows.append(ColumnRow(number, name, examples, chosen, why, guess["confidence"] if same else 1.0))
    return rows
