"""What leaving means for one contract, with its sums: shown before confirming, applied when confirming."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from atelogo.core import clock
from atelogo.register.domain.deadlines import (
    Consequences,
    EffectiveChoice,
    EffectiveDateRefused,
    Interval,
    IntervalUnit,
    RecurringCharge,
    consequences,
    effective_at,
    effective_date,
)
from atelogo.register.domain.fees import (
    Commitment,
    FeeQuote,
    FeeState,
    add_months,
    fee_quote,
    whole_months_left,
)
from atelogo.register.errors import EffectiveDateError

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.register.models import Contract

_UNITS = {
    "day": Interval(IntervalUnit.DAY),
    "week": Interval(IntervalUnit.WEEK),
    "month": Interval(IntervalUnit.MONTH),
    "quarter": Interval(IntervalUnit.MONTH, 3),
    "semester": Interval(IntervalUnit.MONTH, 6),
    "year": Interval(IntervalUnit.YEAR),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """When the service ends by the customer's choice, and the fee that this means."""

    choice: EffectiveChoice
    last_day: date
    at: datetime
    fee: FeeQuote


def charge_of(contract: Contract) -> RecurringCharge:
    """Return the contract's recurring charge and the period that ends before its next renewal.

    A renewal at the very edge of the calendar has no period before it: the period is then not known.
    """
    interval = _UNITS.get(contract.interval)
    renews = contract.renews_on
    if renews is None or interval is None:
        return RecurringCharge(amount_minor=contract.amount_minor, interval=interval)
    months = interval.length * (12 if interval.unit is IntervalUnit.YEAR else 1)
    monthly = interval.unit in {IntervalUnit.MONTH, IntervalUnit.YEAR}
    try:
        start = add_months(renews, -months) if monthly else interval.after(renews, -1)
        end = renews - clock.DAY
    except (ValueError, OverflowError):
        return RecurringCharge(amount_minor=contract.amount_minor, interval=interval)
    return RecurringCharge(
        amount_minor=contract.amount_minor,
        period_start=start,
        period_end=end,
        interval=interval,
        runs_from=contract.started_on or date.min,
    )


def commitment_of(contract: Contract) -> Commitment | None:
    """Return the contract's minimum term, or ``None`` when it has none."""
    if contract.committed_until is None and contract.commitment_benefit_minor is None:
        return None
    start, until = contract.committed_from or contract.started_on, contract.committed_until
    months = None
    if until is not None and start is not None and start > date.min:
        # Counted as the months left are, both ends included: on the eve of the first day all are left.
        months = whole_months_left(start - clock.DAY, until)
    return Commitment(until=until, months_total=months, benefit_minor=contract.commitment_benefit_minor)


def consequences_of(workspace: WorkspaceInfo, contract: Contract, chosen: date | None = None) -> Consequences:
    """Return what each choice of last day means; raise :class:`EffectiveDateError` for a bad ``chosen``."""
    today = clock.today(workspace.timezone)
    try:
        return consequences(
            today=today, charge=charge_of(contract), commitment=commitment_of(contract), chosen=chosen
        )
    except EffectiveDateRefused as refusal:
        raise EffectiveDateError from refusal


def ending_of(
    workspace: WorkspaceInfo,
    contract: Contract | None,
    *,
    choice: EffectiveChoice,
    chosen: date | None,
    confirmed_at: datetime,
) -> Ending:
    """Return the last day, its instant and the fee for a choice.

    A period end that the data do not hold becomes "now", which is what the law gives by default; a bad
    date raises :class:`EffectiveDateError`. Without a contract the fee is under check.
    """
    zone = ZoneInfo(workspace.timezone)
    today = confirmed_at.astimezone(zone).date()
    period_end = None
    if contract is not None and choice is EffectiveChoice.PERIOD_END:
        period_end = consequences_of(workspace, contract).period_end.last_day
        choice = choice if period_end is not None else EffectiveChoice.NOW
    elif choice is EffectiveChoice.PERIOD_END:
        choice = EffectiveChoice.NOW
    try:
        last_day = effective_date(choice, today=today, period_end=period_end, chosen=chosen)
    except EffectiveDateRefused as refusal:
        raise EffectiveDateError from refusal
    at = confirmed_at if choice is EffectiveChoice.NOW else effective_at(last_day, zone)
    if contract is None:
        return Ending(choice, last_day, at, FeeQuote(FeeState.CHECKING, None))
    return Ending(choice, last_day, at, fee_quote(commitment_of(contract), last_day=last_day))
