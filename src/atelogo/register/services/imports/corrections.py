"""A cancellation that a later file tells otherwise: the request is corrected, before and after on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from atelogo.register.domain.import_rows import CancellationRow, Who
from atelogo.register.models import Request, RequestReason
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import uuid_of
from atelogo.register.services.imports.moments import When, when_of
from atelogo.register.services.mending import request_correct
from atelogo.register.services.reasons import request_reason_set

if TYPE_CHECKING:
    from atelogo.register.services.imports.spellings import Spellings

_WHY = "import"
_ENDED = frozenset({"voided", "merged", "undone", "withdrawn", "lapsed"})


def bring_up_to_date(job: Job, key: str, row: CancellationRow, spellings: Spellings) -> dict[str, Any]:
    """Give the request what the row says otherwise; return ``{field: [before, after]}``.

    What the row leaves out stays. A request that a person has voided, joined or undone stays as it is. Emits
    ``request.corrected`` and ``request.reason_set`` as for any correction.
    """
    request = Request.objects.get(workspace_id=job.workspace.id, id=uuid_of(key))
    if request.state in _ENDED:
        return {}
    when = when_of(row.date, row.declared, row.effective, job.workspace.timezone)
    before = _corrected(job, request, row, when)
    before |= _reasons(job, request, row, spellings)
    before |= _quietly(request, row, when)
    if not job.dry:
        fields = [name for name in before if name in {"custom", "end_kind", "date_precision"}]
        Request.objects.filter(id=request.id).update(
            import_content=row.content, **{name: before[name][1] for name in fields}
        )
    return before


def _corrected(job: Job, request: Request, row: CancellationRow, when: When) -> dict[str, Any]:
    who = Who._make(row.who)
    given: dict[str, Any] = {
        "channel": (row.channel or "")[:20],
        "effective_on": when.on,
        "mrr_minor": row.amount_minor,
        "product_name": (row.product or "")[:160],
        "plan_name": (row.plan or "")[:160],
        "city": (who.city or "")[:120],
        "region": (who.state or "")[:40],
        "competitor": (row.competitor or "")[:120],
        "free_text": row.notes,
    }
    changes = {
        name: value
        for name, value in given.items()
        if value not in {None, ""} and value != getattr(request, name)
    }
    before = {name: [_plain(getattr(request, name)), _plain(value)] for name, value in changes.items()}
    if changes and not job.dry:
        request_correct(
            workspace=job.workspace, actor=job.actor, request_id=request.id, changes=changes, why=_WHY
        )
    return before


def _reasons(job: Job, request: Request, row: CancellationRow, spellings: Spellings) -> dict[str, Any]:
    told = [spellings.of(said) for said in (row.reason, row.secondary) if said]
    stated = [
        str(reason)
        for reason in RequestReason.objects.filter(request_id=request.id, kind="stated")
        .order_by("position")
        .values_list("reason_id", flat=True)
    ]
    wanted = [str(UUID(key)) if key else "" for key in dict.fromkeys(told)]
    if not wanted or wanted == stated:
        return {}
    if not job.dry:
        first, *others = map(UUID, wanted)
        request_reason_set(
            workspace=job.workspace,
            actor=job.actor,
            request_id=request.id,
            reason_id=first,
            source="import",
            secondary=tuple(others),
        )
    return {"reason": [stated, wanted]}


def _quietly(request: Request, row: CancellationRow, when: When) -> dict[str, Any]:
    """Return what is no correctable field: custom fields, whose end it was, how exact the date is."""
    given: dict[str, Any] = {
        "custom": {**request.custom, **(row.extra or {})},
        "end_kind": row.end_kind or request.end_kind,
        "date_precision": when.precision if when.day else request.date_precision,
    }
    return {
        name: [getattr(request, name), value]
        for name, value in given.items()
        if value != getattr(request, name)
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field's value
    return value.isoformat() if hasattr(value, "isoformat") else value
