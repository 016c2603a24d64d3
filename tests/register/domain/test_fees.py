from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.deadlines import RecurringCharge, consequences
from atelogo.register.domain.fees import (
    NO_FEE,
    Commitment,
    FeeQuote,
    FeeState,
    add_months,
    dispute,
    fee_quote,
    half_up,
    whole_months_left,
)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))
maybe_days = st.none() | days
commitments = st.builds(
    Commitment, maybe_days, st.none() | st.integers(-3, 60), st.none() | st.integers(-500, 10_000_000)
)


def test_the_worked_example_of_the_public_page() -> None:
    """R$ 360,00 of benefit for 12 months, leaving with 5 whole months left: R$ 150,00."""
    quote = fee_quote(Commitment(date(2027, 4, 30), 12, 36000), last_day=date(2026, 11, 21))
    assert quote == FeeQuote(FeeState.STATED, 15000, 36000, 5, 12)
    assert quote.due_minor == 15000


@given(st.none() | commitments, maybe_days)
def test_the_fee_is_never_above_the_benefit(commitment: Commitment | None, last_day: date | None) -> None:
    """Whatever the data, a stated fee lies between zero and the benefit granted."""
    quote = fee_quote(commitment, last_day=last_day)
    if quote.state is FeeState.STATED:
        assert quote.amount_minor is not None
        assert quote.benefit_minor is not None
        assert 0 <= quote.amount_minor <= quote.benefit_minor
    else:
        assert quote.due_minor == 0
        assert quote.amount_minor == (0 if quote.state is FeeState.NONE else None)


@given(days, st.integers(0, 2000), st.integers(1, 60), st.integers(0, 10_000_000), st.integers(0, 2000))
def test_leaving_later_never_costs_more(
    until: date, before: int, total: int, benefit: int, wait: int
) -> None:
    """The fee falls, or stays, as the last day moves towards the end of the term."""
    term = Commitment(until, total, benefit)
    early = fee_quote(term, last_day=until - timedelta(days=before + wait))
    late = fee_quote(term, last_day=until - timedelta(days=before))
    assert late.due_minor <= early.due_minor


@pytest.mark.parametrize(
    "commitment, last_day, state",
    [
        (None, date(2026, 11, 21), "none"),
        (Commitment(date(2026, 11, 21), 12, 36000), date(2026, 11, 21), "none"),
        (Commitment(date(2026, 12, 15), 12, 36000), date(2026, 11, 21), "none"),
        (Commitment(date(2027, 4, 30), 12, 0), date(2026, 11, 21), "none"),
        (Commitment(None, None, 0), None, "none"),
        (Commitment(), date(2026, 11, 21), "checking"),
        (Commitment(date(2027, 4, 30), 12, None), date(2026, 11, 21), "checking"),
        (Commitment(date(2027, 4, 30), None, 36000), date(2026, 11, 21), "checking"),
        (Commitment(None, 12, 36000), date(2026, 11, 21), "checking"),
        (Commitment(date(2027, 4, 30), 0, 36000), date(2026, 11, 21), "checking"),
        (Commitment(date(2027, 4, 30), 12, -1), date(2026, 11, 21), "checking"),
        (Commitment(date(2027, 4, 30), 12, 36000), None, "checking"),
    ],
)
def test_missing_data_are_under_check_and_an_ended_term_is_free(
    commitment: Commitment | None, last_day: date | None, state: str
) -> None:
    """What is not known is never charged, and the last month already begun costs nothing."""
    assert fee_quote(commitment, last_day=last_day).state.value == state


def test_a_calendars_last_day_as_no_end_is_counted() -> None:
    """The year 9999, written by some systems for "no end", gives a fee capped at the benefit."""
    quote = fee_quote(Commitment(date.max, 12, 36000), last_day=date(2026, 11, 21))
    assert (quote.state, quote.amount_minor, quote.months_left) == (FeeState.STATED, 36000, 12)


def test_a_disputed_fee_is_held_and_keeps_its_sum() -> None:
    """In dispute nothing is due, the parts stay for the person who answers."""
    stated = fee_quote(Commitment(date(2027, 4, 30), 12, 36000), last_day=date(2026, 11, 21))
    held = dispute(stated)
    assert (held.state, held.amount_minor, held.months_left) == (FeeState.DISPUTED, 15000, 5)
    assert held.due_minor == 0
    assert dispute(FeeQuote(FeeState.CHECKING, None)).state is FeeState.DISPUTED
    assert dispute(NO_FEE) is NO_FEE


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_half_up_is_the_nearest_whole_number(numerator: int, denominator: int) -> None:
    """The rounded number is within a half of the exact one, and a half goes upward."""
    gap = half_up(numerator, denominator) - Fraction(numerator, denominator)
    assert Fraction(-1, 2) < gap <= Fraction(1, 2)


@pytest.mark.parametrize("numerator, denominator", [(-1, 2), (1, 0), (1, -2)])
def test_half_up_refuses_negative_money(numerator: int, denominator: int) -> None:
    """There is no negative fee, and nothing is shared out over no days."""
    with pytest.raises(ValueError, match="half_up needs"):
        half_up(numerator, denominator)


@given(days, st.integers(0, 300))
def test_whole_months_are_counted_back_exactly(start: date, months: int) -> None:
    """A term of so many months has that many left the day before it begins, and one less a day later."""
    until = add_months(start, months) - timedelta(days=1)
    assert whole_months_left(start - timedelta(days=1), until) == months
    if months and start.day < 28:  # a month's last days may be the same day a month later
        assert whole_months_left(start, until) == months - 1


@pytest.mark.parametrize(
    "start, months, expected",
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 21), 2, date(2027, 1, 21)),
        (date(2026, 3, 15), -3, date(2025, 12, 15)),
    ],
)
def test_months_end_at_their_last_day(start: date, months: int, expected: date) -> None:
    """The 31st of a short month is its last day, leap years included."""
    assert add_months(start, months) == expected


def test_each_choice_of_last_day_has_its_own_fee() -> None:
    """Leaving at the end of a later month can cost one month less."""
    charge = RecurringCharge(9990, date(2026, 11, 10), date(2026, 12, 9))
    term = Commitment(date(2027, 4, 30), 12, 36000)
    seen = consequences(today=date(2026, 11, 21), charge=charge, commitment=term)
    assert seen.now.fee.amount_minor == 15000
    assert seen.period_end.fee.amount_minor == 12000
