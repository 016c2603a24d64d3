"""Between our orders and the words of the billing webhook. No personal data goes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelogo.core import clock, ids
from atelogo.core.http import Answer
from atelogo.core.ports.billing import BillingAnswer, BillingState, BillingUnavailableError, CancelOrder

CANCEL, UNDO = "cancellation.requested", "undo.requested"
# What a call-back may say: the verb it is about and the answer it gives.
REPORTS = {
    "cancellation.completed": ("cancel", BillingState.DONE),
    "cancellation.refused": ("cancel", BillingState.REFUSED),
    "undo.completed": ("uncancel", BillingState.DONE),
    "undo.refused": ("uncancel", BillingState.REFUSED),
}
_SAID = {
    "done": BillingState.DONE,
    "pending": BillingState.PENDING,
    "refused": BillingState.REFUSED,
}
_TRY_LATER = frozenset({408, 425, 429})
_SERVER_FAULT = 500
_CLIENT_FAULT = 400
_REDIRECT = 300
_GONE = 410
_LONGEST = 80


class EndpointGoneError(Exception):
    """The company's system says that nobody listens at this address any more (410)."""


class ReportUnreadableError(ValueError):
    """A call-back does not have the shape of one."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a call-back says: of which protocol, about which verb, with which answer."""

    protocol: str
    verb: str
    answer: BillingAnswer


def body_of(order: CancelOrder, kind: str, callback_url: str) -> bytes:
    """Return the message of an order as JSON; ``kind`` is :data:`CANCEL` or :data:`UNDO`.

    The protocol and references of the contract are all that says whom it concerns.
    """
    subscription = order.subscription
    data: dict[str, Any] = {
        "protocol": order.protocol,
        "request": ids.public_id("req", order.request_id),
        "contract": {
            "id": ids.public_id("ctr", subscription.contract_id),
            "billing_ref": subscription.billing_ref,
            "line_refs": list(subscription.line_refs),
        },
        "idempotency_key": order.idempotency_key,
        "callback_url": callback_url,
    }
    if kind == CANCEL:
        data |= {"when": order.when.value, "on": order.on.isoformat() if order.on else None}
    message = {"type": kind, "timestamp": clock.iso(clock.now()), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def answer_of(answer: Answer) -> BillingAnswer:
    """Turn the HTTP answer to an order into billing's answer.

    2xx with ``{"status": "done"}`` is done, ``"refused"`` refused; any other 2xx means taken in, the end
    comes by call-back. Raises :class:`EndpointGoneError` for 410 and :class:`BillingUnavailableError` for
    redirects, faults of the server and "later"; every other 4xx is a refusal, which a person looks at.
    """
    status = answer.status
    if status == _GONE:
        raise EndpointGoneError
    if status in _TRY_LATER or status >= _SERVER_FAULT or _REDIRECT <= status < _CLIENT_FAULT:
        raise BillingUnavailableError(f"http_{status}")
    if status >= _CLIENT_FAULT:
        return BillingAnswer(BillingState.REFUSED, detail=f"http_{status}")
    said = _object(answer.body)
    state = _SAID.get(str(said.get("status", "")).lower(), BillingState.PENDING)
    if status == 202 and state is BillingState.DONE:  # noqa: PLR2004 - "accepted" is not "done"
        state = BillingState.PENDING
    return _told(state, said)


def report_of(body: bytes) -> Report:
    """Read a call-back; raise :class:`ReportUnreadableError` unless it is one of :data:`REPORTS`."""
    message = _object(body)
    data = message.get("data")
    known = REPORTS.get(str(message.get("type")))
    if known is None or not isinstance(data, dict):
        raise ReportUnreadableError("type")
    protocol = data.get("protocol")
    if not isinstance(protocol, str) or not protocol.isdigit():
        raise ReportUnreadableError("protocol")
    verb, state = known
    return Report(protocol, verb, _told(state, data))


def _told(state: BillingState, said: dict[str, Any]) -> BillingAnswer:
    return BillingAnswer(
        state,
        reference=_word(said.get("reference")),
        stopped_at=_moment(said.get("stopped_at")) if state is BillingState.DONE else None,
        detail=_word(said.get("detail")),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _word(value: object) -> str:
    """Return a short text of theirs without control characters; anything else is empty."""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return ""
    return "".join(char for char in str(value) if char.isprintable()).strip()[:_LONGEST]


def _moment(value: object) -> datetime | None:
    """Return billing's time of the stop; without a zone, malformed or in the future it is not believed."""
    try:
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None or moment > clock.now():
        return None
    return moment
