"""Imports as the worker does them: in slices, so that a long one never holds up what is owed to customers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from atelogo.core import clock, ids
from atelogo.events import outbox
from atelogo.events.ledger import Actor
from atelogo.register.errors import BatchStateError, ImportRefusedError
from atelogo.register.models import ImportBatch
from atelogo.register.services.imports.batches import UNDO_TASK, batch_locked
from atelogo.register.services.imports.execution import batch_check, batch_end, batch_run
from atelogo.register.services.imports.running import Progress, StoppedError
from atelogo.register.services.imports.undoing import batch_undo, undo_refused

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_SLICE_SECONDS: Final = 15.0


class Slice:
    """A stretch of work that ends once it has lasted a while and something else is due."""

    def __init__(self, seconds: float = _SLICE_SECONDS) -> None:
        self._until = time.monotonic() + seconds

    def is_over(self) -> bool:
        """Say whether others should work now."""
        return time.monotonic() > self._until and outbox.due_count() > 0

    def after_chunk(self, _progress: Progress) -> str:
        """Answer ``paused`` when others should work now."""
        return "paused" if self.is_over() else ""


def import_work(*, workspace: WorkspaceInfo, batch_id: UUID) -> bool:
    """Check or run a batch, as it was asked for; say whether it is finished (else call again).

    A batch that has ended meanwhile is finished. A file that cannot be used leaves the batch saying why.
    """
    batch = ImportBatch.objects.filter(workspace_id=workspace.id, id=batch_id).first()
    if batch is None:
        return True
    actor, part = Actor("import", batch.started_by), Slice()
    try:
        if batch.state == "checking":
            batch_check(workspace=workspace, batch_id=batch_id, actor=actor)
        elif batch.state == "running":
            state = batch_run(
                workspace=workspace, batch_id=batch_id, actor=actor, after_chunk=part.after_chunk
            )
            return state != "running"
    except (BatchStateError, ImportRefusedError):
        return True
    return True


def import_gave_up(*, workspace: WorkspaceInfo, batch_id: UUID) -> None:
    """Close a batch whose work failed for good; what is in stays in and can be undone."""
    batch = ImportBatch.objects.filter(workspace_id=workspace.id, id=batch_id).first()
    if batch is None:
        return
    if batch.state == "checking":
        ImportBatch.objects.filter(id=batch.id).update(state="staged", problem="failed")
    elif batch.state == "running":
        actor = Actor("import", batch.started_by)
        batch_end(workspace=workspace, batch_id=batch_id, state="failed", actor=actor, problem="failed")


def batch_undo_ask(*, workspace: WorkspaceInfo, actor: Actor, batch_id: UUID) -> None:
    """Let the worker take a batch back. Refused for one that is running or wrote nothing."""
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if undo_refused(workspace, batch_id):
            raise BatchStateError(state=batch.state)
        batch.state, batch.undone_by, batch.beat_at = "undoing", actor.id, clock.now()
        batch.save(update_fields=["state", "undone_by", "beat_at"])
        outbox.enqueue(
            UNDO_TASK,
            workspace_id=workspace.id,
            payload={"batch": str(batch_id)},
            key=f"{batch_id}:{ids.new_id()}",
        )


def undo_work(*, workspace: WorkspaceInfo, batch_id: UUID) -> bool:
    """Take a batch back; say whether it is finished (else call again)."""
    batch = ImportBatch.objects.filter(workspace_id=workspace.id, id=batch_id).first()
    if batch is None or batch.state != "undoing":
        return True
    part = Slice()
    try:
        batch_undo(
            workspace=workspace,
            actor=Actor("staff", batch.undone_by) if batch.undone_by else Actor("import"),
            batch_id=batch_id,
            should_pause=part.is_over,
        )
    except StoppedError:
        return False
    return True
