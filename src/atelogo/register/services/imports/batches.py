"""A batch's life: staged with its file, mapped, checked, run, asked to stop."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from atelogo.core import clock, ids
from atelogo.events import outbox
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.mapping import Mapping as ColumnMapping
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.records import Kind
from atelogo.register.errors import BatchNotFoundError, BatchStateError
from atelogo.register.models import ImportBatch
from atelogo.register.queries.imports import reason_labelled
from atelogo.register.services.imports.refusals import refusal
from atelogo.register.services.reason_tree import NOT_INFORMED

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

RUN_TASK: Final = "register.import_run"
UNDO_TASK: Final = "register.import_undo"
_READY: Final = frozenset({"staged", "checked"})
_HASH_BLOCK: Final = 1 << 20
_UNUSED: Final = timedelta(days=7)


def import_folder() -> Path:
    """Return where uploaded and rejects files lie."""
    return Path(settings.ATELOGO_HOME) / "files" / "imports"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def batch_stage(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    kind: Kind,
    path: Path,
    file_name: str,
    source: str = "",
    mapping: Mapping[str, Any] | None = None,
    head: Mapping[str, Any] | None = None,
) -> UUID:
    """Keep a file as a batch that can be mapped, checked and run; return the batch's id.

    ``head`` is the file's description when it was read already. Writes no customer, contract or request.
    """
    batch = ImportBatch(
        id=ids.new_id(),
        workspace_id=workspace.id,
        kind=kind,
        source=source[:60],
        file_name=Path(file_name).name[:200],
        file_path=str(path),
        file_sha256=file_digest(path),
        file_size=path.stat().st_size,
        mapping=dict(mapping or {}),
        started_by=actor.id,
        created_at=clock.now(),
    )
    if head is not None:
        learn_head(batch, head)
    batch.save(force_insert=True)
    return batch.id


def learn_head(batch: ImportBatch, head: Mapping[str, Any]) -> None:
    """Keep what the file's description says on an unsaved or locked batch."""
    batch.source = batch.source or str(head["fingerprint"])[:60]
    batch.total = head["rows"]
    batch.preview = json.dumps({"header": head["header"]}, ensure_ascii=False)


def batch_locked(workspace: WorkspaceInfo, batch_id: UUID) -> ImportBatch:
    """Return the batch, locked until the transaction ends; raise :class:`BatchNotFoundError`."""
    rows = ImportBatch.objects.select_for_update(of=("self",))
    batch: ImportBatch | None = rows.filter(workspace_id=workspace.id, id=batch_id).first()
    if batch is None:
        raise BatchNotFoundError
    return batch


def mapping_of(raw: Mapping[str, Any]) -> ColumnMapping:
    """Return a mapping from its stored form; raise :class:`ImportRefusedError` with the problem's code."""
    try:
        return ColumnMapping.from_dict(dict(raw))
    except ImportProblemError as problem:
        raise refusal(problem.code, problem.detail) from problem


def batch_map(*, workspace: WorkspaceInfo, batch_id: UUID, mapping: Mapping[str, Any]) -> None:
    """Set how the file of a batch is read. Refused once the batch has begun to write."""
    mapping_of(mapping)
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state not in _READY:
            raise BatchStateError(state=batch.state)
        batch.mapping, batch.state, batch.trial = dict(mapping), "staged", {}
        batch.save(update_fields=["mapping", "state", "trial"])


def batch_decide(
    *,
    workspace: WorkspaceInfo,
    batch_id: UUID,
    reasons: Mapping[str, str],
    not_informed: str,
    language: str,
) -> None:
    """Keep what a person decided about the spellings of a checked batch.

    ``reasons`` maps each spelling to the label of the reason it means, to ``not_informed``, or to nothing
    for a new reason.
    """
    silent = reason_labelled(workspace.id, NOT_INFORMED, language=language)
    decided = {
        fold(said): silent if label == not_informed else label for said, label in reasons.items() if label
    }
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state != "checked":
            return
        mapping = dict(batch.mapping)
        mapping.pop("reasons", None)
        if decided:
            mapping["reasons"] = decided
        mapping_of(mapping)
        batch.mapping = mapping
        batch.save(update_fields=["mapping"])


def batch_check_ask(*, workspace: WorkspaceInfo, batch_id: UUID) -> None:
    """Let the worker count what the import would do, writing nothing."""
    _hand_over(workspace, batch_id, "checking", dry_run=True)


def batch_run_ask(*, workspace: WorkspaceInfo, batch_id: UUID) -> None:
    """Let the worker import the batch; a second call changes nothing."""
    _hand_over(workspace, batch_id, "running", dry_run=False)


def _hand_over(workspace: WorkspaceInfo, batch_id: UUID, state: str, *, dry_run: bool) -> None:
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state == state:
            return
        if batch.state not in _READY:
            raise BatchStateError(state=batch.state)
        batch.state, batch.dry_run, batch.cancel_asked = state, dry_run, False
        batch.beat_at = clock.now()
        batch.save(update_fields=["state", "dry_run", "cancel_asked", "beat_at"])
        outbox.enqueue(
            RUN_TASK,
            workspace_id=workspace.id,
            payload={"batch": str(batch_id)},
            key=f"{batch_id}:{state}:{ids.new_id()}",
        )


def batch_cancel_ask(*, workspace: WorkspaceInfo, batch_id: UUID) -> None:
    """Ask a run to stop after the chunk in hand; what is in stays in. Nothing happens to one that is over."""
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state in {"running", "checking"}:
            batch.cancel_asked = True
            batch.save(update_fields=["cancel_asked"])


def batch_discard(*, workspace: WorkspaceInfo, batch_id: UUID) -> None:
    """Drop a batch that has written nothing, and its file."""
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state not in _READY or batch.read:
            raise BatchStateError(state=batch.state)
        path = batch.file_path
        batch.delete()
    file_forget(path)


def uploads_sweep(*, workspace: WorkspaceInfo) -> int:
    """Drop uploads that nobody went on with for a week; return how many."""
    old = ImportBatch.objects.filter(
        workspace_id=workspace.id, state__in=_READY, read=0, created_at__lt=clock.now() - _UNUSED
    )
    stale = [row for row in old if Path(row.file_path).is_relative_to(import_folder())]
    for row in stale:
        batch_discard(workspace=workspace, batch_id=row.id)
    return len(stale)


def file_forget(path: str) -> None:
    """Delete an uploaded file once it is not needed; a file outside our own folder is left alone."""
    if path and Path(path).is_relative_to(import_folder()):
        Path(path).unlink(missing_ok=True)
