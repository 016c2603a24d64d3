"""Loading a million facts: canonical text straight from the events, COPY on PostgreSQL, bounded memory.

Ids are UUIDv7 as everywhere, written as text at once: one reading of the clock serves a block of rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

from django.db import connection

from atelogo.core import clock, ids
from atelogo.events.ledger import LedgerRow, commit_to
from atelogo.events.rows import adapt_time, adapt_uuid, insert_many, is_postgresql

_BLOCK = 5000
_PART = 250
_ENTRY = (
    "entry_id",
    "workspace_id",
    "name",
    "version",
    "stream",
    "stream_seq",
    "occurred_at",
    "recorded_at",
    "actor_kind",
    "actor_id",
    "body",
    "commitment",
)
_DETAIL = ("workspace_id", "entry_id", "sealed")
_COPY = f"COPY events_ledgerentry ({', '.join(_ENTRY)}) FROM STDIN"


def write_rows(rows: Iterable[LedgerRow], workspace_id: UUID) -> int:
    """Write ``rows`` block by block and return how many.

    PostgreSQL takes in a part while the next one is made, so ``rows`` must ask the database for nothing.
    """
    source, total = iter(rows), 0
    write = _copy_block if is_postgresql() else _insert_block
    while True:
        count, details = write(source, workspace_id)
        if details:
            with connection.cursor() as cursor:
                insert_many(cursor, "events_ledgerdetail", _DETAIL, details)
        total += count
        if count < _BLOCK:
            return total


def _copy_block(source: Iterator[LedgerRow], workspace_id: UUID) -> tuple[int, list[tuple[str, str, str]]]:
    """Write one block as COPY text, made by hand: adapting value by value costs more than all the rest."""
    details: list[tuple[str, str, str]] = []
    count = 0
    first = next(source, None)
    if first is None:
        return 0, details
    lines = _copy_lines(chain((first,), islice(source, _BLOCK - 1)), workspace_id, details)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        while part := list(islice(lines, _PART)):
            copy.write("".join(part))
            count += len(part)
    return count, details


def _copy_lines(
    rows: Iterable[LedgerRow], workspace_id: UUID, details: list[tuple[str, str, str]]
) -> Iterator[str]:
    """Give the COPY line of each row, and note its personal detail."""
    moment = clock.iso(clock.now())
    workspace = str(workspace_id)
    actors: dict[tuple[str, UUID | None], str] = {}
    for entry, row in zip(_new_ids(_BLOCK), rows, strict=False):
        event, actor = row.event, row.actor
        who = actors.get((actor.kind, actor.id))
        if who is None:
            who = actors[actor.kind, actor.id] = f"{actor.kind}\t{actor.id or _NULL}"
        body = event.body_json()
        if "\\" in body:
            body = body.replace("\\", "\\\\")
        commitment = _NULL
        if row.personal:
            digest, sealed = commit_to(row.personal)
            commitment = f"\\\\x{digest.hex()}"
            details.append((workspace, entry, sealed))
        occurred = moment if row.occurred_at is None else row.occurred_at.isoformat()
        yield (
            f"{entry}\t{workspace}\t{event.name}\t{event.schema}\t{row.stream}\t{row.seq}\t{occurred}\t{moment}"
            f"\t{who}\t{body}\t{commitment}\n"
        )


_NULL = "\\N"


def _insert_block(source: Iterator[LedgerRow], workspace_id: UUID) -> tuple[int, list[tuple[str, str, str]]]:
    block = list(islice(source, _BLOCK))
    moment = adapt_time(clock.now())
    workspace = str(adapt_uuid(workspace_id))
    values, details = [], []
    for entry_id, row in zip(_new_ids(len(block)), block, strict=True):
        entry, commitment = entry_id.replace("-", ""), None
        if row.personal:
            commitment, sealed = commit_to(row.personal)
            details.append((workspace, entry, sealed))
        values.append(
            (
                entry,
                workspace,
                row.event.name,
                row.event.schema,
                row.stream.hex,
                row.seq,
                _time(row.occurred_at, moment),
                moment,
                row.actor.kind,
                row.actor.id.hex if row.actor.id else None,
                row.event.body_json(),
                commitment,
            )
        )
    with connection.cursor() as cursor:
        insert_many(cursor, "events_ledgerentry", _ENTRY, values)
    return len(block), details


def _time(given: datetime | None, moment: datetime | str) -> datetime | str:
    return moment if given is None else adapt_time(given)


def _new_ids(count: int) -> Iterator[str]:
    """Yield ``count`` UUIDv7 of this moment in text: one time part, 60 random bits for each."""
    head = str(ids.new_id())[:20]
    tail = os.urandom(8 * count).hex()
    for at in range(0, 16 * count, 16):
        yield f"{head}{tail[at : at + 3]}-{tail[at + 3 : at + 15]}"
