"""Invitations: a one-time link, shown to whoever invites, that lets a person join the company."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import hashers
from django.db.models import QuerySet

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.domain.workspace import Person, WorkspaceInfo
from atelogo.accounts.errors import AlreadyMemberError, InviteInvalidError, LoginFailedError
from atelogo.accounts.models import Membership, StaffInvite, User
from atelogo.accounts.queries import person_of_row
from atelogo.accounts.services.people import (
    email_checked,
    grant_checked,
    member_join,
    name_checked,
    people_held,
    user_create,
)
from atelogo.core import clock, ids
from atelogo.core.errors import NotFoundError
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger
from atelogo.events.catalogue import accounts as facts
from atelogo.events.ledger import Actor

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new invitation; ``path`` is the one-time page and is shown this once."""

    id: UUID
    path: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InviteSeen:
    """What the one-time page shows; ``known`` says that the e-mail already signs in here."""

    email: str
    name: str
    role: Role
    known: bool


def invite_create(
    *, workspace: WorkspaceInfo, email: str, role: Role, actor: Actor, name: str = ""
) -> Invitation:
    """Make a one-time link by which ``email`` joins the company; an earlier open one for it ends.

    Emits ``member.invited``. Raises :class:`ValidationFailedError`, :class:`AlreadyMemberError`, and
    :class:`OwnerOnlyError` when a staff actor who is not an owner invites an owner.
    """
    address, called = email_checked(email), name_checked(name)
    token, now = ids.random_key(32), clock.now()
    with people_held(workspace):
        grant_checked(workspace, actor, role)
        if Membership.objects.filter(user__email=address).exists():
            raise AlreadyMemberError
        _open_rows().filter(email=address).update(revoked_at=now)
        row = StaffInvite.objects.create(
            workspace_id=workspace.id,
            email=address,
            name=called,
            role=role,
            token_hash=_hash(token),
            invited_by=actor.id,
            expires_at=now + LIFE,
        )
        ledger.append_next(
            facts.MemberInvited(invite=row.id, role=role),
            workspace_id=workspace.id,
            stream=row.id,
            actor=actor,
            personal={"email": address, "name": called},
        )
    path = f"/{workspace.slug}/console/join?{urlencode({'k': token})}"
    return Invitation(row.id, path, row.expires_at)


def invite_revoke(*, workspace: WorkspaceInfo, invite_id: UUID, actor: Actor) -> None:
    """Take an open invitation back; emits ``member.invite_revoked``. Raises :class:`NotFoundError`."""
    with people_held(workspace):
        row = _open_rows().filter(pk=invite_id).first()
        if row is None:
            raise NotFoundError
        grant_checked(workspace, actor, Role(row.role))
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        ledger.append_next(
            facts.MemberInviteRevoked(invite=row.id), workspace_id=workspace.id, stream=row.id, actor=actor
        )


def invite_seen(*, workspace: WorkspaceInfo, token: str) -> InviteSeen:
    """Return what an invitation says, while it works; raise :class:`InviteInvalidError` otherwise."""
    with workspace_scope(workspace.id):
        row = _open_row(token)
    known = User.objects.filter(email=row.email).exists()
    return InviteSeen(row.email, row.name, Role(row.role), known)


def invite_accept(*, workspace: WorkspaceInfo, token: str, password: str, name: str = "") -> Person:
    """Join the company by an invitation, once; emits ``member.added``.

    A new person sets ``password`` and ``name``. Somebody who already signs in here proves it with their
    present password: an invitation must not open an account that another company relies on. Raises
    :class:`InviteInvalidError`, :class:`LoginFailedError` (present password wrong) and
    :class:`ValidationFailedError`.
    """
    with people_held(workspace):
        row = _open_row(token)
        user = User.objects.filter(email=row.email).first()
        if user is None:
            person = user_create(email=row.email, name=name or row.name, password=password)
        elif user.is_active and hashers.check_password(password, user.password):
            person = person_of_row(user)
        else:
            raise LoginFailedError
        if not Membership.objects.filter(user_id=person.id).exists():
            joined = Actor("staff", person.id)
            member_join(
                workspace=workspace, user_id=person.id, role=Role(row.role), actor=joined, how="invite"
            )
        row.accepted_at = clock.now()
        row.save(update_fields=["accepted_at"])
    return person


def _open_rows() -> QuerySet[StaffInvite]:
    rows: QuerySet[StaffInvite] = StaffInvite.objects.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
    )
    return rows


def _open_row(token: str) -> StaffInvite:
    row = _open_rows().filter(token_hash=_hash(token)).first()
    if row is None:
        raise InviteInvalidError
    return row


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
