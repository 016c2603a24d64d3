"""Billing from the customer's word to the end of the charge, through the outbox, under a held clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from atelogo.accounts.services.workspaces import workspace_update
from atelogo.connectors.simulator import state as simulator
from atelogo.connectors.simulator.adapter import SimulatedBilling, SimulatorRefusedError
from atelogo.connectors.simulator.state import Act, Behaviour, Books
from atelogo.core import clock, registry
from atelogo.events import ledger, outbox
from atelogo.events.models import OutboxJob
from atelogo.register.models import Contract, ManualTask, Receipt, Request
from atelogo.register.services import billing_orders, requests
from atelogo.register.services.billing_tasks import billing_task_done
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_request_open import asked

pytestmark = pytest.mark.story


@pytest.fixture
def billed(shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Return the shop billed by the simulator."""
    settings.ATELOGO_DEMO = True
    monkeypatch.setitem(registry._billing, "simulator", SimulatedBilling)
    workspace = workspace_update(workspace=shop.workspace, changes={"billing": "simulator"}, actor=shop.clerk)
    yield replace(shop, workspace=workspace)
    simulator.forget_all()


def confirmed(shop: Shop) -> Request:
    """Pass the plain way out."""
    opened = requests.request_declare(workspace=shop.workspace, actor=shop.person, declaration=asked(shop))
    found: Request = Request.objects.get(id=opened.id)
    return found


def books_of(shop: Shop) -> Books:
    """Return the simulated billing system of the shop."""
    return simulator.books_of(shop.workspace.id)


def work_until(moment: datetime, *, start: datetime = MONDAY, every: timedelta = timedelta(hours=1)) -> None:
    """Let the worker run every so often until ``moment``."""
    at = start
    while at <= moment:
        with clock.clock_at(at):
            outbox.drain()
        at += every


def events(shop: Shop, request: Request) -> list[str]:
    """Return the names of the request's events."""
    return [entry.name for entry in ledger.entries_of(shop.workspace.id, request.id)]


def state_of(request: Request) -> str:
    """Return the request's state as it is now."""
    return str(Request.objects.values_list("state", flat=True).get(id=request.id))


def stop_task(request: Request) -> ManualTask | None:
    """Return the open task to stop the charge, if there is one."""
    found: ManualTask | None = ManualTask.objects.filter(
        request_id=request.id, kind="billing_stop", state="open"
    ).first()
    return found


class TestBillingDown:
    """The billing system is away; the customer's word stands."""

    def test_down_for_a_day_a_person_has_it_before_the_deadline_and_it_ends_once(self, billed: Shop) -> None:
        """Tried for hours, given to a person in time, replayed when billing is back: completed once."""
        books = books_of(billed)
        books.down_until = MONDAY + timedelta(hours=24)
        request = confirmed(billed)
        work_until(MONDAY + timedelta(hours=26))
        task = stop_task(request)
        assert task is not None
        assert task.created_at < request.stop_due_at
        assert task.due_at == request.stop_due_at
        assert state_of(request) == "confirmed"
        tried = [call for call in books.calls if call[0] == "cancel"]
        assert len(tried) == 24
        assert {key for _verb, key in tried} == {f"cancel:{request.id}"}

        (dead,) = [j for j in outbox.dead_jobs(billed.workspace.id) if j.task == billing_orders.CANCEL_TASK]
        with clock.clock_at(MONDAY + timedelta(hours=27)):
            outbox.replay(dead.id, workspace_id=billed.workspace.id)
            outbox.drain()
        assert state_of(request) == "completed"
        assert stop_task(request) is None
        work_until(MONDAY + timedelta(hours=40), start=MONDAY + timedelta(hours=28))
        assert books.effects == {f"cancel:{request.id}": 1}
        assert events(billed, request).count("request.completed") == 1
        assert Receipt.objects.filter(request_id=request.id, kind="completed").count() == 1

    def test_a_person_stops_it_by_hand_and_a_late_replay_does_nothing(self, billed: Shop) -> None:
        """The person's proof completes the request; the replayed order finds nothing to do."""
        books_of(billed).down_until = MONDAY + timedelta(hours=24)
        request = confirmed(billed)
        work_until(MONDAY + timedelta(hours=26))
        task = stop_task(request)
        assert task is not None
        with clock.clock_at(MONDAY + timedelta(hours=26)):
            done = billing_task_done(
                workspace=billed.workspace, actor=billed.clerk, task_id=task.id, evidence="OS 4711"
            )
            assert done
            for dead in outbox.dead_jobs(billed.workspace.id):
                outbox.replay(dead.id, workspace_id=billed.workspace.id)
            outbox.drain()
        assert state_of(request) == "completed"
        assert books_of(billed).effects == {}
        assert events(billed, request).count("request.completed") == 1

    def test_a_short_fault_is_nobodys_work(self, billed: Shop) -> None:
        """Back within the hour: completed by itself, no task for a person."""
        books_of(billed).down_until = MONDAY + timedelta(minutes=30)
        request = confirmed(billed)
        work_until(MONDAY + timedelta(hours=3), every=timedelta(minutes=5))
        assert state_of(request) == "completed"
        assert not ManualTask.objects.filter(request_id=request.id, kind="billing_stop").exists()

    def test_a_stop_that_billing_takes_in_and_never_ends_goes_to_a_person(self, billed: Shop) -> None:
        """Accepted and then silence: twelve hours before the deadline a person has it."""
        simulator.script(billed.workspace.id, Behaviour(Act.LATER, after=timedelta(days=30)))
        request = confirmed(billed)
        outbox.drain()
        with clock.clock_at(request.stop_due_at - timedelta(hours=13)):
            billing_orders.late_stops(billed.workspace)
            assert stop_task(request) is None
        with clock.clock_at(request.stop_due_at - timedelta(hours=12)):
            billing_orders.late_stops(billed.workspace)
            task = stop_task(request)
        assert task is not None
        assert task.due_at == request.stop_due_at

    def test_an_answer_lost_on_the_way_stops_the_charge_once(self, billed: Shop) -> None:
        """Carried out, answer lost, asked again under the same key: one effect, one completion."""
        simulator.script(billed.workspace.id, Behaviour(Act.LOST))
        request = confirmed(billed)
        work_until(MONDAY + timedelta(hours=1), every=timedelta(minutes=1))
        assert state_of(request) == "completed"
        assert books_of(billed).effects == {f"cancel:{request.id}": 1}


class TestLaterWord:
    """Billing takes the order in and reports afterwards."""

    def test_it_completes_when_the_word_comes_however_often(self, billed: Shop) -> None:
        """Three equal reports: the first completes, the others change nothing."""
        simulator.script(billed.workspace.id, Behaviour(Act.LATER, after=timedelta(minutes=5), times=3))
        request = confirmed(billed)
        outbox.drain()
        assert state_of(request) == "confirmed"
        with clock.clock_at(MONDAY + timedelta(minutes=6)):
            outbox.drain()
        assert state_of(request) == "completed"
        assert events(billed, request).count("request.completed") == 1
        assert events(billed, request).count("billing.asked") == 2

    def test_a_refusal_is_a_persons_task_at_once(self, billed: Shop) -> None:
        """Refused: the task says so; the request stays confirmed and is never refused to the customer."""
        simulator.script(billed.workspace.id, Behaviour(Act.REFUSED))
        request = confirmed(billed)
        outbox.drain()
        task = stop_task(request)
        assert task is not None
        assert task.facts["refused"] is True
        assert state_of(request) == "confirmed"


class TestUndo:
    """The customer takes it back while the order is somewhere on its way."""

    def undo(self, shop: Shop, request: Request) -> None:
        """Take the cancellation back."""
        requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)

    def test_before_the_order_is_sent_billing_hears_nothing(self, billed: Shop) -> None:
        """Undone at once: neither the stop nor its taking back is sent."""
        request = confirmed(billed)
        self.undo(billed, request)
        outbox.drain()
        assert books_of(billed).calls == []

    def test_after_the_stop_billing_is_told_to_go_on(self, billed: Shop) -> None:
        """Completed and undone inside the window: the stop is taken back, the contract is active."""
        request = confirmed(billed)
        outbox.drain()
        self.undo(billed, request)
        outbox.drain()
        assert [verb for verb, _key in books_of(billed).calls] == ["cancel", "uncancel"]
        assert books_of(billed).stopped == {}
        assert Contract.objects.get(id=billed.contract).status == "active"

    def test_while_the_call_is_under_way(self, billed: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        """Undone in the middle of the call: billing's "done" comes too late and is taken back."""
        request = confirmed(billed)
        original = SimulatedBilling.subscription_cancel

        def slow(port: SimulatedBilling, order: object) -> object:
            answer = original(port, order)  # type: ignore[arg-type]
            self.undo(billed, request)
            return answer

        monkeypatch.setattr(SimulatedBilling, "subscription_cancel", slow)
        outbox.drain()
        assert state_of(request) == "undone"
        assert books_of(billed).stopped == {}
        assert books_of(billed).calls[-1][0] == "uncancel"

    def test_after_a_call_whose_answer_was_lost(self, billed: Shop) -> None:
        """Nobody knows whether billing stopped it: the taking back is sent all the same."""
        simulator.script(billed.workspace.id, Behaviour(Act.LOST))
        request = confirmed(billed)
        outbox.drain()
        self.undo(billed, request)
        work_until(MONDAY + timedelta(hours=1), every=timedelta(minutes=5))
        assert state_of(request) == "undone"
        assert books_of(billed).stopped == {}
        assert "uncancel" in [verb for verb, _key in books_of(billed).calls]

    def test_when_the_worker_was_killed_in_the_middle_of_the_call(
        self, billed: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed after billing carried it out; undone before the lease ends: still taken back."""
        request = confirmed(billed)
        original = SimulatedBilling.subscription_cancel

        def killed(port: SimulatedBilling, order: object) -> object:
            original(port, order)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(SimulatedBilling, "subscription_cancel", killed)
            with pytest.raises(KeyboardInterrupt):
                billing_orders.billing_call(
                    workspace=billed.workspace,
                    request_id=request.id,
                    verb="cancel",
                    key=f"cancel:{request.id}",
                )
        self.undo(billed, request)
        work_until(MONDAY + timedelta(hours=1), every=timedelta(minutes=10))
        assert books_of(billed).stopped == {}
        assert state_of(request) == "undone"

    def test_by_hand_before_anything_was_stopped_there_is_nothing_to_resume(self, shop: Shop) -> None:
        """The person had not begun: the task goes away and no opposite task appears."""
        request = confirmed(shop)
        outbox.drain()
        assert stop_task(request) is not None
        self.undo(shop, request)
        outbox.drain()
        assert not ManualTask.objects.filter(request_id=request.id, state="open").exists()

    def test_by_hand_after_the_stop_a_person_resumes(self, shop: Shop) -> None:
        """Stopped by hand, then undone: a task to resume, with steps; closing it ends there."""
        request = confirmed(shop)
        outbox.drain()
        task = stop_task(request)
        assert task is not None
        billing_task_done(workspace=shop.workspace, actor=shop.clerk, task_id=task.id, evidence="OS 1")
        self.undo(shop, request)
        outbox.drain()
        resume = ManualTask.objects.get(request_id=request.id, kind="billing_resume", state="open")
        assert len(resume.steps) == 4
        assert not billing_task_done(
            workspace=shop.workspace, actor=shop.clerk, task_id=resume.id, evidence="OS 2"
        )
        assert state_of(request) == "undone"


def test_the_simulator_refuses_outside_demo_mode(settings: Settings) -> None:
    """In production it would say "done" where nothing is."""
    settings.ATELOGO_DEMO = False
    with pytest.raises(SimulatorRefusedError):
        SimulatedBilling(UUID(int=1))
    assert "simulator" not in registry.billing_names()


def test_an_adapter_that_is_not_installed_ends_with_a_person(shop: Shop) -> None:
    """A name that nobody fulfils is retried like a fault and then given to a person: nothing is lost."""
    workspace_update(workspace=shop.workspace, changes={"billing": "oldsystem"}, actor=shop.clerk)
    request = confirmed(shop)
    work_until(MONDAY + timedelta(hours=30))
    assert stop_task(request) is not None
    assert OutboxJob.objects.filter(task=billing_orders.CANCEL_TASK, state="dead").count() == 1
