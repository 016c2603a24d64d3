"""What leaving means where a contract's dates are unusual: whole years, far renewals, the calendar's edge."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.core import clock
from atelogo.register.domain.deadlines import Consequences, EffectiveChoice
from atelogo.register.domain.fees import FeeState
from atelogo.register.models import Contract
from atelogo.register.services.consequences import consequences_of, ending_of
from tests.register.conftest import Shop

LAST_OF_JUNE = datetime(2026, 6, 30, 15, 0, tzinfo=UTC)


def agreed(**dates: date | str | None) -> Contract:
    """Return a contract of R$ 99,00 a month, not kept, with the dates given."""
    given: dict[str, object] = {"amount_minor": 9900, "interval": "month", **dates}
    return Contract(**given)


def meant(workspace: WorkspaceInfo, contract: Contract, day: datetime = LAST_OF_JUNE) -> Consequences:
    """Return what leaving on ``day`` means."""
    with clock.clock_at(day):
        return consequences_of(workspace, contract)


@pytest.mark.parametrize(
    "start, until",
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_year_is_twelve_months_whichever_way_its_end_is_written(
    shop: Shop, start: date, until: date
) -> None:
    """Half of a year's term left is half of the benefit, with the last day of the year or the next first."""
    contract = agreed(committed_from=start, committed_until=until)
    contract.commitment_benefit_minor = 60000
    fee = meant(shop.workspace, contract).now.fee
    assert (fee.months_left, fee.months_total, fee.amount_minor) == (6, 12, 30000)


def test_a_term_without_a_countable_start_is_under_check(shop: Shop) -> None:
    """The calendar's first day, a system's word for "not known", gives no sum and no error."""
    contract = agreed(committed_from=date.min, committed_until=date(2026, 12, 31))
    contract.commitment_benefit_minor = 60000
    assert meant(shop.workspace, contract).now.fee.state is FeeState.CHECKING


def test_a_renewal_far_ahead_is_stepped_back_to_the_period_of_today(shop: Shop) -> None:
    """A monthly price with a renewal nine months ahead: the period that holds today is a month's."""
    found = meant(shop.workspace, agreed(renews_on=date(2027, 3, 15)))
    assert found.period_end.last_day == date(2026, 7, 14)
    assert (found.now.days_used, found.now.days_in_period) == (16, 30)
    assert found.now.pro_rata_minor == 5280


@pytest.mark.parametrize("interval", ["day", "week", "month", "quarter", "semester", "year"])
@pytest.mark.parametrize("renews", [date(2026, 7, 31), date(2027, 3, 31), date(2099, 12, 31), date.max])
def test_today_is_always_inside_the_period_shown(shop: Shop, interval: str, renews: date) -> None:
    """Whatever the interval and the renewal ahead, today is counted as used and the end is not past."""
    found = meant(shop.workspace, agreed(renews_on=renews, interval=interval))
    used, length = found.now.days_used, found.now.days_in_period
    assert used is not None
    assert length is not None
    assert 1 <= used <= length
    assert found.period_end.last_day is not None
    assert (found.period_end.last_day - LAST_OF_JUNE.date()).days == length - used


@pytest.mark.parametrize("interval", ["day", "week", "month", "year"])
@pytest.mark.parametrize("renews", [date.min, date(1, 1, 20), date(1, 12, 20)])
def test_a_renewal_in_the_first_year_never_stands_in_the_way(shop: Shop, interval: str, renews: date) -> None:
    """A placeholder date gives an unknown period or a later one; the period's end can be chosen."""
    contract = agreed(renews_on=renews, interval=interval)
    with clock.clock_at(LAST_OF_JUNE):
        ending = ending_of(
            shop.workspace,
            contract,
            choice=EffectiveChoice.PERIOD_END,
            chosen=None,
            confirmed_at=LAST_OF_JUNE,
        )
    assert ending.last_day >= LAST_OF_JUNE.date()


def test_before_the_service_begins_nothing_is_stepped_back(shop: Shop) -> None:
    """A contract that begins in December has used nothing in June."""
    begins = date(2026, 12, 1)
    found = meant(shop.workspace, agreed(started_on=begins, renews_on=date(2027, 1, 1)))
    assert (found.now.days_used, found.now.pro_rata_minor) == (0, 0)
