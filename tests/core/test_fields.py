"""Encrypted columns."""

from __future__ import annotations

import pytest
from django.db import connection

from atelogo.core.fields import EncryptedTextField
from atelogo.core.secrets import decrypt


def test_clear_in_python_encrypted_in_the_database() -> None:
    """A value is encrypted on its way in and clear on its way out."""
    field = EncryptedTextField()
    stored = field.get_prep_value("Maria")
    assert "Maria" not in stored
    assert decrypt(stored) == "Maria"
    assert field.from_db_value(stored, None, None) == "Maria"


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_stays_nothing(value: str | None) -> None:
    """Null and the empty text stay what they are."""
    field = EncryptedTextField()
    assert field.get_prep_value(value) == value
    assert field.from_db_value(value, None, None) == value


def test_it_is_a_text_column() -> None:
    """The database sees a plain text column."""
    assert EncryptedTextField().db_type(connection) == "text"
