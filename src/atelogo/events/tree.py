"""Merkle trees of RFC 6962 (section 2.1): hashes, roots, inclusion and consistency proofs. Pure.

Hashes are 32-byte SHA-256 values. A *node* is the hash over a complete subtree: ``node(level, index)``
covers the leaves ``index * 2**level`` up to ``(index + 1) * 2**level``. Proofs are made from such nodes
alone, so that a caller may keep them where it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY_ROOT = sha256(b"").digest()


class ProofError(ValueError):
    """A proof is asked for a place outside the tree."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf holding ``data``."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two others."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over ``hashes``: of leaves, or of neighbouring complete subtrees of one height.

    In the second case the last one may be smaller than the others.
    """
    row = list(hashes)
    while len(row) > 1:
        above = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row = above
    return row[0] if row else EMPTY_ROOT


class Edge:
    """The right edge of a growing tree: its size and the complete subtrees that make it up, largest first."""

    __slots__ = ("_nodes", "size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._nodes = list(nodes)
        if len(self._nodes) != size.bit_count():
            raise ProofError("an edge has one node for each bit of its size")

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        nodes, size = self._nodes, self.size
        nodes.append(leaf)
        while size & 1:
            right = nodes.pop()
            nodes[-1] = sha256(b"\x01" + nodes[-1] + right).digest()
            size >>= 1
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if not self._nodes:
            return EMPTY_ROOT
        root = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            root = node_hash(left, root)
        return root


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """Return the nodes over leaf hashes held in memory."""

    def node(level: int, index: int) -> bytes:
        width = 1 << level
        return root_of(leaves[index * width : (index + 1) * width])

    return node


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the audit path of leaf ``index`` in a tree of ``size`` leaves, from its sibling upward."""
    if not 0 <= index < size:
        raise ProofError(f"no leaf {index} in a tree of {size}")
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return [_range_hash(low, high, node) for low, high in reversed(path)]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is the beginning of the tree of ``new`` leaves."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {old} does not come before one of {new}")
    if old in {0, new}:
        return []
    ranges, low, high, whole = [], 0, new, True
    # SUBPROOF of RFC 6962, 2.1.2, from the root downward; `whole` says that the old tree is this very
    # subtree.
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, whole = middle, False
    if not whole:
        ranges.append((low, high))
    return [_range_hash(low, high, node) for low, high in reversed(ranges)]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether ``proof`` leads from the hash ``leaf`` at ``index`` to ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether ``proof`` shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and first == old_root and second == new_root


def _split(width: int) -> int:
    """Return the largest power of two below ``width`` (at least 2)."""
    return 1 << (width - 1).bit_length() - 1


def _range_hash(low: int, high: int, node: Node) -> bytes:
    """Return the root over the leaves ``low`` up to ``high``, which begin at a multiple of their span."""
    width = high - low
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(width)
    return node_hash(_range_hash(low, middle, node), _range_hash(middle, high, node))
