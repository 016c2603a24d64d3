"""People of a company: who belongs to it, in which role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.permissions import Permission, Role, allows, may_grant
from atelogo.accounts.domain.settings import LOCALES, SettingRefused, one_line
from atelogo.accounts.domain.workspace import Member, Person, WorkspaceInfo
from atelogo.accounts.errors import LastOwnerError, OwnerOnlyError, UserExistsError
from atelogo.accounts.models import Membership, StaffInvite, User, Workspace, email_folded
from atelogo.accounts.queries import member_of_row, membership_of, person_of_row
from atelogo.accounts.services.passwords import password_checked
from atelogo.core import clock
from atelogo.core.errors import FieldProblem, NotFoundError, PermissionDeniedError, ValidationFailedError
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger
from atelogo.events.catalogue import accounts as facts
from atelogo.events.catalogue.base import Event
from atelogo.events.ledger import Actor

_LONGEST_NAME = 120


def email_checked(email: str) -> str:
    """Return the folded form of an e-mail address; raise :class:`ValidationFailedError` for another text."""
    folded = email_folded(email)
    try:
        validate_email(folded)
    except ValidationError:
        message = _("Write an e-mail address, such as ana@empresa.com.br.")
        raise ValidationFailedError(fields=(FieldProblem("email", "invalid", message),)) from None
    return folded


def name_checked(name: str) -> str:
    """Return ``name`` in one line; raise :class:`ValidationFailedError` when it is too long or unfit."""
    try:
        return one_line(_LONGEST_NAME)(name)
    except SettingRefused as refused:
        message = _("Use at most 120 characters, all of them readable.")
        problem = FieldProblem("name", refused.code, message)
        raise ValidationFailedError(fields=(problem,)) from None


def user_create(*, email: str, name: str = "", password: str | None = None, locale: str = "") -> Person:
    """Make a person who can sign in as ``email``; without a password they need a one-time link.

    Belongs to no company yet (:func:`membership_set`), so nothing is written to a ledger. Raises
    :class:`ValidationFailedError` (fields ``email``, ``name``, ``password``) and :class:`UserExistsError`.
    """
    user = User(email=email_checked(email), name=name_checked(name), locale=_locale_checked(locale))
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password_checked(password, email=user.email))
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise UserExistsError from None
    return person_of_row(user)


def profile_update(*, user_id: UUID, name: str, locale: str) -> Person:
    """Change how a person is called and the language they read (empty: as the browser says)."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFoundError
    user.name, user.locale = name_checked(name), _locale_checked(locale)
    user.save(update_fields=["name", "locale"])
    return person_of_row(user)


def membership_set(*, workspace: WorkspaceInfo, user_id: UUID, role: Role, actor: Actor) -> Member:
    """Give a person a role in the company and return their place; an equal role changes nothing.

    Emits ``member.added`` or ``member.role_changed``. Raises :class:`OwnerOnlyError` when a staff actor who
    is not an owner touches the role of owner, :class:`LastOwnerError` when no owner would be left, and
    :class:`NotFoundError` for a person who does not exist.
    """
    with people_held(workspace):
        row = Membership.objects.select_related("user").filter(user_id=user_id).first()
        if row is None:
            _may_touch(workspace, actor, role)
            return member_join(workspace=workspace, user_id=user_id, role=role, actor=actor, how="direct")
        before = Role(row.role)
        if before is not role:
            _may_touch(workspace, actor, before, role)
            _keep_an_owner(row)
            row.role = role
            row.save(update_fields=["role"])
            _write(facts.MemberRoleChanged(user=user_id, before=before, after=role), row, actor)
        return member_of_row(row)


def membership_remove(*, workspace: WorkspaceInfo, user_id: UUID, actor: Actor) -> None:
    """Take a person out of the company, and back every open invitation that they made.

    What they did stays under their id. Emits ``member.removed``. Raises as :func:`membership_set`.
    """
    with people_held(workspace):
        row = Membership.objects.filter(user_id=user_id).first()
        if row is None:
            raise NotFoundError
        _may_touch(workspace, actor, Role(row.role))
        _keep_an_owner(row)
        StaffInvite.objects.filter(invited_by=user_id, accepted_at=None, revoked_at=None).update(
            revoked_at=clock.now()
        )
        _write(facts.MemberRemoved(user=user_id, role=row.role), row, actor)
        row.delete()


def member_join(*, workspace: WorkspaceInfo, user_id: UUID, role: Role, actor: Actor, how: str) -> Member:
    """Write a new place in the company, inside :func:`people_held`, whoever allowed it; ``member.added``."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFoundError
    row = Membership.objects.create(workspace_id=workspace.id, user=user, role=role)
    named = {"name": user.name, "email": user.email}
    _write(facts.MemberAdded(user=user_id, role=role, how=how), row, actor, named)
    return member_of_row(row)


@contextmanager
def people_held(workspace: WorkspaceInfo) -> Iterator[None]:
    """One transaction in the workspace's scope with its people held still: no race takes the last owner."""
    with workspace_scope(workspace.id), transaction.atomic():
        held = Workspace.objects.select_for_update().filter(pk=workspace.id)
        if not list(held.values_list("pk", flat=True)):
            raise NotFoundError
        yield


def grant_checked(workspace: WorkspaceInfo, actor: Actor, role: Role) -> None:
    """Refuse a staff ``actor`` who may not give ``role``; the system may."""
    _may_touch(workspace, actor, role)


def _may_touch(workspace: WorkspaceInfo, actor: Actor, *roles: Role) -> None:
    if actor.kind != "staff":
        return
    granter = membership_of(actor.id, workspace.id) if actor.id else None
    if granter is None or not allows(granter.role, Permission.PEOPLE_EDIT):
        raise PermissionDeniedError
    if not all(may_grant(granter.role, role) for role in roles):
        raise OwnerOnlyError


def _keep_an_owner(row: Membership) -> None:
    """Refuse to change or remove the only active owner."""
    if Role(row.role) is not Role.OWNER:
        return
    others = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(pk=row.pk)
    if not others.exists():
        raise LastOwnerError


def _locale_checked(locale: str) -> str:
    if locale and locale not in LOCALES:
        message = _("Choose one of the options.")
        raise ValidationFailedError(fields=(FieldProblem("locale", "unknown", message),))
    return locale


def _write(event: Event, row: Membership, actor: Actor, personal: Mapping[str, str] | None = None) -> None:
    # One stream for each place in the company: who joins again begins a new one.
    ledger.append_next(event, workspace_id=row.workspace_id, stream=row.id, actor=actor, personal=personal)
