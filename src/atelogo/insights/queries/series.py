"""Days without a request filled in, so that a line shows them as the zeros they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from atelogo.insights.domain.figures import Figure
from atelogo.register.queries.requests import RequestFilter

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.insights.domain.periods import Period
    from atelogo.register.queries.aggregates import DayCount

ByDay = Callable[["WorkspaceInfo", RequestFilter], list["DayCount"]]


def figure_by_day(
    workspace: WorkspaceInfo, period: Period, by_day: ByDay, *, name: str, money: bool = False
) -> Figure:
    """Return a figure summed over days, with the same figure in the period before and its daily line."""
    now = by_day(workspace, RequestFilter(since=period.since, until=period.until))
    earlier = period.before()
    before = None
    if earlier is not None:
        then = by_day(workspace, RequestFilter(since=earlier.since, until=earlier.until))
        before = sum(_value(day, money=money) for day in then)
    return Figure(
        name=name,
        value=sum(_value(day, money=money) for day in now),
        before=before,
        unit="money" if money else "count",
        n=sum(day.count for day in now),
        series=filled(now, period, money=money),
    )


def filled(days: list[DayCount], period: Period, *, money: bool = False) -> tuple[int, ...]:
    """Return one value per day of the period, zero where nothing happened."""
    if period.since is None or period.days is None:
        return tuple(_value(day, money=money) for day in days)
    found = {day.day: _value(day, money=money) for day in days}
    start = period.since
    return tuple(found.get(start + timedelta(days=place), 0) for place in range(period.days))


def _value(day: DayCount, *, money: bool) -> int:
    return day.mrr_minor if money else day.count
