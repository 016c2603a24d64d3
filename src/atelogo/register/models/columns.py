"""Column shapes that several tables of the register share."""

from __future__ import annotations

from typing import Any

from django.db import models


def link(to: str, *, null: bool = False) -> Any:  # noqa: ANN401 - a field of the named model
    """Return a foreign key inside the workspace; a composite constraint in the migration guards it."""
    return models.ForeignKey(
        to, on_delete=models.PROTECT, related_name="+", db_constraint=False, null=null, blank=null
    )


def word(length: int = 40, *, default: str = "") -> models.CharField[str, str]:
    """Return a short text column that is empty rather than null."""
    return models.CharField(max_length=length, blank=True, default=default)


def moment(*, null: bool = True) -> models.DateTimeField[Any, Any]:
    """Return a point in time: aware, UTC."""
    return models.DateTimeField(null=null, blank=null)


def hashed() -> models.BinaryField[Any, Any]:
    """Return the HMAC by which an encrypted value is found exactly."""
    return models.BinaryField(max_length=32, null=True, blank=True)


def minor(*, null: bool = True) -> models.BigIntegerField[Any, Any]:
    """Return an amount in minor units of the row's currency."""
    return models.BigIntegerField(null=null, blank=null)


def json_column(default: type = dict) -> models.JSONField[Any, Any]:
    """Return a JSON column that is never null."""
    return models.JSONField(default=default, blank=True)
