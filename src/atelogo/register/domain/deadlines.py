"""Until when, from when, and what each choice of last day means in money. Pure and in integers.

The default windows are settings of the workspace until rule packs exist, not verified law:
have your lawyers check ("conferir com seu jurídico"). Sources, secondary: billing stop and undo,
Decreto 11.034/2022 art. 14 and Anatel Res. 632/2014 arts. 14-15; the lapse window is our practice.
Each request stores the values applied to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from atelogo.register.domain.fees import Commitment, FeeQuote, add_months, fee_quote, half_up

# Further ahead a date is more likely a slip of the finger than a wish.
HORIZON_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Windows:
    """The workspace's windows: hours to stop billing, hours to undo, days until an open lapses."""

    stop_hours: int = 48
    undo_hours: int = 24
    lapse_days: int = 7

    def __post_init__(self) -> None:
        """Refuse negative windows with ValueError; zero hours to undo means no undo."""
        if self.stop_hours < 0 or self.undo_hours < 0 or self.lapse_days < 1:
            message = "windows need stop_hours >= 0, undo_hours >= 0 and lapse_days >= 1"
            raise ValueError(message)


def stop_due_at(requested_at: datetime, windows: Windows) -> datetime:
    """Give the UTC instant by which billing must have stopped, from the accepted declaration."""
    return _utc(requested_at) + timedelta(hours=windows.stop_hours)


def undo_until(confirmed_at: datetime, windows: Windows) -> datetime:
    """Give the UTC instant at which the undo window closes.

    It runs from the server's confirmation, not from an earlier declaration: a letter typed in a
    week late can still be undone for the whole window.
    """
    return _utc(confirmed_at) + timedelta(hours=windows.undo_hours)


def undo_is_open(now: datetime, until: datetime) -> bool:
    """Tell whether the request can still be undone at `now`; the closing instant is too late."""
    return _utc(now) < _utc(until)


def lapse_at(recorded_at: datetime, windows: Windows) -> datetime:
    """Give the UTC instant at which a request with no declaration is asked about, then lapses."""
    return _utc(recorded_at) + timedelta(days=windows.lapse_days)


def _utc(instant: datetime) -> datetime:
    # Hours are elapsed hours: adding them to local time would be wrong across a clock change.
    if instant.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    return instant.astimezone(UTC)


class EffectiveChoice(StrEnum):
    """When the service ends: at once, with the period already begun, or on a chosen date."""

    NOW = "now"
    PERIOD_END = "period_end"
    DATE = "date"


class EffectiveDateRefused(ValueError):  # noqa: N818 - the fact itself; the room's error wraps it
    """The last day cannot be given: `why` is missing, past, too_far or period_unknown."""

    def __init__(self, why: str) -> None:
        """Keep the word by which the form chooses its message."""
        super().__init__(f"no effective date: {why}")
        self.why = why


def effective_date(
    choice: EffectiveChoice,
    *,
    today: date,
    period_end: date | None = None,
    chosen: date | None = None,
) -> date:
    """Give the last day of service for `choice`; days are those of the workspace's time zone.

    Raises EffectiveDateRefused: a date that is missing, before today or more than HORIZON_DAYS
    ahead; or a period whose end is not known or already past.
    """
    if choice is EffectiveChoice.NOW:
        return today
    if choice is EffectiveChoice.PERIOD_END:
        if period_end is None or period_end < today:
            raise EffectiveDateRefused("period_unknown")
        return period_end
    if chosen is None:
        raise EffectiveDateRefused("missing")
    if chosen < today:
        raise EffectiveDateRefused("past")
    if (chosen - today).days > HORIZON_DAYS:
        raise EffectiveDateRefused("too_far")
    return chosen


def effective_at(last_day: date, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which a scheduled `last_day` is over in the workspace's zone."""
    following = last_day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Give the day on the wall calendar of `zone` at `instant`; naive instants raise ValueError."""
    return _utc(instant).astimezone(zone).date()


class IntervalUnit(StrEnum):
    """The unit in which a contract is billed."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Interval:
    """How often a contract is billed: every `length` of `unit`."""

    unit: IntervalUnit
    length: int = 1

    def after(self, anchor: date, times: int) -> date:
        """Give the day `times` intervals after `anchor`; a month's end stays a month's end."""
        steps = max(self.length, 1) * times
        if self.unit is IntervalUnit.DAY:
            return anchor + timedelta(days=steps)
        if self.unit is IntervalUnit.WEEK:
            return anchor + timedelta(weeks=steps)
        return add_months(anchor, steps * (12 if self.unit is IntervalUnit.YEAR else 1))


@dataclass(frozen=True, slots=True)
class RecurringCharge:
    """What a contract charges per period, in minor units, and one known period, ends included.

    `paid_minor` is what is already paid for the period that holds today. None is "not known".
    `runs_from` is the first day of service: from then on there are periods before the known one too.
    """

    amount_minor: int | None = None
    period_start: date | None = None
    period_end: date | None = None
    interval: Interval | None = None
    paid_minor: int | None = None
    runs_from: date | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one choice means; money in minor units, None where the data are missing.

    ``pro_rata_minor`` is the price of the days used from the start of the current period:
    ``amount x days used / days in the period``, half up, for each period reached. Where the paid
    sum is known, ``paid + to_pay - to_return = pro_rata`` and one of the two is zero.
    """

    choice: EffectiveChoice
    last_day: date | None
    days_used: int | None
    days_in_period: int | None
    pro_rata_minor: int | None
    to_pay_minor: int | None
    to_return_minor: int | None
    fee: FeeQuote


@dataclass(frozen=True, slots=True)
class Consequences:
    """What each choice means, side by side; `date` is None until a date is asked for."""

    now: Consequence
    period_end: Consequence
    date: Consequence | None

    def of(self, choice: EffectiveChoice) -> Consequence:
        """Give one choice; raises EffectiveDateRefused for a date that was not asked for."""
        found = {
            EffectiveChoice.NOW: self.now,
            EffectiveChoice.PERIOD_END: self.period_end,
            EffectiveChoice.DATE: self.date,
        }[choice]
        if found is None:
            raise EffectiveDateRefused("missing")
        return found


def consequences(
    *,
    today: date,
    charge: RecurringCharge,
    commitment: Commitment | None,
    chosen: date | None = None,
) -> Consequences:
    """Give last day, days used, price of those days and fee for each choice of last day.

    `commitment` None means that the contract has none. The day of leaving counts as used. Bad or
    missing data become None and a fee "under check", never an error. Raises EffectiveDateRefused
    only for a `chosen` date outside today .. today + HORIZON_DAYS.
    """
    end = _period_end(charge, today)

    def meaning(choice: EffectiveChoice, last_day: date | None) -> Consequence:
        return _consequence(choice, last_day, today, charge, commitment)

    asked = None
    if chosen is not None:
        asked = effective_date(EffectiveChoice.DATE, today=today, chosen=chosen)
    return Consequences(
        now=meaning(EffectiveChoice.NOW, today),
        period_end=meaning(EffectiveChoice.PERIOD_END, end),
        date=None if asked is None else meaning(EffectiveChoice.DATE, asked),
    )


def _consequence(
    choice: EffectiveChoice,
    last_day: date | None,
    today: date,
    charge: RecurringCharge,
    commitment: Commitment | None,
) -> Consequence:
    fee = fee_quote(commitment, last_day=last_day)
    used = None if last_day is None else _used(charge, today, last_day)
    if used is None:
        return Consequence(choice, last_day, None, None, None, None, None, fee)
    days, length, price = used
    paid = charge.paid_minor
    balance = None if price is None or paid is None or paid < 0 else price - paid
    return Consequence(
        choice=choice,
        last_day=last_day,
        days_used=days,
        days_in_period=length,
        pro_rata_minor=price,
        to_pay_minor=None if balance is None else max(balance, 0),
        to_return_minor=None if balance is None else max(-balance, 0),
        fee=fee,
    )


def _periods(charge: RecurringCharge, today: date) -> Iterator[tuple[date, date]]:
    """Give the period that holds `today` and those after it; nothing where that is not known."""
    start, end = charge.period_start, charge.period_end
    if start is None or end is None or end < start:
        return
    began = charge.runs_from is not None and charge.runs_from <= today
    ahead = began and today < start and charge.interval is not None
    if today <= end and not ahead:
        yield start, end
    if charge.interval is None:
        return
    anchor = end + timedelta(days=1)
    # A renewal far ahead (paid in advance, or a yearly date on a monthly price) is stepped back to today.
    for number in count(_steps_to(charge.interval, anchor, today) if ahead else 0):
        first = charge.interval.after(anchor, number)
        last = charge.interval.after(anchor, number + 1) - timedelta(days=1)
        if last >= today:
            yield first, last


def _steps_to(interval: Interval, anchor: date, today: date) -> int:
    """Give the number of intervals from `anchor` to the last start not after `today`; back is negative."""
    length = max(interval.length, 1)
    if interval.unit in {IntervalUnit.DAY, IntervalUnit.WEEK}:
        return (today - anchor).days // (length * (7 if interval.unit is IntervalUnit.WEEK else 1))
    length *= 12 if interval.unit is IntervalUnit.YEAR else 1
    steps = ((today.year - anchor.year) * 12 + today.month - anchor.month) // length
    return steps - 1 if interval.after(anchor, steps) > today else steps


def _period_end(charge: RecurringCharge, today: date) -> date | None:
    return next((end for _, end in _periods(charge, today)), None)


def _used(charge: RecurringCharge, today: date, last_day: date) -> tuple[int, int, int | None] | None:
    """Give days used, days in the last period reached, and their price (None if not known)."""
    amount = charge.amount_minor
    days = price = 0
    for start, end in _periods(charge, today):
        length = (end - start).days + 1
        used = min(max((last_day - start).days + 1, 0), length)
        days += used
        if amount is not None and amount >= 0:
            price += half_up(amount * used, length)
        if last_day <= end:
            return days, length, price if amount is not None and amount >= 0 else None
    return None
