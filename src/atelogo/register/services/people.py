"""Values of people made ready for storage: the normal forms of the domain, and exact look-up keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelogo.core.secrets import lookup_hash
from atelogo.register.domain.people import (
    document_of,
    email_of,
    masked_document,
    masked_email,
    masked_phone,
    name_key,
    phone_of,
)

if TYPE_CHECKING:
    from uuid import UUID

__all__ = [
    "document_of",
    "email_of",
    "find_key",
    "masked_document",
    "masked_email",
    "masked_phone",
    "name_key",
    "phone_of",
]


def find_key(workspace_id: UUID, kind: str, value: str) -> bytes | None:
    """Return the look-up HMAC of a normalised value (kind document, email or phone), or None when empty."""
    return lookup_hash(workspace_id, kind, value) if value else None
