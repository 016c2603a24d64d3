"""A ``BillingPort`` that tells the company's own system in a signed message (Standard Webhooks 1.0)."""

from __future__ import annotations

from uuid import UUID

import structlog

from atelogo.connectors.webhook_out import mapping, signatures
from atelogo.connectors.webhook_out.services import (
    CallTarget,
    call_target,
    endpoint_gone,
)
from atelogo.connectors.webhook_out.steps import NO_ADDRESS, REFUSED_ADDRESS
from atelogo.core import clock, http
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

SECONDS = 20.0
_log = structlog.get_logger("atelogo.connectors.webhook_out")


class WebhookBilling:
    """Posts each order to the workspace's address; the same order has the same message id on every try."""

    name = "webhook_out"

    def __init__(self, workspace_id: UUID) -> None:
        self.workspace_id = workspace_id

    def capabilities(self) -> Capabilities:
        """All orders can be told; nothing can be read; the end may come by call-back."""
        return Capabilities(
            cancel_modes=frozenset(CancelWhen), can_uncancel=True, can_read=False, answers_by_callback=True
        )

    def subscription_get(self, ref: SubscriptionRef) -> Subscription | None:  # noqa: ARG002 - the port's own
        """Return ``None``: the webhook asks nothing."""
        return None

    def subscription_cancel(self, order: CancelOrder) -> BillingAnswer:
        """Tell billing to stop the charge; see :func:`mapping.answer_of`."""
        return self._tell(order, mapping.CANCEL)

    def subscription_uncancel(self, order: CancelOrder) -> BillingAnswer:
        """Tell billing that the stop no longer holds."""
        return self._tell(order, mapping.UNDO)

    def _tell(self, order: CancelOrder, kind: str) -> BillingAnswer:
        target = call_target(self.workspace_id)
        if target is None:
            return BillingAnswer(BillingState.NEEDS_PERSON, detail="no_address", steps=NO_ADDRESS)
        try:
            return mapping.answer_of(_post(target, order, kind))
        except http.TargetRefusedError as refused:
            _log.warning("billing_address_refused", workspace=str(self.workspace_id), why=str(refused))
            return BillingAnswer(BillingState.NEEDS_PERSON, detail=str(refused), steps=REFUSED_ADDRESS)
        except http.NoAnswerError as error:
            raise BillingUnavailableError(str(error)) from error
        except mapping.EndpointGoneError:
            endpoint_gone(self.workspace_id, target.endpoint_id)
            return BillingAnswer(BillingState.NEEDS_PERSON, detail="gone", steps=NO_ADDRESS)


def _post(target: CallTarget, order: CancelOrder, kind: str) -> http.Answer:
    body = mapping.body_of(order, kind, target.callback_url)
    headers = signatures.signed_headers(target.secrets, order.idempotency_key, clock.now(), body)
    return http.send("POST", target.url, content=body, headers=headers, seconds=SECONDS)
