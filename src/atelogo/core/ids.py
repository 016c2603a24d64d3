"""Identifiers: UUIDv7 inside (RFC 9562), a short prefix and 32 hex digits outside (``req_018f...``)."""

from __future__ import annotations

import os
import secrets
from uuid import UUID

from atelogo.core import clock

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_id() -> UUID:
    """Return a new UUIDv7 whose time part follows :mod:`atelogo.core.clock`.

    The 12 bits after the milliseconds hold the fraction of a millisecond (RFC 9562, 6.2 method 3), so that
    ids made one after another sort in that order; the last 62 bits are random.
    """
    micros = int(clock.now().timestamp() * 1_000_000)
    millis, rest = divmod(micros, 1000)
    fraction = rest * 4096 // 1000
    tail = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(millis << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | tail)


def public_id(prefix: str, value: UUID) -> str:
    """Return the outside form of an id, such as ``req_0190f3...`` (prefix of two to four letters)."""
    return f"{prefix}_{value.hex}"


def parse_public_id(prefix: str, text: str) -> UUID | None:
    """Return the id behind ``text``, or ``None`` when it is not one of ``prefix``."""
    head, _sep, tail = text.partition("_")
    if head != prefix or len(tail) != 32:  # noqa: PLR2004 - a UUID has 32 hex digits
        return None
    try:
        return UUID(hex=tail)
    except ValueError:
        return None


def random_key(length: int = 26) -> str:
    """Return an unguessable key (about 4.95 bits a character; 26 give 128 bits) without look-alikes."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
