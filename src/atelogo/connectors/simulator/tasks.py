"""The simulated system's later word, as a call-back would bring it."""

from __future__ import annotations

from atelogo.accounts.queries import workspace_by_id
from atelogo.connectors.simulator.adapter import REPORT_TASK
from atelogo.core import clock
from atelogo.core.ports.billing import BillingAnswer, BillingState
from atelogo.core.tasks import GiveUpError, Work, task
from atelogo.events.ledger import Actor
from atelogo.register.services.billing_tasks import billing_reported


@task(REPORT_TASK, max_attempts=5)
def report(work: Work) -> None:
    """Say that an order taken in earlier is done."""
    workspace = workspace_by_id(work.workspace_id) if work.workspace_id else None
    if workspace is None:
        raise GiveUpError("the workspace is gone")
    key = str(work.payload["key"])
    answer = BillingAnswer(BillingState.DONE, reference=f"sim-{key[-8:]}", stopped_at=clock.now())
    billing_reported(
        workspace=workspace,
        actor=Actor("billing"),
        protocol=str(work.payload["protocol"]),
        verb=str(work.payload["verb"]),
        answer=answer,
        adapter="simulator",
    )
