"""The sealer: gives every ledger row its place in the line, a leaf in the tree, and signs checkpoints.

A row's ``seq`` is given before its transaction commits, so a row may appear *below* rows already sealed. No
row is skipped, because unsealed rows are found by an exact anti-join above a floor, and the floor only
passes a number when no row at or below it can appear any more (:class:`Horizon`).
``docs/reference/ledger.md`` gives the argument.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from atelogo.core import clock
from atelogo.core.secrets import decrypt, encrypt
from atelogo.core.signing import new_private_key, public_key_of, sign_note
from atelogo.events.proofs import TreeHead, origin_of
from atelogo.events.rows import (
    adapt_time,
    adapt_uuid,
    entry_columns,
    insert_many,
    is_postgresql,
    leaf_row,
    uuid_of,
)
from atelogo.events.tiles import GrowingTree, LogBrokenError

# SQLite has one writer: a batch stays well under the 200 ms that a transaction may take there.
_BATCH = {"postgresql": 5000, "sqlite": 1500}
Progress = Callable[[int], None]

# The scalar sub-select is looked up by index for each row; NOT EXISTS may be planned as a scan of every leaf.
_UNSEALED = (
    "SELECT e.seq, {columns} FROM events_ledgerentry e"
    " WHERE e.workspace_id = %s AND e.seq > %s AND (SELECT 1 FROM events_sealedleaf l"
    " WHERE l.workspace_id = e.workspace_id AND l.entry_id = e.entry_id) IS NULL"
    " ORDER BY e.workspace_id, e.seq LIMIT %s"
)
_SIZE = (
    "SELECT leaf_index FROM events_sealedleaf WHERE workspace_id = %s"
    " ORDER BY workspace_id DESC, leaf_index DESC LIMIT 1"
)
# Right after a bulk load the planner knows little of the new rows and may sort them all for every batch.
# Without sorts, the key that bears the order is the only way.
_BY_KEY = (
    "SELECT set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true),"
    " set_config('enable_bitmapscan', 'off', true)"
)
_WRITERS = (
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
    " AND relation = 'events_ledgerentry'::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LAST_GIVEN = (
    "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM events_ledgerentry_seq_seq"
)
_SET_FLOOR = (
    "INSERT INTO events_sealfloor (workspace_id, floor) VALUES (%s, %s) ON CONFLICT (workspace_id)"
    " DO UPDATE SET floor = excluded.floor WHERE events_sealfloor.floor < excluded.floor"
)


class Horizon:
    """Up to which ``seq`` every row is already visible or will never be.

    SQLite has one writing transaction at a time and the sealer reads inside its own: all that was given a
    number is visible. On PostgreSQL a transaction locks the table (RowExclusiveLock, until it ends) before
    it draws a number. So: read the last number given, *then* see who holds the lock. Once those have all
    ended, no row at or below the number can appear. Keep one object per worker; a fresh one works too, but
    learns nothing while somebody writes.
    """

    def __init__(self) -> None:
        self.settled = 0
        self._candidate = 0
        self._writers: frozenset[str] = frozenset()

    def look(self, cursor: CursorWrapper) -> int:
        """Return the settled number; call it before reading unsealed rows."""
        if not is_postgresql():
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events_ledgerentry'")
            row = cursor.fetchone()
            return row[0] if row else 0
        cursor.execute(_LAST_GIVEN)
        last = cursor.fetchone()[0]
        cursor.execute(_WRITERS)
        writers = frozenset(row[0] for row in cursor.fetchall())
        if not self._writers & writers:
            self.settled = max(self.settled, self._candidate)
            self._candidate, self._writers = last, writers
        if not writers:
            self.settled = last
        return self.settled


def seal(workspace_id: UUID, *, horizon: Horizon | None = None, progress: Progress | None = None) -> int:
    """Seal the unsealed rows of one workspace, batch by batch, each in a transaction; return how many.

    ``progress`` is told the number sealed after every batch. When another process is sealing the workspace
    nothing is done. Raises :class:`LogBrokenError` when the stored tree contradicts its newest checkpoint.
    """
    work = _Sealing(workspace_id, horizon or Horizon())
    while work.batch():
        if progress is not None:
            progress(work.sealed)
    return work.sealed


class _Sealing:
    """One pass over one workspace."""

    def __init__(self, workspace_id: UUID, horizon: Horizon) -> None:
        self.workspace_id = workspace_id
        self.workspace = adapt_uuid(workspace_id)
        self.horizon = horizon
        self.sealed = 0
        self.after: int | None = None
        self.settled = 0
        self.tree: GrowingTree | None = None

    def batch(self) -> bool:
        """Seal one batch; say whether more may wait."""
        size = _BATCH[connection.vendor]
        with transaction.atomic(), connection.cursor() as cursor:
            if not _take_turn(cursor, self.workspace_id):
                return False
            if self.after is None:
                self.settled = self.horizon.look(cursor)
                self.after = _floor(cursor, self.workspace)
            cursor.execute(_UNSEALED.format(columns=entry_columns()), [self.workspace, self.after, size])
            rows = cursor.fetchall()
            if rows:
                self._write(cursor, rows)
            more = len(rows) == size
            if not more and self.settled > 0:
                cursor.execute(_SET_FLOOR, [self.workspace, self.settled])
        self.sealed += len(rows)
        return more

    def _write(self, cursor: CursorWrapper, rows: Sequence[Sequence[Any]]) -> None:
        tree = self._current_tree(cursor)
        leaves = []
        for row in rows:
            leaf = leaf_row(row[1:]).hash()
            leaves.append((self.workspace, tree.size, row[1], leaf))
            tree.append(leaf)
        columns = ("workspace_id", "leaf_index", "entry_id", "leaf_hash")
        insert_many(cursor, "events_sealedleaf", columns, leaves)
        tree.write_tiles(cursor)
        _sign(cursor, self.workspace_id, tree)
        self.after = rows[-1][0]
        self.tree = tree

    def _current_tree(self, cursor: CursorWrapper) -> GrowingTree:
        tree, self.tree = self.tree, None  # a batch that fails leaves none behind
        cursor.execute(_SIZE, [self.workspace])
        last = cursor.fetchone()
        if tree is None or tree.size != (last[0] + 1 if last else 0):
            tree = GrowingTree(self.workspace_id)
            _compare_with_checkpoint(tree)
        return tree


def seal_all(*, horizon: Horizon | None = None, progress: Progress | None = None) -> int:
    """Seal every workspace that has unsealed rows; return how many rows were sealed.

    A workspace whose tree is broken does not hold up the others; its error is raised at the end.
    """
    horizon, sealed, broken = horizon or Horizon(), 0, None
    for workspace_id in workspaces_to_seal():
        try:
            sealed += seal(workspace_id, horizon=horizon, progress=progress)
        except LogBrokenError as error:
            broken = error
    if broken is not None:
        raise broken
    return sealed


def workspaces_to_seal() -> list[UUID]:
    """Return the workspaces whose newest row lies above their floor: one index look-up for each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id, floor FROM events_sealfloor")
        floors = dict(cursor.fetchall())
        newest = newest_rows(cursor)
    return [uuid_of(workspace) for workspace, seq in newest if seq > floors.get(workspace, 0)]


def oldest_unsealed(workspace_id: UUID) -> datetime | None:
    """Return when the oldest row without a place was recorded, or ``None`` when every row has one."""
    workspace = adapt_uuid(workspace_id)
    # On SQLite a transaction would take the write lock, and the planner there needs no telling.
    alone = transaction.atomic() if is_postgresql() else nullcontext()
    with alone, connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(_BY_KEY)
        cursor.execute(_UNSEALED.format(columns="e.recorded_at"), [workspace, _floor(cursor, workspace), 1])
        row = cursor.fetchone()
    return row[1].replace(tzinfo=UTC) if row else None


def newest_rows(cursor: CursorWrapper) -> list[tuple[Any, int]]:
    """Return every workspace in the ledger with its highest ``seq`` (a loose scan of the key)."""
    newest = (
        "SELECT workspace_id, seq FROM events_ledgerentry {} ORDER BY workspace_id DESC, seq DESC LIMIT 1"
    )
    found = []
    cursor.execute(newest.format(""))
    while row := cursor.fetchone():
        found.append(row)
        cursor.execute(newest.format("WHERE workspace_id < %s"), [row[0]])
    return found


def _take_turn(cursor: CursorWrapper, workspace_id: UUID) -> bool:
    """Become the workspace's only sealer until the transaction ends; SQLite's write lock does that."""
    if not is_postgresql():
        return True
    number = int.from_bytes(hashlib.sha256(b"seal" + workspace_id.bytes).digest()[:8], "big", signed=True)
    cursor.execute(f"{_BY_KEY}, pg_try_advisory_xact_lock(%s)", [number])
    return bool(cursor.fetchone()[-1])


def _floor(cursor: CursorWrapper, workspace: UUID | str) -> int:
    cursor.execute("SELECT floor FROM events_sealfloor WHERE workspace_id = %s", [workspace])
    row = cursor.fetchone()
    return row[0] if row else 0


def _compare_with_checkpoint(tree: GrowingTree) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, root FROM events_checkpoint WHERE workspace_id = %s ORDER BY size DESC LIMIT 1",
            [adapt_uuid(tree.workspace_id)],
        )
        row = cursor.fetchone()
    size, root = (row[0], bytes(row[1])) if row else (0, tree.root() if tree.size == 0 else b"")
    if (size, root) != (tree.size, tree.root()):
        raise LogBrokenError(f"the tree of {tree.size} leaves is not the one signed at {size}")


def _sign(cursor: CursorWrapper, workspace_id: UUID, tree: GrowingTree) -> None:
    name, private = _signing_key(cursor, workspace_id)
    head = TreeHead(name, tree.size, tree.root())
    cursor.execute(
        "INSERT INTO events_checkpoint (workspace_id, size, root, note, recorded_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        [
            adapt_uuid(workspace_id),
            head.size,
            head.root,
            sign_note(head.text(), name, private),
            adapt_time(clock.now()),
        ],
    )


def _signing_key(cursor: CursorWrapper, workspace_id: UUID) -> tuple[str, bytes]:
    ensure_key(workspace_id)
    cursor.execute(
        "SELECT name, private FROM events_logkey WHERE workspace_id = %s", [adapt_uuid(workspace_id)]
    )
    name, sealed = cursor.fetchone()
    return name, base64.b64decode(decrypt(sealed))


def ensure_key(workspace_id: UUID) -> None:
    """Make the workspace's signing key unless it has one; two at once agree on the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM events_logkey WHERE workspace_id = %s", [adapt_uuid(workspace_id)])
        if cursor.fetchone():
            return
        private = new_private_key()
        cursor.execute(
            "INSERT INTO events_logkey (workspace_id, name, private, public, created_at)"
            " VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (workspace_id) DO NOTHING",
            [
                adapt_uuid(workspace_id),
                origin_of(workspace_id),
                encrypt(base64.b64encode(private).decode()),
                public_key_of(private),
                adapt_time(clock.now()),
            ],
        )
