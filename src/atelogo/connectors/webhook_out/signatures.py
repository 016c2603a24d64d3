"""Standard Webhooks 1.0: secrets, signing with every valid secret, judging what comes back."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from atelogo.core import clock

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"
_SECRET_BYTES = 32
_LONGEST_ID = 200
_MOST_SIGNATURES = 20


class SignatureRefusedError(Exception):
    """The message is not signed with a valid secret, or its time is off, or a header is missing."""


def new_secret() -> str:
    """Return a new random secret in its written form (``whsec_`` and base64)."""
    return PREFIX + base64.b64encode(os.urandom(_SECRET_BYTES)).decode()


def signed_headers(secrets: Sequence[str], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a message; one signature per secret, so that both ends may rotate in peace."""
    text = body.decode()
    signatures = [Webhook(secret).sign(message_id, moment, text) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
    }


def check(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> str:
    """Return the id of a message that is signed and fresh; raise :class:`SignatureRefusedError`.

    The library's own ``verify`` reads the machine's clock and raises various errors on malformed headers;
    here the clock is ours and every malformed header is a refusal.
    """
    message_id = headers.get("webhook-id", "")
    if (
        not message_id
        or len(message_id) > _LONGEST_ID
        or not (message_id.isascii() and message_id.isprintable())
    ):
        raise SignatureRefusedError("id")
    moment = _moment(headers.get("webhook-timestamp", ""))
    if abs(clock.now() - moment) > TOLERANCE:
        raise SignatureRefusedError("time")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise SignatureRefusedError("body") from error
    expected = [_raw(Webhook(secret).sign(message_id, moment, text)) for secret in secrets]
    given = [_raw(one) for one in headers.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]]
    # Every pair is compared, so that the time taken does not tell which secret came near.
    matches = [hmac.compare_digest(want, got) for want in expected for got in given if want and got]
    if not any(matches):
        raise SignatureRefusedError("signature")
    return message_id


def _moment(text: str) -> datetime:
    if not (text.isascii() and text.isdigit()):
        raise SignatureRefusedError("time")
    try:
        return datetime.fromtimestamp(int(text), tz=clock.now().tzinfo)
    except (OverflowError, ValueError, OSError) as error:
        raise SignatureRefusedError("time") from error


def _raw(signature: str) -> bytes:
    """Return the bytes of a ``v1`` signature; those of other versions and malformed ones are empty."""
    version, _comma, encoded = signature.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return b""
