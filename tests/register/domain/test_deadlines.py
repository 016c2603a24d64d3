from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.deadlines import (
    HORIZON_DAYS,
    Consequence,
    EffectiveChoice,
    EffectiveDateRefused,
    Interval,
    IntervalUnit,
    RecurringCharge,
    Windows,
    consequences,
    effective_at,
    effective_date,
    lapse_at,
    local_day,
    stop_due_at,
    undo_is_open,
    undo_until,
)

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MONTHLY = Interval(IntervalUnit.MONTH)
TODAY = date(2026, 11, 21)
NOVEMBER = RecurringCharge(
    amount_minor=9990,
    period_start=date(2026, 11, 1),
    period_end=date(2026, 11, 30),
    interval=MONTHLY,
    paid_minor=9990,
)

instants = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)
windows = st.builds(Windows, st.integers(0, 999), st.integers(0, 999), st.integers(1, 99))
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
amounts = st.integers(min_value=0, max_value=10_000_000)
intervals = st.builds(Interval, st.sampled_from(IntervalUnit), st.integers(1, 12))


@st.composite
def charges(draw: st.DrawFn) -> RecurringCharge:
    """Any complete charge: a period of 1 to 401 days, then any interval."""
    start = draw(days)
    return RecurringCharge(
        amount_minor=draw(amounts),
        period_start=start,
        period_end=start + timedelta(days=draw(st.integers(0, 400))),
        interval=draw(intervals),
        paid_minor=draw(amounts),
    )


@given(instants, windows)
def test_deadlines_are_elapsed_time_in_utc(instant: datetime, chosen: Windows) -> None:
    """Each deadline is so many elapsed hours or days after its start, whatever the clocks do."""
    start = instant.astimezone(UTC)
    assert stop_due_at(instant, chosen) - start == timedelta(hours=chosen.stop_hours)
    assert undo_until(instant, chosen) - start == timedelta(hours=chosen.undo_hours)
    assert lapse_at(instant, chosen) - start == timedelta(days=chosen.lapse_days)
    assert stop_due_at(instant, chosen).tzinfo is UTC


def test_default_windows() -> None:
    """Until a company says otherwise: 48 hours to stop billing, 24 to undo, 7 days to lapse."""
    assert Windows() == Windows(stop_hours=48, undo_hours=24, lapse_days=7)


def test_the_undo_window_closes_at_its_last_instant() -> None:
    """One second before the end can undo, the end itself cannot."""
    until = undo_until(datetime(2026, 11, 21, 15, tzinfo=UTC), Windows())
    assert until == datetime(2026, 11, 22, 15, tzinfo=UTC)
    assert undo_is_open(until - timedelta(seconds=1), until)
    assert not undo_is_open(until, until)


@pytest.mark.parametrize("bad", [{"stop_hours": -1}, {"undo_hours": -1}, {"lapse_days": 0}])
def test_windows_below_zero_are_refused(bad: dict[str, int]) -> None:
    """A window that ends before it begins is no window."""
    with pytest.raises(ValueError, match="windows need"):
        Windows(**bad)


def test_an_instant_without_zone_is_refused() -> None:
    """A naive time would be read in some zone by guess: it raises."""
    with pytest.raises(ValueError, match="time zone"):
        stop_due_at(datetime(2026, 11, 21), Windows())  # noqa: DTZ001


def test_the_day_and_its_end_follow_the_companys_wall_clock() -> None:
    """At 01:30 UTC it is still yesterday in São Paulo, and that day ends at 03:00 UTC."""
    assert local_day(datetime(2026, 11, 22, 1, 30, tzinfo=UTC), SAO_PAULO) == TODAY
    assert effective_at(TODAY, SAO_PAULO) == datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "choice, period_end, chosen, why",
    [
        ("period_end", None, None, "period_unknown"),
        ("period_end", TODAY - timedelta(days=1), None, "period_unknown"),
        ("date", None, None, "missing"),
        ("date", None, TODAY - timedelta(days=1), "past"),
        ("date", None, TODAY + timedelta(days=HORIZON_DAYS + 1), "too_far"),
    ],
)
def test_a_last_day_that_cannot_be_is_refused_with_its_why(
    choice: str, period_end: date | None, chosen: date | None, why: str
) -> None:
    """The form learns which of the four reasons stands in the way."""
    with pytest.raises(EffectiveDateRefused) as refused:
        effective_date(EffectiveChoice(choice), today=TODAY, period_end=period_end, chosen=chosen)
    assert refused.value.why == why


def test_each_choice_gives_its_last_day() -> None:
    """Today, the period's end, or the very day that was chosen."""
    end, wanted = date(2026, 11, 30), date(2026, 12, 24)
    assert effective_date(EffectiveChoice.NOW, today=TODAY) == TODAY
    assert effective_date(EffectiveChoice.PERIOD_END, today=TODAY, period_end=end) == end
    assert effective_date(EffectiveChoice.DATE, today=TODAY, chosen=wanted) == wanted
    assert effective_date(EffectiveChoice.DATE, today=TODAY, chosen=TODAY) == TODAY


def test_the_sums_of_an_ordinary_month() -> None:
    """R$ 99,90 paid for November, leaving on the 21st, at the end, or on 10 December."""
    seen = consequences(today=TODAY, charge=NOVEMBER, commitment=None, chosen=date(2026, 12, 10))
    assert (seen.now.days_used, seen.now.days_in_period) == (21, 30)
    assert (seen.now.pro_rata_minor, seen.now.to_pay_minor, seen.now.to_return_minor) == (6993, 0, 2997)
    assert seen.period_end.last_day == date(2026, 11, 30)
    assert (seen.period_end.pro_rata_minor, seen.period_end.to_return_minor) == (9990, 0)
    assert seen.date is not None
    # 30 days of November and 10 of December's 31: 9990 + 9990 x 10 / 31 = 9990 + 3222.58
    assert (seen.date.days_used, seen.date.days_in_period) == (40, 31)
    assert (seen.date.pro_rata_minor, seen.date.to_pay_minor) == (13213, 3223)
    assert seen.of(EffectiveChoice.DATE) is seen.date


def test_a_period_known_from_long_ago_is_carried_to_today() -> None:
    """From a period of January billed monthly, today's period is 10 November to 9 December."""
    old = RecurringCharge(5000, date(2026, 1, 10), date(2026, 2, 9), MONTHLY)
    seen = consequences(today=TODAY, charge=old, commitment=None)
    assert seen.period_end.last_day == date(2026, 12, 9)
    assert (seen.now.days_used, seen.now.days_in_period) == (12, 30)
    assert seen.now.pro_rata_minor == 2000


def test_the_last_day_of_a_carried_period_still_belongs_to_it() -> None:
    """On 21 November, last day of a period carried from long ago, the period ends today, not in December."""
    old = RecurringCharge(5000, date(2026, 1, 22), date(2026, 2, 21), MONTHLY)
    seen = consequences(today=TODAY, charge=old, commitment=None)
    assert seen.period_end.last_day == TODAY
    assert seen.now.pro_rata_minor == seen.period_end.pro_rata_minor == 5000


def test_before_installation_nothing_was_used() -> None:
    """Leaving before the first period begins costs nothing and gives back what was paid."""
    ahead = RecurringCharge(9990, date(2026, 12, 1), date(2026, 12, 31), MONTHLY, 9990)
    now = consequences(today=TODAY, charge=ahead, commitment=None).now
    assert (now.days_used, now.pro_rata_minor, now.to_return_minor) == (0, 0, 9990)


@pytest.mark.parametrize(
    "charge",
    [
        RecurringCharge(),
        RecurringCharge(9990),
        RecurringCharge(9990, date(2026, 11, 30), date(2026, 11, 1), MONTHLY),
        RecurringCharge(9990, date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_missing_or_impossible_periods_never_stop_the_page(charge: RecurringCharge) -> None:
    """Without a usable period the sums are unknown, leaving today is still possible."""
    seen = consequences(today=TODAY, charge=charge, commitment=None)
    assert seen.now.last_day == TODAY
    assert (seen.now.pro_rata_minor, seen.now.to_pay_minor) == (None, None)
    assert seen.period_end.last_day is None
    with pytest.raises(EffectiveDateRefused):
        seen.of(EffectiveChoice.DATE)


@pytest.mark.parametrize("amount", [None, -1])
def test_an_unknown_price_keeps_the_days(amount: int | None) -> None:
    """Without a believable price the days are still told; the money is not invented."""
    charge = RecurringCharge(amount, date(2026, 11, 1), date(2026, 11, 30), MONTHLY, 100)
    now = consequences(today=TODAY, charge=charge, commitment=None).now
    assert (now.days_used, now.pro_rata_minor, now.to_return_minor) == (21, None, None)


def _balances(seen: Consequence, paid: int) -> bool:
    if seen.pro_rata_minor is None:
        return seen.to_pay_minor is None and seen.to_return_minor is None
    assert seen.to_pay_minor is not None
    assert seen.to_return_minor is not None
    one_is_zero = 0 in {seen.to_pay_minor, seen.to_return_minor}
    return one_is_zero and paid + seen.to_pay_minor - seen.to_return_minor == seen.pro_rata_minor


@given(charges(), days, st.integers(0, HORIZON_DAYS))
def test_money_is_never_created(charge: RecurringCharge, today: date, ahead: int) -> None:
    """Paid plus owed less returned is the price of the days used, and nobody gets back more than paid."""
    seen = consequences(today=today, charge=charge, commitment=None, chosen=today + timedelta(days=ahead))
    assert charge.paid_minor is not None
    for one in (seen.now, seen.period_end, seen.date):
        assert one is not None
        assert _balances(one, charge.paid_minor)
        if one.to_return_minor is not None:
            assert 0 <= one.to_return_minor <= charge.paid_minor


@given(charges(), days, st.integers(0, HORIZON_DAYS), st.integers(0, HORIZON_DAYS))
def test_staying_longer_never_costs_less(charge: RecurringCharge, today: date, one: int, two: int) -> None:
    """The price of the days used grows, or stays, with the last day."""
    early, late = sorted((one, two))
    prices = []
    for ahead in (early, late):
        seen = consequences(today=today, charge=charge, commitment=None, chosen=today + timedelta(days=ahead))
        assert seen.date is not None
        assert seen.date.pro_rata_minor is not None
        prices.append(seen.date.pro_rata_minor)
    assert prices[0] <= prices[1]


@given(charges(), days)
def test_within_one_period_nobody_pays_more_than_the_period(charge: RecurringCharge, today: date) -> None:
    """Leaving now costs at most one period, and leaving at its end exactly one."""
    seen = consequences(today=today, charge=charge, commitment=None)
    assert charge.amount_minor is not None
    assert seen.now.pro_rata_minor is not None
    assert 0 <= seen.now.pro_rata_minor <= charge.amount_minor
    assert seen.period_end.pro_rata_minor == charge.amount_minor
    assert seen.period_end.last_day is not None
    assert seen.period_end.last_day >= today
