"""Keeping a request's completeness score true to its record."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from atelogo.register.domain.completeness import completeness
from atelogo.register.models import Request
from atelogo.register.queries.detail import facts_of

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


def completeness_refresh(*, workspace: WorkspaceInfo, request_id: UUID) -> int | None:
    """Reckon a request's score anew and keep it; return it, or ``None`` when there is no such request.

    The score is derived from the row, so it is no fact of its own and writes nothing to the ledger.
    """
    rows = Request.objects.filter(workspace_id=workspace.id, id=request_id)
    request = rows.select_related("reason").first()
    if request is None:
        return None
    score = completeness(facts_of(request)).score
    if score != request.completeness:
        rows.update(completeness=score)
    return score
