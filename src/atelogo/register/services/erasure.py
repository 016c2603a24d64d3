"""Erasing a person (LGPD art. 18 VI): what identifies them goes; counts, proofs and other people's data stay.

What remains is what the law asks to be kept without a name: that a contract of such a plan and value was
cancelled on such a day for such a reason. The ledger keeps its rows and every proof: only the personal
detail and its salt are shredded, and nobody can open the commitment again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.events.catalogue.register import CustomerErased
from atelogo.register.errors import ErasureRefusedError
from atelogo.register.models import (
    AuthorisedContact,
    Contract,
    Customer,
    CustomerAccess,
    ImportRow,
    Inquiry,
    ManualTask,
    Note,
    Receipt,
    Request,
    Requester,
    Touchpoint,
)
from atelogo.register.services.subjects import customer_named

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor


def customer_erase(*, workspace: WorkspaceInfo, actor: Actor, customer_id: UUID) -> int:
    """Erase what identifies a customer, everywhere in the register; return how many facts were shredded.

    Refuses while a contract is active or a request is in hand: the person is still a customer. Erasing
    twice changes nothing. Emits ``customer.erased``, which names nobody.
    """
    with transaction.atomic():
        customer = customer_named(workspace, customer_id)
        if customer.erased_at is not None:
            return 0
        mine = {"workspace_id": workspace.id, "customer_id": customer.id}
        requests = list(Request.objects.filter(**mine).values_list("id", flat=True))
        in_hand = Request.objects.filter(**mine, state__in=("open", "confirmed"))
        if Contract.objects.filter(**mine, status="active").exists() or in_hand.exists():
            raise ErasureRefusedError
        _empty_customer(customer)
        _empty_contracts(mine)
        _empty_requests(workspace.id, requests)
        inquiries = list(Inquiry.objects.filter(**mine).values_list("id", flat=True))
        Inquiry.objects.filter(**mine).update(question="", answer="")
        Touchpoint.objects.filter(**mine).update(summary="", outside_protocol="")
        CustomerAccess.objects.filter(**mine).delete()
        streams = [customer.id, *requests, *inquiries]
        shredded = sum(_shred(workspace.id, stream) for stream in streams)
        ledger.append_next(CustomerErased(), workspace_id=workspace.id, stream=customer.id, actor=actor)
        return shredded


def _empty_customer(customer: Customer) -> None:
    for field in ("name", "name_folded", "document", "document_kind", "email", "phone", "address"):
        setattr(customer, field, "")
    customer.document_hash = customer.email_hash = customer.phone_hash = None
    customer.external_id = None
    customer.attributes, customer.contact_preferences = {}, {}
    customer.erased_at = clock.now()
    customer.save()
    AuthorisedContact.objects.filter(customer_id=customer.id).delete()
    ImportRow.objects.filter(target_id=customer.id).update(raw="", before="")


def _empty_contracts(mine: dict[str, UUID]) -> None:
    Contract.objects.filter(**mine).update(address="", attributes={}, open_charges=[])


def _empty_requests(workspace_id: UUID, requests: list[UUID]) -> None:
    here = {"workspace_id": workspace_id, "request_id__in": requests}
    Request.objects.filter(workspace_id=workspace_id, id__in=requests).update(
        declaration="",
        free_text="",
        expected="",
        would_have_kept="",
        personal_snapshot="",
        name_folded="",
        declared_evidence={},
        custom={},
    )
    Requester.objects.filter(**here).update(
        name="", document="", contact="", contract_hint="", authority_evidence=""
    )
    Note.objects.filter(**here).update(text="")
    Receipt.objects.filter(**here).update(payload="")
    ManualTask.objects.filter(**here).update(evidence="", facts={})
    Touchpoint.objects.filter(**here).update(summary="")
    ImportRow.objects.filter(workspace_id=workspace_id, target_id__in=requests).update(raw="", before="")


def _shred(workspace_id: UUID, stream: UUID) -> int:
    with_detail = [e.id for e in ledger.entries_of(workspace_id, stream) if e.commitment is not None]
    return ledger.shred(workspace_id, with_detail)
