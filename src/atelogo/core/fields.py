"""Database fields of our own."""

from __future__ import annotations

from typing import Any

from django.db import models

from atelogo.core.secrets import decrypt, encrypt


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text column that is clear in Python and encrypted in the database. It cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's field protocol
        """Encrypt on the way in."""
        return None if value is None else encrypt(str(value))

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)
