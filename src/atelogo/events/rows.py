"""Reading and writing the spine's tables in bulk, past the ORM, alike on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from atelogo.events.leaves import LeafRow

_COPY_FROM = 200  # below this many rows one statement costs less than starting a COPY
# An expression has no declared type, so that SQLite's times come as the stored text.
_COLUMNS = (
    "e.entry_id, e.workspace_id, e.name, e.version, e.stream, e.stream_seq, '' || e.occurred_at,"
    " '' || e.recorded_at, e.actor_kind, e.actor_id, e.body, e.commitment"
)
# PostgreSQL writes ids and times as text itself: several times quicker than making objects to write them
# here.
_COLUMNS_AS_TEXT = (
    "e.entry_id::text, e.workspace_id::text, e.name, e.version, e.stream::text, e.stream_seq,"
    " to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
    " to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
    " e.actor_kind, e.actor_id::text, e.body, encode(e.commitment, 'hex')"
)
_DASHED = 36


def is_postgresql() -> bool:
    """Say whether the database in use is PostgreSQL (else it is SQLite)."""
    return connection.vendor == "postgresql"


def adapt_uuid(value: UUID) -> UUID | str:
    """Return ``value`` as the database in use stores it."""
    return value if is_postgresql() else value.hex


def adapt_time(value: datetime) -> datetime | str:
    """Return an aware moment as the database in use stores it."""
    return value if is_postgresql() else str(value.astimezone(UTC).replace(tzinfo=None))


def uuid_of(value: UUID | str) -> UUID:
    """Return an id read past the ORM."""
    return value if isinstance(value, UUID) else UUID(value)


def uuid_text(value: str) -> str:
    """Return an id read past the ORM in its dashed form."""
    if len(value) == _DASHED:
        return value
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def time_text(value: str) -> str:
    """Return a moment read past the ORM as RFC 3339 in UTC with microseconds and ``Z``."""
    if value.endswith("Z"):
        return value
    day, _space, time = value.partition(" ")
    return f"{day}T{time if '.' in time else time + '.000000'}Z"


def entry_columns() -> str:
    """Return the columns of ``events_ledgerentry e`` that :func:`leaf_row` reads."""
    return _COLUMNS_AS_TEXT if is_postgresql() else _COLUMNS


def join_entry(alias: str) -> str:
    """Return the outer join from ``alias`` to its row of the ledger as ``e``, looked up row by row by index.

    On PostgreSQL the LIMIT keeps the planner from a join over a whole workspace, which it prefers right after
    a bulk load, while it believes the tables to be small.
    """
    match = f"e.workspace_id = {alias}.workspace_id AND e.entry_id = {alias}.entry_id"
    if is_postgresql():
        return f"LEFT JOIN LATERAL (SELECT * FROM events_ledgerentry e WHERE {match} LIMIT 1) e ON TRUE"  # noqa: S608
    return f"LEFT JOIN events_ledgerentry e ON {match}"


def leaf_row(values: Sequence[Any]) -> LeafRow:
    """Return the row read as :func:`entry_columns` the way its leaf writes it."""
    entry, workspace, name, version, stream, place, occurred, recorded, kind, actor, body, commitment = values
    if commitment is not None and not isinstance(commitment, str):
        commitment = bytes(commitment).hex()
    return LeafRow(
        uuid_text(entry),
        uuid_text(workspace),
        name,
        version,
        uuid_text(stream),
        place,
        time_text(occurred),
        time_text(recorded),
        kind,
        uuid_text(actor) if actor else None,
        body,
        commitment,
    )


def insert_many(
    cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert ``rows``: COPY on PostgreSQL when they are many, else one prepared statement for all."""
    names = ", ".join(columns)
    if is_postgresql() and len(rows) >= _COPY_FROM:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names
