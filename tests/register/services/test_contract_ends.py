"""What an ending does to lines and contract, and what a return, an undoing or a succession gives back."""

from __future__ import annotations

from uuid import UUID

import pytest

from atelogo.register.models import Contract, ContractLine, Request
from atelogo.register.services import requests
from atelogo.register.services.subjects import monthly_minor
from tests.register.conftest import Shop
from tests.register.services.test_deciding import BILLING, declared


def completed(shop: Shop, *lines: UUID) -> Request:
    """Cancel the contract, or only these lines of it, and let billing confirm the stop."""
    request = declared(shop, line_ids=lines)
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    request.refresh_from_db()
    return request


def contract_of(shop: Shop) -> Contract:
    """Return the shop's contract as it is now."""
    found: Contract = Contract.objects.get(id=shop.contract)
    return found


def line(label_amount: int) -> ContractLine:
    """Return the line with this amount."""
    found: ContractLine = ContractLine.objects.get(amount_minor=label_amount)
    return found


def statuses() -> list[str]:
    """Return the status of the internet line and of the TV line."""
    return [line(9990).status, line(4000).status]


@pytest.mark.parametrize(
    "amount, interval, monthly",
    [
        (1000, "week", 4333),
        (100, "day", 3042),
        (1200, "year", 100),
        (9990, "month", 9990),
        (300, "quarter", 100),
        (7, "semester", 1),
        (5, "fortnight", 5),
        (0, "day", 0),
    ],
)
def test_every_interval_has_its_monthly_amount(amount: int, interval: str, monthly: int) -> None:
    """52 weeks or 365 days a year over twelve months, rounded half up; an unknown interval is a month."""
    assert monthly_minor(amount, interval) == monthly


class TestSuspended:
    """A suspended line can be left like any other."""

    def test_it_ends_with_the_others(self, shop: Shop) -> None:
        """The whole contract is cancelled: both the active and the suspended line end."""
        ContractLine.objects.filter(amount_minor=4000).update(status="suspended")
        completed(shop)
        assert statuses() == ["ended", "ended"]
        assert contract_of(shop).status == "ended"

    def test_it_keeps_the_contract_while_the_others_end(self, shop: Shop) -> None:
        """Only the active line is cancelled: the contract goes on at the suspended line's price."""
        ContractLine.objects.filter(amount_minor=4000).update(status="suspended")
        completed(shop, line(9990).id)
        assert statuses() == ["ended", "suspended"]
        assert (contract_of(shop).status, contract_of(shop).amount_minor) == ("active", 4000)

    def test_undoing_gives_it_back_suspended(self, shop: Shop) -> None:
        """Taking the cancellation back switches nothing on that was off."""
        ContractLine.objects.filter(amount_minor=4000).update(status="suspended")
        Contract.objects.update(status="suspended")
        request = completed(shop)
        requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
        assert statuses() == ["active", "suspended"]
        assert (contract_of(shop).status, contract_of(shop).amount_minor) == ("suspended", 13990)
