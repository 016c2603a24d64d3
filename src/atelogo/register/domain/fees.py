"""The fee for leaving before a commitment ends: its sum, or "under check" where data are missing.

Formula: ``benefit x months left / months of the commitment``, rounded half up to a minor unit and
never above the benefit. Source: Anatel Res. 632/2014 arts. 57-59 and Res. 765/2023 art. 37, read in
secondary sources: have your lawyers check ("conferir com seu jurídico"). A fee never blocks leaving.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class FeeState(StrEnum):
    """What is known about the fee when the customer reads the page."""

    NONE = "none"
    STATED = "stated"
    CHECKING = "checking"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A minimum term: its last day, its length and the benefit granted for it, in minor units.

    A field that the contract's data do not hold is None: the fee is then "under check".
    """

    until: date | None = None
    months_total: int | None = None
    benefit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """A fee with the parts of its sum; ``amount_minor`` is None while it is under check."""

    state: FeeState
    amount_minor: int | None
    benefit_minor: int | None = None
    months_left: int | None = None
    months_total: int | None = None

    @property
    def due_minor(self) -> int:
        """What may be charged today, in minor units: nothing while under check or in dispute."""
        if self.state is FeeState.STATED and self.amount_minor is not None:
            return self.amount_minor
        return 0


NO_FEE = FeeQuote(FeeState.NONE, 0)


def half_up(numerator: int, denominator: int) -> int:
    """Give ``numerator / denominator`` as a whole number, halves upward, in integers alone.

    Both are counted as not negative; raises ValueError otherwise (there is no negative fee).
    """
    if numerator < 0 or denominator <= 0:
        message = "half_up needs a numerator >= 0 and a denominator > 0"
        raise ValueError(message)
    return (2 * numerator + denominator) // (2 * denominator)


def add_months(day: date, months: int) -> date:
    """Give the same day `months` later, or the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months_left(last_day: date, until: date) -> int:
    """Count the whole months from the day after `last_day` to `until`, both ends included.

    A month already begun is not counted, in the customer's favour; 0 once the term is over.
    """
    if last_day >= until:
        return 0
    # Some systems write the calendar's last day for "no end": one day less keeps it countable.
    until = min(until, date.max - timedelta(days=1))
    start, stop = last_day + timedelta(days=1), until + timedelta(days=1)
    months = (stop.year - start.year) * 12 + stop.month - start.month
    return months - 1 if add_months(start, months) > stop else months


def fee_quote(commitment: Commitment | None, *, last_day: date | None) -> FeeQuote:
    """Give the fee for leaving on `last_day`; None for `commitment` means that there is none.

    Missing or impossible data (no benefit, no term, no last day) give the state "checking", never
    an error: what the company does not know is no burden of the customer.
    """
    if commitment is None:
        return NO_FEE
    until, total, benefit = commitment.until, commitment.months_total, commitment.benefit_minor
    if benefit == 0 or (until is not None and last_day is not None and last_day >= until):
        return NO_FEE
    checking = FeeQuote(FeeState.CHECKING, None, benefit, None, total)
    if until is None or last_day is None or total is None or benefit is None:
        return checking
    if total <= 0 or benefit < 0:
        return checking
    # Terms counted from the installation may leave a few days more than the contract's months.
    left = min(whole_months_left(last_day, until), total)
    if left == 0:
        return FeeQuote(FeeState.NONE, 0, benefit, 0, total)
    return FeeQuote(FeeState.STATED, half_up(benefit * left, total), benefit, left, total)


def dispute(quote: FeeQuote) -> FeeQuote:
    """Give the same fee held for a person's answer; where there is no fee nothing changes."""
    if quote.state is FeeState.NONE:
        return quote
    return replace(quote, state=FeeState.DISPUTED)
