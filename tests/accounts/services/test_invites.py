"""Invitations by a one-time link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.errors import (
    AlreadyMemberError,
    InviteInvalidError,
    LoginFailedError,
    OwnerOnlyError,
)
from atelogo.accounts.models import StaffInvite
from atelogo.accounts.queries import membership_of, open_invites
from atelogo.accounts.services.invites import (
    LIFE,
    Invitation,
    invite_accept,
    invite_create,
    invite_revoke,
    invite_seen,
)
from atelogo.accounts.services.people import membership_remove
from atelogo.core.clock import clock_at
from atelogo.core.errors import NotFoundError, PermissionDeniedError, ValidationFailedError
from atelogo.core.ids import new_id
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM, entries_of
from tests.cast import PASSWORD, Cast, actor_of

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


def invite(cast: Cast, email: str = "eva@aurora.example", role: Role = Role.AGENT) -> Invitation:
    """Let Ana invite somebody."""
    return invite_create(workspace=cast.workspace, email=email, role=role, actor=actor_of(cast.ana))


def token_of(made: Invitation) -> str:
    """Return the token that the link carries."""
    return parse_qs(urlsplit(made.path).query)["k"][0]


def test_a_new_person_joins_once(cast: Cast) -> None:
    """A new person sets a name and a password, belongs to the company, and the link is used up."""
    made = invite(cast, " Eva@Aurora.example")
    assert made.path.startswith("/padaria-aurora/console/join?k=")
    token = token_of(made)
    seen = invite_seen(workspace=cast.workspace, token=token)
    assert (seen.email, seen.role, seen.known) == ("eva@aurora.example", Role.AGENT, False)
    eva = invite_accept(workspace=cast.workspace, token=token, password=PASSWORD, name="Eva")
    member = membership_of(eva.id, cast.workspace.id)
    assert member is not None
    assert (member.role, member.person.name) == (Role.AGENT, "Eva")
    with pytest.raises(InviteInvalidError):
        invite_accept(workspace=cast.workspace, token=token, password=PASSWORD)
    (invited,) = entries_of(cast.workspace.id, made.id)
    assert (invited.name, invited.personal) == (
        "member.invited",
        {"email": "eva@aurora.example", "name": ""},
    )
    (joined,) = entries_of(cast.workspace.id, member.id)
    assert (joined.name, joined.body["how"], joined.actor.id) == ("member.added", "invite", eva.id)


def test_only_a_hash_of_the_link_is_kept(cast: Cast) -> None:
    """Whoever reads the table cannot use an invitation."""
    token = token_of(invite(cast))
    with workspace_scope(cast.workspace.id):
        row = StaffInvite.objects.get()
    assert token not in row.token_hash
    assert token not in str(open_invites(cast.workspace.id))


def test_an_account_is_joined_by_its_own_password_alone(cast: Cast) -> None:
    """An invitation does not open somebody's existing account: Clara's own password is needed, and kept."""
    token = token_of(invite(cast, cast.clara.person.email))
    assert invite_seen(workspace=cast.workspace, token=token).known
    with pytest.raises(LoginFailedError):
        invite_accept(workspace=cast.workspace, token=token, password="a-password-of-anas")
    joined = invite_accept(workspace=cast.workspace, token=token, password=PASSWORD)
    assert joined.id == cast.clara.person.id
    assert membership_of(joined.id, cast.workspace.id) is not None


def test_a_weak_password_leaves_the_link_working(cast: Cast) -> None:
    """A refused password makes no person and uses up no link."""
    token = token_of(invite(cast))
    with pytest.raises(ValidationFailedError):
        invite_accept(workspace=cast.workspace, token=token, password="short")
    joined = invite_accept(workspace=cast.workspace, token=token, password=PASSWORD)
    assert joined.email == "eva@aurora.example"


def test_an_invitation_ends_after_a_week(cast: Cast) -> None:
    """Seven days later the link no longer works and the list no longer shows it."""
    with clock_at(MONDAY):
        token = token_of(invite(cast))
        assert [one.email for one in open_invites(cast.workspace.id)] == ["eva@aurora.example"]
    with clock_at(MONDAY + LIFE - timedelta(seconds=1)):
        assert invite_seen(workspace=cast.workspace, token=token).email == "eva@aurora.example"
    with clock_at(MONDAY + LIFE):
        assert open_invites(cast.workspace.id) == []
        with pytest.raises(InviteInvalidError):
            invite_seen(workspace=cast.workspace, token=token)


def test_a_second_invitation_ends_the_first(cast: Cast) -> None:
    """Inviting the same person again makes a new link, and the old one stops working."""
    first, second = token_of(invite(cast)), token_of(invite(cast, role=Role.AUDITOR))
    with pytest.raises(InviteInvalidError):
        invite_seen(workspace=cast.workspace, token=first)
    assert invite_seen(workspace=cast.workspace, token=second).role is Role.AUDITOR


def test_an_invitation_is_taken_back(cast: Cast) -> None:
    """An invitation that is taken back no longer works, and cannot be taken back twice."""
    made = invite(cast)
    invite_revoke(workspace=cast.workspace, invite_id=made.id, actor=actor_of(cast.marina))
    with pytest.raises(InviteInvalidError):
        invite_seen(workspace=cast.workspace, token=token_of(made))
    for gone in (made.id, new_id()):
        with pytest.raises(NotFoundError):
            invite_revoke(workspace=cast.workspace, invite_id=gone, actor=actor_of(cast.ana))


def test_an_invitation_ends_with_its_maker(cast: Cast) -> None:
    """When whoever invited leaves the company, their open links stop working."""
    made = invite_create(
        workspace=cast.workspace, email="eva@aurora.example", role=Role.AGENT, actor=actor_of(cast.marina)
    )
    membership_remove(workspace=cast.workspace, user_id=cast.marina.person.id, actor=SYSTEM)
    with pytest.raises(InviteInvalidError):
        invite_seen(workspace=cast.workspace, token=token_of(made))


def test_an_invitation_opens_only_its_own_company(cast: Cast) -> None:
    """A link made for one company does not work on another's address."""
    token = token_of(invite(cast))
    with pytest.raises(InviteInvalidError):
        invite_seen(workspace=cast.elsewhere, token=token)


def test_who_may_invite_whom(cast: Cast) -> None:
    """A manager invites no owner, an agent nobody, and nobody invites who is already there."""
    with pytest.raises(OwnerOnlyError):
        invite_create(
            workspace=cast.workspace, email="e@a.example", role=Role.OWNER, actor=actor_of(cast.marina)
        )
    with pytest.raises(PermissionDeniedError):
        invite_create(
            workspace=cast.workspace, email="e@a.example", role=Role.AGENT, actor=actor_of(cast.bruno)
        )
    with pytest.raises(AlreadyMemberError):
        invite(cast, cast.bruno.person.email.upper())
    with pytest.raises(ValidationFailedError):
        invite(cast, "not an address")
