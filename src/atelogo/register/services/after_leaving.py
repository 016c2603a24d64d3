"""What a customer may still do about a cancellation: return equipment, dispute a fee, report a charge."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction

from atelogo.core import clock
from atelogo.core.errors import FieldProblem, ValidationFailedError
from atelogo.events.catalogue.register import EquipmentReturnChosen, FeeDisputed
from atelogo.register.domain.fees import FeeState
from atelogo.register.errors import RequestTransitionError
from atelogo.register.models import Equipment, EquipmentReturn, Request, Touchpoint
from atelogo.register.services.deciding import FEE_ANSWER_DAYS
from atelogo.register.services.manual_tasks import open_task, task_close_all
from atelogo.register.services.recording import record, request_locked, save

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

DISPUTES: Final = ("not_working", "no_coverage", "within_seven_days", "never_installed", "not_accepted")
WAYS: Final = ("pickup", "counter", "post")
PARTS: Final = ("morning", "afternoon", "evening")
# Practice, not law: the same figure stands on the page "Como cancelar".
RETURN_DAYS: Final = 30
# A charge after leaving is urgent: a person answers within a day.
CHARGE_ANSWER: Final = timedelta(days=1)
_GOES_ON: Final = ("confirmed", "completed")


def fee_dispute(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, why: str) -> None:
    """Hold a fee that the customer disagrees with until a person answers; ``why`` is one of :data:`DISPUTES`.

    Disputing twice changes nothing. Refuses a request without a fee or that has ended
    (:class:`RequestTransitionError`). Emits ``request.fee_disputed``.
    """
    _one_of("dispute", why, DISPUTES)
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if request.fee_state == FeeState.DISPUTED:
            return
        _goes_on(request)
        if request.fee_state == FeeState.NONE:
            raise RequestTransitionError(state=request.fee_state)
        due = clock.today(workspace.timezone) + timedelta(days=FEE_ANSWER_DAYS)
        request.fee_state, request.fee_dispute = FeeState.DISPUTED.value, why
        request.fee_answer_due_on = due
        record(request, FeeDisputed(why=why, answer_due_on=due), actor=actor)
        open_task(request, "answer_fee", due_at=clock.now() + timedelta(days=FEE_ANSWER_DAYS), actor=actor)
        save(request, "fee_state", "fee_dispute", "fee_answer_due_on")


def equipment_return_choose(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    way: str,
    day: date | None = None,
    part: str = "",
) -> int:
    """Keep how lent equipment goes back (pickup, counter or post) and, for a pick-up, when; may be changed.

    ``day`` must be tomorrow or later, within the return term; ``part`` is morning, afternoon or evening.
    Returns how many pieces it is about. Never a condition of anything. Raises
    :class:`ValidationFailedError` naming the field. Emits ``request.equipment_return_chosen`` for each.
    """
    _one_of("way", way, WAYS)
    today = clock.today(workspace.timezone)
    until = today + timedelta(days=RETURN_DAYS)
    window = {}
    if way == "pickup":
        _one_of("part", part, PARTS)
        if day is None or not today < day <= until:
            raise ValidationFailedError(fields=(FieldProblem("day", "out_of_range", ""),))
        window = {"day": day.isoformat(), "part": part}
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        _goes_on(request)
        lent = list(Equipment.objects.filter(contract_id=request.contract_id, status="lent").order_by("id"))
        for item in lent:
            EquipmentReturn.objects.update_or_create(
                workspace_id=workspace.id,
                request_id=request.id,
                equipment_id=item.id,
                defaults={"way": way, "window": window, "due_on": until},
                create_defaults={
                    "way": way,
                    "window": window,
                    "due_on": until,
                    "created_at": clock.now(),
                },
            )
            record(request, EquipmentReturnChosen(equipment=item.id, way=way, due_on=until), actor=actor)
        if lent:
            task_close_all(request, ("equipment_return",), outcome="changed", actor=actor)
            due = clock.now() + (clock.DAY if way == "pickup" else timedelta(days=RETURN_DAYS))
            open_task(request, "equipment_return", due_at=due, actor=actor, facts={"way": way, **window})
        save(request)
    return len(lent)


def charge_report(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, words: str) -> None:
    """Take in "I was charged after cancelling": a touchpoint with the words, and an urgent step for a person.

    A second report while the first is open joins it. Refuses a request that did not cancel anything
    (:class:`RequestTransitionError`).
    """
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        _goes_on(request)
        Touchpoint.objects.create(
            workspace_id=workspace.id,
            customer_id=request.customer_id,
            contract_id=request.contract_id,
            request_id=request.id,
            kind="charged_after",
            channel="web",
            summary=words.strip()[:4000],
            actor_kind=actor.kind,
            actor_id=actor.id,
            at=clock.now(),
        )
        open_task(request, "charged_after", due_at=clock.now() + CHARGE_ANSWER, actor=actor)
        save(request)


def _goes_on(request: Request) -> None:
    if request.state not in _GOES_ON:
        raise RequestTransitionError(state=request.state)


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValidationFailedError(fields=(FieldProblem(field, "unknown", ""),))
