"""Orders to billing: put on the outbox with the fact, carried out by the worker, answered, made a task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from atelogo.core import clock, registry
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingState,
    CancelOrder,
    CancelWhen,
    SubscriptionRef,
)
from atelogo.events import outbox
from atelogo.events.catalogue.register import BillingAsked
from atelogo.events.ledger import SYSTEM, Actor
from atelogo.register.models import Contract, ContractLine, ManualTask, Request, RequestItem
from atelogo.register.services.manual_tasks import open_task
from atelogo.register.services.recording import record, request_locked, save

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.core.ports.billing import BillingPort

CANCEL_TASK, UNCANCEL_TASK = "register.billing_cancel", "register.billing_uncancel"
# Marks of a request whose stop billing has taken in, or may have (the call was begun and its end is not
# known): only then is there something to take back.
TOLD, ASKED = "billing_told", "billing_asked"
# A stop that is not confirmed this long before its deadline goes to a person.
_RESERVE = timedelta(hours=12)


def order_cancel(workspace: WorkspaceInfo, request: Request) -> None:
    """Owe billing the stop of a confirmed request whose contract is known (in the caller's transaction)."""
    if request.contract_id is not None:
        _order(workspace, request, CANCEL_TASK, "cancel")


def with_flag(flags: Sequence[str], flag: str) -> list[str]:
    """Return the flags with ``flag`` among them, once."""
    return [*flags] if flag in flags else [*flags, flag]


def order_uncancel(workspace: WorkspaceInfo, request: Request) -> None:
    """Owe billing the word that a stop which may have reached it no longer holds."""
    if request.contract_id is not None:
        _order(workspace, request, UNCANCEL_TASK, "uncancel")


def _order(workspace: WorkspaceInfo, request: Request, task: str, verb: str) -> None:
    outbox.enqueue(
        task,
        workspace_id=workspace.id,
        payload={"request": str(request.id)},
        key=f"{verb}:{request.id}",
    )


def billing_call(*, workspace: WorkspaceInfo, request_id: UUID, verb: str, key: str) -> BillingState | None:
    """Carry out one order (verb cancel or uncancel) and record billing's answer.

    Returns ``None`` when the order lost its object (undone before it was sent, say): nothing is called.
    Raises :class:`BillingUnavailableError` when billing did not answer: the outbox tries again.
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if not _still_wanted(request, verb):
            _take_back_late(workspace, request, verb)
            return None
        order = _order_of(request, key)
        port = port_of(workspace, request)
        asked_before = ASKED in request.flags
        if verb == "cancel" and not asked_before:
            request.flags = [*request.flags, ASKED]
            save(request, "flags")
    # Outside any transaction: an outside system may be slow, and the order is idempotent under its key.
    call = port.subscription_cancel if verb == "cancel" else port.subscription_uncancel
    answer = call(order)
    with transaction.atomic():
        if verb == "cancel" and not asked_before:
            _asked_no_more(workspace, request_id)
        billing_answered(
            workspace=workspace, request_id=request_id, verb=verb, answer=answer, adapter=port.name
        )
    return answer.state


def _asked_no_more(workspace: WorkspaceInfo, request_id: UUID) -> None:
    """Forget that an answer was missing: it has come. After an earlier call without one the mark stays."""
    request = request_locked(workspace, request_id)
    request.flags = [flag for flag in request.flags if flag != ASKED]
    save(request, "flags")


def _take_back_late(workspace: WorkspaceInfo, request: Request, verb: str) -> None:
    """Tell billing that a stop which it may have taken in meanwhile no longer holds."""
    if verb == "cancel" and request.state in {"undone", "voided"} and {TOLD, ASKED} & set(request.flags):
        outbox.enqueue(
            UNCANCEL_TASK,
            workspace_id=workspace.id,
            payload={"request": str(request.id)},
            key=f"uncancel:{request.id}:late",
        )


def port_of(workspace: WorkspaceInfo, request: Request) -> BillingPort:
    """Return the adapter for the request's contract: its own billing system, or the workspace's."""
    contract = Contract.objects.filter(id=request.contract_id).only("billing_system").first()
    named = contract.billing_system if contract is not None else ""
    known = registry.billing_names()
    return registry.billing_port(named if named in known else workspace.billing, workspace.id)


def _still_wanted(request: Request, verb: str) -> bool:
    if verb == "cancel":
        return request.state == "confirmed"
    return request.state in {"undone", "voided"} and bool({TOLD, ASKED} & set(request.flags))


def _order_of(request: Request, key: str) -> CancelOrder:
    contract = Contract.objects.only("billing_ref", "number").get(id=request.contract_id)
    lines = ContractLine.objects.filter(
        id__in=RequestItem.objects.filter(request_id=request.id).values("line_id")
    ).values_list("billing_ref", flat=True)
    when = CancelWhen(request.effective_choice or "now")
    return CancelOrder(
        request_id=request.id,
        protocol=request.protocol,
        subscription=SubscriptionRef(
            contract_id=contract.id,
            billing_ref=contract.billing_ref or contract.number or "",
            line_refs=tuple(ref for ref in lines if ref),
        ),
        when=when,
        on=request.effective_on,
        idempotency_key=key,
    )


def billing_answered(
    *,
    workspace: WorkspaceInfo,
    request_id: UUID,
    verb: str,
    answer: BillingAnswer,
    adapter: str,
    actor: Actor = SYSTEM,
) -> None:
    """Record billing's answer and do what follows: complete, wait, or give the step to a person.

    The answer may come from the call itself, a call-back or a person; a repeated one changes nothing.
    """
    from atelogo.register.services.deciding import request_complete  # noqa: PLC0415 - they decide each other

    with transaction.atomic():
        request = request_locked(workspace, request_id)
        request.processed_at = request.processed_at or clock.now()
        record(
            request,
            BillingAsked(
                verb=verb, adapter=adapter, answer=answer.state.value, reference=answer.reference[:80]
            ),
            actor=actor,
        )
        if verb == "cancel" and answer.state in {BillingState.DONE, BillingState.PENDING}:
            _told(workspace, request)
        elif answer.state in {BillingState.NEEDS_PERSON, BillingState.REFUSED}:
            _give_to_person(request, verb, answer, actor)
        save(request, "processed_at", "flags")
        if verb == "cancel" and answer.state is BillingState.DONE:
            request_complete(
                workspace=workspace,
                actor=Actor("billing", None) if actor.kind == "system" else actor,
                request_id=request_id,
                stopped_at=answer.stopped_at,
                reference=answer.reference,
            )


def _told(workspace: WorkspaceInfo, request: Request) -> None:
    if TOLD not in request.flags:
        request.flags = [*request.flags, TOLD]
    # Taken back while the order was on its way: the word that it no longer holds goes after it.
    _take_back_late(workspace, request, "cancel")


def _give_to_person(request: Request, verb: str, answer: BillingAnswer, actor: Actor) -> None:
    if verb == "cancel" and request.state != "confirmed":
        return
    kind = "billing_stop" if verb == "cancel" else "billing_resume"
    due = request.stop_due_at if verb == "cancel" else clock.now() + clock.DAY
    facts = {"reference": answer.reference, "refused": answer.state is BillingState.REFUSED}
    open_task(request, kind, due_at=due, actor=actor, steps=answer.steps, facts=facts)


def billing_gave_up(*, workspace: WorkspaceInfo, request_id: UUID, verb: str) -> None:
    """Give an order that billing never answered to a person, before its deadline."""
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        _take_back_late(workspace, request, verb)
        _give_to_person(request, verb, BillingAnswer(BillingState.NEEDS_PERSON), SYSTEM)
        save(request)


def late_stops(workspace: WorkspaceInfo, *, limit: int = 200) -> int:
    """Give every stop that nears its deadline unconfirmed to a person; return how many were given."""
    border = clock.now() + _RESERVE
    has_task = ManualTask.objects.filter(request_id=OuterRef("id"), kind="billing_stop", state="open")
    due = (
        Request.objects.filter(
            ~Exists(has_task),
            workspace_id=workspace.id,
            state="confirmed",
            stop_due_at__lte=border,
            contract__isnull=False,
        )
        .order_by("stop_due_at", "id")
        .values_list("id", flat=True)[:limit]
    )
    given = 0
    for request_id in list(due):
        with transaction.atomic():
            request = request_locked(workspace, request_id)
            if request.state == "confirmed" and open_task(
                request, "billing_stop", due_at=request.stop_due_at, actor=SYSTEM
            ):
                given += 1
                save(request)
    return given
