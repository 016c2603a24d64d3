"""The register's background work: thin, by id, safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from atelogo.accounts.queries import all_workspaces, workspace_by_id
from atelogo.core.tasks import GiveUpError, Work, task
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM
from atelogo.register.errors import RequestTransitionError
from atelogo.register.queries.due import requests_to_lapse
from atelogo.register.services import access, billing_orders, code_mail, sending
from atelogo.register.services.deciding import request_lapse

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


log = structlog.get_logger("atelogo.register")


def _workspace(work: Work) -> WorkspaceInfo:
    workspace = workspace_by_id(work.workspace_id) if work.workspace_id else None
    if workspace is None:
        raise GiveUpError("the workspace is gone")
    return workspace


def _cancel_dead(work: Work, _error: str) -> None:
    billing_orders.billing_gave_up(
        workspace=_workspace(work), request_id=UUID(work.payload["request"]), verb="cancel"
    )


def _uncancel_dead(work: Work, _error: str) -> None:
    billing_orders.billing_gave_up(
        workspace=_workspace(work), request_id=UUID(work.payload["request"]), verb="uncancel"
    )


# With the outbox's waits (up to an hour) an order is tried for some seven hours before it goes to a person.
@task(billing_orders.CANCEL_TASK, max_attempts=24, on_dead=_cancel_dead)
def billing_cancel(work: Work) -> None:
    """Tell billing to stop the charge of a confirmed request."""
    billing_orders.billing_call(
        workspace=_workspace(work), request_id=UUID(work.payload["request"]), verb="cancel", key=work.key
    )


@task(billing_orders.UNCANCEL_TASK, max_attempts=24, on_dead=_uncancel_dead)
def billing_uncancel(work: Work) -> None:
    """Tell billing that a stop no longer holds."""
    billing_orders.billing_call(
        workspace=_workspace(work), request_id=UUID(work.payload["request"]), verb="uncancel", key=work.key
    )


def _receipt_dead(work: Work, _error: str) -> None:
    sending.receipt_undeliverable(workspace=_workspace(work), receipt_id=UUID(work.payload["receipt"]))


@task("register.receipt_send", max_attempts=14, on_dead=_receipt_dead)
def receipt_send(work: Work) -> None:
    """Send a receipt to the customer, with its proof once the entry is sealed."""
    sending.receipt_send(
        workspace=_workspace(work), receipt_id=UUID(work.payload["receipt"]), attempt=work.attempt
    )


@task(access.CODE_TASK, max_attempts=6)
def code_send(work: Work) -> None:
    """Send a one-time code to whoever stands behind what was typed, if anybody does."""
    code_mail.code_send(
        workspace=_workspace(work),
        access_id=UUID(work.payload["access"]),
        text=work.payload["text"],
        language=work.payload["language"],
        key=work.key,
    )


@task("register.access_sweep", every=timedelta(hours=6))
def access_sweep(_work: Work) -> None:
    """Delete customers' sessions and used links that are long over."""
    for workspace in all_workspaces():
        with workspace_scope(workspace.id):
            access.access_sweep(workspace=workspace)


@task(sending.PROOF_TASK, max_attempts=14)
def receipt_proof_send(work: Work) -> None:
    """Send the proof of a receipt that went without it."""
    sending.receipt_proof_send(workspace=_workspace(work), receipt_id=UUID(work.payload["receipt"]))


@task("register.deadlines_watch", every=timedelta(minutes=1))
def deadlines_watch(_work: Work) -> None:
    """Give late stops to people, and let open requests lapse or be confirmed as declared."""
    for workspace in all_workspaces():
        with workspace_scope(workspace.id):
            _guarded("late_stops", partial(billing_orders.late_stops, workspace))
            for request_id in requests_to_lapse(workspace.id):
                _guarded(
                    "lapse",
                    partial(request_lapse, workspace=workspace, actor=SYSTEM, request_id=request_id),
                )


def _guarded(what: str, act: Callable[[], object]) -> None:
    """Do one step; a row that cannot be worked on is logged and stops nobody else's deadlines."""
    try:
        act()
    except RequestTransitionError:
        return  # somebody was quicker
    except Exception as error:  # noqa: BLE001 - one bad row must not hold up every company
        log.error("deadline_step_failed", what=what, error=type(error).__name__)  # noqa: TRY400
