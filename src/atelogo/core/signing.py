"""Ed25519 keys and signatures, and the signed-note form (C2SP) of our checkpoints."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_ED25519 = b"\x01"
_HASH_BYTES = 4


class NoteError(ValueError):
    """A signed note is malformed, or no signature of the expected key stands under it."""


def new_private_key() -> bytes:
    """Return 32 random bytes that are an Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def public_key_of(private: bytes) -> bytes:
    """Return the 32-byte public key of a private one."""
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(private: bytes, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature of ``message``."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether ``signature`` over ``message`` was made by the holder of ``public``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class NoteKey:
    """The public key of a log under its name; written ``name+hash+base64`` (C2SP vkey)."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes that say which key signed."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_HASH_BYTES]

    def vkey(self) -> str:
        """Return the one-line public form of the key."""
        return f"{self.name}+{self.key_hash.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> NoteKey:
        """Read a vkey line; raise :class:`NoteError` when it is malformed."""
        try:
            name, key_hash, encoded = _split(vkey)
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            msg = "not a public key line"
            raise NoteError(msg) from error
        key = cls(name, raw[1:])
        if raw[:1] != _ED25519 or len(key.public) != 32 or key.key_hash.hex() != key_hash:  # noqa: PLR2004
            msg = "not an Ed25519 public key line"
            raise NoteError(msg)
        return key


def _split(vkey: str) -> tuple[str, str, str]:
    # Base64 may itself hold "+": the first two separators are the ones that count.
    name, key_hash, encoded = vkey.strip().split("+", 2)
    return name, key_hash, encoded


def sign_note(text: str, name: str, private: bytes) -> str:
    """Sign ``text`` (ends with a newline) as a C2SP signed note."""
    key = NoteKey(name, public_key_of(private))
    signature = base64.b64encode(key.key_hash + sign(private, text.encode())).decode()
    return f"{text}\n\u2014 {name} {signature}\n"


def open_note(note: str, key: NoteKey) -> str:
    """Return the text of a note signed by ``key``; raise :class:`NoteError` otherwise."""
    text, separator, tail = note.rpartition("\n\n")
    if not separator:
        msg = "no signature block"
        raise NoteError(msg)
    text += "\n"
    for line in tail.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or parts[1] != key.name:  # noqa: PLR2004
            continue
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except ValueError:
            continue
        if raw[:_HASH_BYTES] == key.key_hash and verify(key.public, text.encode(), raw[_HASH_BYTES:]):
            return text
    msg = f"no valid signature of {key.name}"
    raise NoteError(msg)
