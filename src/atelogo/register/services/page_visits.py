"""How often a public page is opened: a number for each day, nobody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from atelogo.core import clock
from atelogo.register.models import PageVisit

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

_PAGE_LENGTH = 40


def page_visit_count(*, workspace: WorkspaceInfo, page: str) -> None:
    """Add one visit of ``page`` on this day in the company's zone; safe among processes.

    No address, cookie or time of day is kept, and no event is written: the count triggers nothing.
    """
    named = {
        "workspace_id": workspace.id,
        "page": page[:_PAGE_LENGTH],
        "day": clock.today(workspace.timezone),
    }
    counted = PageVisit.objects.filter(**named)
    if not counted.update(visits=F("visits") + 1):
        PageVisit.objects.bulk_create([PageVisit(**named)], ignore_conflicts=True)
        counted.update(visits=F("visits") + 1)
