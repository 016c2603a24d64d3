"""Confirming, completing, undoing, staying and lapsing, each with what it leaves behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.events.ledger import SYSTEM, Actor
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.errors import EffectiveDateError, RequestTransitionError, UndoWindowClosedError
from atelogo.register.models import Contract, ContractLine, ManualTask, Receipt, Request, RequestItem
from atelogo.register.services import requests
from atelogo.register.services.requests import Choice, Declaration, RequesterInput
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_request_open import asked, opened

BILLING = Actor("billing")


def declared(shop: Shop, choice: Choice | None = None, **changes: Any) -> Request:
    """Pass the plain way out and return the request's row."""
    result = requests.request_declare(
        workspace=shop.workspace, actor=shop.person, declaration=asked(shop, **changes), choice=choice
    )
    found: Request = Request.objects.get(id=result.id)
    return found


def names(shop: Shop, request_id: UUID) -> list[str]:
    """Return the names of the request's events in order."""
    return [entry.name for entry in ledger.entries_of(shop.workspace.id, request_id)]


def test_the_plain_way_out_opens_and_confirms_in_one_act(shop: Shop) -> None:
    """One call leaves a confirmed request with its times, fee, receipt and three events."""
    request = declared(shop)
    assert request.state == "confirmed"
    assert request.stop_due_at == MONDAY + timedelta(hours=48)
    assert request.undo_until == MONDAY + timedelta(hours=24)
    assert (request.effective_on, request.effective_at) == (date(2026, 3, 2), MONDAY)
    assert (request.fee_state, request.fee_minor) == ("stated", 30000)  # 6 of 12 months of R$ 600
    assert names(shop, request.id) == ["request.opened", "request.confirmed", "receipt.issued"]
    assert Receipt.objects.get().kind == "confirmed"


def test_the_receipt_is_what_the_ledger_commits_to(shop: Shop) -> None:
    """The content of the receipt is the personal detail of the very entry that it proves."""
    request = declared(shop)
    entry = next(e for e in ledger.entries_of(shop.workspace.id, request.id) if e.name == "request.confirmed")
    receipt = Receipt.objects.get()
    assert receipt.entry_id == entry.id
    import json

    assert entry.personal == {"receipt": json.loads(receipt.payload)}
    assert entry.personal["receipt"]["holder"] == {"name": "José da Conceição", "document": ""}


def test_confirming_twice_changes_nothing(shop: Shop) -> None:
    """A double click on confirm leaves one confirmation, one receipt, one order."""
    result = opened(shop)
    for _click in range(2):
        requests.request_confirm(workspace=shop.workspace, actor=shop.person, request_id=result.id)
    assert names(shop, result.id).count("request.confirmed") == 1
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    "choice, day",
    [
        (Choice(EffectiveChoice.PERIOD_END), date(2026, 3, 9)),
        (Choice(EffectiveChoice.DATE, date(2026, 4, 1)), date(2026, 4, 1)),
    ],
)
def test_the_chosen_last_day_is_what_is_kept(shop: Shop, choice: Choice, day: date) -> None:
    """The customer's exact choice of last day is stored and ends with that day in local time."""
    request = declared(shop, choice)
    assert request.effective_on == day
    assert request.effective_at is not None
    assert request.effective_at.isoformat() == f"{day + timedelta(days=1)}T03:00:00+00:00"


def test_a_last_day_in_the_past_is_refused_and_nothing_is_written(shop: Shop) -> None:
    """A bad date gets its error before anything is half written."""
    with pytest.raises(EffectiveDateError):
        declared(shop, Choice(EffectiveChoice.DATE, date(2026, 2, 1)))
    assert Request.objects.count() == 0


def test_a_disputed_fee_cancels_all_the_same_and_waits_for_a_person(shop: Shop) -> None:
    """Disagreeing with the fee holds it for an answer by a date and blocks nothing."""
    request = declared(shop, Choice(dispute="not_working"))
    assert (request.state, request.fee_state, request.fee_dispute) == ("confirmed", "disputed", "not_working")
    task = ManualTask.objects.get(kind="answer_fee")
    assert task.due_at == MONDAY + timedelta(days=7)
    assert "request.fee_disputed" in names(shop, request.id)


def test_completing_ends_the_contract_and_issues_the_second_receipt(shop: Shop) -> None:
    """Billing's word ends lines and contract and gives the customer the completion receipt."""
    request = declared(shop)
    done = requests.request_complete(
        workspace=shop.workspace, actor=BILLING, request_id=request.id, stopped_at=MONDAY, reference="x1"
    )
    assert done
    request.refresh_from_db()
    contract = Contract.objects.get(id=shop.contract)
    assert (request.state, contract.status, contract.end_kind) == ("completed", "ended", "customer")
    assert set(RequestItem.objects.values_list("outcome", flat=True)) == {"cancelled"}
    assert set(Receipt.objects.values_list("kind", flat=True)) == {"confirmed", "completed"}
    assert not requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)


def test_leaving_part_of_a_combo_keeps_the_rest_at_its_price(shop: Shop) -> None:
    """Only TV leaves: the contract stays active at the price of the internet line."""
    tv = ContractLine.objects.get(contract_id=shop.contract, amount_minor=4000)
    request = declared(shop, line_ids=(tv.id,))
    assert request.mrr_minor == 4000
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    contract = Contract.objects.get(id=shop.contract)
    assert (contract.status, contract.amount_minor) == ("active", 9990)


def test_undo_inside_the_window_gives_the_plan_back(shop: Shop) -> None:
    """Undone after completion: contract and lines are active again at the same price."""
    request = declared(shop)
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    with clock.clock_at(MONDAY + timedelta(hours=23, minutes=59)):
        for _click in range(2):
            requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    request.refresh_from_db()
    contract = Contract.objects.get(id=shop.contract)
    assert (request.state, contract.status, contract.amount_minor) == ("undone", "active", 13990)
    assert names(shop, request.id).count("request.undone") == 1


def test_undo_after_the_window_is_refused(shop: Shop) -> None:
    """The closing instant is too late, and the request stays confirmed."""
    request = declared(shop)
    with clock.clock_at(MONDAY + timedelta(hours=24)), pytest.raises(UndoWindowClosedError):
        requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    request.refresh_from_db()
    assert request.state == "confirmed"


def test_a_new_wish_after_undo_is_a_new_request(shop: Shop) -> None:
    """Undone is an end: a later wish gets its own protocol and may follow the old one."""
    first = declared(shop)
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=first.id)
    second = declared(shop, follows_id=first.id)
    assert second.protocol != first.protocol
    assert second.follows_id == first.id


def test_staying_is_only_possible_while_open(shop: Shop) -> None:
    """An explicit stay ends an open request; a confirmed one is not talked back."""
    result = opened(shop)
    requests.request_withdraw(
        workspace=shop.workspace, actor=shop.person, request_id=result.id, why="explicit_stay"
    )
    assert Request.objects.get(id=result.id).state == "withdrawn"
    request = declared(shop)
    with pytest.raises(RequestTransitionError):
        requests.request_withdraw(workspace=shop.workspace, actor=shop.person, request_id=request.id, why="x")


def test_a_clear_declaration_never_lapses(shop: Shop) -> None:
    """Silence after a declaration confirms it as declared; only a passage without words lapses."""
    clear, silent = opened(shop), opened(shop, contract_id=None, clear=False)
    with clock.clock_at(MONDAY + timedelta(days=8)):
        for result in (clear, silent):
            requests.request_lapse(workspace=shop.workspace, actor=SYSTEM, request_id=result.id)
    assert Request.objects.get(id=clear.id).state == "confirmed"
    assert Request.objects.get(id=clear.id).requested_at == MONDAY
    assert Request.objects.get(id=silent.id).state == "lapsed"


def test_a_third_party_is_recorded_and_only_the_effect_waits(shop: Shop) -> None:
    """The wife on her own phone: dated at once, open, a check with a deadline, confirmed on authority."""
    request = declared(shop, requester=RequesterInput(relation="relative", name="Rosa"), identity="agent")
    assert (request.state, request.requested_at, request.next_step) == ("open", MONDAY, "check_authority")
    assert ManualTask.objects.get().kind == "check_authority"
    with clock.clock_at(MONDAY + timedelta(days=1)):
        requests.authority_decide(
            workspace=shop.workspace,
            actor=shop.clerk,
            request_id=request.id,
            accepted=True,
            evidence="procuração 123",
        )
    request.refresh_from_db()
    assert (request.state, request.requested_at) == ("confirmed", MONDAY)
    assert request.stop_due_at == MONDAY + timedelta(hours=48)


def test_an_unverified_declaration_is_confirmed_and_billing_waits_for_the_match(shop: Shop) -> None:
    """No customer yet: protocol, receipt and legal times now; the order to billing only after the match."""
    from atelogo.events.models import OutboxJob

    result = requests.request_declare(
        workspace=shop.workspace,
        actor=Actor("customer"),
        declaration=Declaration(
            channel="web",
            identity="unverified",
            requester=RequesterInput(name="José", contact="j@example.com"),
        ),
    )
    orders = OutboxJob.objects.filter(task="register.billing_cancel")
    assert (result.state, orders.count()) == ("confirmed", 0)
    with clock.clock_at(MONDAY + timedelta(hours=5)):
        requests.request_identify(
            workspace=shop.workspace,
            actor=shop.clerk,
            request_id=result.id,
            customer_id=shop.customer,
            contract_id=shop.contract,
        )
    request = Request.objects.get(id=result.id)
    assert (request.identity, request.requested_at, request.mrr_minor) == ("agent", MONDAY, 13990)
    assert orders.count() == 1


def test_the_clock_set_back_keeps_the_order_of_times(shop: Shop) -> None:
    """A machine clock set back an hour cannot confirm a request before it was recorded."""
    result = opened(shop)
    with clock.clock_at(MONDAY - timedelta(hours=1)):
        requests.request_confirm(workspace=shop.workspace, actor=shop.person, request_id=result.id)
    request = Request.objects.get(id=result.id)
    assert request.confirmed_at == request.recorded_at == MONDAY
