"""The page where the owner sets the billing address: the secret appears once, roles are kept apart."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from atelogo.connectors.webhook_out import services
from atelogo.core.tenancy import workspace_scope
from tests.cast import Cast, signed_in

URL = "https://billing.aurora.example/hook"


@pytest.fixture
def page(cast: Cast) -> str:
    """Return the page's address."""
    return reverse("webhook_out:settings", kwargs={"workspace": cast.workspace.slug})


@pytest.fixture
def owner(cast: Cast) -> Client:
    """Return the owner's browser."""
    return signed_in(cast.ana)


def test_the_secret_is_shown_once(cast: Cast, page: str, owner: Client) -> None:
    """In the answer that made it and never again, and no cache may keep that answer."""
    made = owner.post(page, {"act": "create", "url": URL})
    text = made.content.decode()
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    (secret,) = services.callback_secrets(cast.workspace, services.endpoint_of(cast.workspace).id)  # type: ignore[union-attr]
    assert secret in text
    assert secret not in owner.get(page).content.decode()


def test_an_address_that_cannot_be_used_is_explained_and_kept(cast: Cast, page: str, owner: Client) -> None:
    """The words typed stay in the field, the reason beside them; nothing is set."""
    refused = owner.post(page, {"act": "create", "url": "http://10.0.0.1/x"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="http://10.0.0.1/x"' in text
    assert "https://" in text
    assert services.endpoint_of(cast.workspace) is None


def test_it_is_changed_turned_over_and_turned_off(cast: Cast, page: str, owner: Client) -> None:
    """Each button does what it says."""
    owner.post(page, {"act": "create", "url": URL})
    owner.post(page, {"act": "move", "url": URL + "2"})
    rotated = owner.post(page, {"act": "rotate"})
    assert "O segredo está sendo trocado" in rotated.content.decode()
    view = services.endpoint_of(cast.workspace)
    assert view is not None
    assert view.url == URL + "2"
    assert view.callback_url in rotated.content.decode()
    assert owner.post(page, {"act": "disable"}).status_code == 302
    assert "Desligado." in owner.get(page).content.decode()


@pytest.mark.parametrize("act", ["move", "rotate", "disable", "", "drop"])
def test_without_an_address_in_use_the_other_acts_find_nothing(page: str, owner: Client, act: str) -> None:
    """No address yet, or an act that does not exist: not found, said on the page."""
    assert owner.post(page, {"act": act, "url": URL}).status_code == 404


def test_who_may_only_look_gets_no_buttons_and_changes_nothing(cast: Cast, page: str, owner: Client) -> None:
    """An auditor reads the address; a POST of theirs is refused."""
    owner.post(page, {"act": "create", "url": URL})
    auditor = signed_in(cast.dora)
    text = auditor.get(page).content.decode()
    assert URL in text
    assert '<form method="post">' not in text
    assert auditor.post(page, {"act": "disable"}).status_code == 403
    with workspace_scope(cast.workspace.id):
        assert services.call_target(cast.workspace.id) is not None


def test_a_stranger_finds_no_page(cast: Cast, page: str) -> None:
    """The owner of another company does not learn that this one exists."""
    assert signed_in(cast.clara).get(page).status_code == 404
