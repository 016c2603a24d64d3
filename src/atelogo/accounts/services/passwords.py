"""Passwords: checked, set, and set anew through a one-time link that needs no mail."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth import password_validation
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.permissions import Permission, allows, may_grant
from atelogo.accounts.domain.workspace import Person, WorkspaceInfo
from atelogo.accounts.errors import InviteInvalidError, OwnerOnlyError, SharedPersonError
from atelogo.accounts.models import Membership, User
from atelogo.accounts.queries import membership_of, person_of_row, workspaces_of
from atelogo.core import clock
from atelogo.core.errors import FieldProblem, NotFoundError, PermissionDeniedError, ValidationFailedError
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger
from atelogo.events.catalogue import accounts as facts
from atelogo.events.catalogue.base import Event
from atelogo.events.ledger import Actor

LONGEST = 200  # characters: hashing more would only cost the server


class _OneTime(PasswordResetTokenGenerator):
    """Tokens bound to the person's present password and last login, so that using one ends it."""

    key_salt = "atelogo.accounts.password"

    def _now(self) -> datetime:
        return clock.now().replace(tzinfo=None)


_tokens = _OneTime()


def password_checked(password: str, *, email: str = "") -> str:
    """Return ``password`` when it is good enough; raise :class:`ValidationFailedError` with what it lacks."""
    problems: list[FieldProblem] = []
    if not password.strip():
        problems.append(FieldProblem("password", "required", _("Write a password.")))
    elif len(password) > LONGEST:
        problems.append(FieldProblem("password", "too_long", _("This text is too long.")))
    elif email and password.strip().lower() in {email, email.partition("@")[0]}:
        message = _("The password must not be your e-mail.")
        problems.append(FieldProblem("password", "password_is_email", message))
    else:
        try:
            password_validation.validate_password(password)
        except ValidationError as error:
            problems += [
                FieldProblem("password", one.code or "weak", sentence)
                for one, sentence in zip(error.error_list, error.messages, strict=True)
            ]
    if problems:
        raise ValidationFailedError(fields=tuple(problems))
    return password


def password_set(*, user_id: UUID, password: str, actor: Actor, how: str = "self") -> Person:
    """Set a person's password; every session but the one that renews itself ends.

    ``how`` is ``self``, ``link`` or ``operator``. Emits ``user.password_reset`` in each of the person's
    companies. Raises :class:`ValidationFailedError` (field ``password``) and :class:`NotFoundError`.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise NotFoundError
        user.set_password(password_checked(password, email=user.email))
        user.save(update_fields=["password"])
        for workspace in workspaces_of(user_id):
            _write(facts.UserPasswordReset(user=user_id, how=how), workspace, user_id, actor)
    return person_of_row(user)


def password_reset_link(*, user_id: UUID, actor: Actor, workspace: WorkspaceInfo | None = None) -> str:
    """Return the path of a one-time page on which the person sets a new password; works without mail.

    It ends with its first use, with a login, or after ``PASSWORD_RESET_TIMEOUT`` seconds (3 days). Staff must
    name their ``workspace``, may make links only for its people, for owners only as an owner
    (:class:`OwnerOnlyError`), and never for somebody who is also in another company
    (:class:`SharedPersonError`). Emits ``user.reset_link_made``.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    places = workspaces_of(user_id)
    place = workspace or (places[0] if places else None)
    if user is None or place is None or place.id not in {one.id for one in places}:
        raise NotFoundError
    if actor.kind == "staff":
        _may_reset(actor, user_id, place, places)
    with transaction.atomic():
        _write(facts.UserResetLinkMade(user=user_id), place, user_id, actor)
    key = f"{user.pk.hex}.{_tokens.make_token(user)}"
    return f"/{place.slug}/console/set-password?{urlencode({'k': key})}"


def person_of_reset_key(key: str) -> Person:
    """Return whose link ``key`` is, while it works; raise :class:`InviteInvalidError` otherwise."""
    return person_of_row(_user_of_key(key))


def password_set_by_link(*, key: str, password: str) -> Person:
    """Set the password of the person whose one-time link ``key`` is, and end the link.

    Raises :class:`InviteInvalidError` for a link that no longer works and :class:`ValidationFailedError`.
    """
    with transaction.atomic():
        user_id = _user_of_key(key).pk
        User.objects.select_for_update().filter(pk=user_id).first()
        user = _user_of_key(key)  # again, now that nobody else can use it at the same moment
        return password_set(user_id=user.pk, password=password, actor=Actor("staff", user.pk), how="link")


def _user_of_key(key: str) -> User:
    head, _dot, token = key.partition(".")
    try:
        user = User.objects.filter(pk=UUID(hex=head), is_active=True).first()
    except ValueError:
        user = None
    if user is None or not _tokens.check_token(user, token):
        raise InviteInvalidError
    return user


def _may_reset(actor: Actor, user_id: UUID, place: WorkspaceInfo, places: list[WorkspaceInfo]) -> None:
    granter = membership_of(actor.id, place.id) if actor.id else None
    member = membership_of(user_id, place.id)
    if granter is None or member is None or not allows(granter.role, Permission.PEOPLE_EDIT):
        raise PermissionDeniedError
    if not may_grant(granter.role, member.role):
        raise OwnerOnlyError
    # An owner of one company must not be able to enter another through a person whom both know.
    if len(places) > 1:
        raise SharedPersonError


def _write(event: Event, workspace: WorkspaceInfo, user_id: UUID, actor: Actor) -> None:
    with workspace_scope(workspace.id):
        stream = Membership.objects.values_list("id", flat=True).get(user_id=user_id)
        ledger.append_next(event, workspace_id=workspace.id, stream=stream, actor=actor)
