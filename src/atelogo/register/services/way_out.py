"""The customer's own word, recorded whatever else fails: by the contract's page, or as a bare declaration."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction

from atelogo.core import ids
from atelogo.events.ledger import Actor
from atelogo.register.errors import ContractNotFoundError, EffectiveDateError, IdempotencyConflictError
from atelogo.register.models import Contract, Request, RequestItem
from atelogo.register.services.deciding import Choice, request_declare
from atelogo.register.services.manual_tasks import open_task
from atelogo.register.services.opening import Declaration, Opened, RequesterInput, opened_of, request_open
from atelogo.register.services.people import document_of
from atelogo.register.services.receipts import MANY
from atelogo.register.services.recording import request_locked, save

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

log = structlog.get_logger("atelogo.register")

RELATIONS: Final = ("holder", "relative", "attorney", "heir", "third_party")
_STANDS: Final = ("open", "confirmed", "completed")
_ENDED: Final = ("undone", "withdrawn", "lapsed")
_RECENT: Final = 5
_LONGEST_WORDS: Final = 4000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer who is in wants: which contract, which lines (none named: all), when, and the dispute.

    ``identity`` is how they came in. ``words`` say the wish in a sentence, for the receipt and for people.
    """

    customer_id: UUID
    contract_id: UUID
    identity: str
    line_ids: tuple[UUID, ...] = ()
    choice: Choice = field(default_factory=Choice)
    words: str = ""
    intent_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class PlainWish:
    """A declaration without a contract's page: whatever the person gave, as they gave it.

    ``identifier`` is a document or contract number. With a ``customer_id`` the person is in, by ``identity``.
    ``lost_contact`` says that they no longer reach the contact on file: a person checks who they are.
    """

    name: str = ""
    identifier: str = ""
    contact: str = ""
    words: str = ""
    relation: str = "holder"
    lost_contact: bool = False
    customer_id: UUID | None = None
    identity: str = "unverified"
    intent_at: datetime | None = None
    key: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all by which the wish could be matched or answered."""
        return not (self.name.strip() or self.identifier.strip() or self.contact.strip() or self.customer_id)


def way_out_declare(*, workspace: WorkspaceInfo, wish: Wish) -> Opened:
    """Cancel the customer's contract by the plain way out; the wish is recorded whatever else is broken.

    A request that stands already for the same contract and lines is shown instead of a second one. When
    anything but the database itself fails, the wish is kept as a declaration for a person to finish, with
    the same time and a protocol, and an error is logged. Raises :class:`ContractNotFoundError` for a contract
    that is not the customer's, :class:`EffectiveDateError` for a bad date, :class:`IdempotencyConflictError`.
    """
    earlier = list(
        Request.objects.filter(workspace_id=workspace.id, contract_id=wish.contract_id)
        .order_by("-recorded_at")
        .only("id", "protocol", "receipt_key", "state")[:_RECENT]
    )
    actor = Actor("customer", wish.customer_id)
    declaration = Declaration(
        channel="web",
        identity=wish.identity,
        customer_id=wish.customer_id,
        contract_id=wish.contract_id,
        line_ids=wish.line_ids,
        words=wish.words[:_LONGEST_WORDS],
        intent_at=wish.intent_at,
        key=wish.key,
        follows_id=next((row.id for row in earlier if row.state in _ENDED), None),
        only_running=True,
    )
    try:
        return request_declare(workspace=workspace, actor=actor, declaration=declaration, choice=wish.choice)
    except (EffectiveDateError, IdempotencyConflictError, OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is broken, the customer's word is recorded
        failed = error
    number = _number_of(workspace, wish)
    # Nothing of it is left to cancel: it was cancelled already (another tab), or a person must look at it.
    standing = _standing(earlier, wish) if isinstance(failed, ContractNotFoundError) else None
    if standing is not None:
        return opened_of(standing, joined=True)
    return _kept_plainly(workspace, actor, declaration, number, failed)


def _number_of(workspace: WorkspaceInfo, wish: Wish) -> str | None:
    """Return the contract's number; raise :class:`ContractNotFoundError` when it is not the customer's."""
    found = list(
        Contract.objects.filter(
            workspace_id=workspace.id, id=wish.contract_id, customer_id=wish.customer_id
        ).values_list("number", flat=True)
    )
    if not found:
        raise ContractNotFoundError
    return found[0]  # type: ignore[no-any-return]


def _standing(earlier: list[Request], wish: Wish) -> Request | None:
    for row in earlier:
        if row.state not in _STANDS:
            continue
        if not wish.line_ids:
            return row
        have = RequestItem.objects.filter(request_id=row.id, line_id__in=wish.line_ids).count()
        if have == len(set(wish.line_ids)):
            return row
    return None


def _kept_plainly(
    workspace: WorkspaceInfo, actor: Actor, wanted: Declaration, number: str | None, error: Exception
) -> Opened:
    """Record the wish with less and less around it, until it stands; the last failure is raised."""
    log.error("way_out_fell_back", error=type(error).__name__, contract=str(wanted.contract_id))
    hint = number or ids.public_id("ctr", wanted.contract_id or UUID(int=0))
    plain = replace(
        wanted,
        contract_id=None,
        line_ids=(),
        only_running=False,
        key=f"{wanted.key}:plain" if wanted.key else None,
        requester=RequesterInput(contract_hint=hint, identity_check=wanted.identity),
    )
    unknown = ids.public_id("cus", wanted.customer_id or UUID(int=0))
    bare = replace(
        plain,
        customer_id=None,
        identity="unverified",
        requester=RequesterInput(contract_hint=f"{hint} · {unknown}", identity_check=wanted.identity),
    )
    return _first_that_stands(
        lambda: request_declare(workspace=workspace, actor=actor, declaration=plain),
        lambda: request_open(workspace=workspace, actor=actor, declaration=plain),
        lambda: request_open(workspace=workspace, actor=actor, declaration=bare),
    )


def _first_that_stands(*tries: Callable[[], Opened]) -> Opened:
    for last, attempt in enumerate(tries, start=1):
        try:
            return attempt()
        except Exception as error:
            if last == len(tries) or isinstance(error, (OperationalError, InterfaceError)):
                raise
            log.error("plain_declaration_failed", error=type(error).__name__, step=last)  # noqa: TRY400
    raise AssertionError("at least one way was given")


def plain_declare(*, workspace: WorkspaceInfo, wish: PlainWish, one_of_many: bool = False) -> Opened:
    """Record a declaration at once, with protocol and time, for a person to match with its contract.

    The holder's own word is confirmed at once; somebody else's waits only for the check of their authority.
    With ``lost_contact`` an assisted check is opened. When the confirmation fails, the declaration alone is
    kept and an error is logged. The caller has made sure that the wish is not empty. ``one_of_many`` says
    that its origin declares more than people do: it is recorded and flagged, and no mail goes to an address
    that nobody has verified.
    """
    document, _kind = document_of(wish.identifier)
    actor = Actor("customer", wish.customer_id)
    # Who asks for somebody else is known, but is not the customer whose contract it is.
    holder_id = wish.customer_id if wish.relation == "holder" else None
    declaration = Declaration(
        channel="web",
        identity=wish.identity if holder_id else "unverified",
        customer_id=holder_id,
        requester=RequesterInput(
            relation=wish.relation if wish.relation in RELATIONS else "third_party",
            name=wish.name.strip()[:200],
            document=document,
            contact=wish.contact.strip()[:200],
            contract_hint="" if document else wish.identifier.strip()[:200],
            identity_check="lost_contact" if wish.lost_contact else "",
        ),
        words=wish.words.strip()[:_LONGEST_WORDS],
        intent_at=wish.intent_at,
        key=wish.key,
    )
    # With its flag in one transaction: the worker sends nothing before it can see it.
    with transaction.atomic() if one_of_many else nullcontext():
        opened = _first_that_stands(
            lambda: request_declare(workspace=workspace, actor=actor, declaration=declaration),
            lambda: request_open(workspace=workspace, actor=actor, declaration=declaration),
        )
        if one_of_many and not opened.joined:
            _flag(workspace, opened.id)
    if wish.lost_contact and not opened.joined:
        _assisted_check(workspace, opened.id, actor)
    return opened


def _flag(workspace: WorkspaceInfo, request_id: UUID) -> None:
    try:
        with transaction.atomic():
            request = request_locked(workspace, request_id)
            request.flags = [*request.flags, MANY]
            save(request, "flags")
    except Exception as error:  # noqa: BLE001 - a declaration without its flag is still a declaration
        log.error("declaration_not_flagged", error=type(error).__name__, request=request_id.hex)  # noqa: TRY400


def _assisted_check(workspace: WorkspaceInfo, request_id: UUID, actor: Actor) -> None:
    try:
        with transaction.atomic():
            request = request_locked(workspace, request_id)
            facts = {"lost_contact": True}
            if open_task(request, "identify", due_at=request.due_at, actor=actor, facts=facts):
                save(request)
    except Exception as error:  # noqa: BLE001 - the declaration stands; it is in the tray all the same
        log.error("assisted_check_failed", error=type(error).__name__, request=request_id.hex)  # noqa: TRY400
