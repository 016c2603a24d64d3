"""The one place where a slug in an address becomes a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


def workspace_at(slug: str) -> WorkspaceInfo | None:
    """Return the workspace called ``slug``, or ``None``."""
    from atelogo.accounts.queries import workspace_by_slug  # noqa: PLC0415

    return workspace_by_slug(slug)
