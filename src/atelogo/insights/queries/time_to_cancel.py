"""How long leaving takes.

Definition: median (and 95th percentile) of ``confirmed_at - intent_at`` over live requests asked in
the period: from the moment the customer came in to cancel until their word was final. Imported
requests have no such times. Unit: seconds. Order statistics, nearest rank; the median of an even n
is the mean of the two in the middle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atelogo.insights.domain.figures import NOT_ENOUGH_DATA, Figure
from atelogo.register.queries.aggregates import cancel_durations

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.insights.domain.periods import Period


def time_to_cancel(workspace: WorkspaceInfo, period: Period) -> Figure:
    """Return the median for a period and the one before; with no live request the figure says so."""
    n, median, _p95 = cancel_durations(workspace, period.since, period.until)
    earlier = period.before()
    before = None
    if earlier is not None:
        _n, then, _slow = cancel_durations(workspace, earlier.since, earlier.until)
        before = round(then.total_seconds()) if then is not None else None
    if median is None:
        return Figure("time_to_cancel", None, before, "seconds", 0, missing=NOT_ENOUGH_DATA)
    return Figure("time_to_cancel", round(median.total_seconds()), before, "seconds", n)
