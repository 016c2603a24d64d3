"""Reading a company's public key, and the claims that its links may carry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

AUDIENCE: Final = "atelogo"
SHORT_LIFE: Final = timedelta(minutes=10)
MAIL_LIFE: Final = timedelta(days=7)
SKEW: Final = timedelta(seconds=60)  # the company's clock and ours
_OPAQUE: Final = re.compile(r"[A-Za-z0-9._:~-]{1,128}")
_KID: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_MOST_CONTRACTS: Final = 50


class KeyRefused(ValueError):  # noqa: N818 - the fact itself; the service wraps it with a sentence
    """The text is no Ed25519 public key; ``private`` says that it is a private one."""

    def __init__(self, *, private: bool = False) -> None:
        super().__init__("private key" if private else "not an Ed25519 public key")
        self.private = private


class ClaimsRefused(ValueError):  # noqa: N818 - as above
    """The claims do not open anything here; ``expired`` says that they once did."""

    def __init__(self, why: str, *, expired: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.expired = expired


@dataclass(frozen=True, slots=True)
class LinkClaims:
    """What a signed link says: opaque ids of the customer and, optionally, of contracts.

    ``jti`` names this one link; ``kid`` the key that signed it.
    """

    customer_ref: str
    contract_refs: tuple[str, ...]
    jti: str
    kid: str
    issued_at: datetime
    expires_at: datetime


def read_public_key(text: str) -> tuple[str, str]:
    """Return (key id, Ed25519 point in base64url) of a public key given as PEM or JWK.

    The key id is the JWK's own ``kid`` or else its RFC 7638 thumbprint. Raises :class:`KeyRefused`.
    """
    given = text.strip()
    if "PRIVATE KEY" in given:
        raise KeyRefused(private=True)
    source: Any = given
    kid: object = None
    if given.startswith("{"):
        try:
            source = json.loads(given)
        except ValueError:
            raise KeyRefused from None
        if "d" in source:
            raise KeyRefused(private=True)
        kid = source.get("kid")
    try:
        key = OKPKey.import_key(source)
        numbers = key.as_dict(private=False)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise KeyRefused from None
    if numbers.get("crv") != "Ed25519" or (kid is not None and not _KID.fullmatch(str(kid))):
        raise KeyRefused
    return str(kid or key.thumbprint()), str(numbers["x"])


def read_claims(
    claims: Mapping[str, Any], *, kid: str, issuer: str, now: datetime, longest: timedelta
) -> LinkClaims:
    """Return the frozen form of verified ``claims``.

    Asks for ``aud`` = ``atelogo``, ``iss`` = ``issuer``, ``sub``, ``jti``, ``iat`` and ``exp`` with at most
    ``longest`` between them; raises :class:`ClaimsRefused` with the claim that is wrong.
    """
    audience = claims.get("aud")
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        raise ClaimsRefused("aud")
    if claims.get("iss") != issuer:
        raise ClaimsRefused("iss")
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    if issued > now + SKEW:
        raise ClaimsRefused("iat")
    if expires - issued > longest or expires <= issued:
        raise ClaimsRefused("exp")
    if expires <= now:
        raise ClaimsRefused("exp", expired=True)
    contracts = claims.get("contracts", [])
    if not isinstance(contracts, list) or len(contracts) > _MOST_CONTRACTS:
        raise ClaimsRefused("contracts")
    return LinkClaims(
        customer_ref=_opaque(claims.get("sub"), "sub"),
        contract_refs=tuple(_opaque(ref, "contracts") for ref in contracts),
        jti=_opaque(claims.get("jti"), "jti"),
        kid=kid,
        issued_at=issued,
        expires_at=expires,
    )


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimsRefused(name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise ClaimsRefused(name) from None


def _opaque(value: object, name: str) -> str:
    # An e-mail address or a name is refused: what stands in an address must identify nobody to a reader.
    if not isinstance(value, str) or not _OPAQUE.fullmatch(value):
        raise ClaimsRefused(name)
    return value
