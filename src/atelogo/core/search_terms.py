"""What a person searched for, kept out of addresses.

Names, documents and contacts must never stand in an address (histories, logs, referrers keep it). The
search box posts the term; the session keeps it, encrypted, under a short random token; the list's address
carries the token.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, Final

from atelogo.core import ids
from atelogo.core.secrets import SecretError, decrypt, encrypt

PARAMETER: Final = "search"
LONGEST: Final = 120
_KEPT: Final = 20
_SESSION: Final = "search_terms"
_TOKEN_LENGTH: Final = 10


def remember(session: MutableMapping[str, Any], term: str) -> str:
    """Keep ``term`` (cut at 120 characters) in the session and return the token that stands for it.

    The last 20 terms of a session are kept; equal terms give new tokens.
    """
    kept = dict(session.get(_SESSION, {}))
    token = ids.random_key(_TOKEN_LENGTH)
    kept[token] = encrypt(term.strip()[:LONGEST])
    session[_SESSION] = dict(list(kept.items())[-_KEPT:])
    return token


def recall(session: MutableMapping[str, Any], token: str) -> str:
    """Return the term behind ``token``; empty when this session does not know it (any more)."""
    try:
        return decrypt(session.get(_SESSION, {}).get(token, ""))
    except SecretError:
        return ""
