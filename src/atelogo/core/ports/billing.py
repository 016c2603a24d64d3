"""What a billing system must do for us (``BillingPort`` v1), with no vendor's word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class CancelWhen(StrEnum):
    """When the charge stops."""

    NOW = "now"
    PERIOD_END = "period_end"
    DATE = "date"


class BillingState(StrEnum):
    """What came of a call: done, accepted and still under way, or a person has to do it."""

    DONE = "done"
    PENDING = "pending"
    NEEDS_PERSON = "needs_person"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can do; a missing capability falls to the assisted way."""

    cancel_modes: frozenset[CancelWhen] = frozenset()
    can_uncancel: bool = False
    can_read: bool = False
    answers_by_callback: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionRef:
    """Which subscription is meant: opaque references only, no personal data."""

    contract_id: UUID
    billing_ref: str
    line_refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """An order to stop charging, safe to repeat under the same ``idempotency_key``."""

    request_id: UUID
    protocol: str
    subscription: SubscriptionRef
    when: CancelWhen
    on: date | None
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """What billing says of a subscription now."""

    ref: str
    active: bool
    ends_on: date | None = None
    amount_minor: int | None = None
    currency: str = "BRL"


@dataclass(frozen=True, slots=True)
class BillingAnswer:
    """The outcome of a call; ``stopped_at`` is billing's own time of the stop, when it says one."""

    state: BillingState
    reference: str = ""
    stopped_at: datetime | None = None
    detail: str = ""
    steps: tuple[str, ...] = field(default_factory=tuple)


class BillingUnavailableError(Exception):
    """Billing did not answer, or answered with an error that a later try may not meet."""


class BillingPort(Protocol):
    """A billing system as the register sees it. Every call is idempotent under its key."""

    name: str

    def capabilities(self) -> Capabilities:
        """Say what this adapter can do."""
        ...

    def subscription_get(self, ref: SubscriptionRef) -> Subscription | None:
        """Return what billing says of the subscription, or ``None`` when it cannot be read."""
        ...

    def subscription_cancel(self, order: CancelOrder) -> BillingAnswer:
        """Stop the charge; raise :class:`BillingUnavailableError` when a later try may help."""
        ...

    def subscription_uncancel(self, order: CancelOrder) -> BillingAnswer:
        """Take the stop back; raise :class:`BillingUnavailableError` when a later try may help."""
        ...
