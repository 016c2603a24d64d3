"""What can happen in accounts. Names and e-mails stand in the personal detail, never in the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from atelogo.events.catalogue.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceCreated(Event):
    """A company began to use this installation."""

    name: ClassVar[str] = "workspace.created"
    slug: str
    sector: str
    timezone: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettingsChanged(Event):
    """Settings of the company changed; ``after`` holds those that bind requests, by name."""

    name: ClassVar[str] = "workspace.settings_changed"
    changed: tuple[str, ...]
    after: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded(Event):
    """A person joined the company's staff; ``how`` is ``invite`` or ``direct``."""

    name: ClassVar[str] = "member.added"
    user: UUID
    role: str
    how: str = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRoleChanged(Event):
    """A person's role in the company changed."""

    name: ClassVar[str] = "member.role_changed"
    user: UUID
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved(Event):
    """A person left the company's staff."""

    name: ClassVar[str] = "member.removed"
    user: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(Event):
    """A link to join the company's staff was made."""

    name: ClassVar[str] = "member.invited"
    invite: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInviteRevoked(Event):
    """A link to join was taken back before it was used."""

    name: ClassVar[str] = "member.invite_revoked"
    invite: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPasswordReset(Event):
    """A person's password was set anew; ``how`` is ``self``, ``link`` or ``operator``."""

    name: ClassVar[str] = "user.password_reset"
    user: UUID
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserResetLinkMade(Event):
    """A one-time link to set a new password was made for a person."""

    name: ClassVar[str] = "user.reset_link_made"
    user: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKeyAdded(Event):
    """The company registered a public key under which it signs customers' links."""

    name: ClassVar[str] = "link_key.added"
    kid: str
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKeyRemoved(Event):
    """A public key no longer opens links."""

    name: ClassVar[str] = "link_key.removed"
    kid: str
