"""Proof files and receipts checked from text and public key alone."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.core.signing import NoteError, NoteKey, new_private_key, public_key_of, sign_note
from atelogo.events import offline, tree
from atelogo.events.canonical import canonical, canonical_bytes
from atelogo.events.ledger import commitment_of
from atelogo.events.offline import Finding, check_receipt
from atelogo.events.proofs import Proof, TreeHead, open_checkpoint, origin_of

WORKSPACE = UUID("018f0000-0000-7000-8000-00000000aaaa")
PRIVATE = new_private_key()
KEY = NoteKey(origin_of(WORKSPACE), public_key_of(PRIVATE))
RECEIPT = {"protocol": "2026030512345678", "name": "Conceição", "refund_minor": 1990}


def receipt_file(**changes: Any) -> dict[str, Any]:
    """Return the receipt of the third of five entries; ``changes`` replace members."""
    salt = bytes(range(32))
    entry = {
        "actor": {"id": None, "kind": "customer"},
        "body": {"protocol": "2026030512345678"},
        "commitment": commitment_of(salt, canonical({"receipt": RECEIPT})).hex(),
        "id": "018f0000-0000-7000-8000-00000000bbbb",
        "name": "request.confirmed",
        "seq": 3,
        "v": 1,
        "workspace": str(WORKSPACE),
    }
    leaves = [tree.leaf_hash(str(n).encode()) for n in range(5)]
    leaves[2] = tree.leaf_hash(canonical_bytes(entry))
    head = TreeHead(origin_of(WORKSPACE), 5, tree.root_of(leaves))
    hashes = tree.inclusion_proof(2, 5, tree.nodes_of(leaves))
    proof = Proof(2, tuple(hashes), sign_note(head.text(), head.origin, PRIVATE))
    made = {
        "receipt": RECEIPT,
        "salt": base64.b64encode(salt).decode(),
        "entry": entry,
        "proof": proof.text(),
    }
    return made | changes


def check(file: object, key: NoteKey = KEY) -> offline.Verdict:
    """Check a receipt file given as JSON values."""
    return check_receipt(json.dumps(file), key)


def test_a_genuine_receipt_is_sound() -> None:
    """An untouched receipt is genuine, at its place in the signed tree."""
    assert check(receipt_file()) == offline.Verdict(Finding.SOUND, 2, 5)
    assert check(receipt_file()).exit_code == 0


def test_the_order_of_members_does_not_matter() -> None:
    """A receipt written again by another program, in another order and spelling, is still genuine."""
    text = json.dumps(dict(reversed(receipt_file().items())), indent=4, ensure_ascii=False)
    assert check_receipt(text, KEY).finding is Finding.SOUND


def test_every_change_is_found() -> None:
    """Changing the receipt, its entry or its proof is found, and said as what it is."""
    entry = receipt_file()["entry"]
    changed = {**RECEIPT, "refund_minor": 0}
    assert check(receipt_file(receipt=changed)).finding is Finding.RECEIPT_ALTERED
    assert check(receipt_file(salt=base64.b64encode(bytes(32)).decode())).finding is Finding.RECEIPT_ALTERED
    assert check(receipt_file(entry={**entry, "seq": 4})).finding is Finding.ENTRY_ALTERED
    proof = receipt_file()["proof"]
    assert check(receipt_file(proof=proof.replace("index 2", "index 3"))).finding is Finding.ENTRY_ALTERED
    assert check(receipt_file(proof=proof.replace("\n5\n", "\n6\n"))).finding is Finding.CHECKPOINT_NOT_SIGNED
    for verdict in (check(receipt_file(receipt=changed)), check(receipt_file(entry={**entry, "seq": 4}))):
        assert verdict.exit_code == 1


def test_a_new_commitment_does_not_help() -> None:
    """Somebody who changes the receipt and makes the entry fit it has left the signed tree."""
    changed = {**RECEIPT, "refund_minor": 0}
    salt = bytes(32)
    entry = receipt_file()["entry"] | {
        "commitment": commitment_of(salt, canonical({"receipt": changed})).hex()
    }
    file = receipt_file(receipt=changed, salt=base64.b64encode(salt).decode(), entry=entry)
    assert check(file).finding is Finding.ENTRY_ALTERED


def test_another_key_proves_nothing() -> None:
    """A receipt of another register, or signed by another key of the same name, is not proved."""
    stranger = new_private_key()
    same_name = NoteKey(KEY.name, public_key_of(stranger))
    other_name = NoteKey("atelogo/018f0000-0000-7000-8000-00000000cccc", KEY.public)
    assert check(receipt_file(), same_name).finding is Finding.CHECKPOINT_NOT_SIGNED
    assert check(receipt_file(), other_name).finding is Finding.OTHER_WORKSPACE
    assert check(receipt_file(), same_name).exit_code == 1


@pytest.mark.parametrize("proof", [None, ""])
def test_without_a_proof_yet_it_says_so(proof: str | None) -> None:
    """A receipt given out before the seal fits its entry, but is no proof yet: exit code 2."""
    verdict = check(receipt_file(proof=proof))
    assert (verdict.finding, verdict.exit_code) == (Finding.PROOF_FOLLOWS, 2)


def test_a_file_made_after_erasure_says_so() -> None:
    """A file without salt cannot be checked, and the reason is given."""
    verdict = check(receipt_file(salt=None))
    assert (verdict.finding, verdict.exit_code) == (Finding.SALT_ERASED, 2)


@pytest.mark.parametrize(
    "file",
    [
        {},
        [],
        "text",
        None,
        7,
        {"salt": "AA=="},
        receipt_file(salt="*"),
        receipt_file(entry=None),
        receipt_file(entry={"commitment": "zz", "workspace": ""}),
        receipt_file(receipt={"a": 0.5}),
        receipt_file(proof=3),
        receipt_file(proof="c2sp.org/tlog-proof@v1\nnothing"),
    ],
)
def test_what_is_no_receipt_is_no_crash(file: object) -> None:
    """Any other JSON is said not to be a receipt: exit code 2."""
    verdict = check(file)
    assert (verdict.finding, verdict.exit_code) == (Finding.NOT_A_RECEIPT, 2)


@given(text=st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    """Whatever the file holds, there is an answer."""
    assert check_receipt(text, KEY).finding is Finding.NOT_A_RECEIPT


def test_every_finding_has_words() -> None:
    """Each finding can be said."""
    for finding in Finding:
        assert offline.Verdict(finding).words


def test_the_module_runs_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a program it takes file and key, prints the finding, and leaves with its code."""
    file, key = tmp_path / "receipt.json", tmp_path / "key.txt"
    file.write_text(json.dumps(receipt_file()))
    key.write_text(KEY.vkey() + "\n")
    assert offline.main([str(file), str(key)]) == 0
    assert "genuine" in capsys.readouterr().out
    assert offline.main([str(file), KEY.vkey()]) == 0
    assert offline.main([str(file), "rubbish"]) == 2
    assert offline.main([str(tmp_path / "absent"), KEY.vkey()]) == 2
    assert offline.main([]) == 2


def test_nothing_of_django_is_loaded() -> None:
    """Checking a receipt loads neither Django nor a database driver."""
    import subprocess
    import sys

    program = (
        "import sys, atelogo.events.offline; print([m for m in sys.modules if m in ('django', 'psycopg')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\n****\n\nx",
        "c2sp.org/tlog-proof@v1\nindex ٣\n\nx",
    ],
)
def test_malformed_proofs_are_refused(text: str) -> None:
    """A proof file that does not follow the format is refused."""
    with pytest.raises(NoteError):
        Proof.parse(text)


def test_extra_data_is_passed_over() -> None:
    """The optional `extra` line of the format is accepted and carries no weight."""
    text = receipt_file()["proof"].replace("\nindex", "\nextra AAAA\nindex", 1)
    assert check(receipt_file(proof=text)).finding is Finding.SOUND


@pytest.mark.parametrize("text", ["", "a\nb\n", "a\n1\nAAAA\n", "a\n01\n" + "A" * 43 + "=\n"])
def test_malformed_checkpoints_are_refused(text: str) -> None:
    """A checkpoint text with a wrong size or root is refused."""
    with pytest.raises(NoteError):
        TreeHead.parse(text)


def test_a_checkpoint_is_signed_for_its_own_log() -> None:
    """A checkpoint that speaks of another log than its signer's is refused."""
    head = TreeHead("atelogo/other", 1, bytes(32))
    with pytest.raises(NoteError, match="another log"):
        open_checkpoint(sign_note(head.text(), KEY.name, PRIVATE), KEY)
