"""What a new workspace needs from the register before its first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM
from atelogo.register.services.reason_tree import tree_prepare

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


def workspace_prepare(*, workspace: WorkspaceInfo) -> None:
    """Publish the default reason tree; safe to repeat."""
    with workspace_scope(workspace.id):
        tree_prepare(workspace=workspace, actor=SYSTEM)
