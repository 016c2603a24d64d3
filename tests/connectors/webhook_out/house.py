"""A company's own billing system on loopback: takes signed orders, once each, and misbehaves as told.

It knows nothing of the product's code: signatures are judged here by the specification, by hand.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PATH = "/atelogo"


def signature_by_hand(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the ``v1`` signature of Standard Webhooks 1.0: HMAC-SHA256 over ``id.timestamp.body``."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def signed(
    secret: str, message_id: str, timestamp: int, message: dict[str, Any]
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a call-back as a company's system would send it."""
    body = json.dumps(message).encode()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_by_hand(secret, message_id, str(timestamp), body),
    }
    return body, headers


@dataclass
class House:
    """The system: orders by message id, how often each took effect, and how it answers next."""

    server: HTTPServer
    secrets: list[str] = field(default_factory=list)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    effects: dict[str, int] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    replies: list[Response | threading.Event] = field(default_factory=list)
    usual: dict[str, Any] = field(default_factory=lambda: {"status": "done", "reference": "C-1"})
    usual_status: int = 200
    loses_answers: int = 0

    def __post_init__(self) -> None:
        """Listen."""
        self.server.expect_request(PATH, method="POST").respond_with_handler(self.take)

    @property
    def url(self) -> str:
        """Where the system listens."""
        return str(self.server.url_for(PATH))

    def take(self, request: Request) -> Response:
        """Answer one call."""
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if self.replies:
            reply = self.replies.pop(0)
            if isinstance(reply, threading.Event):
                reply.wait(10)
                return Response("late", status=200)
            return reply
        body = request.get_data()
        message_id = request.headers["webhook-id"]
        if not self._is_signed(request, body):
            return Response("bad signature", status=401)
        if message_id not in self.orders:
            self.orders[message_id] = json.loads(body)
            self.effects[message_id] = self.effects.get(message_id, 0) + 1
        if self.loses_answers:
            self.loses_answers -= 1
            return Response("broke down after the work was done", status=500)
        return Response(json.dumps(self.usual), status=self.usual_status, mimetype="application/json")

    def _is_signed(self, request: Request, body: bytes) -> bool:
        given = request.headers["webhook-signature"].split(" ")
        wanted = [
            signature_by_hand(
                secret, request.headers["webhook-id"], request.headers["webhook-timestamp"], body
            )
            for secret in self.secrets
        ]
        return any(one in given for one in wanted)
