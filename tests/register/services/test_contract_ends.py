"""What an ending does to lines and contract, and what a return, an undoing or a succession gives back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.register.models import Contract, ContractLine, ManualTask, Request
from atelogo.register.services import contract_ends, requests
from atelogo.register.services.subjects import monthly_minor
from tests.register.conftest import MONDAY, Shop, subscriber
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


def returned(shop: Shop) -> None:
    """Say that the customer came back."""
    contract_ends.contract_return(workspace=shop.workspace, actor=shop.clerk, contract_id=shop.contract)


class TestReturn:
    """The customer came back to a contract that had ended."""

    def test_what_left_earlier_stays_away(self, shop: Shop) -> None:
        """TV was cancelled first, internet later: coming back brings internet alone, at its price."""
        completed(shop, line(4000).id)
        with clock.clock_at(MONDAY + timedelta(days=1)):
            completed(shop)
        returned(shop)
        assert statuses() == ["active", "ended"]
        assert (contract_of(shop).status, contract_of(shop).amount_minor) == ("active", 9990)

    def test_the_whole_contract_comes_back_with_all_that_one_cancellation_ended(self, shop: Shop) -> None:
        """Both lines ended together, so both come back, once, with a person's step to charge again."""
        request = completed(shop)
        returned(shop)
        returned(shop)
        assert statuses() == ["active", "active"]
        assert contract_of(shop).amount_minor == 13990
        assert ManualTask.objects.get(kind="billing_resume").request_id == request.id
        request.refresh_from_db()
        entries = list(ledger.entries_of(shop.workspace.id, request.id))
        assert (entries[-1].name, len(entries)) == ("task.opened", request.last_seq)
        assert request.state == "completed"

    def test_an_end_that_no_request_tells_of_is_taken_back_whole(self, shop: Shop) -> None:
        """The contract was ended by a file: all its lines come back and no step on a request is opened."""
        ContractLine.objects.update(status="ended")
        Contract.objects.update(status="ended")
        returned(shop)
        assert statuses() == ["active", "active"]
        assert not ManualTask.objects.exists()

    def test_a_suspended_contract_is_not_switched_on(self, shop: Shop) -> None:
        """Only an ended contract can be come back to."""
        Contract.objects.update(status="suspended")
        returned(shop)
        assert contract_of(shop).status == "suspended"


class TestSuccession:
    """A contract that goes on under another one did not churn."""

    def succeed(self, shop: Shop) -> None:
        """Let a new contract follow the shop's."""
        _customer, successor = subscriber(shop.workspace, "2002")
        contract_ends.contract_succeed(
            workspace=shop.workspace, actor=shop.clerk, contract_id=shop.contract, successor_id=successor
        )

    def test_the_request_that_ended_it_leaves_the_figures(self, shop: Shop) -> None:
        """The completed request's end becomes administrative, and its ledger says so."""
        request = declared(shop)
        requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
        self.succeed(shop)
        self.succeed_again(shop)
        request.refresh_from_db()
        assert request.end_kind == "administrative"
        said = [e.body for e in ledger.entries_of(shop.workspace.id, request.id) if "end_kind" in e.name]
        assert [body["end_kind"] for body in said] == ["administrative"]

    def succeed_again(self, shop: Shop) -> None:
        """Say the same a second time."""
        successor = Contract.objects.exclude(id=shop.contract).get()
        contract_ends.contract_succeed(
            workspace=shop.workspace, actor=shop.clerk, contract_id=shop.contract, successor_id=successor.id
        )

    def test_billing_confirming_later_does_not_make_it_churn(self, shop: Shop) -> None:
        """Said while the request is still confirmed, the end stays administrative at completion."""
        request = declared(shop)
        self.succeed(shop)
        requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
        request.refresh_from_db()
        assert (request.state, request.end_kind) == ("completed", "administrative")
        assert contract_of(shop).end_kind == "administrative"

    def test_a_contract_without_a_request_just_ends(self, shop: Shop) -> None:
        """Nobody asked to cancel: the contract's end is administrative and no request is made."""
        self.succeed(shop)
        assert (contract_of(shop).status, contract_of(shop).end_kind) == ("ended", "administrative")
        assert not Request.objects.exists()
