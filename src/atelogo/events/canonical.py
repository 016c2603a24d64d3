"""Canonical JSON (RFC 8785) of plain values without floats, at the speed of the C encoder. No Django here."""

from __future__ import annotations

import json
from typing import Any

import rfc8785

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class CanonicalError(ValueError):
    """A value has no canonical form here: a float, a lone surrogate, an integer beyond 2**53."""


def canonical(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return the RFC 8785 text of ``value``: objects, arrays, text, integers within 2**53, booleans, null."""
    if _is_simple(value):
        text = _encode(value)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise CanonicalError("text holds half a character (a lone surrogate)") from error
        return text
    try:
        return rfc8785.dumps(value).decode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise CanonicalError(str(error)) from error


def canonical_bytes(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return :func:`canonical` in UTF-8."""
    return canonical(value).encode()


_SAFE_INTEGER = 2**53 - 1


def _is_simple(value: object) -> bool:
    """Say whether the C encoder writes ``value`` exactly as RFC 8785 does; refuse floats."""
    if isinstance(value, dict):
        # Python sorts keys by code point, RFC 8785 by UTF-16 unit: alike for ASCII.
        return all(type(k) is str and k.isascii() and _is_simple(inner) for k, inner in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_simple(inner) for inner in value)
    if isinstance(value, float):
        raise CanonicalError("floats are not written: use integers or text")
    if isinstance(value, int):
        return -_SAFE_INTEGER <= value <= _SAFE_INTEGER
    return value is None or type(value) is str
