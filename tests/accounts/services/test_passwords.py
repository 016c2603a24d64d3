"""Passwords and the one-time links that need no mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.errors import InviteInvalidError, OwnerOnlyError, SharedPersonError
from atelogo.accounts.services.passwords import (
    password_reset_link,
    password_set,
    password_set_by_link,
    person_of_reset_key,
)
from atelogo.accounts.services.people import membership_set, user_create
from atelogo.core.clock import clock_at
from atelogo.core.errors import NotFoundError, PermissionDeniedError, ValidationFailedError
from atelogo.core.ids import new_id
from atelogo.events.ledger import SYSTEM, entries_of
from tests.cast import PASSWORD, Cast, actor_of

pytestmark = pytest.mark.django_db
NEW = "um-cafe-com-leite"
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def key_of(path: str) -> str:
    """Return the key that a one-time link carries."""
    return parse_qs(urlsplit(path).query)["k"][0]


def opens(cast: Cast, password: str) -> bool:
    """Say whether ``password`` is Bruno's."""
    return bool(get_user_model().objects.get(pk=cast.bruno.person.id).check_password(password))


def test_a_link_sets_a_password_once(cast: Cast) -> None:
    """A link made by an owner sets the person's password once and says so in the ledger."""
    path = password_reset_link(
        user_id=cast.bruno.person.id, actor=actor_of(cast.ana), workspace=cast.workspace
    )
    assert path.startswith("/padaria-aurora/console/set-password?k=")
    assert cast.bruno.person.email not in path
    key = key_of(path)
    assert person_of_reset_key(key) == cast.bruno.person
    password_set_by_link(key=key, password=NEW)
    assert opens(cast, NEW)
    assert not opens(cast, PASSWORD)
    with pytest.raises(InviteInvalidError):
        password_set_by_link(key=key, password="um-outro-cafe")
    made, done = entries_of(cast.workspace.id, cast.bruno.id)[1:]
    assert (made.name, made.actor) == ("user.reset_link_made", actor_of(cast.ana))
    assert (done.name, done.body["how"], done.actor) == (
        "user.password_reset",
        "link",
        actor_of(cast.bruno),
    )


def test_a_weak_password_leaves_the_link_working(cast: Cast) -> None:
    """A refused password costs nothing: the link still works."""
    key = key_of(password_reset_link(user_id=cast.bruno.person.id, actor=SYSTEM))
    with pytest.raises(ValidationFailedError):
        password_set_by_link(key=key, password="short")
    password_set_by_link(key=key, password=NEW)
    assert opens(cast, NEW)


def test_a_link_ends_after_three_days(cast: Cast) -> None:
    """Three days after it was made a link no longer works."""
    with clock_at(MONDAY):
        key = key_of(password_reset_link(user_id=cast.bruno.person.id, actor=SYSTEM))
    with clock_at(MONDAY + timedelta(days=3)):
        assert person_of_reset_key(key) == cast.bruno.person
    with clock_at(MONDAY + timedelta(days=3, seconds=1)), pytest.raises(InviteInvalidError):
        person_of_reset_key(key)


@pytest.mark.parametrize("key", ["", ".", "x.y", f"{new_id().hex}.abc-def", "0" * 32], ids=range(5))
def test_a_made_up_link_does_not_work(cast: Cast, key: str) -> None:
    """A key that nobody made opens nothing, and answers like one that ended."""
    with pytest.raises(InviteInvalidError):
        person_of_reset_key(key)


def test_a_link_of_one_person_is_not_anothers(cast: Cast) -> None:
    """The token of one person does not set another's password."""
    token = key_of(password_reset_link(user_id=cast.bruno.person.id, actor=SYSTEM)).partition(".")[2]
    with pytest.raises(InviteInvalidError):
        person_of_reset_key(f"{cast.ana.person.id.hex}.{token}")


def test_staff_make_links_only_below_them(cast: Cast) -> None:
    """A manager makes no link for an owner; an agent and a stranger make none at all."""
    with pytest.raises(OwnerOnlyError):
        password_reset_link(user_id=cast.ana.person.id, actor=actor_of(cast.marina), workspace=cast.workspace)
    for actor in (actor_of(cast.bruno), actor_of(cast.clara)):
        with pytest.raises(PermissionDeniedError):
            password_reset_link(user_id=cast.dora.person.id, actor=actor, workspace=cast.workspace)
    with pytest.raises(NotFoundError):
        password_reset_link(user_id=cast.clara.person.id, actor=actor_of(cast.ana), workspace=cast.workspace)


def test_no_company_enters_another_through_a_shared_person(cast: Cast) -> None:
    """Who works in two companies gets a link only from whoever runs the system, not from either owner."""
    membership_set(workspace=cast.workspace, user_id=cast.clara.person.id, role=Role.AGENT, actor=SYSTEM)
    with pytest.raises(SharedPersonError):
        password_reset_link(user_id=cast.clara.person.id, actor=actor_of(cast.ana), workspace=cast.workspace)
    assert password_reset_link(user_id=cast.clara.person.id, actor=SYSTEM).startswith("/academia-lua/")


def test_a_person_without_a_company_gets_no_link(cast: Cast) -> None:
    """Somebody who belongs nowhere has no page on which to set a password."""
    nobody = user_create(email="new@aurora.example")
    with pytest.raises(NotFoundError):
        password_reset_link(user_id=nobody.id, actor=SYSTEM)


def test_setting_a_password_is_told_in_each_company(cast: Cast) -> None:
    """Each of a person's companies learns that the password changed, and by what way."""
    there = membership_set(
        workspace=cast.elsewhere, user_id=cast.bruno.person.id, role=Role.AGENT, actor=SYSTEM
    )
    password_set(user_id=cast.bruno.person.id, password=NEW, actor=SYSTEM, how="operator")
    for workspace, stream in ((cast.workspace, cast.bruno.id), (cast.elsewhere, there.id)):
        fact = entries_of(workspace.id, stream)[-1]
        assert (fact.name, fact.body["how"]) == ("user.password_reset", "operator")
        assert fact.personal is None
    with pytest.raises(NotFoundError):
        password_set(user_id=new_id(), password=NEW, actor=SYSTEM)
