"""The rows that an import leaves, taken out of its database and put into another one by COPY alone."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

# The import's own order of writing, which foreign keys follow; what is not named here comes after.
_ORDER = (
    "register_importbatch", "register_reasonversion", "register_reason", "register_reasonrevision",
    "register_reasonalias", "register_product", "register_plan", "register_customer",
    "register_authorisedcontact", "register_contract", "register_contractline", "register_request",
    "register_requestreason", "register_requestitem", "register_touchpoint", "register_importrow",
)  # fmt: skip
_BLOCK = 1 << 20


def row_keys(url: str) -> dict[str, set[str]]:
    """Return the keys of every row of a small database by table: what an import finds already there."""
    with psycopg.connect(url) as link:
        return {
            table: {row[0] for row in link.execute(_keys(table, _key(link, table)))}
            for table in _tables(link)
        }


def take_out(url: str, there: dict[str, set[str]], folder: Path) -> dict[str, int]:
    """Write the rows that are new since ``there`` as COPY files, one a table; return how many of each."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: dict[str, int] = {}
    with psycopg.connect(url) as link:
        for table in _tables(link):
            if not table.startswith(("register_", "events_")):
                continue
            key = _key(link, table)
            query = sql.SQL("COPY (SELECT * FROM {} WHERE {}::text <> ALL({})) TO STDOUT").format(
                sql.Identifier(table), key, sql.Literal(sorted(there[table]))
            )
            path = folder / f"{table}.copy"
            with path.open("wb") as out, link.cursor() as cursor, cursor.copy(query) as copy:
                for block in copy:
                    out.write(block)
            count = link.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            new = (count[0] if count else 0) - len(there[table])
            if new > 0:
                taken[table] = new
            else:
                path.unlink()
    return dict(sorted(taken.items(), key=lambda one: _place(one[0])))


def put_in(url: str, tables: list[str], folder: Path) -> None:
    """COPY the files into their tables, one transaction each."""
    with psycopg.connect(url, autocommit=True) as link:
        for table in tables:
            query = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
            path = folder / f"{table}.copy"
            with path.open("rb") as source, link.cursor() as cursor, cursor.copy(query) as copy:
                while block := source.read(_BLOCK):
                    copy.write(block)


def fingerprints(url: str, tables: list[str]) -> dict[str, tuple[int, int]]:
    """Return how many rows each table has and a sum over their text: equal for equal rows in any order."""
    found = {}
    with psycopg.connect(url) as link:
        for table in tables:
            row = link.execute(
                sql.SQL(
                    "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"
                ).format(sql.Identifier(table))
            ).fetchone()
            found[table] = (int(row[0]), int(row[1])) if row else (0, 0)
    return found


def copy_source(url: str, source: Path) -> None:
    """COPY the source file itself into a table of text columns: what reading and writing alone costs."""
    with psycopg.connect(url, autocommit=True) as link, source.open("rb") as stream:
        header = stream.readline().decode().strip().split(";")
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in header)
        link.execute(sql.SQL("CREATE TABLE source ({})").format(columns))
        query = "COPY source FROM STDIN WITH (FORMAT csv, DELIMITER ';')"
        with link.cursor() as cursor, cursor.copy(query) as copy:
            while block := stream.read(_BLOCK):
                copy.write(block)


def _tables(link: psycopg.Connection) -> list[str]:
    rows = link.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return sorted((row[0] for row in rows), key=_place)


def _place(table: str) -> tuple[int, str]:
    return (_ORDER.index(table) if table in _ORDER else len(_ORDER), table)


def _key(link: psycopg.Connection, table: str) -> sql.Composable:
    """Return the text that tells the rows of a table apart: its primary key."""
    rows = link.execute(
        "SELECT a.attname FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY a.attnum",
        [table],
    )
    return sql.SQL("ROW({})").format(sql.SQL(", ").join(sql.Identifier(row[0]) for row in rows))


def _keys(table: str, key: sql.Composable) -> sql.Composed:
    return sql.SQL("SELECT {}::text FROM {}").format(key, sql.Identifier(table))
