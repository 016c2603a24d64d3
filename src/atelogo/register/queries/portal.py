"""What customers' pages read: their contracts, their requests, what they may take along."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from atelogo.core import ids
from atelogo.register.domain.status import ACTIVE, RequestState, presentation
from atelogo.register.models import (
    Contract,
    ContractLine,
    Equipment,
    EquipmentReturn,
    ReasonRevision,
    Receipt,
    Request,
    Requester,
    RequestItem,
)

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class ContractCard:
    """One contract to choose: its address, number, what is in it, what it costs."""

    public_id: str
    number: str
    plan: str
    currency: str
    amount_minor: int
    interval: str
    protocol: str


@dataclass(frozen=True, slots=True)
class RequestCard:
    """One line of *Meus protocolos*; ``next_what`` names the next date that matters, ``next_at``."""

    protocol: str
    state: str
    word: str
    tone: str
    subject: str
    at: datetime
    next_what: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line that was cancelled, with its monthly value."""

    label: str
    amount_minor: int
    outcome: str


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt that may be taken along; ``kind`` is confirmed or completed."""

    id: UUID
    kind: str
    issued_at: datetime
    mail_state: str
    mailed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A piece of lent equipment and how it goes back, if that was chosen."""

    kind: str
    serial: str
    way: str
    day: date | None
    part: str
    due_on: date | None
    returned: bool


@dataclass(frozen=True, slots=True)
class PortalRequest:
    """A request as its customer sees it. ``limited`` leaves out the holder's contract and money."""

    id: UUID
    protocol: str
    receipt_key: str
    state: str
    word: str
    tone: str
    processing: bool
    identity: str
    customer_id: UUID | None
    contract_id: UUID | None
    limited: bool
    waits_for: str
    relation: str
    sensitive: bool
    subject: str
    contract_number: str
    declaration: str
    reason_id: UUID | None
    free_text: str
    would_have_kept: str
    declared_at: datetime | None
    recorded_at: datetime
    requested_at: datetime | None
    confirmed_at: datetime | None
    processed_at: datetime | None
    billing_stopped_at: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    effective_choice: str
    effective_on: date | None
    stop_due_at: datetime | None
    undo_until: datetime | None
    currency: str
    mrr_minor: int | None
    fee_state: str
    fee_minor: int | None
    fee_dispute: str
    fee_answer_due_on: date | None
    merged_protocol: str
    items: tuple[ItemView, ...]
    receipts: tuple[ReceiptView, ...]
    equipment: tuple[ReturnView, ...]


def contract_cards(workspace: WorkspaceInfo, customer_id: UUID) -> list[ContractCard]:
    """Return the customer's contracts that go on, with the protocol of a request under way; 3 queries."""
    contracts = list(
        Contract.objects.filter(workspace_id=workspace.id, customer_id=customer_id)
        .exclude(status="ended")
        .order_by("-started_on", "number")
        .defer("address")[:_LISTED]
    )
    if not contracts:
        return []
    wanted = [contract.id for contract in contracts]
    plans: dict[UUID, list[str]] = {}
    lines = ContractLine.objects.filter(contract_id__in=wanted, status="active")
    for line in lines.select_related("product", "plan").order_by("-amount_minor", "id"):
        plans.setdefault(line.contract_id, []).append(_line_name(line))
    active = Request.objects.filter(
        workspace_id=workspace.id, contract_id__in=wanted, state__in=[s.value for s in ACTIVE]
    )
    under_way = dict(active.values_list("contract_id", "protocol"))
    return [
        ContractCard(
            public_id=ids.public_id("ctr", contract.id),
            number=contract.number or "",
            plan=" + ".join(dict.fromkeys(plans.get(contract.id, ()))),
            currency=contract.currency,
            amount_minor=contract.amount_minor,
            interval=contract.interval,
            protocol=under_way.get(contract.id, ""),
        )
        for contract in contracts
    ]


def _line_name(line: ContractLine) -> str:
    parts = [line.product.name if line.product else "", line.plan.name if line.plan else ""]
    return line.label or " · ".join(dict.fromkeys(part for part in parts if part)) or "—"


# Whose requests ---------------------------------------------------------------------------------------------
def _own(workspace: WorkspaceInfo, customer_id: UUID | None, shown: Collection[UUID]) -> QuerySet[Request]:
    """Return the requests of a customer who is in, and those declared in this browser (``shown``)."""
    rows: QuerySet[Request] = Request.objects.filter(workspace_id=workspace.id)
    mine = Q(id__in=list(shown)) if shown else Q(pk__in=())
    return rows.filter(mine | Q(customer_id=customer_id) if customer_id else mine)


def request_cards(
    workspace: WorkspaceInfo, customer_id: UUID | None, shown: Collection[UUID]
) -> list[RequestCard]:
    """Return the requests that a browser may see, the newest first; one query."""
    if customer_id is None and not shown:
        return []
    rows = _own(workspace, customer_id, shown).order_by("-recorded_at", "-id")
    return [_card(row, customer_id) for row in rows.only(*_CARD)[:_LISTED]]


_CARD: Final = (
    "protocol",
    "state",
    "customer_id",
    "product_name",
    "plan_name",
    "recorded_at",
    "requested_at",
    "processed_at",
    "stop_due_at",
    "effective_at",
    "completed_at",
    "lapse_at",
)


def _card(row: Request, customer_id: UUID | None) -> RequestCard:
    shown = presentation(RequestState(row.state), row.processed_at is not None)
    what, at = _next_date(row)
    limited = customer_id is None or row.customer_id != customer_id
    return RequestCard(
        protocol=row.protocol,
        state=row.state,
        word=shown.customer_word,
        tone=shown.tone,
        subject="" if limited else _subject(row),
        at=row.requested_at or row.recorded_at,
        next_what=what,
        next_at=at,
    )


def _subject(row: Request) -> str:
    return " · ".join(name for name in (row.product_name, row.plan_name) if name)


def _next_date(row: Request) -> tuple[str, datetime | None]:
    if row.state == RequestState.CONFIRMED:
        return "stop_due", row.stop_due_at
    if row.state == RequestState.COMPLETED:
        later = row.effective_at if row.effective_at and row.completed_at else None
        return ("effective", later) if later and later > row.completed_at else ("completed", row.completed_at)
    if row.state == RequestState.OPEN:
        return "open", None
    return "", None


def portal_request(
    workspace: WorkspaceInfo, protocol: str, customer_id: UUID | None, shown: Collection[UUID]
) -> PortalRequest | None:
    """Return one request in full, or ``None`` when it does not exist or is not this browser's: both alike.

    A browser that only declared it, without being in as its customer, sees what it declared and no more.
    """
    if customer_id is None and not shown:
        return None
    who = Requester.objects.filter(request_id=OuterRef("id"))
    found = list(
        _own(workspace, customer_id, shown)
        .filter(protocol=protocol)
        .defer("personal_snapshot", "expected")
        .annotate(
            asked_by=Subquery(who.values("relation")), authority=Subquery(who.values("authority_state"))
        )
    )
    if not found:
        return None
    row = found[0]
    limited = customer_id is None or row.customer_id != customer_id
    # Words that a stranger's browser never typed stay the holder's, even when that browser began the request.
    return _in_full(row, limited=limited and row.customer_id is not None)


def _in_full(row: Request, *, limited: bool) -> PortalRequest:
    shown = presentation(RequestState(row.state), row.processed_at is not None)
    # Whoever came in as the holder may still have asked for somebody else: one statement says both.
    relation, waits = row.asked_by or "holder", row.authority == "pending"  # type: ignore[attr-defined]
    items = () if limited or row.contract_id is None else _items(row.id)
    return PortalRequest(
        id=row.id,
        protocol=row.protocol,
        receipt_key=row.receipt_key,
        state=row.state,
        word=shown.customer_word,
        tone=shown.tone,
        processing=row.processed_at is not None,
        identity=row.identity,
        customer_id=row.customer_id,
        contract_id=None if limited else row.contract_id,
        limited=limited,
        waits_for="authority" if waits else row.next_step,
        relation=relation,
        sensitive=_is_sensitive(row.reason_id) or relation == "heir",
        subject="" if limited else " + ".join(item.label for item in items) or row.plan_name,
        contract_number="" if limited else str(row.snapshot.get("contract", "")),
        declaration=row.declaration,
        reason_id=row.reason_id,
        free_text=row.free_text,
        would_have_kept=row.would_have_kept,
        declared_at=row.declared_at,
        recorded_at=row.recorded_at,
        requested_at=row.requested_at,
        confirmed_at=row.confirmed_at,
        processed_at=row.processed_at,
        billing_stopped_at=row.billing_stopped_at,
        completed_at=row.completed_at,
        ended_at=row.ended_at,
        effective_choice=row.effective_choice,
        effective_on=row.effective_on,
        stop_due_at=row.stop_due_at,
        undo_until=row.undo_until,
        currency=row.currency,
        mrr_minor=None if limited else row.mrr_minor,
        fee_state="none" if limited else row.fee_state,
        fee_minor=None if limited else row.fee_minor,
        fee_dispute=row.fee_dispute,
        fee_answer_due_on=row.fee_answer_due_on,
        merged_protocol="" if limited else _protocol_of(row.merged_into_id),
        items=items,
        # A receipt may name the holder and the plan: it is theirs alone.
        receipts=() if limited else _receipts(row),
        equipment=() if limited or row.contract_id is None else _equipment(row),
    )


def _is_sensitive(reason_id: UUID | None) -> bool:
    if reason_id is None:
        return False
    last = ReasonRevision.objects.filter(reason_id=reason_id).order_by("-since")
    return bool(last.values_list("sensitive", flat=True).first())


def _protocol_of(request_id: UUID | None) -> str:
    if request_id is None:
        return ""
    return Request.objects.filter(id=request_id).values_list("protocol", flat=True).first() or ""


def _items(request_id: UUID) -> tuple[ItemView, ...]:
    rows = RequestItem.objects.filter(request_id=request_id).order_by("-amount_minor", "label")
    return tuple(ItemView(*row) for row in rows.values_list("label", "amount_minor", "outcome"))


def _receipts(row: Request) -> tuple[ReceiptView, ...]:
    rows = Receipt.objects.filter(request_id=row.id).order_by("issued_at", "id")
    columns = ("id", "kind", "issued_at", "mail_state", "mailed_at")
    return tuple(ReceiptView(*values) for values in rows.values_list(*columns))


def _equipment(row: Request) -> tuple[ReturnView, ...]:
    pieces = list(
        Equipment.objects.filter(workspace_id=row.workspace_id, contract_id=row.contract_id).order_by(
            "kind", "serial"
        )
    )
    if not pieces:
        return ()
    returns = EquipmentReturn.objects.filter(workspace_id=row.workspace_id, request_id=row.id)
    chosen = {found.equipment_id: found for found in returns}
    return tuple(
        _return(item, chosen.get(item.id))
        for item in pieces
        if item.id in chosen or item.status != "returned"
    )


def _return(item: Equipment, choice: EquipmentReturn | None) -> ReturnView:
    window = choice.window if choice else {}
    return ReturnView(
        kind=item.kind,
        serial=item.serial,
        way=choice.way if choice else "",
        day=_day(window.get("day")),
        part=str(window.get("part", "")),
        due_on=choice.due_on if choice else None,
        returned=item.status == "returned",
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None
