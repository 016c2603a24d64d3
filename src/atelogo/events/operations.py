"""A migration operation: a primary key that begins with the workspace where Django cannot say so."""

from __future__ import annotations

from atelogo.core.composite import _Sql


class KeyInWorkspace(_Sql):
    """On PostgreSQL turn the unique constraint ``constraint`` of ``table`` into its primary key.

    Django wants an automatic number to be the primary key alone. One index less, and the table can be
    spread by workspace. SQLite keeps the number as its row id.
    """

    def __init__(self, table: str, constraint: str, columns: str) -> None:
        self.table, self.constraint, self.columns = table, constraint, columns

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Begin the key of {self.table} with the workspace"

    def create_sql(self, vendor: str) -> list[str]:
        """Return the exchange of keys."""
        if vendor != "postgresql":
            return []
        return [
            f"ALTER TABLE {self.table} DROP CONSTRAINT {self.table}_pkey",
            f"ALTER TABLE {self.table} DROP CONSTRAINT {self.constraint}",
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.constraint} PRIMARY KEY ({self.columns})",
        ]

    def drop_sql(self, vendor: str) -> list[str]:
        """Return the way back."""
        if vendor != "postgresql":
            return []
        return [
            f"ALTER TABLE {self.table} DROP CONSTRAINT {self.constraint}",
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.constraint} UNIQUE ({self.columns})",
            f"ALTER TABLE {self.table} ADD PRIMARY KEY (seq)",
        ]
