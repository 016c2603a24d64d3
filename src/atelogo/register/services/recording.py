"""What every writer of a request shares: taking it in hand, writing its next ledger row, saving it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.register.domain.status import RequestState, TransitionRefused, Verb, next_state, presentation
from atelogo.register.errors import RequestNotFoundError, RequestTransitionError
from atelogo.register.models import Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.catalogue.base import Event
    from atelogo.events.ledger import Actor


def request_locked(workspace: WorkspaceInfo, request_id: UUID) -> Request:
    """Return the request, locked until the transaction ends; raise :class:`RequestNotFoundError`."""
    try:
        found: Request = Request.objects.select_for_update(of=("self",)).get(
            workspace_id=workspace.id, id=request_id
        )
    except Request.DoesNotExist as error:
        raise RequestNotFoundError from error
    return found


def record(
    request: Request,
    event: Event,
    *,
    actor: Actor,
    personal: Mapping[str, Any] | None = None,
    occurred_at: datetime | None = None,
) -> UUID:
    """Append the request's next event and return the ledger entry's id. The caller saves ``last_seq``."""
    request.last_seq += 1
    return ledger.append(
        event,
        workspace_id=request.workspace_id,
        stream=request.id,
        seq=request.last_seq,
        actor=actor,
        occurred_at=occurred_at,
        personal=dict(personal) if personal else None,
    )


def save(request: Request, *fields: str) -> None:
    """Write the named columns and the event counter."""
    request.save(update_fields=[*dict.fromkeys((*fields, "last_seq"))])


def step(request: Request, verb: Verb) -> None:
    """Move the request's state, or raise :class:`RequestTransitionError` and change nothing."""
    try:
        request.state = next_state(RequestState(request.state), verb).value
    except TransitionRefused as refusal:
        raise RequestTransitionError(state=presentation(refusal.state, False).staff_word) from refusal  # noqa: FBT003


def moment_after(request: Request, *others: datetime | None) -> datetime:
    """Return now, or the request's own latest time when the machine's clock was set back."""
    return clock.never_before(clock.now(), request.recorded_at, *others)
