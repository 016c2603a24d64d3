"""What is due now, by the clock alone."""

from __future__ import annotations

from uuid import UUID

from atelogo.core import clock
from atelogo.register.models import Request


def requests_to_lapse(workspace_id: UUID, *, limit: int = 200) -> list[UUID]:
    """Return open requests whose window has passed and whose next step is the customer's own."""
    rows = Request.objects.filter(
        workspace_id=workspace_id, state="open", next_step="conclude", lapse_at__lte=clock.now()
    )
    return list(rows.order_by("lapse_at").values_list("id", flat=True)[:limit])
