"""Checkpoints and proofs as others read them: C2SP ``tlog-checkpoint`` and ``tlog-proof@v1``. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from atelogo.core.signing import NoteError, NoteKey, open_note
from atelogo.events.tree import verify_inclusion

_MAGIC = "c2sp.org/tlog-proof@v1"
_HASH_BYTES = 32
_CHECKPOINT_LINES = 3


def origin_of(workspace_id: UUID) -> str:
    """Return the name of a workspace's log, which stands in its checkpoints and its key."""
    return f"atelogo/{workspace_id}"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: whose log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> TreeHead:
        """Read the text of a checkpoint; raise :class:`NoteError` when it is malformed."""
        lines = text.split("\n")
        try:
            origin, size, root = lines[:_CHECKPOINT_LINES]
            head = cls(origin, _decimal(size), _hash(root))
        except ValueError as error:
            raise NoteError("not a checkpoint") from error
        return head


def open_checkpoint(note: str, key: NoteKey) -> TreeHead:
    """Return what a checkpoint says; raise :class:`NoteError` unless ``key`` signed it for its own log."""
    head = TreeHead.parse(open_note(note, key))
    if head.origin != key.name:
        raise NoteError("the checkpoint belongs to another log")
    return head


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf stands at ``index`` of the tree of a signed checkpoint."""

    index: int
    hashes: Sequence[bytes]
    checkpoint: str

    def text(self) -> str:
        """Return the file form (``.tlog-proof``)."""
        lines = [_MAGIC, f"index {self.index}", *(base64.b64encode(one).decode() for one in self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Read the file form; raise :class:`NoteError` when it is malformed."""
        head, separator, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or lines.pop(0) != _MAGIC:
            raise NoteError("not a tlog-proof file")
        if lines and lines[0].startswith("extra "):
            lines.pop(0)
        if not lines or not lines[0].startswith("index "):
            raise NoteError("the proof names no index")
        try:
            index = _decimal(lines.pop(0).removeprefix("index "))
            return cls(index, tuple(_hash(line) for line in lines), checkpoint)
        except ValueError as error:
            raise NoteError("the proof is malformed") from error

    def checkpoint_of(self, key: NoteKey) -> TreeHead:
        """Return what the checkpoint says; raise :class:`NoteError` unless ``key`` signed it."""
        return open_checkpoint(self.checkpoint, key)

    def holds(self, leaf: bytes, head: TreeHead) -> bool:
        """Say whether the leaf with this hash stands at ``index`` of the tree of ``head``."""
        return verify_inclusion(leaf, self.index, head.size, self.hashes, head.root)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")):
        raise ValueError(text)
    return int(text)


def _hash(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if len(value) != _HASH_BYTES:
        raise ValueError(text)
    return value
