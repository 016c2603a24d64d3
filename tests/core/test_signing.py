"""Ed25519 and signed notes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.core import signing

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key_of(PRIVATE)
NAME = "atelogo/0190f3"
KEY = signing.NoteKey(NAME, PUBLIC)

# Test 2 of RFC 8032, 7.1.
RFC_PRIVATE = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
RFC_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
RFC_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_rfc_8032_vector() -> None:
    """Keys and signatures are those of RFC 8032."""
    assert signing.public_key_of(RFC_PRIVATE) == RFC_PUBLIC
    assert signing.sign(RFC_PRIVATE, b"\x72") == RFC_SIGNATURE
    assert signing.verify(RFC_PUBLIC, b"\x72", RFC_SIGNATURE)


@given(st.binary(), st.binary(max_size=80), st.binary(max_size=40))
def test_nothing_else_verifies(message: bytes, signature: bytes, public: bytes) -> None:
    """Made-up signatures and keys are false, not errors."""
    assert not signing.verify(PUBLIC, message, signature)
    assert not signing.verify(public, message, signature) or len(public) == 32


def test_new_keys_differ() -> None:
    """Each new key is 32 bytes of its own."""
    assert len(signing.new_private_key()) == 32
    assert signing.new_private_key() != signing.new_private_key()


def test_the_public_line_is_read_back() -> None:
    """A key written as one line is read back; a plus sign inside its base64 does no harm."""
    for seed in range(40):
        key = signing.NoteKey("log+?", signing.public_key_of(bytes([seed] * 32)))
        key = signing.NoteKey("log", key.public)
        assert signing.NoteKey.parse(key.vkey() + "\n") == key


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a",
        "a+b",
        "log+00000000+AAAA",
        "log+zz+!!!",
        KEY.vkey()[:-4],
        KEY.vkey().replace("atelogo", "other"),
    ],
)
def test_other_lines_are_no_keys(line: str) -> None:
    """A malformed line, or one whose hash is not its key's, is refused."""
    with pytest.raises(signing.NoteError):
        signing.NoteKey.parse(line)


def test_a_note_opens_with_its_key() -> None:
    """A signed text is read back by who has the public key."""
    text = "atelogo/0190f3\n7\nabc=\n"
    assert signing.open_note(signing.sign_note(text, NAME, PRIVATE), KEY) == text


def test_a_note_may_bear_other_signatures() -> None:
    """Signatures of others, known or broken, under the same text do not matter."""
    note = signing.sign_note("a\n", NAME, PRIVATE)
    more = f"\u2014 witness AAAA\nnonsense\n\u2014 {NAME} ???\n"
    assert signing.open_note(note + more, KEY) == "a\n"


@pytest.mark.parametrize("change", [("7", "8"), (NAME, "other/name"), ("\n\n", "\n"), ("\u2014", "-")])
def test_an_altered_note_is_refused(change: tuple[str, str]) -> None:
    """Another text, signer or form is no longer signed."""
    note = signing.sign_note(f"{NAME}\n7\n", NAME, PRIVATE).replace(*change)
    with pytest.raises(signing.NoteError):
        signing.open_note(note, KEY)


def test_another_key_of_the_same_name_does_not_open() -> None:
    """The name alone is nothing: the key must be the one that signed."""
    note = signing.sign_note("a\n", NAME, bytes([9] * 32))
    with pytest.raises(signing.NoteError):
        signing.open_note(note, KEY)
