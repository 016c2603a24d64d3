"""A request rebuilt from its ledger events alone: the register's rows add nothing that the line lacks.

Input is the request's own stream in order: event names with their bodies (ids, codes, times, money).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from atelogo.register.domain.status import RequestState, Verb, next_state

_VERBS = {
    "request.confirmed": Verb.CONFIRM,
    "request.withdrawn": Verb.WITHDRAW,
    "request.completed": Verb.COMPLETE,
    "request.undone": Verb.UNDO,
    "request.merged": Verb.MERGE,
    "request.voided": Verb.VOID,
    "request.lapsed": Verb.LAPSE,
}


@dataclass(slots=True)
class Rebuilt:
    """What the events say of a request."""

    state: RequestState = RequestState.OPEN
    protocol: str = ""
    customer: str | None = None
    contract: str | None = None
    reasons: list[str] = field(default_factory=list)
    reason_version: int | None = None
    verified_cause: str | None = None
    confirmed_at: str | None = None
    effective_at: str | None = None
    fee_state: str = "none"
    fee_minor: int | None = None
    mrr_minor: int | None = None
    merged_into: str | None = None
    owner: str | None = None
    events: int = 0


class StreamBrokenError(ValueError):
    """The events are not a request's: the first does not open it, or a step has no place."""


def rebuild(events: Iterable[tuple[str, Mapping[str, Any]]]) -> Rebuilt:
    """Fold the events of one request; raise :class:`StreamBrokenError` when they cannot be one."""
    seen = Rebuilt()
    for name, body in events:
        if seen.events == 0 and name not in {"request.opened", "request.imported"}:
            raise StreamBrokenError(name)
        seen.events += 1
        if name in _VERBS:
            seen.state = next_state(seen.state, _VERBS[name])
        _APPLY.get(name, _nothing)(seen, body)
    if seen.events == 0:
        raise StreamBrokenError("no events")
    return seen


def _nothing(_seen: Rebuilt, _body: Mapping[str, Any]) -> None:
    """Leave what the event does not change."""


def _opened(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.protocol, seen.customer, seen.contract = body["protocol"], body["customer"], body["contract"]
    seen.mrr_minor = body["mrr_minor"]


def _imported(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    _opened(seen, body)
    seen.state = RequestState(body["state"])
    seen.reason_version = body["reason_version"]
    if body["reason"]:
        seen.reasons = [body["reason"]]


def _reason(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    if body["position"] == 0:
        seen.reasons, seen.reason_version = [], body["version"]
    seen.reasons.append(body["reason"])


def _confirmed(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.confirmed_at, seen.effective_at = body["confirmed_at"], body["effective_at"]
    seen.fee_state, seen.fee_minor = body["fee_state"], body["fee_minor"]


def _identified(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.customer, seen.contract, seen.mrr_minor = body["customer"], body["contract"], body["mrr_minor"]


def _fee(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.fee_state, seen.fee_minor = body["fee_state"], body["fee_minor"]


def _voided(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    if body.get("unlinked"):
        seen.customer = seen.contract = None


def _disputed(seen: Rebuilt, _body: Mapping[str, Any]) -> None:
    seen.fee_state = "disputed"


def _touched(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    if body.get("mrr_minor") is not None:
        seen.mrr_minor = body["mrr_minor"]


def _corrected(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    values = body.get("values", {})
    seen.mrr_minor = values.get("mrr_minor", seen.mrr_minor)
    seen.fee_minor = values.get("fee_minor", seen.fee_minor)


def _merged(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.merged_into = body["into"]


def _cause(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.verified_cause = body["reason"]


def _owner(seen: Rebuilt, body: Mapping[str, Any]) -> None:
    seen.owner = body["owner"]


_APPLY = {
    "request.opened": _opened,
    "request.imported": _imported,
    "request.reason_set": _reason,
    "request.confirmed": _confirmed,
    "request.identified": _identified,
    "request.fee_answered": _fee,
    "request.fee_disputed": _disputed,
    "request.touched": _touched,
    "request.corrected": _corrected,
    "request.merged": _merged,
    "request.voided": _voided,
    "request.cause_verified": _cause,
    "request.owner_set": _owner,
}
