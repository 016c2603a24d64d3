"""Requests that came in.

Definition: Requests asked in the period, on any channel, by the day the customer asked. Duplicates
that were merged, voided requests, ends by the company and administrative ends are outside. Unit:
requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelogo.insights.queries.series import figure_by_day
from atelogo.register.queries.aggregates import opened_by_day

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.insights.domain.figures import Figure
    from atelogo.insights.domain.periods import Period


def requests_opened(workspace: WorkspaceInfo, period: Period) -> Figure:
    """Return the figure for a period, with the period before and the daily line."""
    return figure_by_day(workspace, period, opened_by_day, name="requests_opened")
