"""Who is behind what a customer gave: an opaque reference of a signed link, a document, a contract number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from atelogo.core import ids
from atelogo.register.models import Contract, Customer


@dataclass(frozen=True, slots=True)
class Known:
    """A customer found by what they typed: where their code may go, and the contract if they named one."""

    customer_id: UUID
    contract_id: UUID | None
    email: str


def customer_of_ref(workspace_id: UUID, ref: str) -> UUID | None:
    """Return the customer that a link names: by the company's own id, or by our public id (``cus_...``)."""
    rows = Customer.objects.filter(workspace_id=workspace_id)
    own = rows.filter(external_id=ref).values_list("id", flat=True).first()
    if own is not None:
        return UUID(str(own))
    inner = ids.parse_public_id("cus", ref)
    found = rows.filter(id=inner).values_list("id", flat=True).first() if inner else None
    return UUID(str(found)) if found else None


def contracts_of_refs(workspace_id: UUID, customer_id: UUID, refs: Sequence[str]) -> list[UUID]:
    """Return those contracts of the customer that a link names, by number or by public id (``ctr_...``)."""
    if not refs:
        return []
    inner = [found for ref in refs if (found := ids.parse_public_id("ctr", ref))]
    rows = Contract.objects.filter(workspace_id=workspace_id, customer_id=customer_id)
    return list(rows.filter(Q(number__in=refs) | Q(id__in=inner)).values_list("id", flat=True))


def known_by_document(workspace_id: UUID, document_hash: bytes) -> Known | None:
    """Return the customer with this document; of several records, one with an active contract, the newest."""
    active = Contract.objects.filter(workspace_id=workspace_id, customer_id=OuterRef("id"), status="active")
    row = (
        Customer.objects.filter(workspace_id=workspace_id, document_hash=document_hash)
        .annotate(active=Exists(active))
        .order_by("-active", "-created_at")
        .only("id", "email")
        .first()
    )
    return None if row is None else Known(row.id, None, row.email)


def known_by_contract(workspace_id: UUID, number: str) -> Known | None:
    """Return the holder of the contract with this number."""
    row = (
        Contract.objects.filter(workspace_id=workspace_id, number=number)
        .select_related("customer")
        .only("id", "customer__id", "customer__email")
        .first()
    )
    return None if row is None else Known(row.customer.id, row.id, row.customer.email)
