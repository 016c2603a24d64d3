"""Facts, tasks and broken tables that the tests of the spine share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection, transaction

from atelogo.core import ids
from atelogo.events import ledger
from atelogo.events.catalogue.base import Event

STAFF = ledger.Actor("staff", UUID("018f0000-0000-7000-8000-000000000001"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleHappened(Event):
    """Something happened in a test."""

    name: ClassVar[str] = "sample.happened"
    number: int = 0
    word: str = ""
    at: datetime | None = None
    on: date | None = None
    thing: UUID | None = None


def happen(
    workspace_id: UUID, count: int = 1, *, stream: UUID | None = None, personal: dict[str, Any] | None = None
) -> list[UUID]:
    """Write ``count`` facts in one transaction and return their ids."""
    stream = stream or ids.new_id()
    with transaction.atomic():
        return [
            ledger.append_next(
                SampleHappened(number=number, word="ção"),
                workspace_id=workspace_id,
                stream=stream,
                actor=STAFF,
                personal=personal,
            )
            for number in range(count)
        ]


def rows(count: int, *, personal: dict[str, Any] | None = None) -> Iterator[ledger.LedgerRow]:
    """Yield facts for a bulk load."""
    for number in range(count):
        yield ledger.LedgerRow(
            SampleHappened(number=number, word=f'tab\t "quote" \\ {number}'),
            ids.new_id(),
            1,
            STAFF,
            personal=personal,
        )


@contextmanager
def unguarded(table: str) -> Iterator[None]:
    """Take the append-only guard of ``table`` away inside the block, as somebody with the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            guards = [row[0] for row in cursor.fetchall()]
            for moment in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER append_only_{table}_{moment}")
            yield
            for sql in guards:
                cursor.execute(sql)


def tamper(table: str, sql: str, *values: object) -> None:
    """Run ``sql`` on ``table`` past its guard; it must change something."""
    with unguarded(table), connection.cursor() as cursor:
        cursor.execute(sql, list(values))  # type: ignore[arg-type]
        assert cursor.rowcount > 0
