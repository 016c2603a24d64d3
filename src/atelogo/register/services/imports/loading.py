"""Writing many rows of the register past the ORM: COPY on PostgreSQL, ``executemany`` on SQLite.

A :class:`Shape` names the columns that differ from row to row; every other column of the model gets its
default once. Values are plain: ids as :func:`key_text`, moments as :func:`moment_text`, days in ISO, JSON as
text, hashes as bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final
from uuid import UUID

from django.db import connection, models

from atelogo.events.rows import adapt_time, is_postgresql

Row = tuple[Any, ...]

# The separators of a block before it becomes COPY text. Rows hold neither: control characters never get here.
_CELL, _LINE, _NULL = "\x1f", "\x1e", "\x1d"


def key_text(value: UUID) -> str:
    """Return an id as the database in use writes it."""
    return str(value) if is_postgresql() else value.hex


def moment_text(value: datetime) -> str:
    """Return an aware moment as the database in use writes it."""
    return value.isoformat() if is_postgresql() else str(adapt_time(value))


def uuid_of(text: str) -> UUID:
    """Return the id behind :func:`key_text`."""
    return UUID(text)


json_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Return JSON for a column, in its shortest form."""


class Shape:
    """How rows of one table are written: the varying columns in order, and what the others hold."""

    def __init__(
        self, model: type[models.Model], varying: Sequence[str], constants: Mapping[str, Any] | None = None
    ) -> None:
        fields = {str(field.column): field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's API
        given = dict(constants or {})
        unknown = (set(varying) | set(given)) - set(fields)
        if unknown:
            raise LookupError(f"{model.__name__} has no columns {sorted(unknown)}")
        others = {
            name: _stored(field, given.get(name, field.get_default()))
            for name, field in fields.items()
            if name not in varying
        }
        self.table = model._meta.db_table  # noqa: SLF001 - Django's API
        self.columns = (*varying, *others)
        self.tail: Row = tuple(others.values())
        self._copy_tail = "".join(_CELL + _text(value) for value in self.tail)

    def write(self, rows: Iterable[Row]) -> None:
        """Insert the rows in the transaction in force.

        PostgreSQL takes in a block while the next one is made: give a generator that asks no database.
        """
        source = iter(rows)
        block = list(islice(source, _BLOCK))
        if not block:
            return
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor() as cursor:
            if is_postgresql():
                with cursor.copy(f"COPY {self.table} ({names}) FROM STDIN") as copy:
                    while block:
                        copy.write(self._block(block))
                        block = list(islice(source, _BLOCK))
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                tail = self.tail
                cursor.executemany(
                    f"INSERT INTO {self.table} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                    [row + tail for row in chain(block, source)],
                )

    def _block(self, rows: Sequence[Row]) -> str:
        """Return COPY text: cells are joined first and escaped once, in C, for the whole block."""
        tail = self._copy_tail
        text = _LINE.join(
            [
                _CELL.join(
                    [
                        value if value.__class__ is str else _NULL if value is None else _text(value)
                        for value in row
                    ]
                )
                + tail
                for row in rows
            ]
        )
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        return text.replace(_CELL, "\t").replace(_NULL, "\\N").replace(_LINE, "\n") + "\n"


_BLOCK: Final = 500


def _text(value: Any) -> str:  # noqa: ANN401 - a plain value
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return str(value)


def _stored(field: models.Field[Any, Any], value: Any) -> Any:  # noqa: ANN401 - any column's value
    """Return a constant in plain form."""
    if isinstance(value, UUID):
        return key_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(field, models.JSONField):
        return json_text(value) if value is not None else None
    return value


def many(sql: str, rows: Sequence[Row]) -> None:
    """Run one statement for many rows of parameters, in the transaction in force."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def found(
    select: str, values: Iterable[Any], *, kind: str, before: Sequence[Any] = (), block: int = 20_000
) -> list[Row]:
    """Return what ``select`` finds for any of many ``values``.

    ``select`` ends before the list, as in ``... WHERE workspace_id = %s AND number``; ``kind`` is text, uuid
    or bytea; ``before`` are the parameters in front of it. Ids come back as :func:`key_text`.
    """
    wanted = list(values)
    rows: list[Row] = []
    size = block if is_postgresql() else _SQLITE_VALUES
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), size):
            part = wanted[start : start + size]
            if is_postgresql():
                cursor.execute(
                    f"{select} IN (SELECT unnest({_LISTS[kind]}))", [*before, _list_text(kind, part)]
                )
            else:
                marks = ", ".join(["%s"] * len(part))
                cursor.execute(f"{select} IN ({marks})", [*before, *part])
            rows.extend(cursor.fetchall())
    if is_postgresql():
        return [tuple(str(cell) if isinstance(cell, UUID) else cell for cell in row) for row in rows]
    return rows


_SQLITE_VALUES: Final = 2_000


def _one_by_one(select: str, kind: str) -> str:
    """Let PostgreSQL look each value up by index, whatever it believes of tables that grew a second ago.

    Left to itself it sees a long list and an unknown table, and compares every value with every row.
    """
    return (
        f"SELECT found.* FROM unnest({_LISTS[kind]}) AS wanted (value)"  # noqa: S608 - our own text
        f" CROSS JOIN LATERAL ({select} = wanted.value OFFSET 0) AS found"
    )


# A list goes over as one text: adapting it value by value costs more than finding the rows.
_LISTS: Final = {
    "text": "string_to_array(%s, chr(31))",
    "uuid": "%s::text::uuid[]",
    "bytea": "%s::text::bytea[]",
}


def _list_text(kind: str, values: Sequence[Any]) -> str:
    if kind == "text":
        return _CELL.join(values)
    if kind == "uuid":
        return "{" + ",".join(values) + "}"
    return '{"' + '","'.join(["\\\\x" + value.hex() for value in values]) + '"}'


_MEASURED: Final = (
    "customer", "contract", "contractline", "request", "requestitem", "requestreason", "importrow",
)  # fmt: skip


def tables_measure() -> None:
    """Let the planner of queries know what the tables hold after a load; a sample of each is enough."""
    with connection.cursor() as cursor:
        if not is_postgresql():
            cursor.execute("PRAGMA analysis_limit = 400")
        for name in _MEASURED:
            cursor.execute(f"ANALYZE register_{name}")


def take_turn(workspace_id: UUID) -> None:
    """Let the imports of one workspace write one after another, each seeing what the others wrote.

    The turn ends with the transaction in force. On SQLite every writer has it anyway.
    """
    if is_postgresql():
        with connection.cursor() as cursor:
            key = int.from_bytes(workspace_id.bytes[-7:], "big")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
