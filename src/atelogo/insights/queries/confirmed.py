"""Requests whose customer's word is final.

Definition: Requests of the period that are confirmed or completed now. Unit: requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelogo.insights.queries.series import figure_by_day
from atelogo.register.queries.aggregates import confirmed_by_day

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.insights.domain.figures import Figure
    from atelogo.insights.domain.periods import Period


def confirmed(workspace: WorkspaceInfo, period: Period) -> Figure:
    """Return the figure for a period, with the period before and the daily line."""
    return figure_by_day(workspace, period, confirmed_by_day, name="confirmed")
