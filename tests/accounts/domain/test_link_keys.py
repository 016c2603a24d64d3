"""Public keys that companies paste, and the claims that their links carry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from atelogo.accounts.domain.link_keys import (
    MAIL_LIFE,
    SHORT_LIFE,
    ClaimsRefused,
    KeyRefused,
    read_claims,
    read_public_key,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def claims(**other: object) -> dict[str, Any]:
    """Return good claims with some replaced; ``None`` takes a claim out."""
    made = {
        "aud": "atelogo",
        "iss": "aurora",
        "sub": "cus_1",
        "jti": "j1",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + SHORT_LIFE).timestamp()),
    } | other
    return {key: value for key, value in made.items() if value is not None}


def read(given: dict[str, Any], longest: timedelta = SHORT_LIFE) -> Any:
    """Read claims at NOW."""
    return read_claims(given, kid="k", issuer="aurora", now=NOW, longest=longest)


def test_pem_and_jwk_of_one_key_are_one() -> None:
    """A key pasted as PEM and as JWK has the same point, and the thumbprint as its id."""
    key = OKPKey.generate_key("Ed25519")
    pem = read_public_key(key.as_pem(private=False).decode())
    jwk = read_public_key(json.dumps(key.as_dict(private=False)))
    assert pem == jwk == (key.thumbprint(), key.as_dict()["x"])


def test_jwk_keeps_its_own_key_id() -> None:
    """A key id chosen by the company is kept."""
    key = OKPKey.generate_key("Ed25519")
    assert read_public_key(json.dumps({**key.as_dict(private=False), "kid": "site-2026"}))[0] == "site-2026"


def test_private_keys_are_named_as_such() -> None:
    """A private key pasted by mistake is refused as private, in either form."""
    key = OKPKey.generate_key("Ed25519")
    for text in (key.as_pem(private=True).decode(), json.dumps(key.as_dict(private=True))):
        with pytest.raises(KeyRefused) as refused:
            read_public_key(text)
        assert refused.value.private


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{",
        "{}",
        "[]",
        '{"kty": "OKP", "crv": "Ed25519"}',
        '{"kty": "OKP", "crv": "Ed25519", "x": "AA"}',
        json.dumps(OKPKey.generate_key("X25519").as_dict(private=False)),
        ECKey.generate_key("P-256").as_pem(private=False).decode(),
        json.dumps({**OKPKey.generate_key("Ed25519").as_dict(private=False), "kid": "a b"}),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ],
    ids=range(11),  # made keys differ in each process of the run
)
def test_other_keys_are_refused(text: str) -> None:
    """Whatever is no Ed25519 public key is refused, and not as private."""
    with pytest.raises(KeyRefused) as refused:
        read_public_key(text)
    assert not refused.value.private


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    """Any pasted text is a key or a refusal, never a crash."""
    try:
        kid, point = read_public_key(text)
    except KeyRefused:
        return
    assert kid
    assert point


def test_good_claims_are_read() -> None:
    """Good claims give the opaque ids and both times."""
    found = read(claims(contracts=["con_1", "con_2"], aud=["atelogo", "other"]))
    assert (found.customer_ref, found.contract_refs, found.jti) == ("cus_1", ("con_1", "con_2"), "j1")
    assert found.expires_at - found.issued_at == SHORT_LIFE


@pytest.mark.parametrize(
    "change,why",
    [
        ({"aud": "other"}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "academia"}, "iss"),
        ({"sub": None}, "sub"),
        ({"sub": "ana@aurora.example"}, "sub"),
        ({"sub": "Ana Aurora"}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 129}, "sub"),
        ({"jti": None}, "jti"),
        ({"iat": None}, "iat"),
        ({"iat": "now"}, "iat"),
        ({"iat": True}, "iat"),
        ({"iat": int((NOW + timedelta(minutes=2)).timestamp())}, "iat"),
        ({"exp": None}, "exp"),
        ({"exp": 1e99}, "exp"),
        ({"exp": int((NOW + SHORT_LIFE + timedelta(seconds=1)).timestamp())}, "exp"),
        ({"exp": int(NOW.timestamp())}, "exp"),
        ({"contracts": "con_1"}, "contracts"),
        ({"contracts": ["a b"]}, "contracts"),
        ({"contracts": ["c"] * 51}, "contracts"),
    ],
)
def test_bad_claims_are_refused(change: dict[str, object], why: str) -> None:
    """Each claim that is missing, foreign, personal or too long-lived is refused by name."""
    with pytest.raises(ClaimsRefused) as refused:
        read(claims(**change))
    assert refused.value.why == why
    assert not refused.value.expired


def test_a_past_link_is_named_expired() -> None:
    """A link whose time is over is told apart from a bad one."""
    began = NOW - timedelta(minutes=20)
    late = claims(iat=int(began.timestamp()), exp=int((began + SHORT_LIFE).timestamp()))
    with pytest.raises(ClaimsRefused) as refused:
        read(late)
    assert refused.value.expired


def test_a_mail_link_may_live_a_week() -> None:
    """With the longer life a link of seven days opens, and one of eight does not."""
    week = claims(exp=int((NOW + MAIL_LIFE).timestamp()))
    assert read(week, MAIL_LIFE).expires_at == NOW + MAIL_LIFE
    with pytest.raises(ClaimsRefused):
        read(claims(exp=int((NOW + timedelta(days=8)).timestamp())), MAIL_LIFE)
