"""What people add to a request: notes, touchpoints, an owner; and questions that are no request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from atelogo.core import clock, ids
from atelogo.events import ledger
from atelogo.events.catalogue.register import FeeAnswered, InquiryOpened, NoteAdded, OwnerSet
from atelogo.register.domain import protocol as protocols
from atelogo.register.errors import ExplanationRequiredError
from atelogo.register.models import Inquiry, ManualTask, Note, Touchpoint
from atelogo.register.services.manual_tasks import task_close_all
from atelogo.register.services.recording import record, request_locked, save
from atelogo.register.services.subjects import subject_of

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_TRIES = 5


def note_add(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, text: str) -> UUID:
    """Add a note to a request in any state; refuses an empty one. Emits ``request.note_added``."""
    if not text.strip():
        raise ExplanationRequiredError
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        note = Note.objects.create(
            workspace_id=workspace.id,
            request_id=request.id,
            text=text.strip(),
            author_id=actor.id,
            at=clock.now(),
        )
        record(request, NoteAdded(note=note.id), actor=actor, personal={"text": note.text})
        save(request)
    return note.id  # type: ignore[no-any-return]


def touchpoint_add(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    request_id: UUID,
    kind: str,
    channel: str,
    summary: str = "",
    outside_protocol: str = "",
) -> UUID:
    """Keep one contact about a request, with the number another system gave it."""
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        touch = Touchpoint.objects.create(
            workspace_id=workspace.id,
            customer_id=request.customer_id,
            contract_id=request.contract_id,
            request_id=request.id,
            kind=kind,
            channel=channel,
            summary=summary,
            outside_protocol=outside_protocol[:60],
            actor_kind=actor.kind,
            actor_id=actor.id,
            at=clock.now(),
        )
    return touch.id  # type: ignore[no-any-return]


def owner_set(*, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, owner_id: UUID | None) -> None:
    """Hand a request and its open tasks to a person. Emits ``request.owner_set``."""
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        if request.owner_id == owner_id:
            return
        request.owner_id = owner_id
        ManualTask.objects.filter(request_id=request.id, state="open").update(owner_id=owner_id)
        record(request, OwnerSet(owner=owner_id), actor=actor)
        save(request, "owner_id")


def fee_answer(
    *, workspace: WorkspaceInfo, actor: Actor, request_id: UUID, fee_minor: int | None, words: str
) -> None:
    """Answer a fee that was under check or disputed: a sum, or none. Emits ``request.fee_answered``."""
    if not words.strip():
        raise ExplanationRequiredError
    with transaction.atomic():
        request = request_locked(workspace, request_id)
        request.fee_state = "stated" if fee_minor else "none"
        request.fee_minor = fee_minor or 0
        task_close_all(request, ("answer_fee",), outcome="answered", actor=actor)
        record(
            request,
            FeeAnswered(fee_state=request.fee_state, fee_minor=request.fee_minor),
            actor=actor,
            personal={"words": words},
        )
        save(request, "fee_state", "fee_minor")


def inquiry_open(
    *,
    workspace: WorkspaceInfo,
    actor: Actor,
    channel: str,
    topic: str,
    question: str = "",
    answer: str = "",
    customer_id: UUID | None = None,
    contract_id: UUID | None = None,
) -> str:
    """Keep a question ("what is the fee?") with its own protocol and return the number.

    Asking is not cancelling: it is in no save rate and touches no request. Emits ``inquiry.opened``.
    """
    subject = subject_of(workspace, customer_id, contract_id, ())
    for _try in range(_TRIES):
        inquiry = Inquiry(
            id=ids.new_id(),
            workspace_id=workspace.id,
            protocol=protocols.generate(clock.today(workspace.timezone), series="inquiry"),
            customer_id=subject.customer.id if subject.customer else None,
            contract_id=contract_id,
            topic=topic[:24],
            question=question,
            answer=answer,
            channel=channel,
            typed_by=actor.id if actor.kind == "staff" else None,
            at=clock.now(),
        )
        try:
            with transaction.atomic():
                inquiry.save(force_insert=True)
                _record_inquiry(inquiry, actor)
        except IntegrityError:
            continue
        return inquiry.protocol
    msg = "no free protocol number after several draws"
    raise RuntimeError(msg)


def _record_inquiry(inquiry: Inquiry, actor: Actor) -> None:
    event = InquiryOpened(
        protocol=inquiry.protocol,
        topic=inquiry.topic,
        channel=inquiry.channel,
        customer=inquiry.customer_id,
        contract=inquiry.contract_id,
    )
    words = {"question": inquiry.question, "answer": inquiry.answer}
    ledger.append(
        event,
        workspace_id=inquiry.workspace_id,
        stream=inquiry.id,
        seq=1,
        actor=actor,
        personal=words if any(words.values()) else None,
    )
