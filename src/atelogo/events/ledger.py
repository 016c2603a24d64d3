"""The append-only ledger: every service ends by writing here what happened, in its own transaction.

One fact is one INSERT (two with personal detail) and takes no lock: its place in the workspace's line and in
the Merkle tree is given later by the sealer (:mod:`atelogo.events.log`).
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from atelogo.core import clock, ids
from atelogo.core.errors import AppError
from atelogo.core.secrets import encrypt
from atelogo.core.tenancy import workspace_scope
from atelogo.events.canonical import canonical
from atelogo.events.catalogue.base import Event
from atelogo.events.models import LedgerDetail, LedgerEntry
from atelogo.events.rows import adapt_time, adapt_uuid

ActorKind = Literal["customer", "staff", "system", "import", "billing"]
ACTOR_KINDS = ("customer", "staff", "system", "import", "billing")


class LedgerUseError(RuntimeError):
    """The ledger was used wrongly, such as outside a transaction: a programming error."""


class StreamConflictError(AppError):
    """Two writers gave the same place in one stream: the second has not seen the first and writes nothing."""

    code = "stream_conflict"
    status = 409
    message = _("Somebody changed this a moment ago. Look at it again, then repeat what you wanted to do.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the kind, and the id of the person or thing when there is one."""

    kind: ActorKind
    id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown kind."""
        if self.kind not in ACTOR_KINDS:
            raise LedgerUseError(f"unknown kind of actor: {self.kind}")


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One fact of a bulk load, as :func:`append` would be given it."""

    event: Event
    stream: UUID
    seq: int
    actor: Actor
    occurred_at: datetime | None = None
    personal: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One fact as read back. ``personal`` is ``None`` when there was none or it was shredded."""

    id: UUID
    workspace_id: UUID
    name: str
    version: int
    stream: UUID
    stream_seq: int
    occurred_at: datetime
    recorded_at: datetime
    actor: Actor
    body: Mapping[str, Any]
    commitment: bytes | None
    personal: Mapping[str, Any] | None


_INSERT = (
    "INSERT INTO events_ledgerentry (entry_id, workspace_id, name, version, stream, stream_seq, occurred_at,"
    " recorded_at, actor_kind, actor_id, body, commitment) VALUES "
)
_ROW = "(%s, %s, %s, %s, %s, {}, %s, %s, %s, %s, %s, %s)"
_AT = _ROW.format("%s")
_NEXT = _ROW.format(
    "(SELECT COALESCE(MAX(e.stream_seq), 0) + 1 FROM events_ledgerentry e"
    " WHERE e.workspace_id = %s AND e.stream = %s)"
)
_INSERT_DETAIL = "INSERT INTO events_ledgerdetail (workspace_id, entry_id, sealed) VALUES "
_DETAIL = "(%s, %s, %s)"


@dataclass(slots=True)
class _Held:
    """Facts that wait for the end of their block: the rows and the details, as they will be written."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    details: list[tuple[Any, ...]] = field(default_factory=list)

    def write(self) -> None:
        if self.rows:
            _write([_AT] * len(self.rows), self.rows, self.details)
            self.rows, self.details = [], []


_held: ContextVar[_Held | None] = ContextVar("atelogo_ledger_held", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Write what :func:`append` is given inside the block at its end: one statement for all facts.

    For an act that appends several facts and reads none of them back. The block lies inside the transaction;
    when it raises, none of its facts is written. A taken place is told at the end of the block.
    """
    if _held.get() is not None:
        yield
        return
    held = _Held()
    token = _held.set(held)
    try:
        yield
        held.write()
    finally:
        _held.reset(token)


def append(
    event: Event,
    *,
    workspace_id: UUID,
    stream: UUID,
    seq: int,
    actor: Actor,
    occurred_at: datetime | None = None,
    personal: Mapping[str, Any] | None = None,
) -> UUID:
    """Write one fact in the transaction in force and return its id.

    ``stream`` is the thing the fact is about (a request, a contract), ``seq`` the fact's place in it, from
    1, without repeats. ``occurred_at`` is when it happened, now by default. ``personal`` is kept encrypted
    apart and bound by a salted commitment. Raises :class:`LedgerUseError` outside a transaction and
    :class:`StreamConflictError` when the place is taken.
    """
    return _insert(_AT, (seq,), event, workspace_id, stream, actor, occurred_at, personal)


def append_next(
    event: Event,
    *,
    workspace_id: UUID,
    stream: UUID,
    actor: Actor,
    occurred_at: datetime | None = None,
    personal: Mapping[str, Any] | None = None,
) -> UUID:
    """Write one fact after the last one of ``stream``; otherwise as :func:`append`."""
    place = (adapt_uuid(workspace_id), adapt_uuid(stream))
    return _insert(_NEXT, place, event, workspace_id, stream, actor, occurred_at, personal)


def _insert(
    form: str,
    place: tuple[Any, ...],
    event: Event,
    workspace_id: UUID,
    stream: UUID,
    actor: Actor,
    occurred_at: datetime | None,
    personal: Mapping[str, Any] | None,
) -> UUID:
    if not connection.in_atomic_block:
        raise LedgerUseError("a fact is written in the transaction that makes it: use atomic()")
    recorded_at = clock.now()
    entry_id = ids.new_id()
    key = adapt_uuid(entry_id)
    workspace = adapt_uuid(workspace_id)
    commitment, sealed = commit_to(personal) if personal else (None, "")
    values = (
        key,
        workspace,
        event.name,
        event.schema,
        adapt_uuid(stream),
        *place,
        adapt_time(occurred_at or recorded_at),
        adapt_time(recorded_at),
        actor.kind,
        adapt_uuid(actor.id) if actor.id else None,
        event.body_json(),
        commitment,
    )
    details = [(workspace, key, sealed)] if sealed else []
    held = _held.get()
    if held is not None and form is _AT:
        held.rows.append(values)
        held.details += details
        return entry_id
    if held is not None:
        held.write()  # what comes after them looks at them
    _write([form], [values], details)
    return entry_id


def _write(forms: list[str], rows: list[tuple[Any, ...]], details: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        try:
            cursor.execute(_INSERT + ", ".join(forms), [value for row in rows for value in row])
        except IntegrityError as error:
            raise StreamConflictError from error
        if details:
            marks = ", ".join([_DETAIL] * len(details))
            cursor.execute(_INSERT_DETAIL + marks, [value for detail in details for value in detail])


def append_bulk(rows: Iterable[LedgerRow], *, workspace_id: UUID) -> int:
    """Write many facts of one workspace in the transaction in force and return how many.

    For imports: COPY on PostgreSQL, ``executemany`` on SQLite, in bounded memory. Raises as :func:`append`.
    """
    from atelogo.events.bulk import write_rows  # noqa: PLC0415 - only imports need it

    if not connection.in_atomic_block:
        raise LedgerUseError("facts are written in the transaction that makes them: use atomic()")
    return write_rows(rows, workspace_id)


def entries_of(workspace_id: UUID, stream: UUID) -> list[EntryView]:
    """Return the facts of one stream in their order, with personal detail where it still exists."""
    with workspace_scope(workspace_id):
        entries = list(LedgerEntry.objects.filter(stream=stream).order_by("stream_seq"))
        with_detail = [entry.entry_id for entry in entries if entry.commitment]
        details = LedgerDetail.objects.filter(entry_id__in=with_detail) if with_detail else ()
        personal = {detail.entry_id: json.loads(detail.sealed)["personal"] for detail in details}
    return [view_of(entry, personal.get(entry.entry_id)) for entry in entries]


def shred(workspace_id: UUID, entry_ids: Iterable[UUID]) -> int:
    """Delete the personal detail and salt of facts for good and return how many had one.

    The facts stay, and so does every proof: what is left of the detail is a commitment nobody can open.
    """
    with workspace_scope(workspace_id):
        count, _per_model = LedgerDetail.objects.filter(entry_id__in=list(entry_ids)).delete()
    return count


def salt_of(workspace_id: UUID, entry_id: UUID) -> bytes | None:
    """Return the salt of a fact's personal detail, for a receipt; ``None`` once it is shredded."""
    with workspace_scope(workspace_id):
        detail = LedgerDetail.objects.filter(entry_id=entry_id).first()
    return None if detail is None else base64.b64decode(json.loads(detail.sealed)["salt"])


def commit_to(personal: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return the commitment to ``personal`` under a new salt, and both encrypted for storage."""
    salt = os.urandom(32)
    text = canonical(dict(personal))
    box = f'{{"personal":{text},"salt":"{base64.b64encode(salt).decode()}"}}'
    return commitment_of(salt, text), encrypt(box)


def commitment_of(salt: bytes, personal: str) -> bytes:
    """Return HMAC-SHA256 of the canonical text of the personal detail under its salt."""
    return hmac.digest(salt, personal.encode(), "sha256")


def view_of(entry: LedgerEntry, personal: Mapping[str, Any] | None) -> EntryView:
    """Return a stored row as the outside sees it."""
    return EntryView(
        id=entry.entry_id,
        workspace_id=entry.workspace_id,
        name=entry.name,
        version=entry.version,
        stream=entry.stream,
        stream_seq=entry.stream_seq,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        actor=Actor(entry.actor_kind, entry.actor_id),  # type: ignore[arg-type]
        body=json.loads(entry.body),
        commitment=bytes(entry.commitment) if entry.commitment else None,
        personal=personal,
    )
