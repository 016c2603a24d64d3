"""What the register's pages show of people, contracts, contacts and questions: frozen, in full.

Contacts and documents are never masked here: the page decides what its reader sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from atelogo.core import ids
from atelogo.register.models import Contract, Customer, Inquiry, Request, Touchpoint


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Who a customer is. Contacts and document are in full: the page decides what its reader sees."""

    id: UUID
    external_id: str
    kind: str
    name: str
    name_damaged: bool
    document: str
    email: str
    phone: str
    city: str
    state: str
    since: date | None
    parent_id: UUID | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a contract; ``amount_minor`` is per ``interval``."""

    id: UUID
    label: str
    amount_minor: int
    interval: str
    status: str


@dataclass(frozen=True, slots=True)
class EquipmentView:
    """Equipment lent with a contract."""

    id: UUID
    contract_id: UUID
    kind: str
    serial: str
    value_minor: int | None
    status: str
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContractCard:
    """A contract with its lines and equipment; ``amount_minor`` is per ``interval``."""

    id: UUID
    customer_id: UUID
    number: str
    status: str
    currency: str
    amount_minor: int
    interval: str
    started_on: date | None
    renews_on: date | None
    committed_until: date | None
    commitment_benefit_minor: int | None
    ended_on: date | None
    end_kind: str
    successor_id: UUID | None
    returned_at: datetime | None
    address: str
    city: str
    state: str
    billing_system: str
    open_charges: tuple[Mapping[str, Any], ...]
    lines: tuple[LineView, ...] = ()
    equipment: tuple[EquipmentView, ...] = ()

    @property
    def active_lines(self) -> tuple[LineView, ...]:
        """The lines that still run."""
        return tuple(line for line in self.lines if line.status == "active")


@dataclass(frozen=True, slots=True)
class RequestBrief:
    """A request in one line, beside its customer or contract."""

    id: UUID
    protocol: str
    state: str
    processing: bool
    contract_id: UUID | None
    plan: str
    channel: str
    requested_at: datetime | None
    recorded_at: datetime
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One line of the customers' list; ``contracts`` are (status, amount, interval, currency)."""

    card: CustomerCard
    contracts: tuple[tuple[str, int, str, str], ...]
    numbers: tuple[str, ...]
    active: RequestBrief | None


@dataclass(frozen=True, slots=True)
class ContactView:
    """Somebody who may act for a company; ``current`` says whether they still may today."""

    id: UUID
    name: str
    role: str
    document: str
    email: str
    valid_from: date | None
    valid_until: date | None
    revoked_at: datetime | None
    current: bool


@dataclass(frozen=True, slots=True)
class TouchView:
    """One contact on any channel."""

    id: UUID
    at: datetime
    kind: str
    channel: str
    summary: str
    outside_protocol: str
    request_id: UUID | None
    actor_id: UUID | None


@dataclass(frozen=True, slots=True)
class InquiryView:
    """A question with its protocol and answer."""

    id: UUID
    protocol: str
    topic: str
    question: str
    answer: str
    channel: str
    at: datetime
    typed_by: UUID | None
    customer_id: UUID | None
    contract_id: UUID | None


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """A customer's whole page."""

    card: CustomerCard
    contracts: tuple[ContractCard, ...]
    requests: tuple[RequestBrief, ...]
    contacts: tuple[ContactView, ...]
    touchpoints: tuple[TouchView, ...]
    inquiries: tuple[InquiryView, ...]


def card_of(row: Customer) -> CustomerCard:
    """Return the frozen form of a customer's row."""
    return CustomerCard(
        id=row.id,
        external_id=row.external_id or "",
        kind=row.kind,
        name=row.name,
        name_damaged=row.name_damaged,
        document=row.document,
        email=row.email,
        phone=row.phone,
        city=row.city,
        state=row.state,
        since=row.since,
        parent_id=row.parent_id,
        attributes=dict(row.attributes),
    )


def contract_of(
    row: Contract, lines: tuple[LineView, ...], equipment: tuple[EquipmentView, ...]
) -> ContractCard:
    """Return the frozen form of a contract with its lines and equipment."""
    return ContractCard(
        id=row.id,
        customer_id=row.customer_id,
        number=row.number or ids.public_id("ctr", row.id),
        status=row.status,
        currency=row.currency,
        amount_minor=row.amount_minor,
        interval=row.interval,
        started_on=row.started_on,
        renews_on=row.renews_on,
        committed_until=row.committed_until,
        commitment_benefit_minor=row.commitment_benefit_minor,
        ended_on=row.ended_on,
        end_kind=row.end_kind,
        successor_id=row.successor_id,
        returned_at=row.returned_at,
        address=row.address,
        city=row.city,
        state=row.state,
        billing_system=row.billing_system,
        open_charges=tuple(row.open_charges),
        lines=lines,
        equipment=equipment,
    )


def brief_of(row: Request) -> RequestBrief:
    """Return a request in one line."""
    return RequestBrief(
        id=row.id,
        protocol=row.protocol,
        state=row.state,
        processing=row.processed_at is not None,
        contract_id=row.contract_id,
        plan=" · ".join(name for name in (row.product_name, row.plan_name) if name),
        channel=row.channel,
        requested_at=row.requested_at,
        recorded_at=row.recorded_at,
        effective_on=row.effective_on,
    )


def touch_of(row: Touchpoint) -> TouchView:
    """Return the frozen form of a touchpoint."""
    return TouchView(
        row.id, row.at, row.kind, row.channel, row.summary, row.outside_protocol, row.request_id, row.actor_id
    )


def inquiry_of(row: Inquiry) -> InquiryView:
    """Return the frozen form of a question."""
    return InquiryView(
        id=row.id,
        protocol=row.protocol,
        topic=row.topic,
        question=row.question,
        answer=row.answer,
        channel=row.channel,
        at=row.at,
        typed_by=row.typed_by,
        customer_id=row.customer_id,
        contract_id=row.contract_id,
    )
