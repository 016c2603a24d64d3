"""What a completed, undone or voided request does to the contract and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.events.catalogue.register import ContractReturned, ContractSucceeded, RequestEndKindSet
from atelogo.register.errors import ContractNotFoundError
from atelogo.register.models import Contract, ContractLine, Request, RequestItem
from atelogo.register.services.manual_tasks import open_task
from atelogo.register.services.recording import record, save
from atelogo.register.services.subjects import CANCELLABLE

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor


def end_lines(request: Request) -> None:
    """End the lines that the request names, and the contract when none is left.

    Only part of a combo left: the contract goes on at the price of what remains.
    """
    items = RequestItem.objects.filter(request_id=request.id).exclude(outcome="added")
    items.update(outcome="cancelled")
    contract = Contract.objects.select_for_update(of=("self",)).filter(id=request.contract_id).first()
    if contract is None:
        return
    lines = ContractLine.objects.filter(contract_id=contract.id)
    named = items.filter(line__isnull=False).values("line_id")
    lines.filter(id__in=named, status__in=CANCELLABLE).update(status="ended")
    left = lines.filter(status__in=CANCELLABLE).aggregate(total=Sum("amount_minor"))["total"]
    if left is None:
        contract.status, contract.end_kind = "ended", request.end_kind
        contract.ended_on = request.effective_on
    else:
        contract.amount_minor = left
    contract.save(update_fields=["status", "end_kind", "ended_on", "amount_minor"])


def restore_lines(request: Request) -> None:
    """Give back what :func:`end_lines` ended: the customer stays with the same plan and price."""
    items = RequestItem.objects.filter(request_id=request.id)
    was_cancelled = items.filter(outcome="cancelled").exists()
    items.update(outcome="kept")
    if not was_cancelled:
        return
    contract = Contract.objects.select_for_update(of=("self",)).filter(id=request.contract_id).first()
    if contract is None:
        return
    lines = ContractLine.objects.filter(contract_id=contract.id)
    named = RequestItem.objects.filter(request_id=request.id, line__isnull=False).values("line_id")
    # What was suspended is given back suspended: undoing a cancellation switches nothing on.
    paused = lines.filter(id__in=request.snapshot.get("suspended", ())).filter(id__in=named, status="ended")
    paused.update(status="suspended")
    lines.filter(id__in=named, status="ended").update(status="active")
    was_suspended = request.snapshot.get("status") == "suspended"
    contract.status = "suspended" if was_suspended else "active"
    contract.end_kind, contract.ended_on = "", None
    total = lines.filter(status__in=CANCELLABLE).aggregate(total=Sum("amount_minor"))["total"]
    contract.amount_minor = contract.amount_minor if total is None else total
    contract.save(update_fields=["status", "end_kind", "ended_on", "amount_minor"])


def contract_return(
    *, workspace: WorkspaceInfo, actor: Actor, contract_id: UUID, request_id: UUID | None = None
) -> None:
    """Reopen an ended contract because the customer came back; past churn does not change.

    Only what its last cancellation ended comes back, at the price of the lines that then run; what left
    earlier stays away. A person gets the step of charging again. Emits ``contract.returned``. A contract
    that is not ended is left as it is.
    """
    with transaction.atomic():
        # Request before contract, as every other writer of both takes them: two at once never wait in a ring.
        ending = _ending_locked(workspace, contract_id, ("completed",))
        contract = _contract_locked(workspace, contract_id)
        if contract.status != "ended":
            return
        contract.status, contract.end_kind, contract.ended_on = "active", "", None
        contract.returned_at = clock.now()
        _revive_lines(contract, ending)
        contract.save(update_fields=["status", "end_kind", "ended_on", "returned_at", "amount_minor"])
        ledger.append_next(
            ContractReturned(contract=contract.id, request=request_id),
            workspace_id=workspace.id,
            stream=contract.id,
            actor=actor,
        )
        if ending is not None:
            open_task(ending, "billing_resume", due_at=clock.now() + clock.DAY, actor=actor)
            save(ending)


def _revive_lines(contract: Contract, ending: Request | None) -> None:
    """Switch on what the last ending switched off, and reckon the contract's amount anew.

    Lines that no request names (the file told only of the contract's end) come back with it.
    """
    lines = ContractLine.objects.filter(contract_id=contract.id)
    cancelled = RequestItem.objects.filter(
        request__contract_id=contract.id, outcome="cancelled", line__isnull=False
    )
    earlier = set(cancelled.exclude(request=ending).values_list("line_id", flat=True))
    if ending is not None:
        earlier -= set(cancelled.filter(request=ending).values_list("line_id", flat=True))
    lines.filter(status="ended").exclude(id__in=earlier).update(status="active")
    total = lines.filter(status__in=CANCELLABLE).aggregate(total=Sum("amount_minor"))["total"]
    contract.amount_minor = contract.amount_minor if total is None else total


def contract_succeed(
    *, workspace: WorkspaceInfo, actor: Actor, contract_id: UUID, successor_id: UUID
) -> None:
    """Say that a contract goes on under another one (holder, address, plan): its end is administrative.

    Such an end is outside churn and reasons, and so is the request that ended it. Emits
    ``contract.succeeded`` and, for that request, ``request.end_kind_set``.
    """
    with transaction.atomic():
        ending = _ending_locked(workspace, contract_id, ("completed", "confirmed"))
        contract = _contract_locked(workspace, contract_id)
        successor = _contract_locked(workspace, successor_id)
        contract.successor_id, contract.end_kind = successor.id, "administrative"
        contract.status = "ended"
        contract.ended_on = contract.ended_on or successor.started_on or clock.today(workspace.timezone)
        contract.save(update_fields=["successor", "end_kind", "status", "ended_on"])
        ledger.append_next(
            ContractSucceeded(contract=contract.id, successor=successor.id),
            workspace_id=workspace.id,
            stream=contract.id,
            actor=actor,
        )
        if ending is not None and ending.end_kind != "administrative":
            ending.end_kind = "administrative"
            record(ending, RequestEndKindSet(end_kind=ending.end_kind), actor=actor)
            save(ending, "end_kind")


def _ending_locked(workspace: WorkspaceInfo, contract_id: UUID, states: tuple[str, ...]) -> Request | None:
    """Return the contract's last request in one of ``states``, locked; imported ones have a day only."""
    found: Request | None = (
        Request.objects.select_for_update(of=("self",))
        .filter(workspace_id=workspace.id, contract_id=contract_id, state__in=states)
        .order_by(F("effective_on").desc(nulls_last=True), "-recorded_at", "-id")
        .first()
    )
    return found


def _contract_locked(workspace: WorkspaceInfo, contract_id: UUID) -> Contract:
    contract = (
        Contract.objects.select_for_update(of=("self",))
        .filter(workspace_id=workspace.id, id=contract_id)
        .first()
    )
    if contract is None:
        raise ContractNotFoundError
    return contract  # type: ignore[no-any-return]
