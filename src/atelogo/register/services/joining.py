"""What comes in again for a request that stands: lines it did not name yet, and an earlier declaration.

One place for the second tab, the second channel, the matched declaration and the duplicate found later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from atelogo.events.catalogue.register import RequestTouched
from atelogo.register.domain.deadlines import Windows, stop_due_at
from atelogo.register.models import Request, RequestItem
from atelogo.register.services.manual_tasks import open_task
from atelogo.register.services.recording import record, save

if TYPE_CHECKING:
    from datetime import datetime

    from atelogo.events.ledger import Actor

# An item that joined after billing had its order: a person stops it, completing the request does not.
ADDED = "added"
MORE_TASK = "billing_more"


def wish_join(
    request: Request,
    *,
    actor: Actor,
    channel: str,
    items: Sequence[RequestItem] = (),
    declared_at: datetime | None = None,
) -> None:
    """Let a repeated wish join ``request``: its new lines and, when it is earlier, its time.

    Deadlines run from the earlier accepted declaration, which moves them back, never forward. Lines that
    join a confirmed request become a step for a person, because billing has its order already. Emits
    ``request.touched`` with what changed, and saves the request.
    """
    fresh = _new_lines(request, items)
    if fresh:
        request.mrr_minor = (request.mrr_minor or 0) + sum(item.amount_minor for item in fresh)
    moved = _moved_back(request, declared_at)
    record(
        request,
        RequestTouched(
            channel=channel,
            lines_added=_ids(fresh),
            mrr_minor=request.mrr_minor if fresh else None,
            requested_at=request.requested_at if moved else None,
            stop_due_at=request.stop_due_at if moved else None,
        ),
        actor=actor,
    )
    if fresh and request.state == "confirmed":
        labels = [item.label for item in fresh]
        open_task(request, MORE_TASK, due_at=request.stop_due_at, actor=actor, facts={"lines": labels})
    save(request, "mrr_minor", "requested_at", "declared_at", "stop_due_at", "due_at")


def _ids(items: Sequence[RequestItem]) -> tuple[UUID, ...]:
    return tuple(item.line_id for item in items if item.line_id)


def _new_lines(request: Request, items: Sequence[RequestItem]) -> list[RequestItem]:
    have = set(RequestItem.objects.filter(request_id=request.id).values_list("line_id", flat=True))
    fresh = [item for item in items if item.line_id and item.line_id not in have]
    for item in fresh:
        item.request_id = request.id
        if request.state == "confirmed":
            item.outcome = ADDED
    RequestItem.objects.bulk_create(fresh)
    return fresh


def _moved_back(request: Request, declared_at: datetime | None) -> bool:
    if declared_at is None or (request.requested_at is not None and request.requested_at <= declared_at):
        return False
    request.requested_at = declared_at
    request.declared_at = min(request.declared_at or declared_at, declared_at)
    if request.state == "confirmed":
        request.stop_due_at = stop_due_at(declared_at, Windows(**request.applied))
        request.due_at = request.stop_due_at
    elif request.next_step in {"check_authority", "identify"}:
        request.due_at = stop_due_at(declared_at, Windows(**request.applied))
    return True
