"""The register's background work: thin, by id, safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from atelogo.accounts.queries import all_workspaces, workspace_by_id
from atelogo.core.tasks import GiveUpError, RetryLaterError, Work, task
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM
from atelogo.register.errors import RequestTransitionError
from atelogo.register.queries.due import requests_to_lapse
from atelogo.register.services import access, billing_orders, code_mail, exports, sending
from atelogo.register.services.deciding import request_lapse
from atelogo.register.services.imports import background
from atelogo.register.services.imports.batches import RUN_TASK, UNDO_TASK, uploads_sweep

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


@task(sending.CONCLUDE_TASK, max_attempts=6)
def ask_to_conclude(work: Work) -> None:
    """Ask a customer once to conclude a request that is only open."""
    sending.ask_to_conclude(workspace=_workspace(work), request_id=UUID(work.payload["request"]))


@task(sending.ASK_HOLDER_TASK, max_attempts=6)
def ask_holder(work: Work) -> None:
    """Ask the holder about a request that somebody without authority made."""
    sending.ask_holder(workspace=_workspace(work), request_id=UUID(work.payload["request"]))


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


def _import_dead(work: Work, _error: str) -> None:
    background.import_gave_up(workspace=_workspace(work), batch_id=UUID(work.payload["batch"]))


@task(RUN_TASK, max_attempts=8, on_dead=_import_dead)
def import_run(work: Work) -> None:
    """Check or run an import, in slices between which others work."""
    if not background.import_work(workspace=_workspace(work), batch_id=UUID(work.payload["batch"])):
        raise RetryLaterError("others wait", after=timedelta(0))


@task(UNDO_TASK, max_attempts=8)
def import_undo(work: Work) -> None:
    """Take an import back, in slices between which others work."""
    if not background.undo_work(workspace=_workspace(work), batch_id=UUID(work.payload["batch"])):
        raise RetryLaterError("others wait", after=timedelta(0))


def _export_dead(work: Work, _error: str) -> None:
    exports.export_failed(workspace=_workspace(work), export_id=UUID(work.payload["export"]))


@task(exports.EXPORT_TASK, max_attempts=4, on_dead=_export_dead)
def export_build(work: Work) -> None:
    """Make the file that a person asked for."""
    exports.export_build(workspace=_workspace(work), export_id=UUID(work.payload["export"]))


@task("register.files_sweep", every=timedelta(hours=1))
def files_sweep(_work: Work) -> None:
    """Delete exports whose day is over, and uploads that nobody went on with."""
    for workspace in all_workspaces():
        with workspace_scope(workspace.id):
            exports.exports_sweep(workspace=workspace)
            uploads_sweep(workspace=workspace)
