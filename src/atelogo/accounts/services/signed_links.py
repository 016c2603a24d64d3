"""Links that a company signs so that its customer arrives known: checked here, and made for demo and mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from atelogo.accounts.domain.link_keys import (
    AUDIENCE,
    SHORT_LIFE,
    ClaimsRefused,
    LinkClaims,
    read_claims,
)
from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.accounts.errors import LinkExpiredError, LinkRefusedError
from atelogo.accounts.models import Workspace
from atelogo.core import clock, ids

# EdDSA is the older name of the same signature; many libraries write no other.
_ALGORITHMS = ["Ed25519", "EdDSA"]
_LONGEST_TOKEN = 4_000


def link_verify(token: str, *, workspace: WorkspaceInfo, longest: timedelta = SHORT_LIFE) -> LinkClaims:
    """Return what a signed link says, once its signature, place and time are right.

    ``longest`` is how long a link may live from ``iat`` to ``exp``: 10 minutes for a click inside the
    company's site, up to 7 days (``MAIL_LIFE``) for a link in a mail. The claims asked for are those of
    :func:`~atelogo.accounts.domain.link_keys.read_claims`. Raises :class:`LinkExpiredError` for a link past
    its time and :class:`LinkRefusedError` for any other fault, without saying which.
    """
    if len(token) > _LONGEST_TOKEN:
        raise LinkRefusedError
    try:
        kid = str(jws.extract_compact(token.encode()).headers().get("kid", ""))
        known = workspace.link_key(kid)
        if known is None:
            raise LinkRefusedError
        key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": known.public_key})
        claims = jwt.decode(token, key, algorithms=_ALGORITHMS).claims
        return read_claims(claims, kid=kid, issuer=workspace.slug, now=clock.now(), longest=longest)
    except ClaimsRefused as refused:
        raise (LinkExpiredError if refused.expired else LinkRefusedError) from refused
    except (JoseError, ValueError, TypeError) as error:
        raise LinkRefusedError from error


def link_mint(
    *,
    workspace: WorkspaceInfo,
    customer_ref: str,
    contract_refs: Sequence[str] = (),
    life: timedelta = SHORT_LIFE,
) -> str:
    """Return a link token signed with the workspace's own key; :func:`link_verify` accepts it.

    Raises :class:`LinkRefusedError` when an id is not opaque (letters, digits and ``._:~-`` only).
    """
    own = next((key for key in workspace.link_keys if key.own), None)
    secret = Workspace.objects.values_list("link_secret", flat=True).filter(pk=workspace.id).first()
    if own is None or not secret:
        raise LinkRefusedError
    now = clock.now()
    claims = {
        "iss": workspace.slug,
        "aud": AUDIENCE,
        "sub": customer_ref,
        "jti": ids.random_key(),
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    if contract_refs:
        claims["contracts"] = list(contract_refs)
    try:
        read_claims(claims, kid=own.kid, issuer=workspace.slug, now=now, longest=life)
    except ClaimsRefused as refused:
        raise LinkRefusedError from refused
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": own.public_key, "d": secret})
    return jwt.encode({"alg": "Ed25519", "kid": own.kid}, claims, key, algorithms=["Ed25519"])
