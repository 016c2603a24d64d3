"""What anybody who holds a receipt may learn: that it is genuine, its state and times, nobody's name."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.status import RequestState, presentation
from atelogo.register.models import Receipt, Request

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_SHOWN: Final = (
    "protocol",
    "state",
    "requested_at",
    "processed_at",
    "confirmed_at",
    "effective_on",
    "billing_stopped_at",
    "completed_at",
    "ended_at",
)
_NO_KEY: Final = "-" * 26


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """What a receipt's check says to anybody who holds it: states and times, nobody's name."""

    protocol: str
    state: str
    word: str
    tone: str
    requested_at: datetime | None
    confirmed_at: datetime | None
    effective_on: date | None
    billing_stopped_at: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    entry_id: UUID | None


def verified_receipt(workspace: WorkspaceInfo, typed: str, key: str) -> VerifiedReceipt | None:
    """Return what the receipt's address proves, or ``None`` for a wrong number or key, alike.

    The same one look-up and comparison is done whether or not the number exists.
    """
    number = protocols.normalise(typed) or ""
    found = (
        Request.objects.filter(workspace_id=workspace.id, protocol=number)
        .values_list("receipt_key", "id")
        .first()
    )
    expected, request_id = found or (_NO_KEY, None)
    right = hmac.compare_digest(expected.encode(), key.strip().encode())
    if not right or request_id is None:
        return None
    row = Request.objects.only(*_SHOWN).get(id=request_id)
    shown = presentation(RequestState(row.state), row.processed_at is not None)
    entry = Receipt.objects.filter(request_id=request_id).order_by("-issued_at", "-id")
    return VerifiedReceipt(
        protocol=row.protocol,
        state=row.state,
        word=shown.customer_word,
        tone=shown.tone,
        requested_at=row.requested_at,
        confirmed_at=row.confirmed_at,
        effective_on=row.effective_on,
        billing_stopped_at=row.billing_stopped_at,
        completed_at=row.completed_at,
        ended_at=row.ended_at,
        entry_id=entry.values_list("entry_id", flat=True).first(),
    )
