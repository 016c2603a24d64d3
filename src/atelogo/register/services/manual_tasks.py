"""Steps that people do: opened by the register, taken by a person, closed on proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from atelogo.core import clock, ids
from atelogo.events.catalogue.register import TaskDone, TaskOpened
from atelogo.register.errors import EvidenceRequiredError, TaskNotFoundError
from atelogo.register.models import ManualTask, Request
from atelogo.register.services.recording import record, request_locked, save

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_LEAST_EVIDENCE = 3


def open_task(
    request: Request,
    kind: str,
    *,
    due_at: datetime | None,
    actor: Actor,
    steps: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Open a task of ``kind`` unless one is open already; return whether it was opened.

    Inside the caller's transaction; the caller saves the request (``last_seq``). Kinds: billing_stop,
    billing_resume, check_authority, identify, answer_fee, equipment_return, billing_refused.
    """
    task = ManualTask(
        id=ids.new_id(),
        workspace_id=request.workspace_id,
        request_id=request.id,
        kind=kind,
        steps=list(steps),
        facts=dict(facts or {}),
        owner_id=request.owner_id,
        due_at=due_at,
        created_at=clock.now(),
    )
    ManualTask.objects.bulk_create([task], ignore_conflicts=True)
    if not ManualTask.objects.filter(workspace_id=request.workspace_id, id=task.id).exists():
        return False
    record(request, TaskOpened(task=task.id, kind=kind, due_at=due_at), actor=actor)
    return True


def task_close_all(request: Request, kinds: Sequence[str], *, outcome: str, actor: Actor) -> None:
    """Close open tasks of ``kinds`` that lost their object (the request was undone, merged, identified)."""
    for task in ManualTask.objects.filter(request_id=request.id, state="open", kind__in=list(kinds)):
        task.state, task.done_at = "dropped", clock.now()
        task.save(update_fields=["state", "done_at"])
        record(request, TaskDone(task=task.id, kind=task.kind, outcome=outcome), actor=actor)


def task_take(*, workspace: WorkspaceInfo, actor: Actor, task_id: UUID, owner_id: UUID | None = None) -> None:
    """Make the actor (or ``owner_id``) the owner of an open task."""
    with transaction.atomic():
        task = _open_task_locked(workspace, task_id)
        task.owner_id = owner_id or actor.id
        task.save(update_fields=["owner_id"])


def task_done(*, workspace: WorkspaceInfo, actor: Actor, task_id: UUID, evidence: str) -> ManualTask:
    """Close a task on its proof; raise :class:`EvidenceRequiredError` without one.

    Emits ``task.done`` with the proof as personal detail. What follows for the request (completing it after
    a billing stop, say) is decided by :mod:`atelogo.register.services.billing`, in the same transaction.
    """
    if len(evidence.strip()) < _LEAST_EVIDENCE:
        raise EvidenceRequiredError
    with transaction.atomic():
        # The request first, then its task: the order in which everything else takes them.
        mine = ManualTask.objects.filter(workspace_id=workspace.id, id=task_id)
        request_id = mine.values_list("request_id", flat=True).first()
        request = request_locked(workspace, request_id) if request_id is not None else None
        task = _open_task_locked(workspace, task_id)
        task.state, task.done_at, task.done_by = "done", clock.now(), actor.id
        task.evidence = evidence.strip()
        task.save(update_fields=["state", "done_at", "done_by", "evidence"])
        if request is not None:
            record(
                request,
                TaskDone(task=task.id, kind=task.kind, outcome="done"),
                actor=actor,
                personal={"evidence": task.evidence},
            )
            save(request)
    return task


def _open_task_locked(workspace: WorkspaceInfo, task_id: UUID) -> ManualTask:
    task = (
        ManualTask.objects.select_for_update(of=("self",))
        .filter(workspace_id=workspace.id, id=task_id, state="open")
        .first()
    )
    if task is None:
        raise TaskNotFoundError
    return task  # type: ignore[no-any-return]
