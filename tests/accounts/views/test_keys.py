"""Settings > Keys."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OKPKey

from atelogo.accounts.queries import workspace_by_id
from atelogo.accounts.services.signed_links import link_verify
from atelogo.core import clock, ids
from atelogo.core.signing import NoteKey, open_note
from atelogo.events.log import public_key, seal
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db
KEYS = "/padaria-aurora/console/settings/keys"


def pair() -> OKPKey:
    """Return a company's new pair of keys."""
    return OKPKey.generate_key("Ed25519")


def test_the_public_key_can_be_seen_and_taken(cast: Cast) -> None:
    """The page shows the log's key; the file holds the very line, which programs can read."""
    browser = signed_in(cast.dora)
    line = public_key(cast.workspace.id).vkey()
    assert f'value="{line}"' in unescape(browser.get(KEYS).content.decode())
    answer = browser.get(f"{KEYS}/key.txt")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="key.txt"'
    assert NoteKey.parse(answer.content.decode()) == public_key(cast.workspace.id)


def test_the_newest_checkpoint_can_be_taken(cast: Cast) -> None:
    """Before anything is sealed there is none (404, said on the page); afterwards it opens with the key."""
    browser = signed_in(cast.ana)
    assert browser.get(f"{KEYS}/checkpoint.txt").status_code == 404
    assert f"{KEYS}/checkpoint.txt" not in browser.get(KEYS).content.decode()
    seal(cast.workspace.id)
    note = browser.get(f"{KEYS}/checkpoint.txt").content.decode()
    assert open_note(note, public_key(cast.workspace.id)).startswith(f"atelogo/{cast.workspace.id}\n")
    assert f"{KEYS}/checkpoint.txt" in browser.get(KEYS).content.decode()


def test_a_registered_key_opens_links_until_it_is_removed(cast: Cast) -> None:
    """A pasted public key lets links signed as the page shows in; once removed, it is out of the list."""
    browser, key = signed_in(cast.ana), pair()
    pem = key.as_pem(private=False).decode()
    assert browser.post(KEYS, {"label": "App", "public_key": pem}).status_code == 302
    info = workspace_by_id(cast.workspace.id)
    assert info is not None
    kid = key.thumbprint()
    now = int(clock.now().timestamp())
    claims = {
        "iss": info.slug,
        "aud": "atelogo",
        "sub": "1001",
        "jti": ids.random_key(),
        "iat": now,
        "exp": now + 600,
    }
    token = jwt.encode({"alg": "Ed25519", "kid": kid}, claims, key, algorithms=["Ed25519"])
    assert link_verify(token, workspace=info).customer_ref == "1001"
    text = browser.get(KEYS).content.decode()
    assert kid in text
    assert "/padaria-aurora/entrar" in text
    assert browser.post(f"{KEYS}/remove", {"kid": kid}).status_code == 302
    after = workspace_by_id(cast.workspace.id)
    assert after is not None
    assert after.link_key(kid) is None
    again = browser.post(f"{KEYS}/remove", {"kid": kid}, follow=True)
    assert "não está mais na lista" in again.content.decode()


def test_the_example_of_the_page_makes_a_link_that_opens(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's Python, run as printed beside the registered pair, makes an `Ed25519` link that opens."""
    browser, key = signed_in(cast.ana), pair()
    browser.post(KEYS, {"label": "App", "public_key": key.as_pem(private=False).decode()})
    (tmp_path / "link-private.pem").write_bytes(key.as_pem(private=True))
    monkeypatch.chdir(tmp_path)
    code = re.search(r"<code>(# pip install.*?)</code>", browser.get(KEYS).content.decode(), re.DOTALL)
    assert code
    made: dict[str, Any] = {}
    exec(unescape(code.group(1)), made)
    token = made["link"].partition("#t=")[2]
    assert jws.extract_compact(token.encode()).headers()["alg"] == "Ed25519"
    info = workspace_by_id(cast.workspace.id)
    assert info is not None
    claims = link_verify(token, workspace=info)
    assert (claims.customer_ref, claims.kid) == ("1001", key.thumbprint())


def test_the_own_key_is_not_in_the_list(cast: Cast) -> None:
    """The pair that this installation holds is neither shown nor removable."""
    own = cast.workspace.link_keys[0].kid
    browser = signed_in(cast.ana)
    assert own not in browser.get(KEYS).content.decode()
    browser.post(f"{KEYS}/remove", {"kid": own})
    assert workspace_by_id(cast.workspace.id) == cast.workspace


@pytest.mark.parametrize("pasted", ["", "not a key", "private"])
def test_a_key_that_cannot_be_used_is_refused(cast: Cast, pasted: str) -> None:
    """Nothing, nonsense and a private key are refused beside the field; a private key is never kept."""
    given = pair().as_pem(private=True).decode() if pasted == "private" else pasted
    answer = signed_in(cast.ana).post(KEYS, {"label": "", "public_key": given})
    assert answer.status_code == 422
    assert 'id="id_public_key-error"' in answer.content.decode()
    assert workspace_by_id(cast.workspace.id) == cast.workspace


def test_who_may_register_keys(cast: Cast) -> None:
    """A manager and an auditor take the public key; only an owner registers and removes."""
    for member in (cast.marina, cast.dora):
        browser = signed_in(member)
        assert browser.get(f"{KEYS}/key.txt").status_code == 200
        assert browser.post(KEYS, {"public_key": "x"}).status_code == 403
        assert browser.post(f"{KEYS}/remove", {"kid": "x"}).status_code == 403
    assert signed_in(cast.caio).get(f"{KEYS}/key.txt").status_code == 403
    assert signed_in(cast.clara).get(f"{KEYS}/key.txt").status_code == 404
