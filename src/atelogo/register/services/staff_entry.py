"""What a person of the company types on the phone or at the counter, as one act with all that was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction

from atelogo.core import clock
from atelogo.register.models import Inquiry, Request, Touchpoint
from atelogo.register.services.completeness import completeness_refresh
from atelogo.register.services.deciding import Choice, request_declare
from atelogo.register.services.mending import request_correct
from atelogo.register.services.notes import inquiry_open, note_add, touchpoint_add
from atelogo.register.services.opening import Declaration, Opened, request_open
from atelogo.register.services.reasons import request_reason_set

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

# The same words from the same person within this time are a button pressed twice, not a second wish.
_AGAIN: Final = timedelta(seconds=60)
_REPEATED: Final = "repeated_request"
_ENDED: Final = ("undone", "withdrawn", "lapsed")


@dataclass(frozen=True, slots=True)
class Said:
    """What else was said and noted: reasons in order, words, the competitor, a number of another system.

    ``competitor_terms`` may hold ``price_minor`` and ``speed``.
    """

    note: str = ""
    reason_ids: tuple[UUID, ...] = ()
    free_text: str = ""
    expected: str = ""
    would_have_kept: str = ""
    competitor: str = ""
    competitor_terms: Mapping[str, Any] = field(default_factory=dict)
    outside_protocol: str = ""


def request_typed(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    declaration: Declaration,
    choice: Choice | None,
    said: Said,
) -> Opened:
    """Record a wish to cancel with everything that was said, in one transaction, and give its protocol.

    With a ``choice`` it is confirmed too (unless authority has to be checked first); without one it stays
    open. An active request of the contract is joined. Pressing the button twice records once: the same
    ``key``, or the same words from the same person joining the same request within a minute. Raises what
    :func:`request_declare` raises; then nothing is written.
    """
    wish = (
        declaration
        if declaration.follows_id
        else replace(declaration, follows_id=_earlier(workspace, declaration))
    )
    with transaction.atomic():
        touches = _touches(workspace, wish)
        if choice is None:
            opened = request_open(workspace=workspace, actor=actor, declaration=wish)
        else:
            opened = request_declare(workspace=workspace, actor=actor, declaration=wish, choice=choice)
        if opened.joined and _touches(workspace, wish) == touches:
            return opened  # this very form made the request: what was typed with it is kept already
        if opened.joined and _joined_before(opened.id, wish, actor):
            transaction.set_rollback(True)
            return opened
        _keep(workspace, actor, opened.id, wish.channel, said)
        completeness_refresh(workspace=workspace, request_id=opened.id)
    return opened


def _earlier(workspace: WorkspaceInfo, wish: Declaration) -> UUID | None:
    """Return the last request of the contract when it came to nothing: the new wish follows it."""
    if wish.contract_id is None:
        return None
    rows = Request.objects.filter(workspace_id=workspace.id, contract_id=wish.contract_id)
    last = rows.order_by("-recorded_at", "-id").values_list("id", "state").first()
    return last[0] if last is not None and last[1] in _ENDED else None


def _touches(workspace: WorkspaceInfo, wish: Declaration) -> int:
    """Return how often the wish for this contract came in again; without a contract nothing can be joined."""
    if wish.contract_id is None:
        return 0
    again = Touchpoint.objects.filter(workspace_id=workspace.id, contract_id=wish.contract_id, kind=_REPEATED)
    return again.count()


def _joined_before(request_id: UUID, wish: Declaration, actor: Actor) -> bool:
    """Say whether this joining is a second press; the request is locked by the caller's transaction."""
    recent = Touchpoint.objects.filter(
        request_id=request_id, kind=_REPEATED, actor_id=actor.id, at__gt=clock.now() - _AGAIN
    )
    # One of them is the joining at hand.
    return [(touch.summary, touch.channel) for touch in recent].count((wish.words, wish.channel)) > 1


def _keep(workspace: WorkspaceInfo, actor: Actor, request_id: UUID, channel: str, said: Said) -> None:
    here: dict[str, Any] = {"workspace": workspace, "actor": actor, "request_id": request_id}
    if said.reason_ids:
        request_reason_set(
            **here,
            reason_id=said.reason_ids[0],
            secondary=said.reason_ids[1:],
            source="agent",
            free_text=said.free_text or None,
        )
    words: dict[str, Any] = {
        "free_text": "" if said.reason_ids else said.free_text,
        "expected": said.expected,
        "would_have_kept": said.would_have_kept,
        "competitor": said.competitor,
        "competitor_terms": dict(said.competitor_terms),
    }
    given = {name: value for name, value in words.items() if value}
    if given:
        request_correct(**here, changes=given, why="said by the customer")
    if said.outside_protocol.strip():
        touchpoint_add(
            **here, kind="earlier_protocol", channel=channel, outside_protocol=said.outside_protocol.strip()
        )
    if said.note.strip():
        note_add(**here, text=said.note)


def inquiry_typed(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    channel: str,
    topic: str,
    question: str,
    answer: str,
    customer_id: UUID | None = None,
    contract_id: UUID | None = None,
) -> str:
    """Keep a question as :func:`inquiry_open` does, once however often it is sent; return its protocol."""
    recent = Inquiry.objects.filter(
        workspace_id=workspace.id,
        customer_id=customer_id,
        typed_by=actor.id,
        topic=topic[:24],
        at__gt=clock.now() - _AGAIN,
    )
    for known in recent.order_by("-at"):
        if (known.question, known.answer) == (question, answer):
            return str(known.protocol)
    return inquiry_open(
        workspace=workspace,
        actor=actor,
        channel=channel,
        topic=topic,
        question=question,
        answer=answer,
        customer_id=customer_id,
        contract_id=contract_id,
    )
