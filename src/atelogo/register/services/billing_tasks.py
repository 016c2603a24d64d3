"""Billing's later word: a person who stopped the charge by hand, or a billing system that calls back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from atelogo.core import clock
from atelogo.core.errors import FieldProblem, ValidationFailedError
from atelogo.core.ports.billing import BillingAnswer, BillingState
from atelogo.register.domain.status import RequestState, presentation
from atelogo.register.errors import RequestNotFoundError, RequestTransitionError
from atelogo.register.models import Request, RequestItem
from atelogo.register.services import contract_ends, manual_tasks
from atelogo.register.services.billing_orders import billing_answered
from atelogo.register.services.joining import ADDED, MORE_TASK
from atelogo.register.services.recording import request_locked

if TYPE_CHECKING:
    from datetime import datetime

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

STOP_KINDS = frozenset({"billing_stop", "billing_refused"})
BY_HAND = "assisted"


def billing_task_done(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    task_id: UUID,
    evidence: str,
    stopped_at: datetime | None = None,
) -> bool:
    """Close a billing step on its proof; one that stopped the charge completes the request as well.

    ``stopped_at`` is billing's own time of the stop, now when it is not given; it may not lie in the future
    (:class:`ValidationFailedError`). ``evidence`` is kept encrypted. Returns whether a request was completed.
    Refuses an empty proof and a task that is closed already, as :func:`manual_tasks.task_done` does; then
    nothing is changed.
    """
    if stopped_at is not None and (stopped_at.tzinfo is None or stopped_at > clock.now()):
        problem = FieldProblem("stopped_at", "in_future", _("The charge cannot have stopped in the future."))
        raise ValidationFailedError(fields=(problem,))
    with transaction.atomic():
        task = manual_tasks.task_done(workspace=workspace, actor=actor, task_id=task_id, evidence=evidence)
        if task.kind == MORE_TASK and task.request_id is not None:
            _added_stopped(workspace, task.request_id)
        if task.kind not in STOP_KINDS or task.request_id is None:
            return False
        billing_answered(
            workspace=workspace,
            request_id=task.request_id,
            verb="cancel",
            answer=BillingAnswer(BillingState.DONE, stopped_at=stopped_at),
            adapter=BY_HAND,
            actor=actor,
        )
        return Request.objects.filter(id=task.request_id, state="completed").exists()


def _added_stopped(workspace: WorkspaceInfo, request_id: UUID) -> None:
    """Let lines that joined late count like the others: they end now if the request is completed."""
    request = request_locked(workspace, request_id)
    RequestItem.objects.filter(request_id=request.id, outcome=ADDED).update(outcome="asked")
    if request.state == "completed":
        contract_ends.end_lines(request)


def billing_reported(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    protocol: str,
    verb: str,
    answer: BillingAnswer,
    adapter: str,
) -> bool:
    """Take in what a billing system says later of an order (``verb`` cancel or uncancel).

    Returns whether it changed anything: a report about a request that has completed or ended changes
    nothing. Raises :class:`RequestNotFoundError` for a protocol that is not this workspace's, and
    :class:`RequestTransitionError` for a request that nobody confirmed yet.
    """
    with transaction.atomic():
        request = (
            Request.objects.select_for_update(of=("self",))
            .filter(workspace_id=workspace.id, protocol=protocol)
            .first()
        )
        if request is None:
            raise RequestNotFoundError
        if request.state == "open":
            raise RequestTransitionError(state=presentation(RequestState.OPEN, False).staff_word)  # noqa: FBT003
        taken_back = request.state in {"undone", "voided"}
        if not (taken_back or (verb == "cancel" and request.state == "confirmed")):
            return False
        billing_answered(
            workspace=workspace,
            request_id=request.id,
            verb=verb,
            answer=answer,
            adapter=adapter,
            actor=actor,
        )
        return True
