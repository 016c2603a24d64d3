"""A test message to the company's billing address: signed like an order, about nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from atelogo.accounts.services.limits import attempt
from atelogo.connectors.webhook_out import signatures
from atelogo.connectors.webhook_out.errors import EndpointNotFoundError
from atelogo.connectors.webhook_out.services import call_target
from atelogo.core import clock, http, ids

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

TYPE = "test.message"
SECONDS = 10.0
_LIMIT, _PER = 10, timedelta(minutes=10)
_TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: taken (2xx), refused (any other ``status``), no_answer, or address_refused."""

    outcome: str
    status: int = 0
    milliseconds: int = 0


def endpoint_try(*, workspace: WorkspaceInfo) -> Trial:
    """Send one test message to the address in use and say what it answered; nothing is changed by it.

    Raises :class:`EndpointNotFoundError` without an address in use, and ``TooManyAttemptsError`` past ten
    messages in ten minutes.
    """
    target = call_target(workspace.id)
    if target is None:
        raise EndpointNotFoundError
    attempt("billing_trial", str(target.endpoint_id), limit=_LIMIT, per=_PER, workspace_id=workspace.id)
    moment = clock.now()
    message = {"type": TYPE, "timestamp": clock.iso(moment), "data": {"callback_url": target.callback_url}}
    body = json.dumps(message, separators=(",", ":")).encode()
    headers = signatures.signed_headers(target.secrets, f"test:{ids.new_id().hex}", moment, body)
    began = time.perf_counter()
    try:
        answer = http.send("POST", target.url, content=body, headers=headers, seconds=SECONDS)
    except http.TargetRefusedError:
        return Trial("address_refused")
    except http.NoAnswerError:
        return Trial("no_answer")
    took = round((time.perf_counter() - began) * 1000)
    return Trial("taken" if answer.status in _TAKEN else "refused", answer.status, took)
