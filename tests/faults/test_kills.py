"""Every transition, killed once at every statement and commit: nothing lost, nothing doubled."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.accounts.services.workspaces import workspace_update
from atelogo.core import clock, registry
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingState,
    CancelOrder,
    Capabilities,
    Subscription,
    SubscriptionRef,
)
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger, outbox, sealer
from atelogo.events.ledger import SYSTEM, Actor
from atelogo.register.domain.replay import rebuild
from atelogo.register.models import Contract, Reason, Receipt, Request
from atelogo.register.services import customers, requests, setup
from atelogo.register.services.requests import Declaration, Opened, RequesterInput
from tests.cast import company
from tests.faults.kills import killed_at, moments_of
from tests.register.conftest import subscriber

pytestmark = pytest.mark.django_db(transaction=True)


class FileBilling:
    """A billing system in a file: it outlives the killed process and is idempotent under each order's key."""

    name = "file"
    path = Path()

    def __init__(self, _workspace_id: UUID) -> None:
        """Take any workspace."""

    def capabilities(self) -> Capabilities:
        """It can stop and resume."""
        return Capabilities(can_uncancel=True)

    def subscription_get(self, _ref: SubscriptionRef) -> Subscription | None:
        """It is never read."""
        return None

    def subscription_cancel(self, order: CancelOrder) -> BillingAnswer:
        """Stop the charge, once per key."""
        return self._write("cancel", order)

    def subscription_uncancel(self, order: CancelOrder) -> BillingAnswer:
        """Take the stop back, once per key."""
        return self._write("uncancel", order)

    def _write(self, verb: str, order: CancelOrder) -> BillingAnswer:
        line = f"{verb} {order.request_id} {order.idempotency_key}"
        if line not in self.path.read_text().splitlines():
            with self.path.open("a") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        return BillingAnswer(BillingState.DONE, reference="file")

    @classmethod
    def effects(cls, request_id: UUID) -> Counter[str]:
        """Return how often each verb took effect for a request."""
        lines = [line.split(" ") for line in cls.path.read_text().splitlines()]
        return Counter(verb for verb, request, _key in lines if request == str(request_id))


@dataclass(slots=True)
class World:
    """A company billed by the file, and one fresh customer per kill."""

    workspace: WorkspaceInfo
    made: int = 0

    def scope(self) -> AbstractContextManager[None]:
        """See the company's rows."""
        return workspace_scope(self.workspace.id)

    def fresh(self) -> Declaration:
        """Return the declaration of a new customer with a contract of their own."""
        self.made += 1
        with self.scope():
            customer, contract = subscriber(self.workspace, f"k{self.made}")
            # Mail has its own tests; a PDF for each of hundreds of kills would only take time.
            customers.customer_email_set(workspace=self.workspace, customer_id=customer, email="")
        return Declaration(
            channel="web",
            identity="signed_link",
            customer_id=customer,
            contract_id=contract,
            key=f"key-{self.made}",
        )

    def declare(self, said: Declaration) -> Opened:
        """Pass the plain way out."""
        with self.scope():
            return requests.request_declare(
                workspace=self.workspace, actor=Actor("customer", said.customer_id), declaration=said
            )

    def row(self, opened: Opened) -> Request:
        """Return the request as it is."""
        with self.scope():
            found: Request = Request.objects.get(id=opened.id)
            return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return the company, with the file in place of its billing system."""
    FileBilling.path = tmp_path / "billing.txt"
    FileBilling.path.touch()
    registry.register_billing("file", FileBilling)
    workspace = company(email="")
    workspace = workspace_update(workspace=workspace, changes={"billing": "file"}, actor=SYSTEM)
    setup.workspace_prepare(workspace=workspace)
    yield World(workspace)
    registry._billing.pop("file")


def worker_runs(later: timedelta = timedelta(0)) -> None:
    """Let a worker do what is due, ``later`` from now: past the lease of one that was killed."""
    with clock.clock_at(clock.now() + later):
        outbox.drain()


LEASE_OVER = timedelta(minutes=5)


def whole(world: World, opened: Opened) -> Request:
    """Check everything that must hold of a request after any kill, and return its row."""
    with world.scope():
        row: Request = Request.objects.get(id=opened.id)
        entries = ledger.entries_of(world.workspace.id, row.id)
        assert [e.stream_seq for e in entries] == list(range(1, row.last_seq + 1))
        assert rebuild((e.name, e.body) for e in entries).state.value == row.state
        names = Counter(e.name for e in entries)
        once = (
            "request.opened",
            "request.confirmed",
            "request.completed",
            "request.undone",
            "request.voided",
        )
        assert all(names[name] <= 1 for name in once)
        receipts = Counter(Receipt.objects.filter(request_id=row.id).values_list("kind", flat=True))
        assert receipts["confirmed"] == names["request.confirmed"]
        assert receipts["completed"] == names["request.completed"]
        if row.contract_id:
            same = Request.objects.filter(contract_id=row.contract_id, state__in=["open", "confirmed"])
            assert same.count() <= 1
    effects = FileBilling.effects(row.id)
    assert effects["cancel"] <= 1
    assert effects["uncancel"] <= 1
    return row


def each_moment(act_for: Callable[[], Callable[[], object]], check: Callable[[], None]) -> int:
    """Kill what ``act_for`` gives, anew each time, at each of its moments; check each; return how many."""
    moments = moments_of(act_for())
    check()
    for moment in range(1, moments + 1):
        assert killed_at(moment, act_for())
        check()
    return moments


def test_declaring_is_all_or_nothing_and_a_retry_gives_one_protocol(world: World) -> None:
    """The plain way out killed anywhere: the customer's retry finds one request, confirmed, stopped once."""
    said: list[Declaration] = []

    def act() -> Callable[[], object]:
        said.append(world.fresh())
        return lambda: world.declare(said[-1])

    def check() -> None:
        opened = world.declare(said[-1])
        assert whole(world, opened).state == "confirmed"
        worker_runs(LEASE_OVER)
        assert whole(world, opened).state == "completed"
        assert FileBilling.effects(opened.id) == {"cancel": 1}

    assert each_moment(act, check) > 10


def test_a_worker_killed_anywhere_completes_once(world: World) -> None:
    """Billing, completion and receipts: the next worker ends what the killed one began, once."""
    done: list[Opened] = []

    def act() -> Callable[[], object]:
        done.append(world.declare(world.fresh()))
        return worker_runs

    def check() -> None:
        worker_runs(LEASE_OVER)
        assert whole(world, done[-1]).state == "completed"
        assert FileBilling.effects(done[-1].id) == {"cancel": 1}
        with world.scope():
            assert Contract.objects.get(id=world.row(done[-1]).contract_id).status == "ended"

    assert each_moment(act, check) > 10


def test_undoing_killed_anywhere_gives_the_plan_back_once(world: World) -> None:
    """Undo after completion, killed in the act or in telling billing: active again, resumed once."""
    done: list[Opened] = []

    def undo() -> None:
        with world.scope():
            requests.request_undo(workspace=world.workspace, actor=Actor("customer"), request_id=done[-1].id)

    def completed() -> None:
        done.append(world.declare(world.fresh()))
        worker_runs()

    def act() -> Callable[[], object]:
        completed()
        return undo

    def act_of_worker() -> Callable[[], object]:
        completed()
        undo()
        return worker_runs

    def check() -> None:
        undo()
        worker_runs(LEASE_OVER)
        assert whole(world, done[-1]).state == "undone"
        assert FileBilling.effects(done[-1].id) == {"cancel": 1, "uncancel": 1}
        with world.scope():
            assert Contract.objects.get(id=world.row(done[-1]).contract_id).status == "active"

    each_moment(act, check)
    each_moment(act_of_worker, check)


@pytest.mark.parametrize("verb", ["withdraw", "void", "confirm", "reason", "note"])
def test_each_other_verb_is_all_or_nothing(world: World, verb: str) -> None:
    """Killed anywhere and done again by the person: one fact of it in the history, the row beside it."""
    made: list[Opened] = []
    with world.scope():
        reason = Reason.objects.order_by("code").last()
    assert reason is not None

    def once() -> None:
        here: dict[str, Any] = {"workspace": world.workspace, "request_id": made[-1].id, "actor": SYSTEM}
        verbs: dict[str, Callable[[], object]] = {
            "withdraw": lambda: requests.request_withdraw(why="explicit_stay", **here),
            "void": lambda: requests.request_void(why="engano", **here),
            "confirm": lambda: requests.request_confirm(**here),
            "reason": lambda: requests.request_reason_set(reason_id=reason.id, source="agent", **here),
            "note": lambda: requests.note_add(text="anotado", **here),
        }
        with world.scope():
            verbs[verb]()

    fact = {
        "withdraw": "request.withdrawn",
        "void": "request.voided",
        "confirm": "request.confirmed",
        "reason": "request.reason_set",
        "note": "request.note_added",
    }[verb]

    def act() -> Callable[[], object]:
        said = world.fresh()
        with world.scope():
            made.append(requests.request_open(workspace=world.workspace, actor=SYSTEM, declaration=said))
        return once

    def check() -> None:
        with world.scope():
            names = [e.name for e in ledger.entries_of(world.workspace.id, made[-1].id)]
            if fact not in names:
                once()
                names = [e.name for e in ledger.entries_of(world.workspace.id, made[-1].id)]
        assert names.count(fact) == 1
        whole(world, made[-1])

    each_moment(act, check)


def test_matching_a_declaration_killed_anywhere_tells_billing_once(world: World) -> None:
    """Identify, killed anywhere and repeated: one match, one order, completed once."""
    made: list[tuple[Opened, Declaration]] = []

    def match() -> None:
        opened, said = made[-1]
        with world.scope():
            assert said.customer_id is not None
            if world.row(opened).contract_id is None:
                requests.request_identify(
                    workspace=world.workspace,
                    actor=SYSTEM,
                    request_id=opened.id,
                    customer_id=said.customer_id,
                    contract_id=said.contract_id,
                )

    def act() -> Callable[[], object]:
        said = world.fresh()
        with world.scope():
            opened = requests.request_declare(
                workspace=world.workspace,
                actor=Actor("customer"),
                declaration=Declaration(
                    channel="web", identity="unverified", requester=RequesterInput(name="José", contact="9")
                ),
            )
        made.append((opened, said))
        return match

    def check() -> None:
        match()
        worker_runs(LEASE_OVER)
        assert whole(world, made[-1][0]).state == "completed"
        assert FileBilling.effects(made[-1][0].id) == {"cancel": 1}

    each_moment(act, check)


def test_the_sealer_killed_anywhere_leaves_one_tree(world: World) -> None:
    """Killed in any statement of a sealing: the next one ends it, and the whole verifies."""
    from atelogo.events.verify import verify_workspace

    def act() -> Callable[[], object]:
        world.declare(world.fresh())
        return lambda: sealer.seal(world.workspace.id)

    def check() -> None:
        sealer.seal(world.workspace.id)
        report = verify_workspace(world.workspace.id)
        assert (report.findings, report.unsealed) == ([], 0)

    each_moment(act, check)
