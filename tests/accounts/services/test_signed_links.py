"""Links that a company signs, and those that we sign for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey

from atelogo.accounts.domain.link_keys import MAIL_LIFE
from atelogo.accounts.domain.workspace import LinkKey, WorkspaceInfo
from atelogo.accounts.errors import LinkExpiredError, LinkRefusedError
from atelogo.accounts.queries import workspace_by_id
from atelogo.accounts.services.signed_links import link_mint, link_verify
from atelogo.accounts.services.workspaces import link_key_add, link_key_remove
from atelogo.core.clock import clock_at
from atelogo.events.ledger import SYSTEM
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def key() -> OKPKey:
    """Return the company's own key pair."""
    return OKPKey.generate_key("Ed25519")


@pytest.fixture
def known(cast: Cast, key: OKPKey) -> LinkKey:
    """Register the company's public key."""
    pem = key.as_pem(private=False).decode()
    return link_key_add(workspace=cast.workspace, public_key=pem, actor=SYSTEM)


def again(workspace: WorkspaceInfo) -> WorkspaceInfo:
    """Return the company as it now is."""
    found = workspace_by_id(workspace.id)
    assert found is not None
    return found


def signed(signer: Any, header: dict[str, Any], **claims: object) -> str:
    """Sign good claims for Padaria Aurora, some replaced."""
    good = {
        "aud": "atelogo",
        "iss": "padaria-aurora",
        "sub": "cus_1",
        "jti": "j1",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=5)).timestamp()),
    }
    return jwt.encode(header, good | claims, signer, algorithms=[header["alg"]])


def test_a_companys_link_says_who_comes(cast: Cast, key: OKPKey, known: LinkKey) -> None:
    """A link signed by a registered key gives the opaque ids that it carries."""
    token = signed(key, {"alg": "Ed25519", "kid": known.kid}, contracts=["con_1"])
    with clock_at(NOW):
        claims = link_verify(token, workspace=again(cast.workspace))
    assert (claims.customer_ref, claims.contract_refs, claims.jti) == ("cus_1", ("con_1",), "j1")
    assert claims.kid == known.kid


def test_the_older_name_of_the_algorithm_is_known(cast: Cast, key: OKPKey, known: LinkKey) -> None:
    """A link from a library that writes EdDSA opens too: it is the same signature."""
    with pytest.warns(SecurityWarning):
        token = signed(key, {"alg": "EdDSA", "kid": known.kid})
    with clock_at(NOW), pytest.warns(SecurityWarning):
        assert link_verify(token, workspace=again(cast.workspace)).customer_ref == "cus_1"


def test_a_removed_key_opens_nothing(cast: Cast, key: OKPKey, known: LinkKey) -> None:
    """From the moment a key is taken out, links that it signed are refused."""
    token = signed(key, {"alg": "Ed25519", "kid": known.kid})
    link_key_remove(workspace=cast.workspace, kid=known.kid, actor=SYSTEM)
    with clock_at(NOW), pytest.raises(LinkRefusedError):
        link_verify(token, workspace=again(cast.workspace))


def test_a_link_opens_only_its_own_company(cast: Cast) -> None:
    """A link of one company is refused by another, whose keys did not sign it."""
    token = link_mint(workspace=cast.workspace, customer_ref="cus_1")
    with pytest.raises(LinkRefusedError):
        link_verify(token, workspace=cast.elsewhere)


def test_forged_links_are_refused(cast: Cast, key: OKPKey, known: LinkKey) -> None:
    """A link without signature, by another key, another algorithm or with altered claims is refused."""
    header = {"alg": "Ed25519", "kid": known.kid}
    good = signed(key, header)
    head, body, signature = good.split(".")
    other = signed(key, header, sub="cus_2").split(".")[1]
    public = key.as_dict(private=False)["x"]
    forged = [
        f"{head}.{other}.{signature}",
        f"{head}.{body}.",
        signed(OKPKey.generate_key("Ed25519"), header),
        signed(ECKey.generate_key("P-256"), {"alg": "ES256", "kid": known.kid}),
        signed(OctKey.import_key(str(public)), {"alg": "HS256", "kid": known.kid}),
        signed(key, {"alg": "Ed25519", "kid": "unknown"}),
        signed(key, {"alg": "Ed25519"}),
        good + "x" * 4000,
        "",
        "..",
        "a.b.c",
        "não é um link",
    ]
    workspace = again(cast.workspace)
    with clock_at(NOW):
        assert link_verify(good, workspace=workspace).jti == "j1"
        for token in forged:
            with pytest.raises(LinkRefusedError):
                link_verify(token, workspace=workspace)


def test_an_unsigned_link_is_refused(cast: Cast, known: LinkKey) -> None:
    """The algorithm "none" opens nothing."""
    from joserfc.util import urlsafe_b64encode

    parts = ({"alg": "none", "kid": known.kid}, {"sub": "cus_1", "aud": "atelogo"})
    token = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts) + "."
    with pytest.raises(LinkRefusedError):
        link_verify(token, workspace=again(cast.workspace))


def test_a_link_lives_ten_minutes_or_a_week(cast: Cast) -> None:
    """A link for a click ends after ten minutes and says so; one for a mail is accepted only where asked."""
    with clock_at(NOW):
        click = link_mint(workspace=cast.workspace, customer_ref="cus_1")
        mail = link_mint(workspace=cast.workspace, customer_ref="cus_1", life=MAIL_LIFE)
        with pytest.raises(LinkRefusedError):
            link_verify(mail, workspace=cast.workspace)
    with clock_at(NOW + timedelta(minutes=9, seconds=59)):
        assert link_verify(click, workspace=cast.workspace).customer_ref == "cus_1"
    with clock_at(NOW + timedelta(minutes=10)), pytest.raises(LinkExpiredError):
        link_verify(click, workspace=cast.workspace)
    with clock_at(NOW + timedelta(days=6)):
        assert link_verify(mail, workspace=cast.workspace, longest=MAIL_LIFE).kid


def test_our_own_links_carry_opaque_ids_alone(cast: Cast) -> None:
    """We sign no link that names a person, and each has its own id."""
    with pytest.raises(LinkRefusedError):
        link_mint(workspace=cast.workspace, customer_ref="ana@aurora.example")
    with clock_at(NOW):
        made = [link_mint(workspace=cast.workspace, customer_ref="c", contract_refs=["k"]) for _n in range(2)]
        first, second = (link_verify(token, workspace=cast.workspace) for token in made)
    assert first.jti != second.jti
    assert first.contract_refs == ("k",)


def test_the_private_half_is_encrypted_at_rest(cast: Cast) -> None:
    """The database holds the workspace's private key only in encrypted form."""
    from django.db import connection

    from atelogo.accounts.models import Workspace

    clear = Workspace.objects.get(pk=cast.workspace.id).link_secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT link_secret FROM accounts_workspace WHERE slug = 'padaria-aurora'")
        (stored,) = cursor.fetchone()
    assert clear
    assert clear not in stored
