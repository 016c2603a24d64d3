"""What a second wish, a match or a merge carries along: lines, times and the final word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atelogo.core.ports.billing import BillingAnswer, BillingState
from atelogo.events import ledger, outbox
from atelogo.events.models import OutboxJob
from atelogo.register.domain.replay import rebuild
from atelogo.register.errors import MergeRefusedError, NotIdentifiedError, RequestTransitionError
from atelogo.register.models import Contract, ContractLine, EquipmentReturn, ManualTask, Request, RequestItem
from atelogo.register.services import billing_orders, customers, requests
from atelogo.register.services.billing_tasks import billing_task_done
from atelogo.register.services.requests import Declaration, RequesterInput
from tests.register.conftest import MONDAY, Shop, subscriber
from tests.register.services.test_deciding import BILLING, declared
from tests.register.services.test_mending import unverified
from tests.register.services.test_request_open import opened


def line(shop: Shop, amount: int) -> ContractLine:
    """Return the shop's line of that price."""
    found: ContractLine = ContractLine.objects.get(contract_id=shop.contract, amount_minor=amount)
    return found


def test_a_final_word_matched_to_an_open_request_stays_final(shop: Shop) -> None:
    """Confirmed without a name, matched to a contract whose request was only open: that one is confirmed."""
    standing = opened(shop)
    early = unverified(shop)
    into = requests.request_identify(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=early.id,
        customer_id=shop.customer,
        contract_id=shop.contract,
    )
    assert into == standing.id
    assert Request.objects.get(id=into).state == "confirmed"
    assert OutboxJob.objects.filter(task="register.billing_cancel", key=f"cancel:{into}").exists()


def test_a_match_brings_every_line_of_the_contract(shop: Shop) -> None:
    """Cancel everything, matched while only TV was asked for: internet joins the request that stands."""
    standing = declared(shop, line_ids=(line(shop, 4000).id,))
    early = unverified(shop)
    requests.request_identify(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=early.id,
        customer_id=shop.customer,
        contract_id=shop.contract,
    )
    assert RequestItem.objects.filter(request_id=standing.id).count() == 2
    assert Request.objects.get(id=standing.id).mrr_minor == 13990


def test_requests_of_two_people_are_never_joined(shop: Shop) -> None:
    """A slip of the finger cannot make one customer's wish disappear in another's."""
    first = declared(shop)
    customer, contract = subscriber(shop.workspace, "1002")
    second = declared(shop, customer_id=customer, contract_id=contract)
    with pytest.raises(MergeRefusedError):
        requests.request_merge(
            workspace=shop.workspace, actor=shop.clerk, request_id=second.id, into_id=first.id
        )
    assert Request.objects.get(id=second.id).state == "confirmed"


def test_a_line_that_joins_after_the_order_is_stopped_by_a_person(shop: Shop) -> None:
    """Billing has its order for internet; TV joins: it ends only when a person stopped it too."""
    request = declared(shop, line_ids=(line(shop, 9990).id,))
    declared(shop, line_ids=(line(shop, 4000).id,))
    task = ManualTask.objects.get(kind="billing_more")
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    assert line(shop, 4000).status == "active"
    assert Contract.objects.get(id=shop.contract).status == "active"
    billing_task_done(workspace=shop.workspace, actor=shop.clerk, task_id=task.id, evidence="parado no ERP")
    assert line(shop, 4000).status == "ended"
    assert Contract.objects.get(id=shop.contract).status == "ended"


def test_an_earlier_declaration_that_joins_moves_the_deadline(shop: Shop) -> None:
    """A letter of five days ago joins: requested, declared and deadline move with it, in the ledger too."""
    request = declared(shop)
    letter = MONDAY - timedelta(days=5)
    declared(shop, declared_at=letter, channel="letter")
    request.refresh_from_db()
    assert request.requested_at == request.declared_at == letter
    assert request.stop_due_at == request.due_at == letter + timedelta(hours=48)
    touched = next(e for e in ledger.entries_of(shop.workspace.id, request.id) if e.name == "request.touched")
    assert touched.body["requested_at"] == "2026-02-25T15:00:00.000000Z"


def test_an_unmatched_declaration_cannot_be_completed(shop: Shop) -> None:
    """There is nothing to stop before somebody says whose contract it is."""
    request = unverified(shop)
    with pytest.raises(NotIdentifiedError):
        requests.request_complete(workspace=shop.workspace, actor=shop.clerk, request_id=request.id)
    assert Request.objects.get(id=request.id).state == "confirmed"


def test_undoing_what_a_person_completed_gives_a_person_the_way_back(shop: Shop) -> None:
    """Completed by hand, then undone: billing by hand has to resume, and somebody is told."""
    request = declared(shop)
    requests.request_complete(workspace=shop.workspace, actor=shop.clerk, request_id=request.id)
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    outbox.drain()
    assert ManualTask.objects.filter(kind="billing_resume", state="open").exists()


def test_undoing_ends_the_return_of_equipment(shop: Shop) -> None:
    """Who stays keeps the router: no pick-up is left open."""
    router = customers.equipment_lend(workspace=shop.workspace, contract_id=shop.contract, kind="Roteador")
    request = declared(shop)
    EquipmentReturn.objects.create(
        workspace_id=shop.workspace.id,
        request_id=request.id,
        equipment_id=router,
        way="pickup",
        created_at=MONDAY,
    )
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    assert set(EquipmentReturn.objects.values_list("state", flat=True)) == {"dropped"}


def test_every_late_stop_gets_its_person(shop: Shop) -> None:
    """A small batch at a time, the oldest first: nobody starves behind those who have a task already."""
    for number in range(5):
        customer, contract = subscriber(shop.workspace, f"20{number}")
        declared(shop, customer_id=customer, contract_id=contract)
    from atelogo.core import clock

    with clock.clock_at(MONDAY + timedelta(hours=40)):
        given = [billing_orders.late_stops(shop.workspace, limit=2) for _turn in range(4)]
    assert given == [2, 2, 1, 0]


def test_authority_decided_after_a_withdrawal_changes_nothing(shop: Shop) -> None:
    """The refusal is the whole answer: no half of the decision stays."""
    asked = declared(shop, requester=RequesterInput(relation="relative", name="Rosa"), identity="agent")
    requests.request_withdraw(
        workspace=shop.workspace, actor=shop.person, request_id=asked.id, why="explicit_stay"
    )
    with pytest.raises(RequestTransitionError):
        requests.authority_decide(
            workspace=shop.workspace,
            actor=shop.clerk,
            request_id=asked.id,
            accepted=True,
            evidence="procuração",
        )
    names = [e.name for e in ledger.entries_of(shop.workspace.id, asked.id)]
    assert "request.authority_decided" not in names


def test_an_unbelievable_time_of_the_stop_is_not_taken(shop: Shop) -> None:
    """Billing that says 2099, or the year 1, is heard for the stop and not for its time."""
    from datetime import UTC, datetime

    for year in (1, 2099):
        customer, contract = subscriber(shop.workspace, f"30{year}")
        request = declared(shop, customer_id=customer, contract_id=contract)
        billing_orders.billing_answered(
            workspace=shop.workspace,
            request_id=request.id,
            verb="cancel",
            answer=BillingAnswer(BillingState.DONE, stopped_at=datetime(year, 6, 1, tzinfo=UTC)),
            adapter="simulator",
        )
        request.refresh_from_db()
        assert (request.state, request.billing_stopped_at) == ("completed", MONDAY)


def test_money_and_dispute_rebuild_from_the_facts(shop: Shop) -> None:
    """A joined line, a corrected value and a late dispute are all in the line of facts."""
    request = declared(shop, line_ids=(line(shop, 9990).id,))
    declared(shop, line_ids=(line(shop, 4000).id,))
    requests.request_correct(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=request.id,
        changes={"mrr_minor": 12345, "fee_minor": 222},
        why="valores do ERP",
    )
    request.refresh_from_db()
    seen = rebuild((e.name, e.body) for e in ledger.entries_of(shop.workspace.id, request.id))
    assert (seen.mrr_minor, seen.fee_minor) == (request.mrr_minor, request.fee_minor) == (12345, 222)


def test_two_strangers_with_one_form_key_are_two_declarations(shop: Shop) -> None:
    """A form page left open at a counter: each person's words get their own protocol."""
    made = [
        requests.request_declare(
            workspace=shop.workspace,
            actor=shop.clerk,
            declaration=Declaration(
                channel="counter",
                identity="unverified",
                key="page-1",
                requester=RequesterInput(name=name, contact="9999"),
            ),
        )
        for name in ("Ana", "Beto", "Ana")
    ]
    assert made[0].protocol != made[1].protocol
    assert made[2].protocol == made[0].protocol


def test_an_open_request_is_asked_about_once_and_the_holder_after_a_refusal(shop: Shop) -> None:
    """Half-way through the window the customer is asked; a refused authority asks the holder on file."""
    asked_later = opened(shop)
    job = OutboxJob.objects.get(task="register.ask_to_conclude")
    assert job.key == f"conclude:{asked_later.id}"
    assert job.due_at == MONDAY + timedelta(days=3, hours=12)
    customer, contract = subscriber(shop.workspace, "1002")
    hers = declared(
        shop,
        customer_id=customer,
        contract_id=contract,
        requester=RequesterInput(relation="relative", name="Rosa"),
        identity="agent",
    )
    requests.authority_decide(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=hers.id,
        accepted=False,
        evidence="sem procuração",
    )
    assert OutboxJob.objects.filter(task="register.ask_holder", key=f"ask_holder:{hers.id}").count() == 1
