"""Taking a whole batch back: requests voided, changed records restored, what nothing else uses deleted.

The ledger only grows: each request of the batch gets its own ``request.voided``, so that its stream still
rebuilds to what the register says, and the batch gets ``import.undone``. Every phase works in short
transactions and can be begun again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.events.catalogue.register import ImportUndone, RequestVoided
from atelogo.events.ledger import LedgerRow
from atelogo.events.rows import is_postgresql
from atelogo.register.errors import BatchStateError
from atelogo.register.models import (
    ImportBatch,
    ImportRow,
    Reason,
    Request,
    RequestItem,
    RequestReason,
    Touchpoint,
)
from atelogo.register.queries.imports import batch_view
from atelogo.register.services.imports.batches import batch_locked, file_forget
from atelogo.register.services.imports.leftovers import (
    contracts_reopen,
    leftovers_delete,
    unneeded_customers,
)
from atelogo.register.services.imports.restoring import row_restore
from atelogo.register.services.imports.running import StoppedError
from atelogo.register.services.reason_tree import ReasonChange, tree_change

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

WHY: Final = "import_undone"


def _at_once() -> int:
    return 2_000 if is_postgresql() else 150


def no_pause() -> bool:
    """Answer that nothing else waits."""
    return False


def batch_undo(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    batch_id: UUID,
    should_pause: Callable[[], bool] = no_pause,
) -> Counter[str]:
    """Take back what a batch did; return what was voided, restored, deleted and retired.

    Requests leave every figure (``voided``) and can be imported again. Records that were changed get back,
    field by field, what they said, unless somebody has changed them since. Customers and contracts that the
    batch made go when nothing else needs them; reasons it made are retired. An undo that was interrupted goes
    on. Refuses a batch that is running or wrote nothing (:class:`BatchStateError`). Raises
    :class:`StoppedError` when it is to pause. Emits ``request.voided``, ``request.corrected`` and
    ``import.undone``.
    """
    batch = _begin(workspace, batch_id)
    done: Counter[str] = Counter()
    phases: list[Callable[[], int]] = [
        lambda: _restore_some(workspace, actor, batch, done),
        lambda: _void_some(workspace, actor, batch, done),
        lambda: leftovers_delete(workspace, batch, _at_once(), done),
    ]
    for phase in phases:
        while phase():
            if should_pause():
                raise StoppedError("paused")
    done["retired"] = _retire_reasons(workspace, actor, batch)
    _end(workspace, actor, batch, done)
    return done


def undo_refused(workspace: WorkspaceInfo, batch_id: UUID) -> bool:
    """Say whether a batch cannot be taken back: it is running, wrote nothing or is undone already."""
    shown = batch_view(workspace, batch_id)
    return shown is None or not shown.may_undo


def _begin(workspace: WorkspaceInfo, batch_id: UUID) -> ImportBatch:
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if undo_refused(workspace, batch_id):
            raise BatchStateError(state=batch.state)
        batch.state = "undoing"
        batch.save(update_fields=["state"])
    return batch


def _restore_some(workspace: WorkspaceInfo, actor: Actor, batch: ImportBatch, done: Counter[str]) -> int:
    with transaction.atomic():
        rows = ImportRow.objects.filter(workspace_id=workspace.id, batch_id=batch.id).exclude(before="")
        some = list(rows.order_by("-line", "-id")[: _at_once() // 10])
        for row in some:
            row_restore(workspace=workspace, actor=actor, kind=batch.kind, row=row)
        ImportRow.objects.filter(id__in=[row.id for row in some]).update(before="")
    done["restored"] += len(some)
    return len(some)


def _void_some(workspace: WorkspaceInfo, actor: Actor, batch: ImportBatch, done: Counter[str]) -> int:
    """Void some requests of the batch that still stand; those that a person has ended only lose their key."""
    with transaction.atomic():
        own = Request.objects.filter(workspace_id=workspace.id, batch_id=batch.id)
        rows = list(
            own.filter(state="completed")
            .select_for_update(of=("self",))
            .order_by("id")
            .values_list("id", "customer_id", "contract_id", "last_seq")[: _at_once()]
        )
        if not rows:
            own.filter(import_key__isnull=False).update(import_key=None)
            return 0
        ids = [row[0] for row in rows]
        gone = unneeded_customers(workspace, batch, {row[1] for row in rows if row[1] is not None})
        contracts_reopen(workspace, batch, ids)
        Touchpoint.objects.filter(workspace_id=workspace.id, request_id__in=ids, actor_kind="import").delete()
        RequestItem.objects.filter(workspace_id=workspace.id, request_id__in=ids).update(outcome="kept")
        Request.objects.filter(id__in=[row[0] for row in rows if row[1] in gone]).update(customer=None)
        Request.objects.filter(id__in=ids).update(
            state="voided",
            ended_at=clock.now(),
            import_key=None,
            next_step="",
            due_at=None,
            last_seq=F("last_seq") + 1,
        )
        ledger.append_bulk(
            (
                LedgerRow(
                    RequestVoided(
                        why=WHY,
                        billing_had_stopped=False,
                        unlinked=customer in gone and contract is None,
                    ),
                    request,
                    seq + 1,
                    actor,
                )
                for request, customer, contract, seq in rows
            ),
            workspace_id=workspace.id,
        )
    done["voided"] += len(rows)
    return len(rows)


def _retire_reasons(workspace: WorkspaceInfo, actor: Actor, batch: ImportBatch) -> int:
    """Retire the reasons that the batch made and no standing request states."""
    made = list(
        Reason.objects.filter(workspace_id=workspace.id, batch_id=batch.id).values_list("id", flat=True)
    )
    standing = Request.objects.filter(workspace_id=workspace.id).exclude(state="voided")
    used = set(standing.filter(reason_id__in=made).values_list("reason_id", flat=True))
    stated = RequestReason.objects.filter(workspace_id=workspace.id, reason_id__in=made)
    used |= set(stated.exclude(request__state="voided").values_list("reason_id", flat=True))
    unused = [reason for reason in made if reason not in used]
    for start in range(0, len(unused), 50):
        changes = [
            ReasonChange(reason_id=reason, fields={"retired": True}) for reason in unused[start : start + 50]
        ]
        tree_change(workspace=workspace, actor=actor, changes=changes, note="import undone")
    return len(unused)


def _end(workspace: WorkspaceInfo, actor: Actor, batch: ImportBatch, done: Counter[str]) -> None:
    with transaction.atomic():
        held = batch_locked(workspace, batch.id)
        held.state, held.undone_at, held.undone_by = "undone", clock.now(), actor.id
        held.save(update_fields=["state", "undone_at", "undone_by"])
        ledger.append_next(
            ImportUndone(batch=batch.id, counts=dict(done)),
            workspace_id=workspace.id,
            stream=batch.id,
            actor=actor,
        )
    file_forget(held.rejects_path)
