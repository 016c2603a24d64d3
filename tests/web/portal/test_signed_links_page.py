"""The how-to about signed links says what is so: its example, run as printed, lets a customer in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from django.test import Client

from atelogo.accounts.services.workspaces import link_key_add
from atelogo.core import clock
from atelogo.events.ledger import SYSTEM
from tests.web.portal.conftest import Provider, furnish

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "signed-links.md"


@pytest.fixture
def furnished(db: None) -> Provider:
    """Return the provider at the true time, which the example's tokens carry."""
    return furnish()


@pytest.fixture
def signer(furnished: Provider) -> Any:
    """Return ``sign(customer, **more)`` made of the page's own Python and a registered key."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    registered = link_key_add(workspace=furnished.workspace, public_key=public, actor=SYSTEM)
    code = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert code
    names: dict[str, Any] = {}
    exec(code.group(1), names)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(customer: str, **more: Any) -> str:
        return str(names["link"](private, registered.kid, furnished.workspace.slug, customer, **more))

    return sign


def test_the_example_lets_a_customer_in(furnished: Provider, signer: Any) -> None:
    """A link made as the page prints it opens the customer's contract."""
    browser = Client()
    assert browser.get(signer("c2")).headers["Location"] == "/nova-rede/cancelar"
    assert browser.get("/nova-rede/cancelar").headers["Location"] == furnished.contract(furnished.ritas)


def test_a_contract_number_leads_to_that_contract(furnished: Provider, signer: Any) -> None:
    """``contracts`` with one number leads straight to it."""
    browser = Client()
    browser.get(signer("c1", contracts=["1002"]))
    assert browser.get("/nova-rede/cancelar").headers["Location"] == furnished.contract(furnished.combo)


@pytest.mark.parametrize("more", [{"minutes": 8 * 24 * 60}, {"contracts": ["Rita Prado"]}])
def test_the_limits_are_as_printed(furnished: Provider, signer: Any, more: dict[str, Any]) -> None:
    """More than seven days, and a name where an id belongs, are refused."""
    assert Client().get(signer("c2", **more)).headers["Location"] == "/nova-rede/cancelar?aviso=link"


def test_seven_days_are_accepted_for_a_mail(furnished: Provider, signer: Any) -> None:
    """A link of a mail lives for seven days, and not a second longer."""
    address = signer("c2", minutes=7 * 24 * 60)
    with clock.clock_at(clock.now() + 7 * clock.DAY - clock.HOUR):
        assert Client().get(address).headers["Location"] == "/nova-rede/cancelar"


def test_a_removed_key_opens_nothing(furnished: Provider, signer: Any) -> None:
    """After its key was taken out, a link is answered like any other bad one."""
    from atelogo.accounts.queries import workspace_by_slug
    from atelogo.accounts.services.workspaces import link_key_remove

    address = signer("c2")
    workspace = workspace_by_slug("nova-rede")
    assert workspace is not None
    for key in workspace.link_keys:
        if not key.own:
            link_key_remove(workspace=workspace, kid=key.kid, actor=SYSTEM)
    assert Client().get(address).headers["Location"] == "/nova-rede/cancelar?aviso=link"
