"""Checking a receipt with nothing but the file and the public key: no database, no settings, no network.

    python -m atelogo.events.offline RECEIPT.json KEY

A receipt file is JSON: ``receipt`` (what the customer was given), ``salt``, ``entry`` (the ledger row as
its leaf holds it) and ``proof`` (a ``c2sp.org/tlog-proof@v1`` text, or nothing while the row waits for its
place).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from atelogo.core.signing import NoteError, NoteKey
from atelogo.events.canonical import CanonicalError, canonical_bytes
from atelogo.events.proofs import Proof
from atelogo.events.tree import leaf_hash


class Finding(StrEnum):
    """What the check of a receipt found."""

    SOUND = "sound"
    PROOF_FOLLOWS = "proof_follows"
    NOT_A_RECEIPT = "not_a_receipt"
    RECEIPT_ALTERED = "receipt_altered"
    ENTRY_ALTERED = "entry_altered"
    CHECKPOINT_NOT_SIGNED = "checkpoint_not_signed"
    OTHER_WORKSPACE = "other_workspace"
    SALT_ERASED = "salt_erased"


_WORDS = {
    Finding.SOUND: "The receipt is genuine: it stands unchanged in the signed register.",
    Finding.PROOF_FOLLOWS: "The receipt fits its register entry, but the proof is not in this file yet: "
    "download the receipt again.",
    Finding.NOT_A_RECEIPT: "This file is not a receipt that can be checked.",
    Finding.RECEIPT_ALTERED: "ALTERED: the receipt is not what the register holds.",
    Finding.ENTRY_ALTERED: "ALTERED: the register entry is not in the signed register.",
    Finding.CHECKPOINT_NOT_SIGNED: "NOT PROVED: the signature is not of the key you gave.",
    Finding.SALT_ERASED: "This file was made after the personal data was erased: "
    "only a receipt kept from before can be checked.",
    Finding.OTHER_WORKSPACE: "NOT PROVED: the entry belongs to another register than the key you gave.",
}
_EXIT = {Finding.SOUND: 0, Finding.PROOF_FOLLOWS: 2, Finding.NOT_A_RECEIPT: 2, Finding.SALT_ERASED: 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding, with the place in the line and the size of the signed tree when the proof holds."""

    finding: Finding
    index: int | None = None
    size: int | None = None

    @property
    def exit_code(self) -> int:
        """0 genuine, 1 altered or not proved, 2 could not be checked."""
        return _EXIT.get(self.finding, 1)

    @property
    def words(self) -> str:
        """The finding in English."""
        return _WORDS[self.finding]


def check_receipt(text: str, key: NoteKey) -> Verdict:
    """Check the text of a receipt file against the public key of the company's register."""
    try:
        file = json.loads(text)
        if file["salt"] is None:
            return Verdict(Finding.SALT_ERASED)
        receipt, salt, entry = file["receipt"], base64.b64decode(file["salt"], validate=True), file["entry"]
        committed, workspace = bytes.fromhex(entry["commitment"]), entry["workspace"]
        personal, leaf = canonical_bytes({"receipt": receipt}), leaf_hash(canonical_bytes(entry))
        proof = file.get("proof")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error, CanonicalError):
        return Verdict(Finding.NOT_A_RECEIPT)
    if not hmac.compare_digest(hmac.digest(salt, personal, "sha256"), committed):
        return Verdict(Finding.RECEIPT_ALTERED)
    if key.name != f"atelogo/{workspace}":
        return Verdict(Finding.OTHER_WORKSPACE)
    return _check_proof(proof, leaf, key)


def key_from(text_or_file: str) -> NoteKey:
    """Return the public key written in the argument, or in the file it names; raise :class:`NoteError`."""
    path = Path(text_or_file)
    try:
        text = path.read_text("utf-8") if path.is_file() else text_or_file
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise NoteError("the key file cannot be read") from error
    return NoteKey.parse(text)


def _check_proof(proof: object, leaf: bytes, key: NoteKey) -> Verdict:
    if not proof:
        return Verdict(Finding.PROOF_FOLLOWS)
    if not isinstance(proof, str):
        return Verdict(Finding.NOT_A_RECEIPT)
    try:
        parsed = Proof.parse(proof)
    except NoteError:
        return Verdict(Finding.NOT_A_RECEIPT)
    try:
        head = parsed.checkpoint_of(key)
    except NoteError:
        return Verdict(Finding.CHECKPOINT_NOT_SIGNED)
    if not parsed.holds(leaf, head):
        return Verdict(Finding.ENTRY_ALTERED)
    return Verdict(Finding.SOUND, parsed.index, head.size)


def main(arguments: list[str]) -> int:
    """Check one receipt from the command line and return the exit code."""
    if len(arguments) != 2:  # noqa: PLR2004 - file and key
        sys.stderr.write("usage: python -m atelogo.events.offline RECEIPT.json KEY\n")
        return 2
    try:
        key = key_from(arguments[1])
        text = Path(arguments[0]).read_text("utf-8")
    except (NoteError, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"cannot be checked: {error}\n")
        return 2
    verdict = check_receipt(text, key)
    sys.stdout.write(f"{verdict.words}\n")
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
