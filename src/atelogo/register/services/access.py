"""How customers come in: a signed link or a one-time code becomes a half-hour session. They are never Users.

Nothing here is an event of a request: how the person was known stands on the request as its ``identity``.
Only hashes of codes and session keys are stored.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from atelogo.accounts.services.limits import attempt
from atelogo.core import clock, ids
from atelogo.core.secrets import lookup_hash
from atelogo.events import outbox
from atelogo.register.errors import CodeWrongError, LinkInvalidError
from atelogo.register.models import CustomerAccess
from atelogo.register.queries import access as people
from atelogo.register.services.people import document_of, find_key

if TYPE_CHECKING:
    from atelogo.accounts.domain.link_keys import LinkClaims
    from atelogo.accounts.domain.workspace import WorkspaceInfo

CODE_TASK: Final = "register.code_send"
CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
SESSION_LIFE: Final = timedelta(minutes=30)
# A session is prolonged at most this often: a page that is only read seldom writes.
_PROLONG_EVERY: Final = timedelta(minutes=5)
# Rows of used links must outlive the longest link (7 days), or it could be used again.
_KEPT: Final = timedelta(days=8)
_LONGEST_TEXT: Final = 120
_ASKS_PER_HOUR, _ASKS_PER_DAY, _ASKS_PER_ORIGIN, _CHECKS_PER_ORIGIN = 5, 15, 30, 60


@dataclass(frozen=True, slots=True)
class AccessSession:
    """A customer who is in: who, for which contract (if one was named), since when they meant to cancel.

    ``via`` is ``signed_link`` or ``code``, the identity that a request made in this session gets.
    """

    id: UUID
    customer_id: UUID
    contract_id: UUID | None
    via: str
    intent_at: datetime | None
    expires_at: datetime
    token_id: str = ""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session just opened, with the random key that goes into the cookie and is kept nowhere."""

    key: str
    session: AccessSession


# Signed links ----------------------------------------------------------------------------------------------
def link_exchange(
    *,
    workspace: WorkspaceInfo,
    claims: LinkClaims,
    language: str = "",
    current: AccessSession | None = None,
) -> OpenedSession | None:
    """Turn the verified claims of a signed link into a session; each link opens one session only.

    Returns ``None`` when ``current`` came from this very link (a double click, the back button): the person
    is in already. Raises :class:`LinkInvalidError` for a used link and for a customer unknown here, alike.
    """
    token_id = lookup_hash(workspace.id, "link", f"{claims.kid}\x1f{claims.jti}").hex()
    if current is not None and current.token_id == token_id:
        return None
    customer_id = people.customer_of_ref(workspace.id, claims.customer_ref)
    if customer_id is None:
        raise LinkInvalidError
    contracts = people.contracts_of_refs(workspace.id, customer_id, claims.contract_refs)
    now = clock.now()
    row = CustomerAccess(
        id=ids.new_id(),
        workspace_id=workspace.id,
        customer_id=customer_id,
        contract_id=contracts[0] if len(contracts) == 1 else None,
        via="signed_link",
        token_id=token_id,
        intent_at=now,
        language=language[:10],
        created_at=now,
    )
    key = _open(workspace, row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise LinkInvalidError from error
    return OpenedSession(key, _session(row))


# One-time codes --------------------------------------------------------------------------------------------
def code_ask(
    *,
    workspace: WorkspaceInfo,
    text: str,
    origin: str,
    language: str = "",
    intent_at: datetime | None = None,
) -> UUID:
    """Owe a one-time code to the person behind a document or contract number; return the id of the question.

    Promises the same answer, the same rows and the same time whether or not anybody is found: the look-up
    is done later, by the worker (:func:`code_send`). Raises :class:`TooManyAttemptsError` past the limits for
    what was typed or for ``origin``. Call it outside a transaction.
    """
    typed = text.strip()[:_LONGEST_TEXT]
    kind, value = _meant(typed)
    attempt("portal.code.origin", origin, limit=_ASKS_PER_ORIGIN, per=clock.HOUR, workspace_id=workspace.id)
    for scope, limit, per in (("hour", _ASKS_PER_HOUR, clock.HOUR), ("day", _ASKS_PER_DAY, clock.DAY)):
        attempt(f"portal.code.{scope}", f"{kind}:{value}", limit=limit, per=per, workspace_id=workspace.id)
    with transaction.atomic():
        row = CustomerAccess.objects.create(
            workspace_id=workspace.id,
            via="code",
            intent_at=intent_at,
            language=language[:10],
            created_at=clock.now(),
        )
        outbox.enqueue(
            CODE_TASK,
            workspace_id=workspace.id,
            payload={"access": str(row.id), "text": typed, "language": language},
            key=f"code:{row.id}",
        )
    return row.id  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A code that was prepared for somebody who exists: where it goes and what it says."""

    email: str
    code: str


def code_prepare(*, workspace: WorkspaceInfo, access_id: UUID, text: str) -> CodeToSend | None:
    """Find who asked for a code and make theirs ready; ``None`` when there is nobody, or no e-mail on file.

    Safe to repeat: a retry of the same question gives the same code, valid for 10 minutes from then. A
    question that was answered, used up or is older than half an hour gives nothing.
    """
    kind, value = _meant(text)
    if kind == "document":
        known = people.known_by_document(workspace.id, find_key(workspace.id, "document", value) or b"")
    else:
        known = people.known_by_contract(workspace.id, value)
    if known is None or not known.email:
        return None
    code = _code(workspace, access_id)
    now = clock.now()
    made = CustomerAccess.objects.filter(
        workspace_id=workspace.id,
        id=access_id,
        session_hash__isnull=True,
        attempts__lt=CODE_TRIES,
        created_at__gt=now - SESSION_LIFE,
    ).update(
        customer_id=known.customer_id,
        contract_id=known.contract_id,
        code_hash=_code_hash(workspace, access_id, code),
        code_expires_at=now + CODE_LIFE,
    )
    return CodeToSend(known.email, code) if made else None


def code_check(*, workspace: WorkspaceInfo, access_id: UUID, code: str, origin: str) -> OpenedSession:
    """Open a session for the right code; each question takes five tries and opens once.

    Raises :class:`CodeWrongError` for a wrong, expired, used or used-up code and for a question nobody is
    behind, alike, and :class:`TooManyAttemptsError` past the limit for ``origin``.
    """
    attempt(
        "portal.check.origin", origin, limit=_CHECKS_PER_ORIGIN, per=clock.HOUR, workspace_id=workspace.id
    )
    asked = CustomerAccess.objects.filter(
        workspace_id=workspace.id, id=access_id, via="code", session_hash__isnull=True
    )
    # The try is counted before the code is looked at: parallel guesses cannot share one.
    counted = asked.filter(attempts__lt=CODE_TRIES).update(attempts=F("attempts") + 1)
    row = asked.first() if counted else None
    given = _code_hash(workspace, access_id, re.sub(r"\D", "", code))
    right = hmac.compare_digest(given, bytes(row.code_hash) if row and row.code_hash else bytes(32))
    if row is None or not right or row.code_expires_at is None or row.code_expires_at <= clock.now():
        raise CodeWrongError
    key = _open(workspace, row)
    opened = asked.update(
        session_hash=row.session_hash, session_expires_at=row.session_expires_at, code_hash=None
    )
    if not opened:
        raise CodeWrongError
    return OpenedSession(key, _session(row))


# Sessions --------------------------------------------------------------------------------------------------
def session_of(*, workspace: WorkspaceInfo, key: str) -> AccessSession | None:
    """Return the session behind a cookie's key, prolonged to half an hour; ``None`` once it is over."""
    if not key:
        return None
    now = clock.now()
    row = (
        CustomerAccess.objects.filter(workspace_id=workspace.id, session_hash=_session_hash(workspace, key))
        .only("id", "customer_id", "contract_id", "via", "intent_at", "session_expires_at", "token_id")
        .first()
    )
    if row is None or row.customer_id is None or row.session_expires_at <= now:
        return None
    fresh = now + SESSION_LIFE
    if fresh - row.session_expires_at >= _PROLONG_EVERY:
        row.session_expires_at = fresh
        row.save(update_fields=["session_expires_at"])
    return _session(row)


def session_close(*, workspace: WorkspaceInfo, key: str) -> None:
    """End the session behind a cookie's key; the row stays, so that its link stays used."""
    CustomerAccess.objects.filter(
        workspace_id=workspace.id, session_hash=_session_hash(workspace, key)
    ).update(session_hash=None, session_expires_at=clock.now(), attempts=CODE_TRIES)


def intent_mark(*, workspace: WorkspaceInfo, session: AccessSession) -> None:
    """Note that a person who came for something else now means to cancel; the first time stays."""
    if session.intent_at is None:
        CustomerAccess.objects.filter(workspace_id=workspace.id, id=session.id, intent_at=None).update(
            intent_at=clock.now()
        )


def access_sweep(*, workspace: WorkspaceInfo) -> int:
    """Delete questions, used links and sessions that are long over; return how many."""
    count, _per_model = CustomerAccess.objects.filter(
        workspace_id=workspace.id, created_at__lt=clock.now() - _KEPT
    ).delete()
    return count


# ------------------------------------------------------------------------------------------------------------
def _meant(text: str) -> tuple[str, str]:
    """Return what was typed as a look-up: ``document`` when it is a CPF or CNPJ, else ``contract``."""
    document, _kind = document_of(text)
    return ("document", document) if document else ("contract", " ".join(text.split()))


def _open(workspace: WorkspaceInfo, row: CustomerAccess) -> str:
    key = ids.random_key()
    row.session_hash = _session_hash(workspace, key)
    row.session_expires_at = clock.now() + SESSION_LIFE
    return key


def _session(row: CustomerAccess) -> AccessSession:
    if row.customer_id is None:
        raise CodeWrongError
    return AccessSession(
        row.id,
        row.customer_id,
        row.contract_id,
        row.via,
        row.intent_at,
        row.session_expires_at,
        row.token_id,
    )


def _session_hash(workspace: WorkspaceInfo, key: str) -> bytes:
    return lookup_hash(workspace.id, "customer session", key)


def _code(workspace: WorkspaceInfo, access_id: UUID) -> str:
    # Derived, not drawn: a retry after a crash sends the code that may already be in the mailbox.
    number = int.from_bytes(lookup_hash(workspace.id, "one-time code", access_id.hex)[:16], "big")
    return f"{number % 1_000_000:06d}"


def _code_hash(workspace: WorkspaceInfo, access_id: UUID, code: str) -> bytes:
    return lookup_hash(workspace.id, "one-time code check", f"{access_id.hex}:{code}")
