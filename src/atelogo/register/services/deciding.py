"""The customer's word: confirming, staying, taking back, and what follows when time passes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.events.catalogue.register import (
    FeeDisputed,
    RequestCompleted,
    RequestConfirmed,
    RequestLapsed,
    RequestUndone,
    RequestWithdrawn,
)
from atelogo.register.domain.deadlines import EffectiveChoice, Windows, stop_due_at, undo_is_open, undo_until
from atelogo.register.domain.fees import FeeState, dispute
from atelogo.register.domain.status import Verb
from atelogo.register.errors import NotIdentifiedError, UndoWindowClosedError
from atelogo.register.models import EquipmentReturn, Request, Requester, RequestItem
from atelogo.register.services import billing_orders, contract_ends, receipts
from atelogo.register.services.consequences import Ending, ending_of
from atelogo.register.services.joining import MORE_TASK
from atelogo.register.services.manual_tasks import open_task, task_close_all
from atelogo.register.services.opening import (
    Declaration,
    Draft,
    Opened,
    draft_request,
    insert_request,
    join_request,
    opened_of,
    opening_detail,
    opening_event,
)
from atelogo.register.services.recording import moment_after, record, request_locked, save, step
from atelogo.register.services.subjects import Subject, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

# Opened, confirmed, receipt issued.
_FACTS_OF_DECLARING = 3
# A disputed or unknown fee is answered by a person within this many days (a parameter, not law).
FEE_ANSWER_DAYS = 7
_CONFIRMED_FIELDS = (
    "state",
    "confirmed_at",
    "requested_at",
    "declared_at",
    "effective_choice",
    "effective_at",
    "effective_on",
    "stop_due_at",
    "undo_until",
    "fee_state",
    "fee_minor",
    "fee_parts",
    "fee_dispute",
    "fee_answer_due_on",
    "next_step",
    "due_at",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the customer chose when confirming: the last day, and whether the fee is disputed (and why).

    ``dispute`` is one of not_working, no_coverage, within_seven_days, never_installed, not_accepted.
    """

    when: EffectiveChoice = EffectiveChoice.NOW
    on: date | None = None
    dispute: str = ""


def request_declare(
    *, workspace: WorkspaceInfo, actor: Actor, declaration: Declaration, choice: Choice | None = None
) -> Opened:
    """Open and confirm in one act: the plain way out.

    Promises what :func:`request_open` and :func:`request_confirm` promise, in one transaction. When an
    active request is already there it is joined, and confirmed if it was still open. A requester whose
    authority must be checked gets an open request: only the effect waits.
    """
    wanted = choice or Choice()
    with transaction.atomic(), ledger.together():
        draft = draft_request(workspace, actor, declaration)
        waits = draft.requester is not None and draft.requester.authority_state == "pending"
        ending = None if waits else _decide(draft, wanted)
        # The row goes in with the number of facts that a plain way out appends, and is not written again.
        draft.request.last_seq = planned = 0 if waits else _FACTS_OF_DECLARING
        winner = insert_request(draft)
        draft.request.last_seq = 0
        if winner is not None:
            joined = join_request(winner, draft, actor, declaration)
            if winner.state == "open" and not waits:
                _confirm(workspace, winner, actor, wanted)
                return opened_of(winner, joined=True)
            return joined
        record(draft.request, opening_event(draft), actor=actor, personal=opening_detail(draft))
        if ending is None:
            open_task(draft.request, "check_authority", due_at=draft.request.due_at, actor=actor)
        else:
            _after_confirming(workspace, draft.request, draft.subject, actor, items=draft.items)
        if draft.request.last_seq != planned:
            save(draft.request)
        return opened_of(draft.request, joined=False)


def request_confirm(
    *, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, choice: Choice | None = None
) -> Opened:
    """Take the customer's word as final: legal effect, receipt, order to billing.

    Confirming what is confirmed already changes nothing and answers alike (double click). Refuses a request
    that has ended (:class:`RequestTransitionError`) and a bad date (:class:`EffectiveDateError`). Debt,
    equipment, a missing reason or an unknown contract are no obstacles. Emits ``request.confirmed``.
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if request.state in {"confirmed", "completed"}:
            return opened_of(request, joined=True)
        _confirm(workspace, request, actor, choice or Choice())
        return opened_of(request, joined=False)


def _confirm(workspace: WorkspaceInfo, request: Request, actor: Actor, choice: Choice) -> None:
    subject = subject_of(workspace, request.customer_id, request.contract_id, ())
    windows = Windows(**request.applied)
    _decide(Draft(request, subject, [], None, windows, workspace), choice)
    # The holder's own word, or accepted authority, answers the question that a person was checking.
    task_close_all(request, ("check_authority",), outcome="confirmed", actor=actor)
    Requester.objects.filter(request_id=request.id, authority_state="pending").update(
        authority_state="not_needed"
    )
    _after_confirming(workspace, request, subject, actor)
    save(request, *_CONFIRMED_FIELDS)


def _decide(draft: Draft, choice: Choice) -> Ending:
    """Write the confirmation into the row in memory: state, times, effective date, fee, next step."""
    request = draft.request
    step(request, Verb.CONFIRM)
    request.confirmed_at = moment_after(request, request.declared_at)
    request.declared_at = request.declared_at or request.confirmed_at
    request.requested_at = min(request.requested_at or request.confirmed_at, request.confirmed_at)
    ending = ending_of(
        draft.workspace,
        draft.subject.contract,
        choice=choice.when,
        chosen=choice.on,
        confirmed_at=request.confirmed_at,
    )
    if choice.dispute:
        ending = replace(ending, fee=dispute(ending.fee))
        request.fee_dispute = choice.dispute if ending.fee.state is FeeState.DISPUTED else ""
    request.effective_choice, request.effective_on = ending.choice.value, ending.last_day
    request.effective_at = ending.at
    request.stop_due_at = stop_due_at(request.requested_at, draft.windows)
    request.undo_until = undo_until(request.confirmed_at, draft.windows)
    request.fee_state, request.fee_minor = ending.fee.state.value, ending.fee.amount_minor
    request.fee_parts = {
        "benefit_minor": ending.fee.benefit_minor,
        "months_left": ending.fee.months_left,
        "months_total": ending.fee.months_total,
    }
    if ending.fee.state in {FeeState.CHECKING, FeeState.DISPUTED}:
        request.fee_answer_due_on = clock.today(draft.workspace.timezone) + timedelta(days=FEE_ANSWER_DAYS)
    request.next_step = "identify" if request.contract_id is None else "billing_stop"
    request.due_at = request.stop_due_at
    return ending


def _after_confirming(
    workspace: WorkspaceInfo,
    request: Request,
    subject: Subject,
    actor: Actor,
    *,
    items: Sequence[RequestItem] | None = None,
) -> None:
    """Append the events of the confirmation and put on the outbox what is owed to customer and billing."""
    # A customer reads the receipt in the page's language; the language of staff is no hint.
    locale = get_language() if actor.kind == "customer" else None
    payload = receipts.payload_of(workspace, request, subject, kind="confirmed", items=items, locale=locale)
    entry_id = record(request, _confirmed_event(request), actor=actor, personal={"receipt": payload})
    receipts.receipt_issue(request, kind="confirmed", entry_id=entry_id, payload=payload, actor=actor)
    if request.fee_dispute:
        record(
            request,
            FeeDisputed(why=request.fee_dispute, answer_due_on=_due_day(request)),
            actor=actor,
        )
    if request.fee_state in {"checking", "disputed"} and request.contract_id is not None:
        open_task(
            request,
            "answer_fee",
            due_at=request.confirmed_at + timedelta(days=FEE_ANSWER_DAYS),
            actor=actor,
        )
    billing_orders.order_cancel(workspace, request)


def _due_day(request: Request) -> date:
    return request.fee_answer_due_on or clock.now().date()


def _confirmed_event(request: Request) -> RequestConfirmed:
    return RequestConfirmed(
        protocol=request.protocol,
        confirmed_at=_known(request.confirmed_at),
        requested_at=_known(request.requested_at),
        effective_choice=request.effective_choice,
        effective_at=_known(request.effective_at),
        stop_due_at=_known(request.stop_due_at),
        undo_until=_known(request.undo_until),
        fee_state=request.fee_state,
        fee_minor=request.fee_minor,
    )


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        msg = "a confirmed request has all its times"
        raise ValueError(msg)
    return moment


def request_withdraw(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, why: str) -> None:
    """The customer explicitly stays. Only from ``open``; emits ``request.withdrawn``."""
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        step(request, Verb.WITHDRAW)
        request.ended_at = moment_after(request)
        request.next_step, request.due_at = "", None
        task_close_all(request, ("check_authority", "identify"), outcome="withdrawn", actor=actor)
        record(request, RequestWithdrawn(why=why), actor=actor)
        save(request, "state", "ended_at", "next_step", "due_at")


def request_complete(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    stopped_at: datetime | None = None,
    reference: str = "",
) -> bool:
    """Billing confirmed that the charge stops: end the contract's lines, issue the second receipt.

    Completing twice changes nothing and returns False. A request that was undone, merged or voided in the
    meantime is left alone and returns False: the answer to the order comes too late to count. A declaration
    that nobody matched yet is refused (:class:`NotIdentifiedError`): there is nothing to stop.
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if request.state != "confirmed":
            return False
        if request.contract_id is None:
            raise NotIdentifiedError
        step(request, Verb.COMPLETE)
        request.completed_at = moment_after(request, request.confirmed_at)
        request.billing_stopped_at = _believable(stopped_at, request)
        request.flags = billing_orders.with_flag(request.flags, billing_orders.TOLD)
        request.processed_at = request.processed_at or request.completed_at
        request.next_step, request.due_at = "", None
        task_close_all(request, ("billing_stop", "billing_refused"), outcome="completed", actor=actor)
        contract_ends.end_lines(request)
        _record_completion(workspace, request, actor, reference)
        save(
            request,
            "state",
            "completed_at",
            "billing_stopped_at",
            "processed_at",
            "next_step",
            "due_at",
            "flags",
        )
        return True


def _record_completion(workspace: WorkspaceInfo, request: Request, actor: Actor, reference: str) -> None:
    subject = subject_of(workspace, request.customer_id, request.contract_id, ())
    payload = receipts.payload_of(workspace, request, subject, kind="completed")
    event = RequestCompleted(
        protocol=request.protocol,
        billing_stopped_at=_known(request.billing_stopped_at),
        by=actor.kind,
        reference=reference,
    )
    entry_id = record(request, event, actor=actor, personal={"receipt": payload})
    receipts.receipt_issue(request, kind="completed", entry_id=entry_id, payload=payload, actor=actor)


def _believable(stopped_at: datetime | None, request: Request) -> datetime:
    """Return the stop's own time, or now where it lies before any wish or after both now and the last day."""
    now = request.completed_at or clock.now()
    latest = max(now, request.effective_at or now)
    earliest = (request.requested_at or now) - timedelta(days=366)
    return stopped_at if stopped_at is not None and earliest <= stopped_at <= latest else now


def request_undo(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID) -> None:
    """Take a cancellation back inside its window; emits ``request.undone``.

    Undoing twice changes nothing. After the window: :class:`UndoWindowClosedError`. The contract is active
    again at once; billing is told to resume, by a person's task where the adapter cannot.
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if request.state == "undone":
            return
        had_stopped = request.state == "completed"
        step(request, Verb.UNDO)
        if request.undo_until is None or not undo_is_open(clock.now(), request.undo_until):
            raise UndoWindowClosedError
        request.ended_at = moment_after(request, request.confirmed_at, request.completed_at)
        request.next_step, request.due_at = "", None
        task_close_all(
            request,
            ("billing_stop", "billing_refused", MORE_TASK, "answer_fee", "identify", "equipment_return"),
            outcome="undone",
            actor=actor,
        )
        EquipmentReturn.objects.filter(request_id=request.id, state="open").update(state="dropped")
        contract_ends.restore_lines(request)
        record(request, RequestUndone(billing_had_stopped=had_stopped), actor=actor)
        billing_orders.order_uncancel(workspace, request)
        save(request, "state", "ended_at", "next_step", "due_at")


def request_lapse(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID) -> None:
    """Close a request in which nothing was declared; one that was declared is confirmed instead.

    Never counted as saved. Emits ``request.lapsed`` or ``request.confirmed``. A declaration that waits for
    authority or for its customer is left to people: it neither lapses nor takes effect here.
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if request.state == "open" and request.declared_at is not None:
            waiting = Requester.objects.filter(request_id=request.id, authority_state="pending").exists()
            if not waiting:
                _confirm(workspace, request, actor, Choice())
            return
        step(request, Verb.LAPSE)
        request.ended_at = moment_after(request)
        request.next_step, request.due_at = "", None
        record(request, RequestLapsed(), actor=actor)
        save(request, "state", "ended_at", "next_step", "due_at")
