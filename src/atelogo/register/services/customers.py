"""Customers, contracts and equipment, one at a time (files go through the importer)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from atelogo.core import clock, ids
from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import (
    AuthorisedContact,
    Contract,
    ContractLine,
    Customer,
    Equipment,
    Plan,
    Product,
)
from atelogo.register.services.people import document_of, email_of, find_key, name_key, phone_of
from atelogo.register.services.subjects import customer_named

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


@dataclass(frozen=True, slots=True)
class CustomerInput:
    """A customer as a person or program gives it; values are normalised on the way in."""

    name: str
    external_id: str | None = None
    kind: str = "person"
    document: str = ""
    email: str = ""
    phone: str = ""
    city: str = ""
    state: str = ""
    language: str = ""
    since: date | None = None
    parent_id: UUID | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineInput:
    """One line of a contract: product and plan by name, the amount per interval in minor units."""

    product: str
    plan: str
    amount_minor: int
    billing_ref: str = ""


@dataclass(frozen=True, slots=True)
class ContractInput:
    """A contract with its lines."""

    number: str | None
    lines: Sequence[LineInput]
    interval: str = "month"
    started_on: date | None = None
    renews_on: date | None = None
    committed_from: date | None = None
    committed_until: date | None = None
    commitment_benefit_minor: int | None = None
    billing_system: str = ""
    billing_ref: str = ""
    signup_channel: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    open_charges: Sequence[Mapping[str, Any]] = ()


def customer_fields(workspace_id: UUID, given: CustomerInput) -> dict[str, Any]:
    """Return the columns of a customer: normalised, with look-up keys and the folded name."""
    document, document_kind = document_of(given.document)
    email, phone = email_of(given.email), phone_of(given.phone)
    return {
        "external_id": given.external_id or None,
        "kind": "company" if document_kind == "cnpj" else given.kind,
        "name": given.name.strip()[:200],
        "name_folded": name_key(given.name),
        "document": document,
        "document_kind": document_kind,
        "document_hash": find_key(workspace_id, "document", document),
        "email": email,
        "email_hash": find_key(workspace_id, "email", email),
        "phone": phone,
        "phone_hash": find_key(workspace_id, "phone", phone),
        "city": given.city[:120],
        "state": given.state[:40],
        "language": given.language,
        "since": given.since,
        "parent_id": given.parent_id,
        "attributes": dict(given.attributes),
    }


def customer_add(*, workspace: WorkspaceInfo, given: CustomerInput) -> UUID:
    """Keep a new customer and return its id."""
    customer = Customer(
        id=ids.new_id(),
        workspace_id=workspace.id,
        created_at=clock.now(),
        **customer_fields(workspace.id, given),
    )
    customer.save(force_insert=True)
    return customer.id


def contact_authorise(
    *,
    workspace: WorkspaceInfo,
    customer_id: UUID,
    name: str,
    role: str,
    document: str = "",
    email: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> UUID:
    """Let a person act for a company customer."""
    customer = customer_named(workspace, customer_id)
    compact, _kind = document_of(document)
    contact = AuthorisedContact.objects.create(
        workspace_id=workspace.id,
        customer_id=customer.id,
        name=name[:200],
        role=role[:60],
        document=compact,
        document_hash=find_key(workspace.id, "document", compact),
        email=email_of(email),
        email_hash=find_key(workspace.id, "email", email_of(email)),
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=clock.now(),
    )
    return contact.id  # type: ignore[no-any-return]


def contract_add(*, workspace: WorkspaceInfo, customer_id: UUID, given: ContractInput) -> UUID:
    """Keep a new contract with its lines, making products and plans that are new; return its id."""
    with transaction.atomic():
        customer = customer_named(workspace, customer_id)
        contract = Contract(
            id=ids.new_id(),
            workspace_id=workspace.id,
            customer_id=customer.id,
            number=given.number or None,
            currency=workspace.currency,
            amount_minor=sum(line.amount_minor for line in given.lines),
            interval=given.interval,
            started_on=given.started_on,
            renews_on=given.renews_on,
            committed_from=given.committed_from,
            committed_until=given.committed_until,
            commitment_benefit_minor=given.commitment_benefit_minor,
            billing_system=given.billing_system,
            billing_ref=given.billing_ref,
            signup_channel=given.signup_channel,
            address=given.address,
            city=given.city or customer.city,
            state=given.state or customer.state,
            open_charges=[dict(charge) for charge in given.open_charges],
            created_at=clock.now(),
        )
        contract.save(force_insert=True)
        ContractLine.objects.bulk_create(
            _line(workspace, contract, line, given.interval) for line in given.lines
        )
    return contract.id


def _line(workspace: WorkspaceInfo, contract: Contract, line: LineInput, interval: str) -> ContractLine:
    product_id = product_named(workspace.id, line.product)
    return ContractLine(
        workspace_id=workspace.id,
        contract_id=contract.id,
        product_id=product_id,
        plan_id=plan_named(workspace.id, product_id, line.plan, line.amount_minor, interval),
        amount_minor=line.amount_minor,
        interval=interval,
        billing_ref=line.billing_ref,
    )


def product_named(workspace_id: UUID, name: str) -> UUID | None:
    """Return the product of that name, making it when it is new; equality is after folding."""
    if not name.strip():
        return None
    product, _made = Product.objects.get_or_create(
        workspace_id=workspace_id, folded=fold(name)[:160], defaults={"name": name.strip()[:160]}
    )
    return product.id  # type: ignore[no-any-return]


def plan_named(
    workspace_id: UUID, product_id: UUID | None, name: str, amount_minor: int, interval: str
) -> UUID | None:
    """Return the plan of that name under the product, making it when it is new."""
    if not name.strip():
        return None
    plan, _made = Plan.objects.get_or_create(
        workspace_id=workspace_id,
        product_id=product_id,
        folded=fold(name)[:160],
        defaults={"name": name.strip()[:160], "amount_minor": amount_minor, "interval": interval},
    )
    return plan.id  # type: ignore[no-any-return]


def equipment_lend(
    *,
    workspace: WorkspaceInfo,
    contract_id: UUID,
    kind: str,
    serial: str = "",
    value_minor: int | None = None,
) -> UUID:
    """Note equipment lent with a contract."""
    item = Equipment.objects.create(
        workspace_id=workspace.id,
        contract_id=contract_id,
        kind=kind[:80],
        serial=serial[:120],
        value_minor=value_minor,
    )
    return item.id  # type: ignore[no-any-return]


def customer_email_set(*, workspace: WorkspaceInfo, customer_id: UUID, email: str) -> None:
    """Keep another e-mail for a customer; an address without the shape of one empties it."""
    customer = customer_named(workspace, customer_id)
    customer.email = email_of(email)
    customer.email_hash = find_key(workspace.id, "email", customer.email)
    customer.save(update_fields=["email", "email_hash"])


def contact_revoke(*, workspace: WorkspaceInfo, contact_id: UUID) -> None:
    """Let a person act for a company customer no more, from this moment on."""
    AuthorisedContact.objects.filter(
        workspace_id=workspace.id, id=contact_id, revoked_at__isnull=True
    ).update(revoked_at=clock.now())
