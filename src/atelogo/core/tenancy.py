"""Tenancy that fails closed.

Every tenant table is read through :class:`TenantManager`: outside a workspace scope it raises, inside it
filters. :func:`system_scope` is the one way round it; a lint rule lists who may call it and why.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import models

from atelogo.core import ids

if TYPE_CHECKING:
    from collections.abc import Iterator


class TenancyError(RuntimeError):
    """A tenant table was touched outside a workspace scope: a programming error, never shown to people."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who may be seen: one workspace, or all of them for a stated reason."""

    workspace_id: UUID | None
    why: str = ""


_scope: ContextVar[Scope | None] = ContextVar("atelogo_scope", default=None)


def current_scope() -> Scope | None:
    """Return the scope in force, or ``None`` outside any."""
    return _scope.get()


@contextmanager
def workspace_scope(workspace_id: UUID) -> Iterator[None]:
    """See only the rows of one workspace inside the block."""
    token = _scope.set(Scope(workspace_id))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def system_scope(why: str) -> Iterator[None]:
    """See every workspace's rows inside the block; ``why`` says for what (login, worker, sealer, health)."""
    if not why:
        msg = "system_scope needs its reason"
        raise TenancyError(msg)
    token = _scope.set(Scope(None, why))
    try:
        yield
    finally:
        _scope.reset(token)


_M = TypeVar("_M", bound=models.Model)


class TenantManager(models.Manager[_M]):
    """The only manager of tenant tables: filtered by the scope, refusing without one."""

    def get_queryset(self) -> models.QuerySet[_M]:
        """Return the rows of the scope's workspace; raise :class:`TenancyError` without a scope."""
        scope = _scope.get()
        if scope is None:
            msg = f"{self.model.__name__} read outside a workspace scope"
            raise TenancyError(msg)
        rows = super().get_queryset()
        return rows if scope.workspace_id is None else rows.filter(workspace_id=scope.workspace_id)


class TenantModel(models.Model):
    """Base of every table that belongs to a workspace: UUIDv7 key and a bare ``workspace_id``."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    workspace_id = models.UUIDField(editable=False)

    objects: TenantManager[Any] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"
