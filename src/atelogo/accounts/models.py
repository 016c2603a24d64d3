"""Tables of accounts. ``User`` and ``Workspace`` are global; the others belong to a workspace."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.domain.settings import info_of
from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.core import clock, ids
from atelogo.core.fields import EncryptedTextField
from atelogo.core.tenancy import TenantModel

_ROLES = [(role.value, role.value) for role in Role]


def email_folded(email: str) -> str:
    """Return the one form in which an e-mail address is stored and looked up."""
    return email.strip().lower()


class Users(BaseUserManager["User"]):
    """Finds people by the login that they typed, in any case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person whose login is ``username``; raise ``User.DoesNotExist``."""
        return self.get(email=email_folded(username or ""))


class User(AbstractBaseUser):
    """A member of staff, known by e-mail address; customers are never users. What they may do: Membership."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    email = models.EmailField(unique=True)  # stored folded: see the constraint
    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Users()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_folded")
        ]


class Workspace(models.Model):
    """A company. Identity in columns; the rest is ``settings``, written only after validation."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    settings = models.JSONField(default=dict)
    # The private half of the workspace's own link key, base64url, encrypted by the master key.
    link_secret = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def info(self) -> WorkspaceInfo:
        """Return the frozen form that the other rooms are given."""
        return info_of(self.id, self.slug, self.name, self.settings)


class _OfWorkspace(TenantModel):
    """Base of this room's tenant tables: a real key to the workspace, which lives in this room."""

    # No index of its own: each table's unique constraint begins with the workspace.
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(TenantModel.Meta):
        abstract = True


class Membership(_OfWorkspace):
    """One person's role in one workspace."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=20, choices=_ROLES)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each")
        ]


class StaffInvite(_OfWorkspace):
    """An invitation by link, used once; only the link's hash is kept."""

    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=_ROLES)
    token_hash = models.CharField(max_length=64)
    invited_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["workspace", "token_hash"], name="one_invite_per_link")
        ]


class AttemptCounter(models.Model):
    """Attempts of one kind, from one origin or on one key, inside one window.

    Global: a login has no workspace yet. ``key`` is an HMAC that already binds the workspace; the moment is
    in seconds since 1970, so that one statement counts alike on both databases.
    """

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    window_ends = models.BigIntegerField(db_index=True)
