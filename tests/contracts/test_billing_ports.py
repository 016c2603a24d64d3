"""One suite that every billing adapter passes: what the register may count on, whoever bills.

A new adapter adds one maker to ``BENCHES`` and passes unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from atelogo.connectors.simulator import state as simulator
from atelogo.connectors.simulator.state import Act, Behaviour
from atelogo.connectors.webhook_out import services
from atelogo.core import ids, registry
from atelogo.core.clock import clock_at
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingPort,
    BillingState,
    BillingUnavailableError,
    CancelOrder,
    CancelWhen,
    Capabilities,
    Subscription,
    SubscriptionRef,
)
from atelogo.events.ledger import SYSTEM
from tests.cast import company
from tests.connectors.webhook_out.house import House
from tests.register.conftest import MONDAY

pytestmark = [pytest.mark.contract, pytest.mark.django_db]


@dataclass(frozen=True, slots=True)
class Bench:
    """An adapter with a view behind it: how often an order took effect, and a way to break it.

    ``lose`` makes the next call carry the order out and lose the answer; it is ``None`` for an adapter that
    calls nothing outside.
    """

    port: BillingPort
    effects: Callable[[str], int] | None
    lose: Callable[[], None] | None


def _assisted(workspace_id: UUID, _server: HTTPServer) -> Bench:
    return Bench(registry.billing_port("assisted", workspace_id), None, None)


def _webhook_out(workspace_id: UUID, server: HTTPServer) -> Bench:
    from atelogo.accounts.queries import workspace_by_id

    workspace = workspace_by_id(workspace_id)
    assert workspace is not None
    house = House(server)
    made = services.endpoint_create(workspace=workspace, actor=SYSTEM, url=house.url)
    house.secrets.append(made.secret)

    def lose() -> None:
        house.loses_answers = 1

    port = registry.billing_port("webhook_out", workspace_id)
    return Bench(port, lambda key: house.effects.get(key, 0), lose)


def _simulator(workspace_id: UUID, _server: HTTPServer) -> Bench:
    from atelogo.connectors.simulator.adapter import SimulatedBilling

    books = simulator.books_of(workspace_id)
    return Bench(
        SimulatedBilling(workspace_id),
        lambda key: books.effects.get(key, 0),
        lambda: books.script.append(Behaviour(Act.LOST)),
    )


BENCHES: dict[str, Callable[[UUID, HTTPServer], Bench]] = {
    "assisted": _assisted,
    "simulator": _simulator,
    "webhook_out": _webhook_out,
}
# Adapters that call something outside, whose answer can be lost.
CALLING = sorted(set(BENCHES) - {"assisted"})


@pytest.fixture(params=sorted(BENCHES))
def bench(
    request: pytest.FixtureRequest, db: None, settings: Settings, httpserver: HTTPServer
) -> Iterator[Bench]:
    """Return each adapter in turn, ready to be called."""
    settings.ATELOGO_ALLOW_PRIVATE_TARGETS = True
    settings.ATELOGO_DEMO = True
    with clock_at(MONDAY):
        yield BENCHES[request.param](company().id, httpserver)
    simulator.forget_all()


@pytest.fixture
def order() -> CancelOrder:
    """Return an order to stop at once."""
    return CancelOrder(
        request_id=ids.new_id(),
        protocol="2026030212345678",
        subscription=SubscriptionRef(ids.new_id(), "1001", ("line-1",)),
        when=CancelWhen.NOW,
        on=date(2026, 3, 2),
        idempotency_key=f"cancel:{ids.new_id()}",
    )


def taken_back(order: CancelOrder) -> CancelOrder:
    """Return the order that takes ``order`` back."""
    return replace(order, idempotency_key=order.idempotency_key.replace("cancel", "uncancel"))


def well_formed(answer: BillingAnswer, port: BillingPort) -> BillingAnswer:
    """Check what holds of every answer, and return it."""
    assert isinstance(answer.state, BillingState)
    assert answer.stopped_at is None or answer.stopped_at.tzinfo is not None
    if answer.state is BillingState.PENDING:
        assert port.capabilities().answers_by_callback
    assert all(answer.steps)
    return answer


def test_every_installed_adapter_is_on_a_bench() -> None:
    """No adapter escapes this suite."""
    assert set(registry.billing_names()) <= set(BENCHES)


def test_it_says_its_name_and_what_it_can(bench: Bench) -> None:
    """A name as in the registry, and capabilities that can be relied on."""
    capabilities = bench.port.capabilities()
    assert bench.port.name in BENCHES
    assert isinstance(capabilities, Capabilities)
    assert capabilities.cancel_modes <= frozenset(CancelWhen)
    assert CancelWhen.NOW in capabilities.cancel_modes
    assert bench.port.capabilities() == capabilities


def test_it_carries_out_every_mode_that_it_names(bench: Bench, order: CancelOrder) -> None:
    """Now, at the end of the period, on a date: an order of its own for each named mode is not refused."""
    for when in sorted(bench.port.capabilities().cancel_modes):
        one = replace(order, when=when, idempotency_key=f"{order.idempotency_key}:{when}")
        answer = well_formed(bench.port.subscription_cancel(one), bench.port)
        assert answer.state is not BillingState.REFUSED, when


def test_the_same_order_twice_takes_effect_once(bench: Bench, order: CancelOrder) -> None:
    """A retry under the same key gets the same answer and does nothing more."""
    first = well_formed(bench.port.subscription_cancel(order), bench.port)
    again = well_formed(bench.port.subscription_cancel(order), bench.port)
    assert (again.state, again.reference) == (first.state, first.reference)
    if bench.effects is not None:
        assert bench.effects(order.idempotency_key) == 1


@pytest.mark.parametrize("bench", CALLING, indirect=True)
def test_an_order_whose_answer_was_lost_takes_effect_once(bench: Bench, order: CancelOrder) -> None:
    """Carried out, answer lost: the typed error asks for another try, which finds it done."""
    assert bench.lose is not None
    assert bench.effects is not None
    bench.lose()
    with pytest.raises(BillingUnavailableError):
        bench.port.subscription_cancel(order)
    answer = well_formed(bench.port.subscription_cancel(order), bench.port)
    assert answer.state in {BillingState.DONE, BillingState.PENDING}
    assert bench.effects(order.idempotency_key) == 1


def test_a_stop_can_be_taken_back(bench: Bench, order: CancelOrder) -> None:
    """The opposite order is carried out or given to a person, once, and is as safe to repeat."""
    assert bench.port.capabilities().can_uncancel
    bench.port.subscription_cancel(order)
    back = taken_back(order)
    first = well_formed(bench.port.subscription_uncancel(back), bench.port)
    again = well_formed(bench.port.subscription_uncancel(back), bench.port)
    assert first.state is not BillingState.REFUSED
    assert (again.state, again.reference) == (first.state, first.reference)
    if bench.effects is not None:
        assert bench.effects(back.idempotency_key) == 1


def test_taking_back_what_was_never_ordered_is_no_crash(bench: Bench, order: CancelOrder) -> None:
    """The word that a stop no longer holds may arrive alone."""
    well_formed(bench.port.subscription_uncancel(taken_back(order)), bench.port)


def test_reading_is_true_to_what_was_done_or_is_not_offered(bench: Bench, order: CancelOrder) -> None:
    """What can be read shows the stop and its taking back; what cannot be read gives nothing."""
    if not bench.port.capabilities().can_read:
        assert bench.port.subscription_get(order.subscription) is None
        return

    def active() -> bool:
        found = bench.port.subscription_get(order.subscription)
        assert isinstance(found, Subscription)
        return found.active

    seen = [active()]
    bench.port.subscription_cancel(order)
    seen.append(active())
    bench.port.subscription_uncancel(taken_back(order))
    seen.append(active())
    assert seen == [True, False, True]


def test_a_person_who_is_asked_gets_steps(bench: Bench, order: CancelOrder) -> None:
    """Where a person has to do it the answer brings the steps to follow, in both directions."""
    for answer in (
        bench.port.subscription_cancel(order),
        bench.port.subscription_uncancel(taken_back(order)),
    ):
        assert answer.state is not BillingState.NEEDS_PERSON or answer.steps


def test_two_companies_do_not_share_orders(bench: Bench, order: CancelOrder) -> None:
    """An adapter made for another company knows nothing of this one's orders."""
    bench.port.subscription_cancel(order)
    other = type(bench.port)(company("outra-casa", "Outra Casa").id)  # type: ignore[call-arg]
    found = other.subscription_get(order.subscription)
    assert found is None or found.active
