"""A ``BillingPort`` that always asks a person, with the steps to follow."""

from __future__ import annotations

from uuid import UUID

from atelogo.connectors.assisted.steps import RESUME, stop_steps
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingState,
    CancelOrder,
    CancelWhen,
    Capabilities,
    Subscription,
    SubscriptionRef,
)


class AssistedBilling:
    """Nothing is called: every order becomes a person's task. Repeating an order gives the same answer."""

    name = "assisted"

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id

    def capabilities(self) -> Capabilities:
        """A person can do all of it; nothing can be read."""
        return Capabilities(cancel_modes=frozenset(CancelWhen), can_uncancel=True)

    def subscription_get(self, ref: SubscriptionRef) -> Subscription | None:  # noqa: ARG002 - the port's own
        """Return ``None``: there is nothing to ask."""
        return None

    def subscription_cancel(self, order: CancelOrder) -> BillingAnswer:
        """Ask a person to stop the charge."""
        return BillingAnswer(BillingState.NEEDS_PERSON, steps=stop_steps(order.when))

    def subscription_uncancel(self, order: CancelOrder) -> BillingAnswer:  # noqa: ARG002 - the port's own
        """Ask a person to take the stop back."""
        return BillingAnswer(BillingState.NEEDS_PERSON, steps=RESUME)
