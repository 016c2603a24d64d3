"""Migration operations that the ORM lacks: rows of two workspaces kept apart, tables that only grow.

``SameWorkspace`` is a composite foreign key on PostgreSQL and a pair of triggers on SQLite.
``AppendOnly`` refuses UPDATE and DELETE by trigger on both. A later operation that rebuilds a SQLite table
drops its triggers: run the operation again after it (a test compares the triggers with this list).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

_REFUSAL = "this table only grows"


class _Sql(Operation):
    """An operation that only runs SQL, different per database, and leaves the model state alone."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the state of the models as it is."""

    def _run(self, editor: BaseDatabaseSchemaEditor, statements: list[str]) -> None:
        for statement in statements:
            editor.execute(statement, params=None)

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,  # noqa: ANN401, ARG002 - as above
        to_state: Any,  # noqa: ANN401, ARG002 - as above
    ) -> None:
        """Create the guard."""
        self._run(schema_editor, self.create_sql(schema_editor.connection.vendor))

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,  # noqa: ANN401, ARG002 - as above
        to_state: Any,  # noqa: ANN401, ARG002 - as above
    ) -> None:
        """Remove the guard."""
        self._run(schema_editor, self.drop_sql(schema_editor.connection.vendor))

    def create_sql(self, vendor: str) -> list[str]:
        """Return the statements that make the guard on ``vendor``."""
        raise NotImplementedError

    def drop_sql(self, vendor: str) -> list[str]:
        """Return the statements that remove the guard on ``vendor``."""
        raise NotImplementedError


class SameWorkspace(_Sql):
    """``table.column`` may only point at a row of ``target`` that has the same ``workspace_id``.

    On PostgreSQL ``target`` needs a unique constraint over (workspace_id, id); this operation makes it.
    The Django field carries ``db_constraint=False``: this constraint replaces the plain one.
    """

    def __init__(self, table: str, column: str, target: str) -> None:
        self.table, self.column, self.target = table, column, target
        self.name = f"same_ws_{table}_{column}"[:60]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Keep {self.table}.{self.column} inside its workspace"

    def create_sql(self, vendor: str) -> list[str]:
        """Return the composite key (PostgreSQL) or the triggers (SQLite)."""
        if vendor == "postgresql":
            unique = f"ws_id_{self.target}"[:60]
            key = f"(workspace_id, {self.column}) REFERENCES {self.target} (workspace_id, id)"
            deferred = f"{key} DEFERRABLE INITIALLY DEFERRED"
            # Names of tables and columns are the migration's own: nobody outside gives them.
            known = f"SELECT 1 FROM pg_constraint WHERE conname = '{unique}'"  # noqa: S608
            add = f"ALTER TABLE {self.target} ADD CONSTRAINT {unique} UNIQUE (workspace_id, id)"
            return [
                f"DO $$ BEGIN IF NOT EXISTS ({known}) THEN {add}; END IF; END $$",
                f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} FOREIGN KEY {deferred}",
            ]
        same = (
            f"SELECT 1 FROM {self.target} WHERE id = NEW.{self.column} "  # noqa: S608 - as above
            "AND workspace_id = NEW.workspace_id"
        )
        return [
            (
                f"CREATE TRIGGER {self.name}_{moment[0].lower()} BEFORE {moment} ON {self.table} "
                f"WHEN NEW.{self.column} IS NOT NULL AND NOT EXISTS ({same}) "
                f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            )
            for moment in ("INSERT", "UPDATE")
        ]

    def drop_sql(self, vendor: str) -> list[str]:
        """Return the removal of what :meth:`create_sql` made (the unique constraint stays)."""
        if vendor == "postgresql":
            return [f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}"]
        return [f"DROP TRIGGER {self.name}_{letter}" for letter in ("i", "u")]


class AppendOnly(_Sql):
    """Rows of ``table`` are inserted and never changed: UPDATE and DELETE are refused by trigger."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.name = f"append_only_{table}"[:60]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Let {self.table} only grow"

    def create_sql(self, vendor: str) -> list[str]:
        """Return the triggers for ``vendor``."""
        if vendor == "postgresql":
            refuse = f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}: {self.table}'; END $$"
            each = f"FOR EACH ROW EXECUTE FUNCTION {self.name}()"
            return [
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS {refuse}",
                f"CREATE TRIGGER {self.name} BEFORE UPDATE OR DELETE ON {self.table} {each}",
            ]
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}: {self.table}'); END"
        return [
            f"CREATE TRIGGER {self.name}_{moment.lower()} BEFORE {moment} ON {self.table} {refuse}"
            for moment in ("UPDATE", "DELETE")
        ]

    def drop_sql(self, vendor: str) -> list[str]:
        """Return the removal of the triggers."""
        if vendor == "postgresql":
            return [f"DROP TRIGGER {self.name} ON {self.table}", f"DROP FUNCTION {self.name}()"]
        return [f"DROP TRIGGER {self.name}_update", f"DROP TRIGGER {self.name}_delete"]


class TrigramIndex(_Sql):
    """Let ``table.column`` be searched by any part of its text: a trigram index on PostgreSQL.

    SQLite scans with LIKE. Where the extension may not be made (a managed server without it), the search
    still works by scanning: the index is left out with a notice.
    """

    def __init__(self, table: str, column: str) -> None:
        self.table, self.column = table, column
        self.name = f"trgm_{table}_{column}"[:60]

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Search {self.table}.{self.column} by parts"

    def create_sql(self, vendor: str) -> list[str]:
        """Return the index on PostgreSQL, nothing on SQLite."""
        if vendor != "postgresql":
            return []
        statement = (
            "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; "
            f"CREATE INDEX {self.name} ON {self.table} USING gin ({self.column} gin_trgm_ops); "
            "EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN "
            "RAISE NOTICE 'pg_trgm is not available: names are searched by scanning'; END $$"
        )
        return [statement]

    def drop_sql(self, vendor: str) -> list[str]:
        """Return the removal of the index."""
        return [f"DROP INDEX IF EXISTS {self.name}"] if vendor == "postgresql" else []
