"""Opening a request: the declaration is on record, with its protocol, before anything else may fail."""

from __future__ import annotations

import functools
import hashlib
import operator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

from atelogo.core import clock, ids
from atelogo.events import outbox
from atelogo.events.catalogue.register import RequestOpened
from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.deadlines import Windows, lapse_at, stop_due_at
from atelogo.register.domain.status import ACTIVE
from atelogo.register.errors import ContractNotFoundError
from atelogo.register.models import AuthorisedContact, Request, Requester, RequestItem, Touchpoint
from atelogo.register.services import subjects
from atelogo.register.services.custom_values import custom_checked
from atelogo.register.services.joining import wish_join
from atelogo.register.services.manual_tasks import open_task
from atelogo.register.services.people import document_of, email_of, find_key, name_key
from atelogo.register.services.recording import record, save

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.ledger import Actor

_ACTIVE = [state.value for state in ACTIVE]
_OVER = {"undone", "withdrawn", "lapsed", "voided", "merged"}
_TRIES = 5
CONCLUDE_TASK = "register.ask_to_conclude"


@dataclass(frozen=True, slots=True)
class RequesterInput:
    """Who asks.

    ``relation`` is holder, legal_representative, attorney, relative, heir, authorised_contact, accountant or
    third_party; anything but the holder and a current authorised contact waits for authority.
    """

    relation: str = "holder"
    name: str = ""
    document: str = ""
    contact: str = ""
    contract_hint: str = ""
    identity_check: str = ""
    authority_evidence: str = ""

    @property
    def needs_authority(self) -> bool:
        """Whether a person must check that the requester may act for the holder."""
        return self.relation not in {"holder", "authorised_contact"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is known of a wish to cancel when it comes in. Times are aware; money is looked up, not given.

    ``declared_at`` is an earlier accepted declaration (letter, counter, call) with its ``evidence`` and the
    approving person inside it; ``clear`` says that the words are unequivocal, so that the request can never
    lapse (a passage in which nothing was declared has ``clear=False``). With ``only_running`` a contract that
    has ended is refused like one that is not there.
    """

    channel: str
    identity: str
    customer_id: UUID | None = None
    contract_id: UUID | None = None
    line_ids: tuple[UUID, ...] = ()
    requester: RequesterInput | None = None
    words: str = ""
    intent_at: datetime | None = None
    declared_at: datetime | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    clear: bool = True
    key: str | None = None
    follows_id: UUID | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    only_running: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What the caller shows: the protocol at once; ``joined`` when an active request was already there."""

    id: UUID
    protocol: str
    receipt_key: str
    state: str
    joined: bool


def request_open(*, workspace: WorkspaceInfo, actor: Actor, declaration: Declaration) -> Opened:
    """Record a declaration and give its protocol number.

    Promises: one active request per contract (a second channel, tab or line joins it with a touchpoint);
    the same ``key`` gives the same request; an unknown customer or contract is no obstacle. Refuses a
    contract that is not the customer's (:class:`ContractNotFoundError`) and own fields that do not fit
    (:class:`CustomFieldError`). Emits ``request.opened`` or ``request.touched``.
    """
    with transaction.atomic():
        draft = draft_request(workspace, actor, declaration)
        winner = insert_request(draft)
        if winner is not None:
            return join_request(winner, draft, actor, declaration)
        record_opening(draft, actor)
        return opened_of(draft.request, joined=False)


@dataclass(slots=True)
class Draft:
    """A request being written, with what hangs on it and what is needed to judge it."""

    request: Request
    subject: subjects.Subject
    items: list[RequestItem]
    requester: Requester | None
    windows: Windows
    workspace: WorkspaceInfo


def draft_request(workspace: WorkspaceInfo, actor: Actor, declaration: Declaration) -> Draft:
    """Build the row and its children in memory; reads the subject, writes nothing."""
    subject = subjects.subject_of(
        workspace, declaration.customer_id, declaration.contract_id, declaration.line_ids
    )
    if declaration.only_running and subject.contract is not None and subject.contract.status == "ended":
        raise ContractNotFoundError
    now = clock.now()
    windows = Windows(
        workspace.windows.stop_hours, workspace.windows.undo_hours, workspace.windows.lapse_days
    )
    declared = (
        min(declaration.declared_at, now) if declaration.declared_at else (now if declaration.clear else None)
    )
    request = Request(
        id=ids.new_id(),
        workspace_id=workspace.id,
        protocol=protocols.generate(clock.today(workspace.timezone)),
        receipt_key=ids.random_key(),
        identity=declaration.identity,
        channel=declaration.channel,
        typed_by=actor.id if actor.kind == "staff" else None,
        owner_id=actor.id if actor.kind == "staff" else None,
        idempotency_key=_content_key(declaration),
        declaration=declaration.words,
        intent_at=declaration.intent_at,
        declared_at=declared,
        declared_evidence=dict(declaration.evidence),
        recorded_at=now,
        requested_at=declared,
        lapse_at=lapse_at(now, windows),
        applied={
            "stop_hours": windows.stop_hours,
            "undo_hours": windows.undo_hours,
            "lapse_days": windows.lapse_days,
        },
        follows_id=declaration.follows_id,
        custom=custom_checked(workspace, declaration.custom),
        currency=workspace.currency,
    )
    subjects.describe(request, subject)
    requester = _requester(request, declaration, windows, clock.today(workspace.timezone))
    if requester is not None and request.customer_id is None:
        request.name_folded = name_key(requester.name)
    first_step(request, requester, windows)
    return Draft(request, subject, subjects.items_of(request, subject), requester, windows, workspace)


def _content_key(declaration: Declaration) -> str | None:
    """Return the key of a declaration bound to what it says, or ``None`` without a key.

    A form sent twice is one declaration; a form filled in anew under an old key (the browser's Back button,
    another person at the same counter) is another one, and nobody's words are swallowed.
    """
    if declaration.key is None:
        return None
    said = (
        declaration.key,
        declaration.customer_id,
        declaration.contract_id,
        sorted(declaration.line_ids),
        declaration.words,
        declaration.declared_at,
        declaration.requester,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def first_step(request: Request, requester: Requester | None, windows: Windows) -> None:
    """Set whose turn it is and by when, for a request that is still open."""
    start = request.requested_at or request.recorded_at
    if requester is not None and requester.authority_state == "pending":
        request.next_step, request.due_at = "check_authority", stop_due_at(start, windows)
    elif request.contract_id is None:
        request.next_step, request.due_at = "identify", stop_due_at(start, windows)
    else:
        request.next_step, request.due_at = "conclude", request.lapse_at


def _requester(request: Request, declaration: Declaration, windows: Windows, today: date) -> Requester | None:
    given = declaration.requester
    if given is None:
        return None
    pending = given.needs_authority or (
        given.relation == "authorised_contact" and not _still_authorised(request, given, today)
    )
    return Requester(
        workspace_id=request.workspace_id,
        request_id=request.id,
        relation=given.relation,
        name=given.name,
        document=given.document,
        contact=given.contact,
        contract_hint=given.contract_hint,
        identity_check=given.identity_check,
        authority_evidence=given.authority_evidence,
        authority_state="pending" if pending else "not_needed",
        authority_due_at=stop_due_at(request.recorded_at, windows) if pending else None,
    )


def _still_authorised(request: Request, given: RequesterInput, today: date) -> bool:
    """Whether a current contact of the company customer stands behind the document or e-mail given.

    Somebody dismissed is recorded all the same: a current contact confirms, or a person checks.
    """
    if request.customer_id is None:
        return False
    document, _kind = document_of(given.document)
    keys = [
        Q(**{f"{kind}_hash": find_key(request.workspace_id, kind, value)})
        for kind, value in (("document", document), ("email", email_of(given.contact)))
        if value
    ]
    if not keys:
        return False
    current = AuthorisedContact.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=today),
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        customer_id=request.customer_id,
        revoked_at__isnull=True,
    )
    return current.filter(functools.reduce(operator.or_, keys)).exists()


def insert_request(draft: Draft) -> Request | None:
    """Insert the draft; return ``None``, or the request that was already there (locked).

    One INSERT that yields to any unique row, and a look for the winner only when it did: no savepoint, no
    lock held while waiting, and equal on both databases. A collision of protocol numbers draws another.
    """
    for _try in range(_TRIES):
        if _inserted(draft.request):
            RequestItem.objects.bulk_create(draft.items)
            if draft.requester is not None:
                Requester.objects.bulk_create([draft.requester])
            return None
        winner = _winner(draft.request)
        if winner is not None and winner.state in _OVER:
            # The form of a request that was taken back since, sent again: a new wish.
            again = f"{draft.request.idempotency_key}{winner.id.hex}"
            draft.request.idempotency_key = hashlib.sha256(again.encode()).hexdigest()
            continue
        if winner is not None:
            return winner
        draft.request.protocol = protocols.generate(clock.today(draft.workspace.timezone))
    msg = "no free protocol number after several draws"
    raise RuntimeError(msg)


def _inserted(request: Request) -> bool:
    """Insert the row and say whether it is there; a unique row of another request makes it yield.

    What ``bulk_create(ignore_conflicts=True)`` runs, with the one thing that it does not tell.
    """
    query = InsertQuery(Request, on_conflict=OnConflict.IGNORE)
    query.insert_values(Request._meta.concrete_fields, [request])  # noqa: SLF001 - Django's documented way to them
    ((sql, values),) = query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        inserted = bool(cursor.rowcount == 1)
    request._state.adding, request._state.db = False, connection.alias  # noqa: SLF001 - as bulk_create leaves it
    return inserted


def _winner(request: Request) -> Request | None:
    rows = Request.objects.select_for_update(of=("self",)).filter(workspace_id=request.workspace_id)
    if request.idempotency_key is not None:
        same_key: Request | None = rows.filter(idempotency_key=request.idempotency_key).first()
        if same_key is not None:
            return same_key
    if request.contract_id is not None:
        return rows.filter(contract_id=request.contract_id, state__in=_ACTIVE).first()
    return None


def record_opening(draft: Draft, actor: Actor) -> None:
    """Append ``request.opened`` and save the counter; a requester without authority gets a person's check."""
    request = draft.request
    record(request, opening_event(draft), actor=actor, personal=opening_detail(draft))
    if draft.requester is not None and draft.requester.authority_state == "pending":
        open_task(request, "check_authority", due_at=draft.requester.authority_due_at, actor=actor)
    if request.next_step == "conclude" and request.customer_id is not None:
        # Asked once, half-way to the end of the window: "not cancelled yet; to conclude: ...".
        outbox.enqueue(
            CONCLUDE_TASK,
            workspace_id=request.workspace_id,
            payload={"request": str(request.id)},
            key=f"conclude:{request.id}",
            run_at=request.recorded_at + timedelta(days=draft.windows.lapse_days) / 2,
        )
    save(request)


def opening_event(draft: Draft) -> RequestOpened:
    """Return the event of the draft's opening."""
    request = draft.request
    return RequestOpened(
        protocol=request.protocol,
        channel=request.channel,
        identity=request.identity,
        customer=request.customer_id,
        contract=request.contract_id,
        intent_at=request.intent_at,
        declared_at=request.declared_at,
        requested_at=request.requested_at,
        currency=request.currency,
        mrr_minor=request.mrr_minor,
        lines=tuple(item.line_id for item in draft.items if item.line_id),
        windows=request.applied,
        follows=request.follows_id,
    )


def opening_detail(draft: Draft) -> dict[str, Any] | None:
    """Return the personal part of the opening event, or ``None`` when there is nothing personal."""
    detail: dict[str, Any] = {}
    if draft.request.declaration:
        detail["declaration"] = draft.request.declaration
    if draft.request.custom:
        detail["custom"] = dict(draft.request.custom)
    if draft.requester is not None:
        who = draft.requester
        detail["requester"] = {
            "relation": who.relation,
            "name": who.name,
            "document": who.document,
            "contact": who.contact,
            "contract_hint": who.contract_hint,
        }
    return detail or None


def join_request(winner: Request, draft: Draft, actor: Actor, declaration: Declaration) -> Opened:
    """Let a repeated wish join the active request: a touchpoint, and the lines it did not have yet.

    A retry of the very same words under the same key changes nothing. An earlier accepted declaration
    moves ``requested_at`` and its deadline back, never forward.
    """
    if declaration.key is not None and winner.idempotency_key == draft.request.idempotency_key:
        return opened_of(winner, joined=True)
    Touchpoint.objects.create(
        workspace_id=winner.workspace_id,
        customer_id=winner.customer_id,
        contract_id=winner.contract_id,
        request_id=winner.id,
        kind="repeated_request",
        channel=declaration.channel,
        summary=declaration.words,
        actor_kind=actor.kind,
        actor_id=actor.id,
        at=clock.now(),
    )
    wish_join(
        winner,
        actor=actor,
        channel=declaration.channel,
        items=draft.items,
        declared_at=draft.request.requested_at,
    )
    return opened_of(winner, joined=True)


def opened_of(request: Request, *, joined: bool) -> Opened:
    """Return what the caller shows of a request."""
    return Opened(request.id, request.protocol, request.receipt_key, request.state, joined)
