"""Reading and writing the spine's tables in bulk, past the ORM, alike on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from atelogo.core import clock
from atelogo.events.leaves import LeafRow

_COPY_FROM = 200  # below this many rows one statement costs less than starting a COPY
ENTRY_COLUMNS = (
    "e.entry_id, e.workspace_id, e.name, e.version, e.stream, e.stream_seq, e.occurred_at, e.recorded_at,"
    " e.actor_kind, e.actor_id, e.body, e.commitment"
)


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


def uuid_text(value: UUID | str) -> str:
    """Return an id read past the ORM in its dashed form."""
    if isinstance(value, str):
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return str(value)


def time_text(value: datetime | str) -> str:
    """Return a moment read past the ORM as RFC 3339 in UTC with microseconds and ``Z``."""
    if isinstance(value, str):
        day, _space, time = value.partition(" ")
        return f"{day}T{time if '.' in time else time + '.000000'}Z"
    return clock.iso(value)


def leaf_row(values: Sequence[Any]) -> LeafRow:
    """Return the row read as :data:`ENTRY_COLUMNS` the way its leaf writes it."""
    entry, workspace, name, version, stream, place, occurred, recorded, kind, actor, body, commitment = values
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
        bytes(commitment).hex() if commitment else None,
    )


def insert_many(
    cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert ``rows``: COPY on PostgreSQL when they are many, else one prepared statement for all."""
    names = ", ".join(columns)
    if is_postgresql() and len(rows) >= _COPY_FROM:
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # noqa: S608 - our own names
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def fetch_pages(cursor: CursorWrapper, size: int) -> Iterator[list[Any]]:
    """Yield what the last statement found, ``size`` rows at a time."""
    while page := cursor.fetchmany(size):
        yield page
