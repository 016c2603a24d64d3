"""A workspace's transparency log as others use it: seal, newest checkpoint, proofs, public key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from atelogo.core.signing import NoteKey
from atelogo.core.tenancy import workspace_scope
from atelogo.events.leaves import LeafRow
from atelogo.events.models import Checkpoint, LogKey, SealedLeaf
from atelogo.events.proofs import Proof
from atelogo.events.rows import adapt_uuid, entry_columns, leaf_row
from atelogo.events.sealer import Horizon, ensure_key, seal, seal_all
from atelogo.events.tiles import LogBrokenError, StoredNodes
from atelogo.events.tree import inclusion_proof

__all__ = [
    "CheckpointView",
    "Horizon",
    "LogBrokenError",
    "Proof",
    "latest_checkpoint",
    "leaf_of",
    "proof_of",
    "public_key",
    "seal",
    "seal_all",
]


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed checkpoint: how many leaves, which root, the note to keep, and when it was made."""

    size: int
    root: bytes
    note: str
    recorded_at: datetime


def latest_checkpoint(workspace_id: UUID) -> CheckpointView | None:
    """Return the newest signed checkpoint of a workspace, or ``None`` before anything was sealed."""
    with workspace_scope(workspace_id):
        newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return None
    return CheckpointView(newest.size, bytes(newest.root), newest.note, newest.recorded_at)


def public_key(workspace_id: UUID) -> NoteKey:
    """Return the public key that the workspace's checkpoints are signed with, made on first need."""
    ensure_key(workspace_id)
    with workspace_scope(workspace_id):
        key = LogKey.objects.get()
    return NoteKey(key.name, bytes(key.public))


def proof_of(workspace_id: UUID, entry_id: UUID) -> Proof | None:
    """Return the proof that a fact is in the newest checkpoint, or ``None`` while it is not sealed."""
    with workspace_scope(workspace_id):
        place = SealedLeaf.objects.filter(entry_id=entry_id).values_list("leaf_index", flat=True).first()
        newest = None if place is None else Checkpoint.objects.order_by("-size").first()
    if place is None or newest is None:
        return None
    hashes = inclusion_proof(place, newest.size, StoredNodes(workspace_id, newest.size))
    return Proof(place, tuple(hashes), newest.note)


def leaf_of(workspace_id: UUID, entry_id: UUID) -> LeafRow | None:
    """Return a fact the way its leaf writes it, for receipts; ``None`` when there is no such fact."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {entry_columns()} FROM events_ledgerentry e"  # noqa: S608 - our own names
            " WHERE e.workspace_id = %s AND e.entry_id = %s",
            [adapt_uuid(workspace_id), adapt_uuid(entry_id)],
        )
        row = cursor.fetchone()
    return leaf_row(row) if row else None
