"""Periods of local days: presets in everyday words, and the equal stretch before each."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

PRESETS: Final = ("this_month", "last_month", "last_30_days", "last_12_months", "all")


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``since`` to ``until``, both included; an open end is None."""

    since: date | None
    until: date | None
    preset: str = ""

    @property
    def days(self) -> int | None:
        """How many days, or None for an open period."""
        if self.since is None or self.until is None:
            return None
        return (self.until - self.since).days + 1

    def before(self) -> Period | None:
        """Return the period to compare with: for a month so far, the same days of the month before.

        A whole month is compared with the whole month before; any other stretch with the equal one before
        it; an open one with nothing.
        """
        if self.since is None or self.until is None:
            return None
        if self.since.day == 1 and (self.since.year, self.since.month) == (self.until.year, self.until.month):
            start = _month_start(self.since - timedelta(days=1))
            last = calendar.monthrange(start.year, start.month)[1]
            whole = self.until.day == calendar.monthrange(self.until.year, self.until.month)[1]
            return Period(start, start.replace(day=last if whole else min(self.until.day, last)))
        length = self.until - self.since
        end = self.since - timedelta(days=1)
        return Period(end - length, end)


def preset_period(name: str, today: date) -> Period:
    """Return the period called ``name``; an unknown name is this month."""
    start = _month_start(today)
    if name == "last_month":
        end = start - timedelta(days=1)
        return Period(_month_start(end), end, name)
    if name == "last_30_days":
        return Period(today - timedelta(days=29), today, name)
    if name == "last_12_months":
        year_before = start.replace(year=start.year - 1)
        return Period(year_before, today, name)
    if name == "all":
        return Period(None, None, name)
    return Period(start, today, "this_month")


def chosen_period(preset: str, since: date | None, until: date | None, today: date) -> Period:
    """Return the period of a form: its dates when given (in either order), else its preset."""
    if since is None and until is None:
        return preset_period(preset, today)
    if since is not None and until is not None and since > until:
        since, until = until, since
    return Period(since, until)


def _month_start(day: date) -> date:
    return day.replace(day=1)
