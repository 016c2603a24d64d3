"""What an undone batch leaves behind: contracts to reopen, and customers and contracts that nobody needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet, Sum

from atelogo.register.models import (
    AuthorisedContact,
    Contract,
    ContractLine,
    Customer,
    Equipment,
    ImportBatch,
    Request,
    RequestItem,
)
from atelogo.register.services.imports.loading import found, key_text, uuid_of

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_STANDING = ("open", "confirmed", "completed")


def contracts_reopen(workspace: WorkspaceInfo, batch: ImportBatch, request_ids: Collection[UUID]) -> None:
    """Give back the contracts and lines that these requests of the batch ended.

    A contract that another request ended too stays ended, on that request's day.
    """
    items = RequestItem.objects.filter(
        workspace_id=workspace.id, request_id__in=request_ids, outcome="cancelled"
    )
    ended = set(items.values_list("request__contract_id", flat=True)) - {None}
    if not ended:
        return
    others = (
        Request.objects.filter(workspace_id=workspace.id, contract_id__in=ended, state__in=_STANDING)
        .exclude(batch_id=batch.id)
        .values_list("contract_id")
        .annotate(day=Max("effective_on"))
    )
    kept = dict(others)
    lines = set(items.values_list("line_id", flat=True)) - {None}
    ContractLine.objects.filter(workspace_id=workspace.id, id__in=lines).exclude(contract_id__in=kept).update(
        status="active"
    )
    for contract, day in kept.items():
        Contract.objects.filter(workspace_id=workspace.id, id=contract).update(ended_on=day)
    free = Contract.objects.filter(workspace_id=workspace.id, id__in=ended - set(kept))
    free.update(status="active", end_kind="", ended_on=None)
    sums = (
        ContractLine.objects.filter(
            workspace_id=workspace.id, contract_id__in=ended - set(kept), status="active"
        )
        .values_list("contract_id")
        .annotate(total=Sum("amount_minor"))
    )
    stored = dict(free.values_list("id", "amount_minor"))
    for contract, total in sums:
        if stored.get(contract) != total:
            Contract.objects.filter(workspace_id=workspace.id, id=contract).update(amount_minor=total)


def unneeded_customers(
    workspace: WorkspaceInfo, batch: ImportBatch, customers: Collection[UUID]
) -> set[UUID]:
    """Return those of the customers that the batch made and only its own requests name."""
    made = Customer.objects.filter(workspace_id=workspace.id, batch_id=batch.id, id__in=customers)
    keys = {key_text(key) for key in made.values_list("id", flat=True)}
    return {uuid_of(key) for key in keys - _named(_CUSTOMER_NAMED, keys, batch)}


def leftovers_delete(workspace: WorkspaceInfo, batch: ImportBatch, at_once: int, done: Counter[str]) -> int:
    """Delete contracts, then customers, that the batch made and nothing names; return how many were settled.

    What something names stays, and no longer counts as the batch's. ``done`` gets deleted and kept.
    """
    with transaction.atomic():
        made = Contract.objects.filter(workspace_id=workspace.id, batch_id=batch.id).order_by("id")
        if contracts := _some(made, at_once):
            free = contracts - _named(_CONTRACT_NAMED, contracts, batch)
            for child in (Equipment, ContractLine):
                _drop(
                    child.objects.filter(workspace_id=workspace.id, contract_id__in=list(map(uuid_of, free)))
                )
            _settle(Contract.objects.filter(workspace_id=workspace.id), contracts, free, done)
            return len(contracts)
        people = Customer.objects.filter(workspace_id=workspace.id, batch_id=batch.id).order_by("id")
        customers = _some(people, at_once)
        free = customers - _named((*_CUSTOMER_NAMED, _ANY_REQUEST), customers, batch)
        contacts = AuthorisedContact.objects.filter(workspace_id=workspace.id)
        _drop(contacts.filter(customer_id__in=list(map(uuid_of, free))))
        _settle(Customer.objects.filter(workspace_id=workspace.id), customers, free, done)
    return len(customers)


# Where a row is named, by queries that each go by one index: ids are unique over all workspaces.
_OTHERS = "(batch_id IS NULL OR batch_id <> %s OR state NOT IN ('completed', 'voided'))"
_ANY_REQUEST = ("SELECT customer_id FROM register_request WHERE customer_id", False)
_CUSTOMER_NAMED = (
    (f"SELECT customer_id FROM register_request WHERE {_OTHERS} AND customer_id", True),  # noqa: S608 - ours
    ("SELECT customer_id FROM register_contract WHERE customer_id", False),
    ("SELECT branch_id FROM register_contractline WHERE branch_id", False),
    ("SELECT parent_id FROM register_customer WHERE parent_id", False),
    ("SELECT customer_id FROM register_inquiry WHERE customer_id", False),
    ("SELECT customer_id FROM register_customeraccess WHERE customer_id", False),
    ("SELECT customer_id FROM register_touchpoint WHERE actor_kind <> 'import' AND customer_id", False),
)
_RETURNED = (
    "SELECT e.contract_id FROM register_equipment e"
    " JOIN register_equipmentreturn r ON r.equipment_id = e.id WHERE e.contract_id"
)
_CONTRACT_NAMED = (
    ("SELECT contract_id FROM register_request WHERE contract_id", False),
    ("SELECT contract_id FROM register_inquiry WHERE contract_id", False),
    ("SELECT contract_id FROM register_touchpoint WHERE contract_id", False),
    ("SELECT contract_id FROM register_customeraccess WHERE contract_id", False),
    ("SELECT successor_id FROM register_contract WHERE successor_id", False),
    (_RETURNED, False),
)


def _named(where: Collection[tuple[str, bool]], keys: Collection[str], batch: ImportBatch) -> set[str]:
    named: set[str] = set()
    for select, by_batch in where:
        before = [key_text(batch.id)] if by_batch else []
        named |= {key for (key,) in found(select, keys, kind="uuid", before=before)}
    return named


def _some(rows: QuerySet[Any], at_once: int) -> set[str]:
    return {key_text(key) for key in rows.values_list("id", flat=True)[:at_once]}


def _settle(rows: QuerySet[Any], made: set[str], free: set[str], done: Counter[str]) -> None:
    """Delete what is free; the rest is no batch's any more, so that the next look does not meet it again."""
    _drop(rows.filter(id__in=list(map(uuid_of, free))))
    rows.filter(id__in=list(map(uuid_of, made - free))).update(batch_id=None)
    done["deleted"] += len(free)
    done["kept"] += len(made) - len(free)


def _drop(rows: QuerySet[Any]) -> None:
    """Delete without reading: nothing hangs on these rows that was not looked at."""
    rows._raw_delete(rows.db)  # noqa: SLF001 - Django's own fast path
