"""Putting right: matching a declaration, deciding authority, joining duplicates, voiding, correcting."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from atelogo.core import clock
from atelogo.events import outbox
from atelogo.events.catalogue.register import (
    AuthorityDecided,
    RequestCorrected,
    RequestIdentified,
    RequestMerged,
    RequestVoided,
)
from atelogo.register.domain.deadlines import Windows, stop_due_at
from atelogo.register.domain.status import ACTIVE, Verb
from atelogo.register.errors import (
    ExplanationRequiredError,
    MergeRefusedError,
    NotCorrectableError,
    RequestNotFoundError,
    RequestTransitionError,
)
from atelogo.register.models import EquipmentReturn, Request, Requester, RequestItem
from atelogo.register.services import billing_orders, contract_ends, subjects
from atelogo.register.services.custom_values import custom_corrected
from atelogo.register.services.deciding import request_confirm
from atelogo.register.services.joining import MORE_TASK, wish_join
from atelogo.register.services.manual_tasks import task_close_all
from atelogo.register.services.recording import moment_after, record, request_locked, save, step

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_LEAST_WORDS = 3
ASK_HOLDER_TASK = "register.ask_holder"
OPEN_TASKS = (
    "billing_stop",
    "billing_refused",
    MORE_TASK,
    "answer_fee",
    "identify",
    "check_authority",
    "equipment_return",
)
# Corrected values that identify nobody: the ledger's body may repeat them.
_PLAIN_VALUES = ("mrr_minor", "fee_minor", "refund_minor", "effective_on", "declared_at")
_IDENTITY_FIELDS = (
    "customer",
    "contract",
    "identity",
    "currency",
    "mrr_minor",
    "product_name",
    "plan_name",
    "city",
    "region",
    "name_folded",
    "snapshot",
    "personal_snapshot",
    "next_step",
    "due_at",
)


def request_identify(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    customer_id: UUID,
    contract_id: UUID | None,
) -> UUID:
    """Match a declaration to its customer and contract; its first times stay.

    Returns the id of the request that stands afterwards: when the contract has an active request already,
    this one is merged into it, with its lines, and its final word stays final. Billing is told now if the
    request was confirmed. Emits ``request.identified``.
    """
    for last in (False, True):
        try:
            with transaction.atomic():
                return _identify(workspace, actor, request_id, customer_id, contract_id)
        except IntegrityError:
            # A request for the contract came in between the look and the write: now it is seen.
            if last:
                raise
    raise RequestNotFoundError


def _identify(
    workspace: WorkspaceInfo, actor: Actor, request_id: UUID, customer_id: UUID, contract_id: UUID | None
) -> UUID:
    request = request_locked(workspace, request_id)
    if request.contract_id is not None or request.state not in {"open", "confirmed"}:
        raise RequestTransitionError(state=request.state)
    subject = subjects.subject_of(workspace, customer_id, contract_id, ())
    standing = _active_of(workspace, contract_id, request)
    subjects.describe(request, subject)
    items = subjects.items_of(request, subject)
    if standing is not None:
        request.contract_id = None
    elif request.state == "confirmed":
        request.next_step, request.due_at = "billing_stop", request.stop_due_at
    elif request.next_step == "identify":
        request.next_step, request.due_at = "conclude", request.lapse_at
    request.identity = "agent" if request.identity == "unverified" else request.identity
    if standing is None:
        RequestItem.objects.bulk_create(items)
    event = RequestIdentified(
        customer=customer_id,
        contract=request.contract_id,
        currency=request.currency,
        mrr_minor=request.mrr_minor,
    )
    record(request, event, actor=actor)
    task_close_all(request, ("identify",), outcome="identified", actor=actor)
    if request.state == "confirmed":
        billing_orders.order_cancel(workspace, request)
    save(request, *_IDENTITY_FIELDS)
    if standing is None:
        return request.id
    _merge(workspace, actor, request.id, standing.id, items)
    return standing.id


def _active_of(workspace: WorkspaceInfo, contract_id: UUID | None, request: Request) -> Request | None:
    if contract_id is None:
        return None
    return (
        Request.objects.filter(
            workspace_id=workspace.id, contract_id=contract_id, state__in=[s.value for s in ACTIVE]
        )
        .exclude(id=request.id)
        .first()
    )


def authority_decide(
    *, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, accepted: bool, evidence: str
) -> None:
    """Decide whether the requester may act for the holder; accepted words take effect from their own date.

    Not accepted: the request stays open and the holder is asked; it is never refused unheard. Emits
    ``request.authority_decided``.
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        who = Requester.objects.select_for_update(of=("self",)).filter(request_id=request.id).first()
        if request.state != "open" or who is None or who.authority_state != "pending":
            raise RequestTransitionError(state=request.state)
        _said(evidence)
        who.authority_state = "accepted" if accepted else "refused"
        who.authority_evidence, who.checked_by, who.checked_at = evidence, actor.id, clock.now()
        who.save(update_fields=["authority_state", "authority_evidence", "checked_by", "checked_at"])
        task_close_all(request, ("check_authority",), outcome=who.authority_state, actor=actor)
        record(
            request,
            AuthorityDecided(accepted=accepted, relation=who.relation),
            actor=actor,
            personal={"evidence": evidence},
        )
        request.next_step = "conclude" if accepted else "ask_holder"
        save(request, "next_step")
        if accepted:
            request_confirm(workspace=workspace, actor=actor, request_id=request_id)
        elif request.customer_id is not None:
            # Never refused unheard: the holder is asked on the contact on file.
            outbox.enqueue(
                ASK_HOLDER_TASK,
                workspace_id=workspace.id,
                payload={"request": str(request.id)},
                key=f"ask_holder:{request.id}",
            )


def request_merge(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, into_id: UUID) -> None:
    """Join a duplicate found later into the request that stands; the earlier declaration counts.

    Its lines and its final word go along: a confirmed wish merged into an open request confirms that one.
    Emits ``request.merged``. Refuses a request with itself, one that has ended, and requests of different
    customers or contracts (:class:`MergeRefusedError`).
    """
    if request_id == into_id:
        raise MergeRefusedError
    with transaction.atomic():
        _merge(workspace, actor, request_id, into_id, ())


def _merge(
    workspace: WorkspaceInfo, actor: Actor, request_id: UUID, into_id: UUID, items: Sequence[RequestItem]
) -> None:
    first, second = sorted((request_id, into_id))
    taken = {first: request_locked(workspace, first), second: request_locked(workspace, second)}
    request, into = taken[request_id], taken[into_id]
    if into.state not in {"open", "confirmed", "completed"} or _different(request, into):
        raise MergeRefusedError
    was_final = request.state in {"confirmed", "completed"}
    step(request, Verb.MERGE)
    request.merged_into_id, request.ended_at = into.id, moment_after(request)
    request.next_step, request.due_at = "", None
    task_close_all(request, OPEN_TASKS, outcome="merged", actor=actor)
    record(request, RequestMerged(into=into.id), actor=actor)
    save(request, "state", "merged_into", "ended_at", "next_step", "due_at")
    lines = list(items) or [_copied(item) for item in RequestItem.objects.filter(request_id=request.id)]
    wish_join(into, actor=actor, channel=request.channel, items=lines, declared_at=request.requested_at)
    if was_final and into.state == "open":
        request_confirm(workspace=workspace, actor=actor, request_id=into.id)


def _different(request: Request, into: Request) -> bool:
    """Whether the two are known to be about different customers or contracts."""
    return any(
        mine is not None and theirs is not None and mine != theirs
        for mine, theirs in (
            (request.customer_id, into.customer_id),
            (request.contract_id, into.contract_id),
        )
    )


def _copied(item: RequestItem) -> RequestItem:
    return RequestItem(
        workspace_id=item.workspace_id,
        line_id=item.line_id,
        label=item.label,
        amount_minor=item.amount_minor,
    )


def request_void(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, why: str) -> None:
    """Take a request of the wrong customer, or a fraud, out of every figure: a supervisor's act.

    ``why`` is kept as personal detail. Billing is told to resume when it had been told to stop. Emits
    ``request.voided``.
    """
    _said(why)
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        had_stopped = request.state == "completed"
        step(request, Verb.VOID)
        request.ended_at = moment_after(request, request.confirmed_at, request.completed_at)
        request.next_step, request.due_at = "", None
        task_close_all(request, OPEN_TASKS, outcome="voided", actor=actor)
        EquipmentReturn.objects.filter(request_id=request.id, state="open").update(state="dropped")
        contract_ends.restore_lines(request)
        record(
            request,
            RequestVoided(why="supervisor", billing_had_stopped=had_stopped),
            actor=actor,
            personal={"why": why},
        )
        billing_orders.order_uncancel(workspace, request)
        save(request, "state", "ended_at", "next_step", "due_at")


def _said(words: str) -> None:
    if len(words.strip()) < _LEAST_WORDS:
        raise ExplanationRequiredError


def _date_or_none(value: Any) -> date | None:  # noqa: ANN401 - a form's or a program's value
    if value in {None, ""}:
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _moment(value: Any) -> datetime:  # noqa: ANN401 - a form's or a program's value
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        msg = "needs a time zone"
        raise ValueError(msg)
    return min(moment, clock.now())


def _minor(value: Any) -> int | None:  # noqa: ANN401 - a form's or a program's value
    return None if value in {None, ""} else int(value)


def _text(value: Any) -> str:  # noqa: ANN401 - a form's or a program's value
    return str(value or "").strip()


# What may be corrected by hand, and how a value is read. States, protocols and reasons are not here.
CORRECTABLE: Mapping[str, Callable[[Any], Any]] = {
    "channel": _text,
    "declared_at": _moment,
    "effective_on": _date_or_none,
    "mrr_minor": _minor,
    "fee_minor": _minor,
    "refund_minor": _minor,
    "product_name": _text,
    "plan_name": _text,
    "city": _text,
    "region": _text,
    "competitor": _text,
    "competitor_terms": dict,
    "declaration": _text,
    "free_text": _text,
    "expected": _text,
    "would_have_kept": _text,
}


def _fresh(workspace: WorkspaceInfo, request: Request, field: str, value: Any) -> Any:  # noqa: ANN401 - any field
    if field == "custom" and isinstance(value, Mapping):
        return custom_corrected(workspace, request.custom, value)
    if field not in CORRECTABLE:
        raise NotCorrectableError(field=field)
    try:
        return CORRECTABLE[field](value)
    except (TypeError, ValueError) as error:
        raise NotCorrectableError(field=field) from error


def request_correct(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    changes: Mapping[str, Any],
    why: str,
) -> None:
    """Put wrong fields right; before, after and why stay in the ledger as personal detail.

    ``custom`` is a mapping of the company's own fields to change; the others stay. Refuses an unknown field
    (:class:`NotCorrectableError`, :class:`CustomFieldError`) and an empty ``why``. An earlier declaration
    moves ``requested_at`` and the billing deadline with it. Emits ``request.corrected``.
    """
    _said(why)
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        before, after = {}, {}
        for field, value in changes.items():
            fresh = _fresh(workspace, request, field, value)
            old = getattr(request, field)
            if old != fresh:
                before[field], after[field] = _plain(old), _plain(fresh)
                setattr(request, field, fresh)
        if not after:
            return
        touched = list(after)
        if "declared_at" in after:
            touched += _declared_earlier(request)
        record(
            request,
            RequestCorrected(
                fields=tuple(sorted(after)),
                values={field: after[field] for field in _PLAIN_VALUES if field in after},
            ),
            actor=actor,
            personal={"before": before, "after": after, "why": why},
        )
        save(request, *touched)


def _declared_earlier(request: Request) -> list[str]:
    request.requested_at = min(m for m in (request.declared_at, request.requested_at) if m is not None)
    if request.state == "confirmed":
        request.stop_due_at = stop_due_at(request.requested_at, Windows(**request.applied))
        request.due_at = request.stop_due_at
    return ["requested_at", "stop_due_at", "due_at"]


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field's value
    return json.loads(json.dumps(value, default=str))
