"""Ids, protocol numbers and receipt keys drawn by the thousand: one reading of the clock and of chance."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from atelogo.core import ids
from atelogo.events.rows import is_postgresql
from atelogo.register.domain import protocol as protocols
from atelogo.register.services.imports.loading import found, key_text

_KEY_LENGTH: Final = 26
_LETTERS: Final = b"23456789abcdefghjkmnpqrstuvwxyz"
_EVEN: Final = 256 // len(_LETTERS) * len(_LETTERS)
_AS_LETTER: Final = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))
_UNEVEN: Final = bytes(range(_EVEN, 256))  # left out, so that every letter is equally likely
_RNG: Final = random.SystemRandom()
_CROWDED: Final = 4  # draws after which a day counts as full


def new_keys(count: int) -> list[str]:
    """Return ``count`` UUIDv7 of this moment in the database's own text form."""
    head = str(ids.new_id())[:20]
    tail = os.urandom(8 * count).hex()
    if is_postgresql():
        return [f"{head}{tail[at : at + 3]}-{tail[at + 3 : at + 15]}" for at in range(0, 16 * count, 16)]
    head = head.replace("-", "")
    return [head + tail[at : at + 15] for at in range(0, 16 * count, 16)]


def receipt_keys(count: int) -> list[str]:
    """Return ``count`` unguessable keys of 26 letters (128 bits), without look-alikes."""
    letters = ""
    while len(letters) < count * _KEY_LENGTH:
        letters += os.urandom(count * (_KEY_LENGTH + 2)).translate(_AS_LETTER, _UNEVEN).decode()
    return [letters[at : at + _KEY_LENGTH] for at in range(0, count * _KEY_LENGTH, _KEY_LENGTH)]


def new_protocols(workspace_id: UUID, day: date, count: int) -> list[str]:
    """Return ``count`` free protocol numbers of ``day``; when it is crowded, of the days before it.

    Seven random digits are few for millions of rows on one day. Numbers taken meanwhile by others are refused
    by the unique constraint: the chunk is then drawn and written again.
    """
    drawn: list[str] = []
    tries = 0
    while len(drawn) < count:
        drawn += _free(workspace_id, day, count - len(drawn), drawn)
        tries += 1
        if tries % _CROWDED == 0:
            day -= timedelta(days=1)
    return drawn


def _free(workspace_id: UUID, day: date, count: int, drawn: Sequence[str]) -> list[str]:
    space = protocols.SERIES_RANGE["request"]
    parts = _RNG.sample(space, min(count, len(space)))
    numbers = dict.fromkeys(protocols.numbers_for(day, parts))
    for number in drawn:
        numbers.pop(number, None)
    taken = found(
        "SELECT protocol FROM register_request WHERE workspace_id = %s AND protocol",
        numbers,
        kind="text",
        before=[key_text(workspace_id)],
    )
    for (number,) in taken:
        numbers.pop(number, None)
    return list(numbers)
