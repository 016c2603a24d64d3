"""One request with everything that hangs on it, as its page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from atelogo.register.domain.completeness import Completeness, RequestFacts, completeness
from atelogo.register.models import (
    EquipmentReturn,
    Inquiry,
    ManualTask,
    Receipt,
    Request,
    Requester,
    RequestItem,
    RequestReason,
)
from atelogo.register.queries.cards import (
    ContractCard,
    CustomerCard,
    InquiryView,
    RequestBrief,
    brief_of,
    card_of,
    inquiry_of,
)
from atelogo.register.queries.customers import contract_cards

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_UNTOLD = "not_informed"


@dataclass(frozen=True, slots=True)
class Times:
    """Every time of a request; which are empty says how far it has come."""

    intent_at: datetime | None
    declared_at: datetime | None
    recorded_at: datetime
    requested_at: datetime | None
    confirmed_at: datetime | None
    effective_choice: str
    effective_on: date | None
    date_precision: str
    processed_at: datetime | None
    billing_stopped_at: datetime | None
    completed_at: datetime | None
    ended_at: datetime | None
    stop_due_at: datetime | None
    undo_until: datetime | None
    lapse_at: datetime | None


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """What a request means in money: minor units of ``currency``; ``parts`` are those of the fee's sum."""

    currency: str
    mrr_minor: int | None
    fee_state: str
    fee_minor: int | None
    parts: Mapping[str, Any]
    dispute: str
    answer_due_on: date | None
    refund_minor: int | None


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason given for the request; its words are looked up by ``reason_id``."""

    reason_id: UUID
    kind: str
    source: str
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequesterView:
    """Who asked, and how it was checked."""

    relation: str
    name: str
    document: str
    contact: str
    contract_hint: str
    identity_check: str
    authority_state: str
    authority_evidence: str
    authority_due_at: datetime | None
    checked_by: UUID | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line inside the request."""

    label: str
    amount_minor: int
    outcome: str


@dataclass(frozen=True, slots=True)
class ReturnView:
    """How lent equipment comes back."""

    equipment_id: UUID
    way: str
    due_on: date | None
    state: str
    visits: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt as issued."""

    id: UUID
    kind: str
    entry_id: UUID
    issued_at: datetime
    mail_state: str
    mailed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A step that waits for a person."""

    id: UUID
    kind: str
    owner_id: UUID | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request's whole page, in full: what a reader may see is decided by the page."""

    id: UUID
    protocol: str
    receipt_key: str
    state: str
    processing: bool
    identity: str
    channel: str
    end_kind: str
    typed_by: UUID | None
    owner_id: UUID | None
    next_step: str
    due_at: datetime | None
    product: str
    plan: str
    city: str
    region: str
    declaration: str
    free_text: str
    expected: str
    would_have_kept: str
    competitor: str
    competitor_terms: Mapping[str, Any]
    evidence: Mapping[str, Any]
    custom: Mapping[str, Any]
    batch_id: UUID | None
    reason_id: UUID | None
    completeness: Completeness
    times: Times
    money: MoneyFacts
    person: Mapping[str, Any]
    customer: CustomerCard | None
    contract: ContractCard | None
    requester: RequesterView | None
    reasons: tuple[ReasonView, ...]
    verified: ReasonView | None
    items: tuple[ItemView, ...]
    returns: tuple[ReturnView, ...]
    receipts: tuple[ReceiptView, ...]
    tasks: tuple[OpenTask, ...]
    follows: RequestBrief | None
    merged_into: RequestBrief | None
    followed_by: tuple[RequestBrief, ...]
    merged_here: tuple[RequestBrief, ...]


def request_exists(workspace: WorkspaceInfo, request_id: UUID) -> bool:
    """Say whether the workspace has this request."""
    return Request.objects.filter(workspace_id=workspace.id, id=request_id).exists()


def request_numbered(workspace: WorkspaceInfo, protocol: str) -> UUID | None:
    """Return the request with exactly this protocol, or ``None``."""
    found: UUID | None = (
        Request.objects.filter(workspace_id=workspace.id, protocol=protocol)
        .values_list("id", flat=True)
        .first()
    )
    return found


def inquiry_numbered(workspace: WorkspaceInfo, protocol: str) -> InquiryView | None:
    """Return the question with exactly this protocol, or ``None``."""
    row = Inquiry.objects.filter(workspace_id=workspace.id, protocol=protocol).first()
    return None if row is None else inquiry_of(row)


def request_brief(workspace: WorkspaceInfo, request_id: UUID) -> RequestBrief | None:
    """Return the request in one line, or ``None``."""
    row = Request.objects.filter(workspace_id=workspace.id, id=request_id).first()
    return None if row is None else brief_of(row)


def facts_of(request: Request) -> RequestFacts:
    """Return which parts of a request's record are filled; the reason must be read along with it."""
    told = request.reason is not None and request.reason.code != _UNTOLD
    words = (request.free_text, request.expected, request.would_have_kept, request.competitor)
    return RequestFacts(
        customer=request.customer_id is not None,
        contract=request.contract_id is not None,
        product=bool(request.product_name or request.plan_name),
        reason=told,
        explanation=any(words),
        declaration=bool(request.declaration),
        date_precision=_precision(request),
        effective_date=request.effective_on is not None,
        channel=bool(request.channel),
        amount=request.mrr_minor is not None,
        identity=request.identity not in {"", "unverified"},
    )


def _precision(request: Request) -> Any:  # noqa: ANN401 - one of the four words of the column
    return "instant" if request.requested_at is not None else request.date_precision or "unknown"


def request_detail(workspace: WorkspaceInfo, request_id: UUID) -> RequestDetail | None:
    """Return a request of the workspace with all that hangs on it, or ``None``."""
    related = ("customer", "reason", "follows", "merged_into")
    row = Request.objects.select_related(*related).filter(workspace_id=workspace.id, id=request_id).first()
    if row is None:
        return None
    reasons = [_reason(one) for one in _of(RequestReason, row).order_by("kind", "position")]
    near = _near(workspace, row)
    contracts = contract_cards(workspace, contract_id=row.contract_id) if row.contract_id else ()
    return RequestDetail(
        **_columns(row),
        completeness=completeness(facts_of(row)),
        times=_times(row),
        money=_money(row),
        person=json.loads(row.personal_snapshot) if row.personal_snapshot else {},
        customer=card_of(row.customer) if row.customer else None,
        contract=contracts[0] if contracts else None,
        requester=_requester(_of(Requester, row).first()),
        reasons=tuple(one for one in reasons if one.kind == "stated"),
        verified=next((one for one in reasons if one.kind == "verified"), None),
        items=tuple(
            ItemView(one.label, one.amount_minor, one.outcome)
            for one in _of(RequestItem, row).order_by("-amount_minor", "label")
        ),
        returns=tuple(
            ReturnView(one.equipment_id, one.way, one.due_on, one.state, tuple(one.visits))
            for one in _of(EquipmentReturn, row).exclude(state="dropped").order_by("created_at")
        ),
        receipts=tuple(_receipt(one) for one in _of(Receipt, row).order_by("issued_at", "id")),
        tasks=tuple(
            OpenTask(one.id, one.kind, one.owner_id, one.due_at)
            for one in _of(ManualTask, row).filter(state="open").order_by("due_at", "id")
        ),
        follows=brief_of(row.follows) if row.follows else None,
        merged_into=brief_of(row.merged_into) if row.merged_into else None,
        followed_by=tuple(brief_of(one) for one in near if one.follows_id == row.id),
        merged_here=tuple(brief_of(one) for one in near if one.merged_into_id == row.id),
    )


def _of(model: Any, row: Request) -> Any:  # noqa: ANN401 - a child table and its rows
    return model.objects.filter(workspace_id=row.workspace_id, request_id=row.id)


def _near(workspace: WorkspaceInfo, row: Request) -> list[Request]:
    """Return the requests that follow this one or were joined into it."""
    linked = Q(follows_id=row.id) | Q(merged_into_id=row.id)
    return list(Request.objects.filter(linked, workspace_id=workspace.id).order_by("recorded_at", "id"))


def _columns(row: Request) -> dict[str, Any]:
    same = (
        "id", "protocol", "receipt_key", "state", "identity", "channel", "end_kind", "typed_by", "owner_id",
        "next_step", "due_at", "city", "region", "declaration", "free_text", "expected", "would_have_kept",
        "competitor", "competitor_terms", "custom", "batch_id", "reason_id",
    )  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "processing": row.processed_at is not None,
        "product": row.product_name,
        "plan": row.plan_name,
        "evidence": row.declared_evidence,
    }


def _times(row: Request) -> Times:
    return Times(**{name: getattr(row, name) for name in Times.__slots__})


def _money(row: Request) -> MoneyFacts:
    return MoneyFacts(
        currency=row.currency,
        mrr_minor=row.mrr_minor,
        fee_state=row.fee_state,
        fee_minor=row.fee_minor,
        parts=row.fee_parts,
        dispute=row.fee_dispute,
        answer_due_on=row.fee_answer_due_on,
        refund_minor=row.refund_minor,
    )


def _reason(row: RequestReason) -> ReasonView:
    return ReasonView(row.reason_id, row.kind, row.source, row.evidence, row.at)


def _requester(row: Requester | None) -> RequesterView | None:
    if row is None:
        return None
    return RequesterView(**{name: getattr(row, name) for name in RequesterView.__slots__})


def _receipt(row: Receipt) -> ReceiptView:
    return ReceiptView(row.id, row.kind, row.entry_id, row.issued_at, row.mail_state, row.mailed_at)
