"""Carrying a batch out: the check that writes nothing, the run, and what is left to do when it ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from atelogo.core import clock, ids
from atelogo.events import ledger
from atelogo.events.catalogue.register import ImportFinished, ImportStarted
from atelogo.register.domain.import_feed import Wanted
from atelogo.register.domain.importing.records import Kind
from atelogo.register.errors import BatchStateError, ImportRefusedError
from atelogo.register.models import ImportBatch
from atelogo.register.services.imports.batches import (
    batch_locked,
    file_forget,
    import_folder,
    learn_head,
)
from atelogo.register.services.imports.feeding import Feed
from atelogo.register.services.imports.job import OUTCOMES, Job, Listed, Tally, tally_of
from atelogo.register.services.imports.listing import rejects_write
from atelogo.register.services.imports.loading import tables_measure
from atelogo.register.services.imports.running import Progress, Run, StoppedError

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

AfterChunk = Callable[[Progress], str]


def go_on(_progress: Progress) -> str:
    """Answer that nothing stands against the next chunk."""
    return ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What an import would do, with the first records as they would be and the first ``refused`` rows."""

    head: Mapping[str, Any]
    tally: Tally
    first: tuple[Mapping[str, Any], ...]
    refused: tuple[Listed, ...]


def currency_of(workspace: WorkspaceInfo, mapping: Mapping[str, Any]) -> str:
    """Return the currency of a file's amounts: the one it names, else the company's."""
    named = str(mapping.get("source", {}).get("currency", "BRL"))
    return workspace.currency if named == "BRL" else named


def file_check(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    wanted: Wanted,
    after_chunk: AfterChunk = go_on,
) -> Checked:
    """Count what importing a file would do. Writes nothing at all.

    Raises :class:`ImportRefusedError` for a file or mapping that cannot be used, and :class:`StoppedError`.
    """
    with Feed(wanted) as feed:
        job = Job(
            workspace=workspace,
            batch_id=ids.new_id(),
            source=(wanted.source or feed.head["fingerprint"])[:60],
            currency=currency_of(workspace, feed.head["mapping"]),
            actor=actor,
            dry=True,
        )
        run = Run(job, feed, wanted.kind, before=Tally(), after_chunk=after_chunk)
        return Checked(feed.head, run.go(), tuple(run.first), tuple(run.refused))


def batch_check(
    *, workspace: WorkspaceInfo, batch_id: UUID, actor: Actor, after_chunk: AfterChunk = go_on
) -> str:
    """Count what a staged batch would do and keep it on the batch; return the batch's state afterwards.

    No customer, contract, request or reason is written. A file that cannot be used leaves the batch staged
    with its ``problem``.
    """
    batch = ImportBatch.objects.get(workspace_id=workspace.id, id=batch_id)
    stop = _asked_to_stop(batch, after_chunk)
    wanted = _wanted(batch)
    try:
        checked = file_check(workspace=workspace, actor=actor, wanted=wanted, after_chunk=stop)
    except StoppedError:
        return _settle_check(workspace, batch_id, "staged", {})
    except ImportRefusedError as refused:
        return _settle_check(workspace, batch_id, "staged", {}, problem=str(refused.params["problem"]))
    return _settle_check(
        workspace, batch_id, "checked", checked.tally.counts(), head=checked.head, first=checked.first
    )


def _settle_check(
    workspace: WorkspaceInfo,
    batch_id: UUID,
    state: str,
    counts: Mapping[str, int],
    *,
    head: Mapping[str, Any] | None = None,
    first: Sequence[Mapping[str, Any]] = (),
    problem: str = "",
) -> str:
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state != "checking":
            return str(batch.state)
        batch.state, batch.trial, batch.problem, batch.cancel_asked = state, dict(counts), problem, False
        if head is not None:
            learn_head(batch, head)
            batch.total = counts["read"]
            batch.mapping = batch.mapping or head["mapping"]
            known = {name: head[name] for name in ("header", "spellings", "warnings", "guesses")}
            batch.preview = json.dumps(known | {"rows": list(first)}, ensure_ascii=False)
        batch.save()
    return state


def batch_run(
    *, workspace: WorkspaceInfo, batch_id: UUID, actor: Actor, after_chunk: AfterChunk = go_on
) -> str:
    """Import a batch, or go on with one that was interrupted; return its state: done, cancelled or running.

    ``running`` means that ``after_chunk`` answered "paused": call again. Refuses a batch that has ended
    (:class:`BatchStateError`). Raises :class:`ImportRefusedError` when the file cannot be used; the batch is
    then failed. Emits ``import.started``, one ``request.imported`` per request, ``import.finished``.
    """
    batch = _begin(workspace, batch_id, actor)
    tally = tally_of({outcome: getattr(batch, outcome) for outcome in OUTCOMES})
    wanted = _wanted(batch, skip=batch.read)
    try:
        with Feed(wanted) as feed:
            _learn(workspace, batch, feed.head)
            job = Job(
                workspace=workspace,
                batch_id=batch.id,
                source=batch.source,
                currency=currency_of(workspace, feed.head["mapping"]),
                actor=actor,
            )
            run = Run(job, feed, batch.kind, before=tally, after_chunk=_asked_to_stop(batch, after_chunk))
            run.go()
    except StoppedError as stopped:
        if stopped.why == "paused":
            return "running"
        return batch_end(workspace=workspace, batch_id=batch_id, state="cancelled", actor=actor)
    except ImportRefusedError as refused:
        batch_end(
            workspace=workspace,
            batch_id=batch_id,
            state="failed",
            actor=actor,
            problem=str(refused.params["problem"]),
        )
        raise
    return batch_end(workspace=workspace, batch_id=batch_id, state="done", actor=actor)


def _wanted(batch: ImportBatch, *, skip: int = 0) -> Wanted:
    return Wanted(
        path=batch.file_path,
        kind=_kind(batch.kind),
        mapping=batch.mapping or None,
        source=batch.source,
        skip=skip,
    )


def _kind(kind: str) -> Kind:
    return kind  # type: ignore[return-value] # the column holds only the three kinds


def _begin(workspace: WorkspaceInfo, batch_id: UUID, actor: Actor) -> ImportBatch:
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state not in {"staged", "checked", "running"}:
            raise BatchStateError(state=batch.state)
        batch.state, batch.beat_at, batch.dry_run = "running", clock.now(), False
        if batch.started_at is None:
            batch.started_at = batch.beat_at
            ledger.append_next(
                ImportStarted(batch=batch.id, kind=batch.kind, file_sha256=batch.file_sha256),
                workspace_id=workspace.id,
                stream=batch.id,
                actor=actor,
            )
        batch.save(update_fields=["state", "beat_at", "dry_run", "started_at"])
    return batch


def _learn(workspace: WorkspaceInfo, batch: ImportBatch, head: Mapping[str, Any]) -> None:
    """Keep on the batch what the file turned out to be, and the mapping in use."""
    with transaction.atomic():
        held = batch_locked(workspace, batch.id)
        learn_head(held, head)
        held.mapping = held.mapping or head["mapping"]
        held.save(update_fields=["source", "total", "preview", "mapping"])
    batch.source = held.source


def _asked_to_stop(batch: ImportBatch, after_chunk: AfterChunk) -> AfterChunk:
    """Return ``after_chunk`` that also heeds a person's wish to stop."""
    rows = ImportBatch.objects.filter(workspace_id=batch.workspace_id, id=batch.id)

    def ask(progress: Progress) -> str:
        if rows.filter(cancel_asked=True).exists():
            return "cancelled"
        return after_chunk(progress)

    return ask


def batch_end(
    *, workspace: WorkspaceInfo, batch_id: UUID, state: str, actor: Actor, problem: str = ""
) -> str:
    """Close a batch: rejected rows as a file, ``import.finished``, the upload gone. Returns the state."""
    held = ImportBatch.objects.get(workspace_id=workspace.id, id=batch_id)
    path = ""
    if held.rejected:
        path = str(import_folder() / f"{held.id}-rejects.xlsx")
        names = {field: columns[0] for field, columns in _columns(held.mapping).items()}
        header = json.loads(held.preview or "{}").get("header", [])
        rejects_write(workspace=workspace, batch_id=held.id, header=header, names=names, path=Path(path))
    with transaction.atomic():
        batch = batch_locked(workspace, batch_id)
        if batch.state != "running":
            return str(batch.state)
        batch.state, batch.problem, batch.rejects_path = state, problem, path
        batch.finished_at = batch.beat_at = clock.now()
        counts = {"read": batch.read} | {outcome: getattr(batch, outcome) for outcome in OUTCOMES}
        ledger.append_next(
            ImportFinished(batch=batch.id, state=state, counts=counts),
            workspace_id=workspace.id,
            stream=batch.id,
            actor=actor,
        )
        batch.save(update_fields=["state", "problem", "rejects_path", "finished_at", "beat_at"])
    file_forget(batch.file_path)
    tables_measure()
    return state


def _columns(mapping: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        field: [given] if isinstance(given, str) else list(given)
        for field, given in mapping.get("columns", {}).items()
    }
