"""The tree of one workspace in the database: complete tiles of 256 hashes, and the growing edge.

A tile of level L holds 256 neighbouring hashes of subtrees 8 x L high, and the hash over all of them, which
is one entry of the level above. What is not yet a complete tile is read from the leaves or from the tiles
below, so a proof touches at most two tiles' worth of hashes a level.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from atelogo.events.rows import adapt_uuid, insert_many
from atelogo.events.tree import EMPTY_ROOT, root_of

WIDTH = 256
HEIGHT = 8
_HASH_BYTES = 32

_TILE = "SELECT hashes FROM events_treetile WHERE workspace_id = %s AND level = %s AND tile_index = %s"
_ROOTS = (
    "SELECT root FROM events_treetile WHERE workspace_id = %s AND level = %s AND tile_index >= %s"
    " AND tile_index < %s ORDER BY tile_index"
)
_LEAVES = (
    "SELECT leaf_hash FROM events_sealedleaf WHERE workspace_id = %s AND leaf_index >= %s AND leaf_index < %s"
    " ORDER BY leaf_index"
)
_SIZE = "SELECT MAX(leaf_index) FROM events_sealedleaf WHERE workspace_id = %s"


class LogBrokenError(RuntimeError):
    """The stored tree contradicts itself: something outside the program changed it. Sealing stops there."""


def stored_size(workspace_id: UUID) -> int:
    """Return how many leaves the workspace's line has."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [adapt_uuid(workspace_id)])
        row = cursor.fetchone()
    return 0 if row is None or row[0] is None else row[0] + 1


class StoredNodes:
    """Hashes of complete subtrees of a workspace's tree of ``size`` leaves, read tile by tile."""

    def __init__(self, workspace_id: UUID, size: int) -> None:
        self._workspace = adapt_uuid(workspace_id)
        self._size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return the node at ``level`` and ``index``; raise :class:`LogBrokenError` when it is not there."""
        tile_level, inner = divmod(level, HEIGHT)
        first = index << inner
        hashes = self._tile(tile_level, first // WIDTH)
        start = first % WIDTH
        wanted = hashes[start : start + (1 << inner)]
        if len(wanted) != 1 << inner:
            raise LogBrokenError(f"the tree lacks hashes at level {tile_level}, place {first}")
        return root_of(wanted)

    def partial(self, tile_level: int) -> list[bytes]:
        """Return the hashes of the incomplete tile at the right edge of a level, none when it is empty."""
        count = self._size >> (HEIGHT * tile_level)
        begin = count - count % WIDTH
        return self._read_range(tile_level, begin, count)

    def _tile(self, level: int, index: int) -> list[bytes]:
        found = self._tiles.get((level, index))
        if found is None:
            found = self._tiles[level, index] = self._read_tile(level, index)
        return found

    def _read_tile(self, level: int, index: int) -> list[bytes]:
        count = self._size >> (HEIGHT * level)
        if (index + 1) * WIDTH > count:
            return self._read_range(level, index * WIDTH, count)
        with connection.cursor() as cursor:
            cursor.execute(_TILE, [self._workspace, level, index])
            row = cursor.fetchone()
        if row is None:
            raise LogBrokenError(f"tile {index} of level {level} is missing")
        raw = bytes(row[0])
        return [raw[at : at + _HASH_BYTES] for at in range(0, len(raw), _HASH_BYTES)]

    def _read_range(self, level: int, begin: int, end: int) -> list[bytes]:
        if begin >= end:
            return []
        with connection.cursor() as cursor:
            if level == 0:
                cursor.execute(_LEAVES, [self._workspace, begin, end])
            else:
                cursor.execute(_ROOTS, [self._workspace, level - 1, begin, end])
            return [bytes(row[0]) for row in cursor.fetchall()]


class TileMaker:
    """Collects leaf hashes and gives each tile that becomes complete; holds at most one open tile a level."""

    def __init__(self, levels: list[list[bytes]] | None = None, size: int = 0) -> None:
        self.levels = levels or [[]]
        self.size = size
        self.made = 0

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes, bytes]]:
        """Add one leaf hash; return the tiles it completes as (level, index, hashes, root)."""
        self.levels[0].append(leaf)
        self.size += 1
        if len(self.levels[0]) < WIDTH:
            return _NO_TILES
        complete = []
        level = 0
        while len(self.levels[level]) == WIDTH:
            hashes = self.levels[level]
            root = root_of(hashes)
            complete.append((level, (self.size >> (HEIGHT * (level + 1))) - 1, b"".join(hashes), root))
            self.levels[level] = []
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(root)
        self.made += len(complete)
        return complete

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        below: list[bytes] = []
        for hashes in self.levels:
            row = hashes + below
            below = [root_of(row)] if row else []
        return below[0] if below else EMPTY_ROOT


_NO_TILES: list[tuple[int, int, bytes, bytes]] = []


class GrowingTree:
    """The right edge of a workspace's stored tree: takes new leaves, gives the root and complete tiles."""

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id
        size = stored_size(workspace_id)
        nodes = StoredNodes(workspace_id, size)
        depth = max(1, -(-size.bit_length() // HEIGHT))
        levels = [nodes.partial(level) for level in range(depth)]
        held = sum(len(level) << (HEIGHT * at) for at, level in enumerate(levels))
        if held != size:
            raise LogBrokenError(f"the stored tree holds {held} of {size} leaves")
        self._maker = TileMaker(levels, size)
        self._complete: list[tuple[int, int, bytes, bytes]] = []

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._maker.size

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf; complete tiles wait for :meth:`write_tiles`."""
        self._complete += self._maker.append(leaf)

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return self._maker.root()

    def write_tiles(self, cursor: CursorWrapper) -> None:
        """Store the tiles completed since the last call."""
        workspace = adapt_uuid(self.workspace_id)
        rows = [(workspace, *tile) for tile in self._complete]
        self._complete = []
        if rows:
            columns = ("workspace_id", "level", "tile_index", "hashes", "root")
            insert_many(cursor, "events_treetile", columns, rows)
