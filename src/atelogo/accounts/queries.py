"""Reads of accounts: frozen forms outside, no queryset leaves this module."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.domain.settings import info_of
from atelogo.accounts.domain.workspace import Member, Person, WorkspaceInfo
from atelogo.accounts.models import Membership, StaffInvite, User, Workspace, email_folded
from atelogo.core import clock
from atelogo.core.tenancy import system_scope, workspace_scope


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """An invitation that can still be accepted."""

    id: UUID
    email: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime


_BY_SLUG = "SELECT id, slug, name, settings FROM accounts_workspace WHERE slug = %s"


def workspace_by_slug(slug: str) -> WorkspaceInfo | None:
    """Return the workspace named ``slug`` in addresses, or ``None``: one plain SELECT, every page asks."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SLUG, [slug])
        row = cursor.fetchone()
    if row is None:
        return None
    known = row[0] if isinstance(row[0], UUID) else UUID(row[0])
    return info_of(known, row[1], row[2], json.loads(row[3]))


def workspace_by_id(workspace_id: UUID) -> WorkspaceInfo | None:
    """Return the workspace, or ``None``; one SELECT."""
    row = Workspace.objects.filter(pk=workspace_id).only("id", "slug", "name", "settings").first()
    return None if row is None else row.info()


def all_workspaces() -> list[WorkspaceInfo]:
    """Return every workspace of this installation, by slug."""
    return [row.info() for row in Workspace.objects.only("id", "slug", "name", "settings").order_by("slug")]


def membership_of(user_id: UUID, workspace_id: UUID) -> Member | None:
    """Return the person's place in the workspace with their name, or ``None``; one SELECT."""
    with workspace_scope(workspace_id):
        row = Membership.objects.select_related("user").filter(user_id=user_id, user__is_active=True).first()
        return None if row is None else member_of_row(row)


def people_of(workspace_id: UUID) -> list[Member]:
    """Return everybody who belongs to the workspace, by name and e-mail."""
    with workspace_scope(workspace_id):
        rows = Membership.objects.select_related("user").order_by("user__name", "user__email")
        return [member_of_row(row) for row in rows]


def workspaces_of(user_id: UUID) -> list[WorkspaceInfo]:
    """Return the workspaces that the person belongs to, by slug."""
    with system_scope("which workspaces a person belongs to"):
        own = list(Membership.objects.filter(user_id=user_id).values_list("workspace_id", flat=True))
    return [row.info() for row in Workspace.objects.filter(pk__in=own).order_by("slug")]


def person_name(user_id: UUID) -> str:
    """Return the person's name, their e-mail where no name is known, or an empty text."""
    return people_names([user_id]).get(user_id, "")


def people_names(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return names (or e-mails) by id for those ids that exist; one SELECT, none for no ids."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    return {
        row.id: row.name or row.email
        for row in User.objects.filter(pk__in=wanted).only("id", "name", "email")
    }


def person_by_email(email: str) -> Person | None:
    """Return the person who signs in as ``email`` (in any case), or ``None``."""
    row = User.objects.filter(email=email_folded(email)).first()
    return None if row is None else person_of_row(row)


def person_by_id(user_id: UUID) -> Person | None:
    """Return the person, or ``None``."""
    row = User.objects.filter(pk=user_id).first()
    return None if row is None else person_of_row(row)


def open_invites(workspace_id: UUID) -> list[OpenInvite]:
    """Return the invitations that can still be accepted, newest first."""
    with workspace_scope(workspace_id):
        rows = StaffInvite.objects.filter(
            accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
        ).order_by("-created_at")
        return [
            OpenInvite(row.id, row.email, row.name, Role(row.role), row.created_at, row.expires_at)
            for row in rows
        ]


def person_of_row(row: User) -> Person:
    """Return the frozen form of a person's row."""
    return Person(row.id, row.name, row.email, row.locale, row.is_active)


def member_of_row(row: Membership) -> Member:
    """Return the frozen form of a place in a company whose person is loaded."""
    return Member(row.id, row.workspace_id, person_of_row(row.user), Role(row.role))
