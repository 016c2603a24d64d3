"""The register's list: filters kept in the address, search by anything a person knows, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet

from atelogo.core import clock
from atelogo.core.pagination import Page, paginate
from atelogo.core.secrets import lookup_hash
from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.people import document_of, email_of, name_key, phone_of
from atelogo.register.domain.status import RequestState, display_state
from atelogo.register.models import Contract, Customer, Request, Requester, Touchpoint
from atelogo.register.queries.reasons import reason_labels

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

IN_HAND = ("open", "confirmed")
_LEAST_NAME = 2
_NAMED = 300
# The orders that an index gives: any of them costs the same on the first page and on the last.
ORDERS = {
    "due_at": ("due_at", "id"),
    "-due_at": ("-due_at", "-id"),
    "recorded_at": ("recorded_at", "id"),
    "-recorded_at": ("-recorded_at", "-id"),
}
# What never counts: voided requests, duplicates, ends by the company and administrative ends.
_COUNTED = ~Q(state__in=("voided", "merged")) & Q(end_kind="customer")
STANDINGS = {
    "counted": _COUNTED,
    "left": _COUNTED & Q(state__in=("confirmed", "completed")),
    "stayed": _COUNTED & Q(state__in=("withdrawn", "undone")),
    "reasons": _COUNTED & ~Q(state__in=("withdrawn", "lapsed", "undone")),
}


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """What the list shows. ``view`` is due (today and late), open (in hand) or all; empty means "any".

    ``since`` and ``until`` are days in the workspace's zone over ``requested_at`` (both included; imported
    requests without a moment go by their effective day). ``text`` is what a person typed into the search.
    ``standing`` names a set of :data:`STANDINGS`: the requests behind a figure.
    """

    view: str = "all"
    standing: str = ""
    state: str = ""
    channel: str = ""
    reason: UUID | None = None
    product: str = ""
    plan: str = ""
    region: str = ""
    city: str = ""
    identity: str = ""
    owner: UUID | None = None
    since: date | None = None
    until: date | None = None
    batch: UUID | None = None
    customer: UUID | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the list."""

    id: UUID
    protocol: str
    state: str
    display: str
    processing: bool
    name: str
    matched: bool
    channel: str
    product: str
    plan: str
    reason: str
    mrr_minor: int | None
    currency: str
    requested_at: datetime | None
    recorded_at: datetime
    effective_on: date | None
    date_precision: str
    next_step: str
    due_at: datetime | None
    owner_id: UUID | None


def matching(workspace: WorkspaceInfo, wanted: RequestFilter) -> QuerySet[Request]:
    """Return the requests that a filter means (inside this room only)."""
    rows: QuerySet[Request] = Request.objects.filter(workspace_id=workspace.id)
    if wanted.view == "due":
        rows = rows.filter(state__in=IN_HAND, due_at__lt=_day_end(workspace, clock.today(workspace.timezone)))
    elif wanted.view == "open":
        rows = rows.filter(state__in=IN_HAND)
    exact = {
        "state": wanted.state,
        "channel": wanted.channel,
        "reason_id": wanted.reason,
        "product_name": wanted.product,
        "plan_name": wanted.plan,
        "region": wanted.region,
        "city": wanted.city,
        "identity": wanted.identity,
        "owner_id": wanted.owner,
        "batch_id": wanted.batch,
        "customer_id": wanted.customer,
    }
    rows = rows.filter(**{column: value for column, value in exact.items() if value})
    if wanted.standing in STANDINGS:
        rows = rows.filter(STANDINGS[wanted.standing])
    rows = _in_period(workspace, rows, wanted)
    return rows.filter(searched(workspace, wanted.text)) if wanted.text.strip() else rows


def _day_end(workspace: WorkspaceInfo, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), workspace.zone)


def _in_period(workspace: WorkspaceInfo, rows: QuerySet[Request], wanted: RequestFilter) -> QuerySet[Request]:
    if wanted.since:
        start = datetime.combine(wanted.since, time(), workspace.zone)
        rows = rows.filter(
            Q(requested_at__gte=start) | Q(requested_at__isnull=True, effective_on__gte=wanted.since)
        )
    if wanted.until:
        rows = rows.filter(
            Q(requested_at__lt=_day_end(workspace, wanted.until))
            | Q(requested_at__isnull=True, effective_on__lte=wanted.until)
        )
    return rows


def searched(workspace: WorkspaceInfo, text: str) -> Q:
    """Return what a typed text means: protocol, CPF/CNPJ, e-mail, phone, contract number, else a name.

    An attendance number of another system finds the request it was linked to. What is meant is looked up
    first, so that the requests themselves are found by their indexes.
    """
    text = text.strip()
    number = protocols.normalise(text)
    if number is not None and protocols.is_valid(number):
        return Q(protocol=number)
    touches = Touchpoint.objects.filter(workspace_id=workspace.id, outside_protocol=text)
    contracts = Contract.objects.filter(workspace_id=workspace.id, number=text)
    found = Q(id__in=list(touches.filter(request__isnull=False).values_list("request_id", flat=True)))
    found |= Q(contract_id__in=list(contracts.values_list("id", flat=True)))
    found |= Q(customer_id__in=_ids(customers_found(workspace, text)))
    if len(name_key(text)) >= _LEAST_NAME:
        unmatched = Request.objects.filter(
            workspace_id=workspace.id, customer__isnull=True, name_folded__contains=name_key(text)
        )
        found |= Q(id__in=_ids(unmatched))
    return found


def _ids(rows: QuerySet[Any]) -> list[UUID] | QuerySet[Any, Any]:
    """Return the ids of a few rows, or the query of many: a common name is quicker from the other side."""
    few = list(rows.values_list("id", flat=True)[: _NAMED + 1])
    return few if len(few) <= _NAMED else rows.values("id")


def customers_found(workspace: WorkspaceInfo, text: str) -> QuerySet[Customer]:
    """Return the customers that a typed text means (inside this room only)."""
    rows: QuerySet[Customer] = Customer.objects.filter(workspace_id=workspace.id)
    document, _kind = document_of(text)
    if document:
        return rows.filter(document_hash=lookup_hash(workspace.id, "document", document))
    if email_of(text):
        return rows.filter(email_hash=lookup_hash(workspace.id, "email", email_of(text)))
    phone = phone_of(text) if sum(c.isdigit() for c in text) > 7 else ""  # noqa: PLR2004 - a phone's digits
    if phone:
        known = rows.filter(phone_hash=lookup_hash(workspace.id, "phone", phone))
        return known | rows.filter(external_id=text)
    if len(name_key(text)) < _LEAST_NAME:
        return rows.filter(external_id=text)
    return rows.filter(Q(name_folded__contains=name_key(text)) | Q(external_id=text))


def request_page(
    workspace: WorkspaceInfo,
    wanted: RequestFilter,
    *,
    language: str,
    cursor: str = "",
    size: int = 50,
    sort: str = "",
) -> Page[RequestRow]:
    """Return one page of the list: what is due first in the due view, newest first elsewhere.

    ``sort`` names another order of :data:`ORDERS`; by deadline, requests without one are left out.
    """
    order = ORDERS.get(sort) or ORDERS["due_at" if wanted.view == "due" else "-recorded_at"]
    rows = matching(workspace, wanted).select_related("customer")
    if order[0].lstrip("-") == "due_at":
        rows = rows.filter(due_at__isnull=False)
    page = paginate(rows, order=order, cursor=cursor, size=size)
    words = reason_labels(
        workspace.id, [r.reason_id for r in page.items if r.reason_id is not None], language=language
    )
    unmatched = _requester_names([r for r in page.items if r.customer_id is None])
    return page.map(lambda request: row_of(request, words, unmatched))


def _requester_names(rows: list[Request]) -> dict[UUID, str]:
    if not rows:
        return {}
    found = Requester.objects.filter(request_id__in=[r.id for r in rows])
    return {who.request_id: who.name for who in found}


def row_of(request: Request, words: dict[UUID, str], unmatched: dict[UUID, str]) -> RequestRow:
    """Return the line of a request whose customer was read along."""
    processing = request.processed_at is not None
    return RequestRow(
        id=request.id,
        protocol=request.protocol,
        state=request.state,
        display=display_state(RequestState(request.state), processing).value,
        processing=processing,
        name=request.customer.name if request.customer_id else unmatched.get(request.id, ""),
        matched=request.customer_id is not None,
        channel=request.channel,
        product=request.product_name,
        plan=request.plan_name,
        reason=words.get(request.reason_id, "") if request.reason_id else "",
        mrr_minor=request.mrr_minor,
        currency=request.currency,
        requested_at=request.requested_at,
        recorded_at=request.recorded_at,
        effective_on=request.effective_on,
        date_precision=request.date_precision,
        next_step=request.next_step,
        due_at=request.due_at,
        owner_id=request.owner_id,
    )


def request_count(workspace: WorkspaceInfo, wanted: RequestFilter, *, at_most: int | None = None) -> int:
    """Return how many requests a filter means; with ``at_most``, counting stops one beyond it."""
    rows = matching(workspace, wanted)
    return rows.count() if at_most is None else rows[: at_most + 1].count()
