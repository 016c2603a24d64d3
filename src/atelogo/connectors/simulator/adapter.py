"""A ``BillingPort`` whose behaviour is scripted: done, later, refused, down, or done with the answer lost."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from atelogo.connectors.simulator.state import Act, Behaviour, Books, books_of
from atelogo.core import clock
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingState,
    BillingUnavailableError,
    CancelOrder,
    CancelWhen,
    Capabilities,
    Subscription,
    SubscriptionRef,
)
from atelogo.events import outbox

REPORT_TASK = "simulator.report"


class SimulatorRefusedError(RuntimeError):
    """The simulator was asked for outside demo mode: it would say "done" where nothing is."""


class SimulatedBilling:
    """Keeps its state in this process's memory; idempotent under each order's key, as a real one must be."""

    name = "simulator"

    def __init__(self, workspace_id: UUID) -> None:
        if not settings.ATELOGO_DEMO:
            raise SimulatorRefusedError("the billing simulator runs in demo mode only (ATELOGO_DEMO=1)")
        self.workspace_id = workspace_id

    def capabilities(self) -> Capabilities:
        """Everything a billing system can be able to do."""
        return Capabilities(
            cancel_modes=frozenset(CancelWhen), can_uncancel=True, can_read=True, answers_by_callback=True
        )

    def subscription_get(self, ref: SubscriptionRef) -> Subscription | None:
        """Return the subscription: active until it was stopped."""
        stopped = books_of(self.workspace_id).stopped
        name = _name(ref)
        return Subscription(ref=name, active=name not in stopped, ends_on=stopped.get(name))

    def subscription_cancel(self, order: CancelOrder) -> BillingAnswer:
        """Stop the charge, as scripted."""
        return self._carry_out(order, "cancel")

    def subscription_uncancel(self, order: CancelOrder) -> BillingAnswer:
        """Take the stop back, as scripted."""
        return self._carry_out(order, "uncancel")

    def _carry_out(self, order: CancelOrder, verb: str) -> BillingAnswer:
        books = books_of(self.workspace_id)
        with books.lock:
            books.calls.append((verb, order.idempotency_key))
            if books.down_until is not None and clock.now() < books.down_until:
                raise BillingUnavailableError("down")
            known = books.answers.get(order.idempotency_key)
            if known is not None:
                return known
            behaviour = books.script.popleft() if books.script else books.usual
            if behaviour.act is Act.DOWN:
                raise BillingUnavailableError("down")
            answer = self._answer(books, order, verb, behaviour)
        if behaviour.act is Act.LOST:
            raise BillingUnavailableError("the answer was lost")
        if behaviour.act is Act.LATER:
            self._report_later(order, verb, behaviour)
        return answer

    def _answer(self, books: Books, order: CancelOrder, verb: str, behaviour: Behaviour) -> BillingAnswer:
        key = order.idempotency_key
        if behaviour.act is Act.REFUSED:
            answer = BillingAnswer(BillingState.REFUSED, detail="refused by the simulator")
        else:
            later = behaviour.act is Act.LATER
            _take_effect(books, order, verb)
            answer = BillingAnswer(
                BillingState.PENDING if later else BillingState.DONE,
                reference=f"sim-{key[-8:]}",
                stopped_at=None if later else clock.now(),
            )
        books.answers[key] = answer
        return answer

    def _report_later(self, order: CancelOrder, verb: str, behaviour: Behaviour) -> None:
        with transaction.atomic():
            for number in range(behaviour.times):
                outbox.enqueue(
                    REPORT_TASK,
                    workspace_id=self.workspace_id,
                    payload={"protocol": order.protocol, "verb": verb, "key": order.idempotency_key},
                    key=f"{order.idempotency_key}:{number}",
                    run_at=clock.now() + behaviour.after,
                )


def _take_effect(books: Books, order: CancelOrder, verb: str) -> None:
    name = _name(order.subscription)
    books.effects[order.idempotency_key] = books.effects.get(order.idempotency_key, 0) + 1
    if verb == "cancel":
        books.stopped[name] = order.on
    else:
        books.stopped.pop(name, None)


def _name(ref: SubscriptionRef) -> str:
    return ref.billing_ref or str(ref.contract_id)
