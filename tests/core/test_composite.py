"""What the database itself refuses: pointing into another company, changing what only grows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, connection, transaction

from atelogo.core.composite import AppendOnly, SameWorkspace, TrigramIndex

pytestmark = pytest.mark.django_db
ONE, OTHER = uuid4(), uuid4()


class Editor:
    """As much of a schema editor as the operations use."""

    connection = connection

    def execute(self, statement: str, params: None = None) -> None:
        """Run one statement."""
        with connection.cursor() as cursor:
            cursor.execute(statement, params)


def run(statement: str, *values: Any) -> None:
    """Run one statement with values, each in the form of the database at hand."""
    plain = [
        value.hex if isinstance(value, UUID) and connection.vendor == "sqlite" else value for value in values
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, plain)


@pytest.fixture
def tables(db: None) -> SimpleNamespace:
    """Make two small tables with the guards on them."""
    kind = "char(32)" if connection.vendor == "sqlite" else "uuid"
    run(f"CREATE TABLE probe_parent (id {kind} PRIMARY KEY, workspace_id {kind} NOT NULL)")
    run(f"CREATE TABLE probe_child (id {kind} PRIMARY KEY, workspace_id {kind} NOT NULL, parent_id {kind})")
    guards = SimpleNamespace(
        same=SameWorkspace("probe_child", "parent_id", "probe_parent"), grow=AppendOnly("probe_parent")
    )
    editor: Any = Editor()
    for guard in (guards.same, guards.grow):
        guard.database_forwards("probe", editor, None, None)
    return guards  # the test's transaction takes tables and guards away


def parent(workspace: UUID) -> UUID:
    """Insert a row to point at."""
    made = uuid4()
    run("INSERT INTO probe_parent VALUES (%s, %s)", made, workspace)
    return made


def check_now() -> None:
    """Let PostgreSQL judge its deferred constraints."""
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")


def refused(statement: str, *values: UUID) -> None:
    """Run a statement that the database must refuse, at the latest when its constraints are judged."""

    def attempt() -> None:
        with transaction.atomic():
            run(statement, *values)
            check_now()

    with pytest.raises(IntegrityError):
        attempt()


def test_pointing_inside_the_workspace(tables: SimpleNamespace) -> None:
    """A row may point at a row of its own workspace, or at nothing."""
    run("INSERT INTO probe_child VALUES (%s, %s, %s)", uuid4(), ONE, parent(ONE))
    run("INSERT INTO probe_child VALUES (%s, %s, %s)", uuid4(), ONE, None)
    check_now()


def test_pointing_into_another_workspace(tables: SimpleNamespace) -> None:
    """The database refuses a row that points at another company's, whatever the code did."""
    target = parent(OTHER)
    refused("INSERT INTO probe_child VALUES (%s, %s, %s)", uuid4(), ONE, target)


def test_moving_into_another_workspace(tables: SimpleNamespace) -> None:
    """A row that pointed rightly cannot be made to point at another company's."""
    child, target = uuid4(), parent(OTHER)
    run("INSERT INTO probe_child VALUES (%s, %s, %s)", child, ONE, parent(ONE))
    refused("UPDATE probe_child SET parent_id = %s WHERE id = %s", target, child)


@pytest.mark.parametrize(
    "statement", ["UPDATE probe_parent SET workspace_id = workspace_id", "DELETE FROM probe_parent"]
)
def test_what_only_grows(tables: SimpleNamespace, statement: str) -> None:
    """Rows of a table that only grows are neither changed nor taken away."""
    parent(ONE)
    with (
        pytest.raises((IntegrityError, InternalError, DatabaseError), match="only grows"),
        transaction.atomic(),
    ):
        run(statement)


def test_the_guards_can_be_taken_back(tables: SimpleNamespace) -> None:
    """Undoing the migration takes the guards away and leaves the tables."""
    editor: Any = Editor()
    tables.grow.database_backwards("probe", editor, None, None)
    tables.same.database_backwards("probe", editor, None, None)
    run("INSERT INTO probe_child VALUES (%s, %s, %s)", uuid4(), ONE, parent(OTHER))
    run("DELETE FROM probe_parent")


def test_search_by_parts_is_postgresqls(db: None) -> None:
    """The trigram index is made and removed on PostgreSQL; on SQLite there is nothing to make."""
    editor: Any = Editor()
    run("CREATE TABLE probe_names (id integer PRIMARY KEY, name text)")
    index = TrigramIndex("probe_names", "name")
    index.database_forwards("probe", editor, None, None)
    index.database_backwards("probe", editor, None, None)
    assert index.describe() == "Search probe_names.name by parts"
    assert bool(index.create_sql(connection.vendor)) is (connection.vendor == "postgresql")


def test_what_the_operations_say_of_themselves() -> None:
    """Each operation describes itself and changes no state of the models."""
    same, grow = SameWorkspace("a", "b_id", "c"), AppendOnly("a")
    state: Any = object()
    same.state_forwards("x", state)
    assert same.describe() == "Keep a.b_id inside its workspace"
    assert grow.describe() == "Let a only grow"
    assert same.reversible
    assert grow.reduces_to_sql
