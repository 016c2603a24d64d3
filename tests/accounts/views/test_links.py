"""The pages behind one-time links."""

from __future__ import annotations

import pytest
from django.test import Client

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.queries import membership_of, person_by_email
from atelogo.accounts.services.invites import invite_create
from atelogo.accounts.services.passwords import password_reset_link
from atelogo.accounts.services.sessions import TRIES_OF_PERSON
from atelogo.events.ledger import SYSTEM
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
LOGIN = "/padaria-aurora/console/login"
SET = "/padaria-aurora/console/set-password"
JOIN = "/padaria-aurora/console/join"
NEW = "um-cafe-com-leite"


def key_of(path: str) -> str:
    """Return the key that a one-time link carries."""
    return path.partition("k=")[2]


def test_a_new_password_by_link_and_then_in(cast: Cast) -> None:
    """The page names whose link it is, refuses a weak password, takes a good one, and the login takes it."""
    path = password_reset_link(user_id=cast.bruno.person.id, actor=SYSTEM)
    browser = Client()
    assert cast.bruno.person.email in browser.get(path).content.decode()
    weak = browser.post(SET, {"k": key_of(path), "password": "short"})
    assert weak.status_code == 422
    assert 'id="id_password-error"' in weak.content.decode()
    done = browser.post(SET, {"k": key_of(path), "password": NEW})
    assert (done.status_code, done.headers["Location"]) == (302, LOGIN)
    answer = browser.post(LOGIN, {"email": cast.bruno.person.email, "password": NEW})
    assert answer.status_code == 302


def test_an_ended_link_says_so(cast: Cast) -> None:
    """A used, foreign or made-up link gets one and the same page, which says what to do."""
    path = password_reset_link(user_id=cast.bruno.person.id, actor=SYSTEM)
    Client().post(SET, {"k": key_of(path), "password": NEW})
    for address in (path, f"{SET}?k=made-up", SET, f"{JOIN}?k=made-up", JOIN):
        answer = Client().get(address)
        assert answer.status_code == 410
        assert "invite_invalid" in answer.content.decode()


def test_a_new_person_joins_and_signs_in(cast: Cast) -> None:
    """An invited person opens the link, sets name and password, and signs in."""
    made = invite_create(workspace=cast.workspace, email="eva@aurora.example", role=Role.AGENT, actor=SYSTEM)
    browser = Client()
    assert "eva@aurora.example" in browser.get(made.path).content.decode()
    assert browser.post(JOIN, {"k": key_of(made.path), "name": "Eva", "password": "1"}).status_code == 422
    done = browser.post(JOIN, {"k": key_of(made.path), "name": "Eva", "password": NEW})
    assert done.headers["Location"] == LOGIN
    assert browser.post(LOGIN, {"email": "eva@aurora.example", "password": NEW}).status_code == 302
    assert browser.get("/padaria-aurora/console/profile").status_code == 200


def test_a_known_person_joins_with_their_own_password(cast: Cast) -> None:
    """Clara is asked for her present password; guessing at it is stopped like at the login."""
    made = invite_create(
        workspace=cast.workspace, email=cast.clara.person.email, role=Role.AGENT, actor=SYSTEM
    )
    statuses = [
        Client().post(JOIN, {"k": key_of(made.path), "password": f"guess-{number}"}).status_code
        for number in range(TRIES_OF_PERSON + 1)
    ]
    assert statuses == [422] * TRIES_OF_PERSON + [429]
    assert membership_of(cast.clara.person.id, cast.workspace.id) is None
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert elsewhere.post(JOIN, {"k": key_of(made.path), "password": PASSWORD}).status_code == 302
    assert membership_of(cast.clara.person.id, cast.workspace.id) is not None
    assert person_by_email(cast.clara.person.email) == cast.clara.person
