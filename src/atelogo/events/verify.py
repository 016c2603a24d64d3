"""Showing that nothing was changed: rows, leaves, tiles, tree, checkpoints, details, from first to last.

Everything is recomputed from the ledger's rows and compared with what was stored and signed. Against somebody
who can write to the database *and* sign, only a checkpoint kept outside helps: give it as ``saved``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from atelogo.core import clock
from atelogo.core.signing import NoteError, NoteKey
from atelogo.core.tenancy import system_scope, workspace_scope
from atelogo.events.details import check_details
from atelogo.events.models import Checkpoint, LogKey
from atelogo.events.proofs import TreeHead, open_checkpoint, origin_of
from atelogo.events.report import Report
from atelogo.events.rows import adapt_time, adapt_uuid, entry_columns, join_entry, leaf_row, uuid_of
from atelogo.events.sealer import newest_rows
from atelogo.events.tiles import HEIGHT, WIDTH, TileMaker
from atelogo.events.tree import Edge

_PAGE = 5000
_HASH = 32
_UNSEALED_AFTER = timedelta(minutes=5)
_LEAF, _TILE, _CHECKPOINT = "events_sealedleaf", "events_treetile", "events_checkpoint"
Progress = Callable[[int], None]

_LINE = (
    "SELECT l.leaf_index, l.leaf_hash, l.entry_id, {columns} FROM events_sealedleaf l {join}"
    " WHERE l.workspace_id = %s AND l.leaf_index >= %s AND l.leaf_index < %s ORDER BY l.leaf_index"
)
_EXTENT = (
    "SELECT (SELECT MAX(leaf_index) FROM events_sealedleaf WHERE workspace_id = %s),"
    " (SELECT MAX(size) FROM events_checkpoint WHERE workspace_id = %s)"
)
_TILE_ROW = (
    "SELECT hashes, root FROM events_treetile WHERE workspace_id = %s AND level = %s AND tile_index = %s"
)
_TILE_COUNT = (
    "SELECT COUNT(*), (SELECT MAX(leaf_index) FROM events_sealedleaf WHERE workspace_id = %s)"
    " FROM events_treetile WHERE workspace_id = %s"
)
_UNSEALED = (
    "SELECT COUNT(*) FROM events_ledgerentry e WHERE e.workspace_id = %s AND e.recorded_at < %s"
    " AND (SELECT 1 FROM events_sealedleaf l"
    " WHERE l.workspace_id = e.workspace_id AND l.entry_id = e.entry_id) IS NULL"
)


def verify_workspace(
    workspace_id: UUID,
    *,
    saved: str | None = None,
    key: NoteKey | None = None,
    unsealed_after: timedelta = _UNSEALED_AFTER,
    progress: Progress | None = None,
) -> Report:
    """Check everything of one workspace and return the report; reads only, in bounded memory.

    ``saved`` is a signed checkpoint kept outside, ``key`` a public key kept outside (else the stored one is
    used). Entries without a place for longer than ``unsealed_after`` are a finding: they were not checked.
    ``progress`` is told the number of leaves after every page.
    """
    report = Report(workspace_id)
    size = _extent(report)
    key = _key_to_use(report, key, needed=size > 0)
    _Line(report, size, _saved_head(report, saved, key), key).walk(progress)
    check_details(report)
    _look_for_unsealed(report, unsealed_after)
    return report


def workspaces_with_facts() -> list[UUID]:
    """Return every workspace that has facts or a signing key here, known to anybody or not."""
    with connection.cursor() as cursor:
        found = {uuid_of(workspace) for workspace, _newest in newest_rows(cursor)}
    with system_scope("verify every register"):
        return sorted(found.union(LogKey.objects.values_list("workspace_id", flat=True)))


class _Line:
    """The walk along the line: each leaf against its row, each tile and checkpoint when it is reached."""

    def __init__(self, report: Report, size: int, saved: TreeHead | None, key: NoteKey | None) -> None:
        self._report, self._size, self._saved, self._key = report, size, saved, key
        self._workspace = adapt_uuid(report.workspace_id)
        self._edge = Edge()
        self._tiles = TileMaker()
        self._sound = 0  # the size of the last checkpoint that fits

    def walk(self, progress: Progress | None) -> None:
        """Walk from the first leaf to the last."""
        checkpoints = _checkpoints(self._report.workspace_id, self._size)
        following = next(checkpoints, None)
        for row in self._rows(progress):
            self._one(*row)
            if self._saved is not None and self._saved.size == self._edge.size:
                self._compare_saved(self._saved)
            while following is not None and following.size <= self._edge.size:
                self._compare_checkpoint(following)
                following = next(checkpoints, None)
        self._report.leaves = self._edge.size
        self._compare_ends()

    def _rows(self, progress: Progress | None) -> Iterator[tuple[int, bytes, Any, Any]]:
        sql = _LINE.format(columns=entry_columns(), join=join_entry("l"))
        for begin in range(0, self._size, _PAGE):
            with connection.cursor() as cursor:
                cursor.execute(sql, [self._workspace, begin, min(begin + _PAGE, self._size)])
                page = cursor.fetchall()
            for place, stored, entry, *row in page:
                if place != self._edge.size:
                    return
                yield place, bytes(stored), entry, row
            if progress is not None:
                progress(self._edge.size)

    def _one(self, place: int, stored: bytes, entry: Any, row: list[Any]) -> None:  # noqa: ANN401 - as read
        if row[0] is None:
            self._report.add("row_missing", "events_ledgerentry", place=place, entry=entry)
        elif (computed := leaf_row(row).hash()) != stored:
            self._blame(place, entry, computed)
        self._edge.append(stored)
        for tile in self._tiles.append(stored):
            self._compare_tile(*tile)

    def _blame(self, place: int, entry: Any, computed: bytes) -> None:  # noqa: ANN401 - as read
        """Say which of row and leaf was changed: a complete tile is a third witness."""
        tile = self._stored_tile(0, place // WIDTH)
        at = place % WIDTH * _HASH
        if tile is not None and tile[0][at : at + _HASH] == computed:
            self._report.add("leaf_altered", _LEAF, place=place, entry=entry)
        else:
            self._report.add("row_altered", "events_ledgerentry", place=place, entry=entry)

    def _compare_tile(self, level: int, number: int, hashes: bytes, root: bytes) -> None:
        stored = self._stored_tile(level, number)
        if stored == (hashes, root):
            return
        code, first = "tile_missing", 0
        if stored is not None:
            code = "tile_altered"
            pairs = zip(stored[0], hashes, strict=False)
            first = next((at for at, (ours, made) in enumerate(pairs) if ours != made), 0) // _HASH
        place = (number * WIDTH + first) << (HEIGHT * level)
        self._report.add(code, _TILE, place=place, level=level, number=number)

    def _stored_tile(self, level: int, number: int) -> tuple[bytes, bytes] | None:
        with connection.cursor() as cursor:
            cursor.execute(_TILE_ROW, [self._workspace, level, number])
            row = cursor.fetchone()
        return (bytes(row[0]), bytes(row[1])) if row else None

    def _compare_checkpoint(self, stored: Checkpoint) -> None:
        self._report.checkpoints += 1
        head = TreeHead(origin_of(self._report.workspace_id), stored.size, bytes(stored.root))
        code = self._fault(head, stored.note)
        if code:
            place = stored.size - 1
            self._report.add(code, _CHECKPOINT, place=place, signed=stored.size, sound=self._sound)
        else:
            self._sound = stored.size

    def _fault(self, head: TreeHead, note: str) -> str:
        if head.size != self._edge.size or head.root != self._edge.root():
            return "tree_altered"
        if self._key is None:
            return ""
        try:
            return "" if open_checkpoint(note, self._key) == head else "checkpoint_altered"
        except NoteError:
            return "checkpoint_not_signed"

    def _compare_saved(self, saved: TreeHead) -> None:
        if saved.root != self._edge.root():
            self._report.add("saved_differs", _LEAF, place=saved.size - 1, signed=saved.size)

    def _compare_ends(self) -> None:
        found = self._edge.size
        if found != self._size:
            self._report.add("leaf_missing", _LEAF, place=found)
            return
        with connection.cursor() as cursor:
            cursor.execute(_TILE_COUNT, [self._workspace, self._workspace])
            tiles, last = cursor.fetchone()
        # When the sealer went on meanwhile, its new tiles are no surplus.
        if tiles > self._tiles.made and (last is None or last + 1 == found):
            self._report.add("tile_surplus", _TILE, place=found, stored=tiles, made=self._tiles.made)
        if self._saved is not None and self._saved.size > found:
            self._report.add("truncated", _LEAF, place=found, signed=self._saved.size, found=found)


def _checkpoints(workspace_id: UUID, size: int) -> Iterator[Checkpoint]:
    """Yield the checkpoints in order of their size, page by page."""
    after = -1
    while True:
        with workspace_scope(workspace_id):
            page = list(Checkpoint.objects.filter(size__gt=after, size__lte=size).order_by("size")[:_PAGE])
        if not page:
            return
        yield from page
        after = page[-1].size


def _key_to_use(report: Report, given: NoteKey | None, *, needed: bool) -> NoteKey | None:
    with workspace_scope(report.workspace_id):
        stored = LogKey.objects.first()
    if stored is None:
        if needed:
            report.add("key_missing", "events_logkey")
        return given
    found = NoteKey(stored.name, bytes(stored.public))
    expected = given or NoteKey(origin_of(report.workspace_id), found.public)
    if found != expected:
        report.add("key_replaced", "events_logkey")
    return expected


def _saved_head(report: Report, saved: str | None, key: NoteKey | None) -> TreeHead | None:
    if saved is None:
        return None
    if saved.partition("\n")[0] != origin_of(report.workspace_id):
        report.add("saved_of_another", "events_logkey")
        return None
    try:
        return open_checkpoint(saved, key) if key is not None else TreeHead.parse(saved)
    except NoteError:
        report.add("saved_not_signed", "events_logkey")
        return None


def _extent(report: Report) -> int:
    """Return how many leaves there are; note when more or fewer are signed."""
    workspace = adapt_uuid(report.workspace_id)
    with connection.cursor() as cursor:
        cursor.execute(_EXTENT, [workspace, workspace])
        last, newest = cursor.fetchone()
    size, signed = 0 if last is None else int(last) + 1, int(newest or 0)
    if size > signed:
        report.add("checkpoint_missing", _CHECKPOINT, place=signed, signed=signed, found=size)
    elif size < signed:
        report.add("truncated", _LEAF, place=size, signed=signed, found=size)
    return size


def _look_for_unsealed(report: Report, unsealed_after: timedelta) -> None:
    workspace = adapt_uuid(report.workspace_id)
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [workspace, adapt_time(now + timedelta(days=36500))])
        report.unsealed = cursor.fetchone()[0]
        if report.unsealed:
            cursor.execute(_UNSEALED, [workspace, adapt_time(now - unsealed_after)])
            count = cursor.fetchone()[0]
            if count:
                report.add("unsealed_long", "events_ledgerentry", count=count)
