"""Sending receipts to customers: with the proof once the entry is sealed, without it after a short wait."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


def receipt_send(*, workspace: WorkspaceInfo, receipt_id: UUID, attempt: int) -> None:
    """Send one receipt by the workspace's channel."""
