"""Encryption at rest and exact look-up without the clear text.

One 32-byte master key comes from ``ATELOGO_MASTER_KEY`` (base64) or a 0600 file in ``ATELOGO_HOME``, never
from the database. Sub-keys are derived by HKDF-SHA256. Ciphertexts are ``<key id>.<base64url(nonce|box)>``
with AES-256-GCM; the key id lets old rows be read after a rotation (``ATELOGO_OLD_MASTER_KEYS``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

_KEY_BYTES = 32
_NONCE_BYTES = 12


class SecretError(RuntimeError):
    """A ciphertext cannot be opened with the keys at hand: wrong key, or altered text."""


def load_or_create_master_key(path: Path) -> bytes:
    """Return the key in ``path``, making the file (mode 0600) when it is absent."""
    try:
        return base64.urlsafe_b64decode(path.read_text("ascii").strip())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = os.urandom(_KEY_BYTES)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return load_or_create_master_key(path)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(key))
        return key


def derive(master: bytes, purpose: str) -> bytes:
    """Return the 32-byte sub-key of ``master`` for ``purpose``."""
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=purpose.encode()).derive(master)


def key_id_of(master: bytes) -> str:
    """Return the short public name of a master key (8 hex digits)."""
    return hashlib.sha256(b"atelogo key id" + master).hexdigest()[:8]


@lru_cache(maxsize=1)
def _ring() -> tuple[str, dict[str, AESGCM]]:
    masters = [settings.ATELOGO_MASTER_KEY(), *settings.ATELOGO_OLD_MASTER_KEYS]
    boxes = {key_id_of(m): AESGCM(derive(m, "field encryption")) for m in masters}
    return key_id_of(masters[0]), boxes


@lru_cache(maxsize=1)
def _lookup_key() -> bytes:
    # The look-up key follows the oldest master key, so that a rotation keeps every stored HMAC valid.
    masters = [settings.ATELOGO_MASTER_KEY(), *settings.ATELOGO_OLD_MASTER_KEYS]
    return derive(masters[-1], "exact look-up")


def forget_keys() -> None:
    """Drop cached keys (tests and key rotation)."""
    _ring.cache_clear()
    _lookup_key.cache_clear()


def encrypt(clear: str) -> str:
    """Encrypt a text; the empty text stays empty, so that "nothing given" needs no key."""
    if not clear:
        return ""
    key_id, boxes = _ring()
    nonce = os.urandom(_NONCE_BYTES)
    box = boxes[key_id].encrypt(nonce, clear.encode(), key_id.encode())
    return f"{key_id}.{base64.urlsafe_b64encode(nonce + box).decode()}"


def decrypt(cipher: str) -> str:
    """Open a text made by :func:`encrypt`; raise :class:`SecretError` when no key at hand opens it."""
    if not cipher:
        return ""
    key_id, _sep, payload = cipher.partition(".")
    _current, boxes = _ring()
    try:
        raw = base64.urlsafe_b64decode(payload)
        return boxes[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        msg = "stored text cannot be opened with the keys at hand"
        raise SecretError(msg) from error


def lookup_hash(workspace_id: UUID, kind: str, value: str) -> bytes:
    """Return the 32-byte HMAC by which an exact ``value`` (document, e-mail, phone) is found.

    Bound to the workspace and the kind of value, so that equal values of two companies never match.
    """
    text = b"%s\x1f%s\x1f%s" % (workspace_id.bytes, kind.encode(), value.encode())
    return hmac.digest(_lookup_key(), text, "sha256")
