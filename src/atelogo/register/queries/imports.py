"""Imports as pages and commands show them: batches, their listed rows, saved mappings, reasons to decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from atelogo.core import clock
from atelogo.core.pagination import Page, paginate
from atelogo.register.domain.importing.folding import fold, suggest_synonyms
from atelogo.register.models import ImportBatch, ImportRow, ReasonAlias, SavedMapping
from atelogo.register.queries.reasons import reason_nodes

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

COUNTS: Final = ("imported", "updated", "unchanged", "rejected", "left_out")
# A run that has given no sign of life for this long has died; its batch can be taken up again or undone.
_SILENCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch. ``interrupted``: it was running and has given no sign of life for five minutes."""

    id: UUID
    kind: str
    state: str
    file_name: str
    file_size: int
    file_path: str
    source: str
    mapping: Mapping[str, Any]
    trial: Mapping[str, int]
    counts: Mapping[str, int]
    read: int
    total: int | None
    problem: str
    rejects_path: str
    cancel_asked: bool
    interrupted: bool
    started_by: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    header: tuple[str, ...] = ()
    spellings: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()
    first: tuple[Mapping[str, Any], ...] = ()

    @property
    def seconds_left(self) -> float | None:
        """The time left at the pace so far, ``None`` until there is one."""
        if self.started_at is None or not self.total or self.read < 1:
            return None
        seconds = (clock.now() - self.started_at).total_seconds()
        return max(0.0, (self.total - self.read) * seconds / self.read) if seconds >= 1 else None

    @property
    def may_undo(self) -> bool:
        """Whether the batch wrote something that can be taken back."""
        ended = self.state in {"done", "cancelled", "failed", "undoing"} or self.interrupted
        return ended and (self.counts["imported"] + self.counts["updated"] > 0 or self.state == "undoing")


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a batch that was not simply imported; ``cells`` as the file held them."""

    line: int
    outcome: str
    codes: tuple[tuple[str, str], ...]
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """A saved mapping."""

    id: UUID
    name: str
    kind: str
    fingerprint: str
    mapping: Mapping[str, Any]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class UnknownReason:
    """A spelling of a file that is no reason here yet, how often it stands, and labels it may mean."""

    spelling: str
    folded: str
    times: int
    suggestions: tuple[str, ...] = field(default=())


def batches(workspace: WorkspaceInfo, *, limit: int = 50) -> list[BatchView]:
    """Return the newest batches first."""
    rows = ImportBatch.objects.filter(workspace_id=workspace.id).defer("preview")
    return [_view(row, {}) for row in rows.order_by("-created_at")[:limit]]


def batch_page(workspace: WorkspaceInfo, *, cursor: str = "", size: int = 30) -> Page[BatchView]:
    """Return one page of batches, the newest first."""
    rows = ImportBatch.objects.filter(workspace_id=workspace.id).defer("preview")
    page = paginate(rows, order=("-created_at", "-id"), cursor=cursor, size=size)
    return page.map(lambda row: _view(row, {}))


def batch_view(workspace: WorkspaceInfo, batch_id: UUID) -> BatchView | None:
    """Return a batch of the workspace with what is known of its file, or ``None``."""
    row = ImportBatch.objects.filter(workspace_id=workspace.id, id=batch_id).first()
    return None if row is None else _view(row, json.loads(row.preview) if row.preview else {})


def _view(row: ImportBatch, known: Mapping[str, Any]) -> BatchView:
    beat = row.beat_at or row.created_at
    return BatchView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        file_name=row.file_name,
        file_size=row.file_size,
        file_path=row.file_path,
        source=row.source,
        mapping=row.mapping,
        trial=row.trial,
        counts={name: getattr(row, name) for name in COUNTS},
        read=row.read,
        total=row.total,
        problem=row.problem,
        rejects_path=row.rejects_path,
        cancel_asked=row.cancel_asked,
        interrupted=row.state == "running" and clock.now() - beat > _SILENCE,
        started_by=row.started_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
        header=tuple(known.get("header", ())),
        spellings=tuple((said, times) for said, times in known.get("spellings", ())),
        warnings=tuple(known.get("warnings", ())),
        first=tuple(known.get("rows", ())),
    )


def batch_rows(
    workspace: WorkspaceInfo, batch_id: UUID, *, outcome: str = "", cursor: str = "", size: int = 50
) -> Page[ListedRow]:
    """Return one page of a batch's listed rows in the order of the file; ``outcome`` narrows it."""
    rows = ImportRow.objects.filter(workspace_id=workspace.id, batch_id=batch_id).defer("before")
    if outcome:
        rows = rows.filter(outcome=outcome)
    page = paginate(rows, order=("line", "id"), cursor=cursor, size=size)
    return page.map(
        lambda row: ListedRow(
            row.line,
            row.outcome,
            tuple((code, name) for code, name in row.codes),
            tuple(json.loads(row.raw)) if row.raw else (),
        )
    )


def saved_mappings(workspace: WorkspaceInfo, *, kind: str = "", fingerprint: str = "") -> list[KeptMapping]:
    """Return saved mappings by name: of a kind, and of files with the same column names."""
    rows = SavedMapping.objects.filter(workspace_id=workspace.id)
    if kind:
        rows = rows.filter(kind=kind)
    if fingerprint:
        rows = rows.filter(fingerprint=fingerprint)
    return [
        KeptMapping(row.id, row.name, row.kind, row.fingerprint, row.mapping, row.saved_at)
        for row in rows.order_by("name")
    ]


def unknown_reasons(
    workspace: WorkspaceInfo, spellings: Iterable[tuple[str, int]], *, language: str
) -> list[UnknownReason]:
    """Return the spellings that no reason has after folding, most frequent first, with near labels.

    Suggestions are for a person to accept: nothing applies them by itself.
    """
    counted: dict[str, tuple[str, int]] = {}
    for said, times in spellings:
        folded = fold(said[:200])
        first, before = counted.get(folded, (said, 0))
        counted[folded] = (first, before + times)
    known = ReasonAlias.objects.filter(workspace_id=workspace.id, folded__in=list(counted))
    named = set(known.values_list("folded", flat=True))
    unknown = {folded: held for folded, held in counted.items() if folded and folded not in named}
    labels = reason_choices(workspace, language=language) if unknown else []
    found = [
        UnknownReason(
            said, folded, times, tuple(near.known for near in suggest_synonyms(folded, labels, limit=3))
        )
        for folded, (said, times) in unknown.items()
    ]
    return sorted(found, key=lambda one: (-one.times, one.folded))


def reason_choices(workspace: WorkspaceInfo, *, language: str) -> list[str]:
    """Return the labels of the leaves in use, in order: what a spelling can be joined to."""
    nodes = reason_nodes(workspace.id, language=language).values()
    leaves = [node for node in nodes if node.parent_id is not None and not node.retired]
    return sorted({node.label for node in leaves}, key=fold)


def reason_labelled(workspace_id: UUID, code: str, *, language: str) -> str:
    """Return the label of the reason with a code; empty when there is none."""
    nodes = reason_nodes(workspace_id, language=language).values()
    return next((node.label for node in nodes if node.code == code), "")
