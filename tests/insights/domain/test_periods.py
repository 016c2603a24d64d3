"""Periods in everyday words, and the equal stretch before each."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from atelogo.insights.domain.periods import PRESETS, Period, chosen_period, preset_period


def test_the_month_so_far_is_compared_with_the_same_days_before() -> None:
    """The first ten days of March stand against the first ten of February."""
    assert preset_period("this_month", date(2026, 3, 10)).before() == Period(
        date(2026, 2, 1), date(2026, 2, 10)
    )


def test_a_long_month_so_far_is_compared_with_the_whole_short_one() -> None:
    """30 March has no twin in February: the shorter month counts whole, never into March."""
    assert preset_period("this_month", date(2026, 3, 30)).before() == Period(
        date(2026, 2, 1), date(2026, 2, 28)
    )


def test_a_whole_month_is_compared_with_the_whole_month_before() -> None:
    """All of February stands against all 31 days of January."""
    assert preset_period("last_month", date(2026, 3, 10)).before() == Period(
        date(2026, 1, 1), date(2026, 1, 31)
    )


def test_dates_given_in_the_wrong_order_are_turned() -> None:
    """A person who swaps the dates gets the period they mean."""
    period = chosen_period("", date(2026, 3, 9), date(2026, 3, 1), date(2026, 3, 10))
    assert (period.since, period.until) == (date(2026, 3, 1), date(2026, 3, 9))


@given(st.sampled_from(PRESETS), st.dates(date(2001, 1, 1), date(2100, 12, 31)))
def test_the_period_before_ends_the_day_before_or_earlier(preset: str, today: date) -> None:
    """No request is ever in both periods, whatever the day."""
    period = preset_period(preset, today)
    before = period.before()
    if before is None:
        assert period.since is None
    else:
        assert period.since is not None
        assert before.until is not None
        assert before.until <= period.since - timedelta(days=1)
