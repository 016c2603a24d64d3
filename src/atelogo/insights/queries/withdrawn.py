"""Requests taken back (desistências).

Definition: Requests of the period that the customer withdrew, or undid within the window. Not yet
"retained": that needs 30 days. Unit: requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelogo.insights.queries.series import figure_by_day
from atelogo.register.queries.aggregates import stayed_by_day

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.insights.domain.figures import Figure
    from atelogo.insights.domain.periods import Period


def withdrawn(workspace: WorkspaceInfo, period: Period) -> Figure:
    """Return the figure for a period, with the period before and the daily line."""
    return figure_by_day(workspace, period, stayed_by_day, name="withdrawn")
