"""Customers and what they have: the list, one customer's page, and the finder of the other pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from atelogo.core.pagination import Page, paginate
from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.status import ACTIVE
from atelogo.register.models import (
    AuthorisedContact,
    Contract,
    ContractLine,
    Customer,
    Equipment,
    Inquiry,
    Request,
    Touchpoint,
)
from atelogo.register.queries.cards import (
    ContactView,
    ContractCard,
    CustomerCard,
    CustomerDetail,
    CustomerRow,
    EquipmentView,
    LineView,
    RequestBrief,
    brief_of,
    card_of,
    contract_of,
    inquiry_of,
    touch_of,
)
from atelogo.register.queries.requests import customers_found

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_ACTIVE = [state.value for state in ACTIVE]
FOUND_AT_MOST = 8


def customer_card(workspace: WorkspaceInfo, customer_id: UUID) -> CustomerCard | None:
    """Return the customer of the workspace, or ``None``."""
    row = Customer.objects.filter(workspace_id=workspace.id, id=customer_id).first()
    return None if row is None else card_of(row)


def contract_cards(
    workspace: WorkspaceInfo, *, customer_ids: Iterable[UUID] | None = None, contract_id: UUID | None = None
) -> tuple[ContractCard, ...]:
    """Return the contracts of customers, or one contract: those that run first, then the newest."""
    rows = Contract.objects.filter(workspace_id=workspace.id)
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=list(customer_ids))
    if contract_id is not None:
        rows = rows.filter(id=contract_id)
    found = sorted(
        rows, key=lambda c: (c.status == "ended", -(c.started_on or date.min).toordinal(), str(c.id))
    )
    lines = _lines_of([c.id for c in found])
    equipment = _equipment_of([c.id for c in found])
    return tuple(contract_of(c, lines.get(c.id, ()), equipment.get(c.id, ())) for c in found)


def _lines_of(contract_ids: list[UUID]) -> dict[UUID, tuple[LineView, ...]]:
    if not contract_ids:
        return {}
    found: dict[UUID, list[LineView]] = {}
    rows = ContractLine.objects.filter(contract_id__in=contract_ids).select_related("product", "plan")
    for row in rows.order_by("-amount_minor", "id"):
        names = [row.product.name if row.product else "", row.plan.name if row.plan else ""]
        label = row.label or " · ".join(dict.fromkeys(n for n in names if n)) or "—"
        view = LineView(row.id, label, row.amount_minor, row.interval, row.status)
        found.setdefault(row.contract_id, []).append(view)
    return {key: tuple(value) for key, value in found.items()}


def _equipment_of(contract_ids: list[UUID]) -> dict[UUID, tuple[EquipmentView, ...]]:
    if not contract_ids:
        return {}
    found: dict[UUID, list[EquipmentView]] = {}
    for row in Equipment.objects.filter(contract_id__in=contract_ids).order_by("kind", "id"):
        view = EquipmentView(
            row.id, row.contract_id, row.kind, row.serial, row.value_minor, row.status, row.returned_at
        )
        found.setdefault(row.contract_id, []).append(view)
    return {key: tuple(value) for key, value in found.items()}


def requests_of_customers(
    workspace: WorkspaceInfo, customer_ids: Iterable[UUID], *, active: bool = False
) -> dict[UUID, list[RequestBrief]]:
    """Return the requests of some customers, the newest first; with ``active`` only those in hand."""
    rows = Request.objects.filter(workspace_id=workspace.id, customer_id__in=list(customer_ids))
    if active:
        rows = rows.filter(state__in=_ACTIVE)
    found: dict[UUID, list[RequestBrief]] = {}
    for row in rows.order_by("-recorded_at", "-id"):
        found.setdefault(row.customer_id, []).append(brief_of(row))
    return found


def customers_matching(workspace: WorkspaceInfo, text: str) -> QuerySet[Customer]:
    """Return the customers meant by a name, document, contact, contract number or protocol.

    Inside this room only.
    """
    text = text.strip()
    number = protocols.normalise(text)
    if number is not None and protocols.is_valid(number):
        asked = Request.objects.filter(workspace_id=workspace.id, protocol=number)
        return Customer.objects.filter(workspace_id=workspace.id, id__in=asked.values("customer_id"))
    contracts = Contract.objects.filter(workspace_id=workspace.id, number=text)
    # Few holders at most: named one by one, they leave the search of names to its own index.
    holders = list(contracts.values_list("customer_id", flat=True))
    found = customers_found(workspace, text)
    return found | Customer.objects.filter(workspace_id=workspace.id, id__in=holders) if holders else found


def customers_counted(workspace: WorkspaceInfo, text: str, *, at_most: int) -> int:
    """Return how many customers a search means (all without one); counting stops one beyond ``at_most``."""
    return _listed(workspace, text)[: at_most + 1].count()


def _listed(workspace: WorkspaceInfo, text: str) -> QuerySet[Customer]:
    if text.strip():
        return customers_matching(workspace, text)
    return Customer.objects.filter(workspace_id=workspace.id)


def customer_page(
    workspace: WorkspaceInfo, *, text: str = "", cursor: str = "", size: int = 50
) -> Page[CustomerRow]:
    """Return one page of customers by name."""
    page = paginate(_listed(workspace, text), order=("name_folded", "id"), cursor=cursor, size=size)
    rows = {row.card.id: row for row in _rows(workspace, list(page.items))}
    return page.map(lambda customer: rows[customer.id])


def customers_offered(workspace: WorkspaceInfo, text: str) -> list[CustomerRow]:
    """Return the first few customers that a text means, with one more than shown when there are more."""
    if not text.strip():
        return []
    found = customers_matching(workspace, text).order_by("name_folded", "id")[: FOUND_AT_MOST + 1]
    return _rows(workspace, list(found))


def _rows(workspace: WorkspaceInfo, customers: list[Customer]) -> list[CustomerRow]:
    if not customers:
        return []
    keys = [customer.id for customer in customers]
    held: dict[UUID, list[Contract]] = {}
    for contract in Contract.objects.filter(workspace_id=workspace.id, customer_id__in=keys).order_by("id"):
        held.setdefault(contract.customer_id, []).append(contract)
    active = requests_of_customers(workspace, keys, active=True)
    return [
        CustomerRow(
            card=card_of(customer),
            contracts=tuple(
                (c.status, c.amount_minor, c.interval, c.currency) for c in held.get(customer.id, ())
            ),
            numbers=tuple(c.number for c in held.get(customer.id, ()) if c.number and c.status == "active"),
            active=next(iter(active.get(customer.id, ())), None),
        )
        for customer in customers
    ]


def customer_detail(workspace: WorkspaceInfo, customer_id: UUID, *, today: date) -> CustomerDetail | None:
    """Return a customer with contracts, requests, contacts and what happened; ``None`` when not theirs."""
    card = customer_card(workspace, customer_id)
    if card is None:
        return None
    touches = Touchpoint.objects.filter(workspace_id=workspace.id, customer_id=customer_id)
    asked = Inquiry.objects.filter(workspace_id=workspace.id, customer_id=customer_id)
    return CustomerDetail(
        card=card,
        contracts=contract_cards(workspace, customer_ids=[customer_id]),
        requests=tuple(requests_of_customers(workspace, [customer_id]).get(customer_id, ())),
        contacts=contacts_of(workspace, customer_id, today=today) if card.kind == "company" else (),
        touchpoints=tuple(touch_of(row) for row in touches.order_by("-at", "-id")[:200]),
        inquiries=tuple(inquiry_of(row) for row in asked.order_by("-at", "-id")[:100]),
    )


def contacts_of(workspace: WorkspaceInfo, customer_id: UUID, *, today: date) -> tuple[ContactView, ...]:
    """Return the people who may or might act for a company, those who still may first."""
    rows = AuthorisedContact.objects.filter(workspace_id=workspace.id, customer_id=customer_id)
    views = [
        ContactView(
            id=row.id,
            name=row.name,
            role=row.role,
            document=row.document,
            email=row.email,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            revoked_at=row.revoked_at,
            current=row.revoked_at is None
            and (row.valid_from is None or row.valid_from <= today)
            and (row.valid_until is None or row.valid_until >= today),
        )
        for row in rows.order_by("name", "id")
    ]
    return tuple(sorted(views, key=lambda view: not view.current))
