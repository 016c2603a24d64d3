"""What can happen in the register. Bodies hold ids, codes, times and money; never personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from atelogo.events.catalogue.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOpened(Event):
    """A declaration was received: the protocol exists from here on."""

    name: ClassVar[str] = "request.opened"
    protocol: str
    channel: str
    identity: str
    customer: UUID | None
    contract: UUID | None
    intent_at: datetime | None
    declared_at: datetime | None
    requested_at: datetime | None
    currency: str
    mrr_minor: int | None
    lines: tuple[UUID, ...]
    windows: Mapping[str, int]
    follows: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestImported(Event):
    """A past cancellation was taken over from a file; ``end_kind`` says whose end it was."""

    name: ClassVar[str] = "request.imported"
    protocol: str
    batch: UUID
    state: str
    end_kind: str
    channel: str
    requested_at: datetime | None
    customer: UUID | None
    contract: UUID | None
    effective_on: date | None
    date_precision: str
    reason: UUID | None
    reason_version: int | None
    currency: str
    mrr_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTouched(Event):
    """The same wish came in again (another channel, tab or line) and joined the active request."""

    name: ClassVar[str] = "request.touched"
    channel: str
    lines_added: tuple[UUID, ...] = ()
    mrr_minor: int | None = None
    requested_at: datetime | None = None
    stop_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReasonSet(Event):
    """The customer or an agent said why; allowed in every state."""

    name: ClassVar[str] = "request.reason_set"
    reason: UUID | None
    version: int
    position: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestConfirmed(Event):
    """The customer's word is final. The receipt proves this entry; its content is the personal detail."""

    name: ClassVar[str] = "request.confirmed"
    protocol: str
    confirmed_at: datetime
    requested_at: datetime
    effective_choice: str
    effective_at: datetime
    stop_due_at: datetime
    undo_until: datetime
    fee_state: str
    fee_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWithdrawn(Event):
    """The customer said that they stay; nothing was cancelled."""

    name: ClassVar[str] = "request.withdrawn"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCompleted(Event):
    """Billing confirmed that the charge has stopped."""

    name: ClassVar[str] = "request.completed"
    protocol: str
    billing_stopped_at: datetime
    by: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUndone(Event):
    """The customer took the cancellation back inside the window."""

    name: ClassVar[str] = "request.undone"
    billing_had_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMerged(Event):
    """The request was found to be a duplicate of another one, which keeps the earlier times."""

    name: ClassVar[str] = "request.merged"
    into: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVoided(Event):
    """Wrong customer, fraud or an import taken back: outside every figure, kept in the ledger.

    ``unlinked``: the customer and the contract, which the undone import had made, no longer exist.
    """

    name: ClassVar[str] = "request.voided"
    why: str
    billing_had_stopped: bool
    unlinked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLapsed(Event):
    """Nothing was declared within the window; never counted as saved."""

    name: ClassVar[str] = "request.lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrected(Event):
    """A wrong field was put right; before, after and why stand in the personal detail.

    ``values`` repeats the new ones that identify nobody: money, days and moments.
    """

    name: ClassVar[str] = "request.corrected"
    fields: tuple[str, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEndKindSet(Event):
    """Whose end it was turned out otherwise: a contract that goes on under another one did not churn."""

    name: ClassVar[str] = "request.end_kind_set"
    end_kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestIdentified(Event):
    """A person matched a declaration to its customer and contract; its first times stay."""

    name: ClassVar[str] = "request.identified"
    customer: UUID
    contract: UUID | None
    currency: str
    mrr_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityDecided(Event):
    """Whether the requester may act for the holder was decided."""

    name: ClassVar[str] = "request.authority_decided"
    accepted: bool
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseVerified(Event):
    """An agent or the data found what lies behind; it may disagree with the stated reason."""

    name: ClassVar[str] = "request.cause_verified"
    reason: UUID
    version: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Event):
    """A person wrote a note; its text is the personal detail."""

    name: ClassVar[str] = "request.note_added"
    note: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeDisputed(Event):
    """The customer disagrees with the fee: it is held until a person answers."""

    name: ClassVar[str] = "request.fee_disputed"
    why: str
    answer_due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeAnswered(Event):
    """A person answered a disputed or unknown fee."""

    name: ClassVar[str] = "request.fee_answered"
    fee_state: str
    fee_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSet(Event):
    """A person took the request, or handed it over."""

    name: ClassVar[str] = "request.owner_set"
    owner: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentReturnChosen(Event):
    """The customer chose how lent equipment goes back."""

    name: ClassVar[str] = "request.equipment_return_chosen"
    equipment: UUID
    way: str
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIssued(Event):
    """A receipt was issued for the request."""

    name: ClassVar[str] = "receipt.issued"
    receipt: UUID
    kind: str
    proves: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSent(Event):
    """A receipt was handed to a channel for the customer."""

    name: ClassVar[str] = "receipt.sent"
    receipt: UUID
    channel: str
    with_proof: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingAsked(Event):
    """Billing was told to stop the charge, or to take the stop back."""

    name: ClassVar[str] = "billing.asked"
    verb: str
    adapter: str
    answer: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOpened(Event):
    """A step was given to people."""

    name: ClassVar[str] = "task.opened"
    task: UUID
    kind: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone(Event):
    """A person did a step and left the proof (in the personal detail)."""

    name: ClassVar[str] = "task.done"
    task: UUID
    kind: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryOpened(Event):
    """Somebody asked a question; asking is not cancelling."""

    name: ClassVar[str] = "inquiry.opened"
    protocol: str
    topic: str
    channel: str
    customer: UUID | None
    contract: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractReturned(Event):
    """A customer who had left came back; past churn does not change."""

    name: ClassVar[str] = "contract.returned"
    contract: UUID
    request: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSucceeded(Event):
    """A contract's end is administrative: another one takes its place."""

    name: ClassVar[str] = "contract.succeeded"
    contract: UUID
    successor: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTreePublished(Event):
    """A version of the reason tree came into force."""

    name: ClassVar[str] = "reason_tree.published"
    number: int
    changes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStarted(Event):
    """An import began to write."""

    name: ClassVar[str] = "import.started"
    batch: UUID
    kind: str
    file_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFinished(Event):
    """An import ended, with its counts."""

    name: ClassVar[str] = "import.finished"
    batch: UUID
    state: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(Event):
    """A whole import batch was taken back."""

    name: ClassVar[str] = "import.undone"
    batch: UUID
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMade(Event):
    """Register data left as a file: who, which filters (no personal terms), how many rows."""

    name: ClassVar[str] = "export.made"
    kind: str
    form: str
    rows: int
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErased(Event):
    """What identified a customer was erased at their request; counts and proofs stay."""

    name: ClassVar[str] = "customer.erased"
