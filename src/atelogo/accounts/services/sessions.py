"""Who is signed in to the console: checked, begun, kept and ended."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import auth
from django.http import HttpRequest

from atelogo.accounts.domain.workspace import Member, WorkspaceInfo
from atelogo.accounts.errors import LoginFailedError
from atelogo.accounts.models import User, email_folded
from atelogo.accounts.queries import membership_of
from atelogo.accounts.services.limits import attempt, attempt_forget, origin_of
from atelogo.accounts.services.passwords import LONGEST, password_set
from atelogo.events.ledger import Actor

_BACKEND = "django.contrib.auth.backends.ModelBackend"
WINDOW = timedelta(minutes=15)
TRIES_OF_PERSON = 8  # wrong passwords for one e-mail from one origin
TRIES_OF_ORIGIN = 60  # sign-ins of any kind from one origin, a whole office behind one address included


def login_counted(request: HttpRequest, email: str) -> None:
    """Count one try to prove who one is; raise ``TooManyAttemptsError`` past the limits.

    Counted by origin, and by e-mail and origin together: nobody elsewhere can lock a person out.
    """
    origin = origin_of(request)
    attempt("login_origin", origin, limit=TRIES_OF_ORIGIN, per=WINDOW)
    attempt("login", f"{email_folded(email)} {origin}", limit=TRIES_OF_PERSON, per=WINDOW)


def session_begin(request: HttpRequest, *, workspace: WorkspaceInfo, email: str, password: str) -> Member:
    """Sign a person of ``workspace`` in and return their place there.

    Raises :class:`LoginFailedError` alike, and after equal work, for an unknown e-mail, a wrong password, an
    inactive person and one of another company; ``TooManyAttemptsError`` past the limits.
    """
    login_counted(request, email)
    user = User.objects.filter(email=email_folded(email)).first()
    right = _proved(user, password[: LONGEST + 1])
    member = membership_of(user.pk, workspace.id) if user and right else None
    if user is None or member is None:
        raise LoginFailedError
    auth.login(request, user, backend=_BACKEND)
    attempt_forget("login", f"{user.email} {origin_of(request)}")
    return member


def session_end(request: HttpRequest) -> None:
    """Sign out whoever is signed in, and forget what their session held."""
    auth.logout(request)


def password_change(request: HttpRequest, *, present: str, password: str) -> None:
    """Set the password of who is signed in; their other sessions end, this one goes on.

    Raises :class:`LoginFailedError` when ``present`` is not their password, and as ``password_set``.
    """
    user = request.user
    if not isinstance(user, User):
        raise LoginFailedError
    login_counted(request, user.email)
    if not _proved(user, present[: LONGEST + 1]):
        raise LoginFailedError
    password_set(user_id=user.pk, password=password, actor=Actor("staff", user.pk))
    user.refresh_from_db()
    auth.update_session_auth_hash(request, user)
    attempt_forget("login", f"{user.email} {origin_of(request)}")


def _proved(user: User | None, password: str) -> bool:
    if user is None:
        User().set_password(password)  # the same work as a check, so that the time tells nothing
        return False
    return user.check_password(password) and user.is_active
