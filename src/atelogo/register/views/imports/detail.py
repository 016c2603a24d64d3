"""One import from its check to its end: what it would do, how far it is, what it did, taking it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import person_name
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError, NotFoundError, PermissionDeniedError
from atelogo.register.domain.import_problems import message_of
from atelogo.register.domain.import_words import KIND_WORDS, OUTCOME_WORDS
from atelogo.register.errors import BatchNotFoundError
from atelogo.register.queries.imports import COUNTS, BatchView, batch_rows, batch_view, unknown_reasons
from atelogo.register.queries.reasons import reason_tree
from atelogo.register.services.imports.background import batch_undo_ask
from atelogo.register.services.imports.batches import (
    batch_cancel_ask,
    batch_decide,
    batch_discard,
    batch_run_ask,
)
from atelogo.register.services.imports.listing import why_text
from atelogo.register.views.addresses import address, language
from atelogo.register.views.imports.previews import preview_of

if TYPE_CHECKING:
    from uuid import UUID

BUSY: Final = frozenset({"checking", "running", "undoing"})
NOT_INFORMED: Final = "-"
_OUTCOMES: Final = ("rejected", "left_out", "unchanged", "updated")
_MOST_REASONS: Final = 200


def _batch(request: StaffRequest, batch_id: UUID) -> BatchView:
    batch = batch_view(request.workspace, batch_id)
    if batch is None:
        raise BatchNotFoundError
    return batch


@never_cache
@staff_view(Permission.IMPORT_VIEW, methods=("GET",))
def import_detail(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Show what this import needs now: a decision, patience, or a look at what it did."""
    batch = _batch(request, batch_id)
    context = _known(batch)
    if batch.state in BUSY:
        return render(request, "register/imports/progress.html", context)
    if batch.state == "staged":
        if batch.problem:
            return render(request, "register/imports/refused.html", context)
        if request.may(Permission.IMPORT_RUN):
            return HttpResponseRedirect(address(request, "import_columns", batch_id=batch_id))
        return render(request, "register/imports/refused.html", context)
    if batch.state == "checked":
        return render(request, "register/imports/review.html", context | _review(request, batch))
    context["who"] = person_name(batch.started_by) if batch.started_by else ""
    context["personal"] = request.may(Permission.PERSONAL_VIEW)
    return render(request, "register/imports/result.html", context)


@never_cache
@staff_view(Permission.IMPORT_VIEW, methods=("GET",))
def import_progress(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Give how far an import is; once it is over, tell the page to show what comes next."""
    batch = _batch(request, batch_id)
    response = render(request, "register/imports/parts/progress.html", _known(batch))
    if batch.state not in BUSY:
        response.headers["HX-Refresh"] = "true"
    return response


def _known(batch: BatchView) -> dict[str, Any]:
    counts = batch.trial if batch.state == "checked" else batch.counts
    return {
        "batch": batch,
        "kind_word": _(KIND_WORDS[batch.kind]),
        "read": batch.trial.get("read", 0) if batch.state == "checked" else batch.read,
        "counts": [(name, _(OUTCOME_WORDS[name]), counts.get(name, 0)) for name in COUNTS],
        "problem": _(message_of(batch.problem)) if batch.problem and batch.problem != "failed" else "",
    }


def _review(request: StaffRequest, batch: BatchView) -> dict[str, Any]:
    unknown = unknown_reasons(request.workspace, batch.spellings, language=language())
    decided = batch.mapping.get("reasons", {})
    columns, rows = preview_of(batch, personal=request.may(Permission.PERSONAL_VIEW))
    return {
        "unknown": [(one, decided.get(one.folded, "")) for one in unknown[:_MOST_REASONS]],
        "unknown_more": max(0, len(unknown) - _MOST_REASONS),
        "tree": reason_tree(request.workspace.id, language=language()),
        "not_informed": NOT_INFORMED,
        "columns": columns,
        "rows": rows,
        "warnings": [_(message_of(code)) for code in batch.warnings],
    }


@staff_view(Permission.IMPORT_RUN, methods=("POST",))
def import_start(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Keep what was decided about unknown reasons and let the import begin."""
    posted = request.POST
    decided = {
        said: posted.get(f"reason-{number}", "") for number, said in enumerate(posted.getlist("spelling"))
    }
    batch_decide(
        workspace=request.workspace,
        batch_id=batch_id,
        reasons=decided,
        not_informed=NOT_INFORMED,
        language=language(),
    )
    batch_run_ask(workspace=request.workspace, batch_id=batch_id)
    return HttpResponseRedirect(address(request, "import_detail", batch_id=batch_id))


@staff_view(Permission.IMPORT_RUN, methods=("POST",))
def import_cancel(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Ask a run to stop."""
    batch_cancel_ask(workspace=request.workspace, batch_id=batch_id)
    messages.info(request, _("It stops after the rows in hand. What is in stays in, and can be undone."))
    return HttpResponseRedirect(address(request, "import_detail", batch_id=batch_id))


@staff_view(Permission.IMPORT_RUN, methods=("POST",))
def import_discard(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Drop a file that was never imported."""
    batch_discard(workspace=request.workspace, batch_id=batch_id)
    messages.info(request, _("The file is gone. Nothing was imported from it."))
    return HttpResponseRedirect(address(request, "import_list"))


@staff_view(Permission.IMPORT_UNDO, methods=("POST",))
def import_undo(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """Take back everything that an import did."""
    try:
        batch_undo_ask(workspace=request.workspace, actor=request.actor, batch_id=batch_id)
    except AppError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(address(request, "import_detail", batch_id=batch_id))


@staff_view(Permission.IMPORT_VIEW, methods=("GET",))
def import_rows(request: StaffRequest, batch_id: UUID) -> HttpResponse:
    """List the rows that were not simply imported, with why; what they held only for who may see people."""
    batch = _batch(request, batch_id)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in _OUTCOMES else "rejected"
    page = batch_rows(request.workspace, batch_id, outcome=outcome, cursor=request.GET.get("cursor", ""))
    personal = request.may(Permission.PERSONAL_VIEW)
    rows = [
        (
            row.line,
            why_text([code for code in row.codes if message_of(code[0]) != code[0]]),
            " · ".join(str(cell) for cell in row.cells if cell not in {"", None})[:300] if personal else "",
        )
        for row in page.items
    ]
    context = _known(batch) | {
        "page": page,
        "rows": rows,
        "outcome": outcome,
        "outcomes": [(name, _(OUTCOME_WORDS[name]), batch.counts[name]) for name in _OUTCOMES],
    }
    return render(request, "register/imports/rows.html", context)


@staff_view(Permission.IMPORT_VIEW, methods=("GET",))
def import_rejects(request: StaffRequest, batch_id: UUID) -> FileResponse:
    """Give the rejected rows back as a workbook with all their columns and why they are not in."""
    batch = _batch(request, batch_id)
    if not request.may(Permission.PERSONAL_VIEW):
        raise PermissionDeniedError
    if not batch.rejects_path or not Path(batch.rejects_path).is_file():
        raise NotFoundError
    name = f"{Path(batch.file_name).stem}-{_('rejected')}.xlsx"
    return FileResponse(Path(batch.rejects_path).open("rb"), as_attachment=True, filename=name)
