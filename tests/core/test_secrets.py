"""Encryption at rest and exact look-up."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from atelogo.core import secrets

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture(autouse=True)
def fresh_keys() -> Iterator[None]:
    """Forget keys before and after, as a changed setting must be seen."""
    secrets.forget_keys()
    yield
    secrets.forget_keys()


@given(st.text())
def test_what_is_encrypted_is_read_back(clear: str) -> None:
    """Any text comes back as it was, and does not stand in its ciphertext."""
    cipher = secrets.encrypt(clear)
    assert secrets.decrypt(cipher) == clear
    if len(clear) > 3:
        assert clear not in cipher


def test_nothing_stays_nothing() -> None:
    """The empty text is not encrypted: "not given" can be told without a key."""
    assert secrets.encrypt("") == ""
    assert secrets.decrypt("") == ""


def test_equal_texts_do_not_look_equal() -> None:
    """Two ciphertexts of one text differ, so that a dump does not show who shares an address."""
    assert secrets.encrypt("maria@example.com") != secrets.encrypt("maria@example.com")


@pytest.mark.parametrize("altered", ["x", "0000.AAAA", "nokey.", "a.b.c", "é"])
def test_what_is_no_ciphertext_is_refused(altered: str) -> None:
    """A text that no key opens is an error of its own, never garbage."""
    with pytest.raises(secrets.SecretError):
        secrets.decrypt(altered)


def test_an_altered_byte_is_noticed() -> None:
    """A single changed byte makes a ciphertext unreadable."""
    key, _dot, payload = secrets.encrypt("12 3456").partition(".")
    raw = bytearray(base64.urlsafe_b64decode(payload))
    raw[-1] ^= 1
    with pytest.raises(secrets.SecretError):
        secrets.decrypt(f"{key}.{base64.urlsafe_b64encode(raw).decode()}")


def test_rotation(settings: Settings) -> None:
    """After a rotation old rows are read, new rows use the new key, and look-ups still match."""
    workspace = uuid4()
    settings.ATELOGO_MASTER_KEY, settings.ATELOGO_OLD_MASTER_KEYS = (lambda: OLD), []
    before = secrets.encrypt("texto")
    found_by = secrets.lookup_hash(workspace, "cpf", "52998224725")
    settings.ATELOGO_MASTER_KEY, settings.ATELOGO_OLD_MASTER_KEYS = (lambda: NEW), [OLD]
    secrets.forget_keys()
    assert secrets.decrypt(before) == "texto"
    assert secrets.encrypt("texto").startswith(secrets.key_id_of(NEW))
    assert secrets.lookup_hash(workspace, "cpf", "52998224725") == found_by
    settings.ATELOGO_OLD_MASTER_KEYS = []
    secrets.forget_keys()
    with pytest.raises(secrets.SecretError):
        secrets.decrypt(before)


def test_look_ups_are_bound_to_company_and_kind() -> None:
    """Equal values of two companies, or of two kinds, have unequal hashes of 32 bytes."""
    one, other = uuid4(), uuid4()
    hashes = {
        secrets.lookup_hash(one, "phone", "11987654321"),
        secrets.lookup_hash(other, "phone", "11987654321"),
        secrets.lookup_hash(one, "cpf", "11987654321"),
    }
    assert len(hashes) == 3
    assert {len(value) for value in hashes} == {32}


def test_the_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    """The key is made once, with mode 0600, and read again as it was."""
    path = tmp_path / "new" / "master.key"
    key = secrets.load_or_create_master_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600  # noqa: PTH116
    assert secrets.load_or_create_master_key(path) == key


def test_sub_keys_differ_by_purpose() -> None:
    """Two purposes have two keys, the same purpose always the same one."""
    assert secrets.derive(OLD, "a") != secrets.derive(OLD, "b")
    assert secrets.derive(OLD, "a") == secrets.derive(OLD, "a")
