"""Errors as named facts: each has a stable code, an HTTP status and a translated message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field: its name, a stable code and a sentence for the person."""

    field: str
    code: str
    message: Any


class AppError(Exception):
    """Base of every refusal that a person or a program may see.

    ``code`` is stable and documented; ``status`` is the HTTP status; ``message`` says what is wrong and
    what to do, lazily translated. ``params`` fill the message and never hold personal data.
    """

    code: ClassVar[str] = "app_error"
    status: ClassVar[int] = 400
    message: ClassVar[Any] = _("The request could not be carried out. Please try again.")

    def __init__(self, *, fields: tuple[FieldProblem, ...] = (), **params: object) -> None:
        super().__init__(self.code)
        self.params = params
        self.fields = fields

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


class NotFoundError(AppError):
    """The thing does not exist, or is not the caller's: both answer alike."""

    code = "not_found"
    status = 404
    message = _("We did not find what you asked for. Check the address or the number.")


class PermissionDeniedError(AppError):
    """The person's role does not include this action."""

    code = "permission_denied"
    status = 403
    message = _("Your role does not allow this action. Ask a manager of your company.")


class LoginRequiredError(AppError):
    """Nobody is signed in, or the session has ended."""

    code = "login_required"
    status = 401
    message = _("Sign in to continue.")


class TooManyAttemptsError(AppError):
    """Attempts from one origin or on one key passed their limit."""

    code = "too_many_attempts"
    status = 429
    message = _("Too many attempts. Wait %(minutes)s minutes and try again.")


class ValidationFailedError(AppError):
    """One or more fields are wrong; each is listed in ``fields``."""

    code = "validation_failed"
    status = 422
    message = _("Some fields need attention. Nothing was lost; correct them and send again.")


class UnavailableError(AppError):
    """A part that this action needs is not answering now; nothing was half written."""

    code = "unavailable"
    status = 503
    message = _("This is not available right now. Nothing was lost; please try again in a moment.")


@dataclass(frozen=True, slots=True)
class Problem:
    """An error in the shape of RFC 9457, ready to be serialised."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[dict[str, str], ...] = field(default_factory=tuple)

    def as_dict(self) -> dict[str, Any]:
        """Return the members of ``application/problem+json``."""
        body: dict[str, Any] = {
            "type": f"urn:atelogo:error:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return body


def problem_of(error: AppError) -> Problem:
    """Turn an :class:`AppError` into a :class:`Problem` in the active language."""
    return Problem(
        status=error.status,
        code=error.code,
        title=error.code.replace("_", " "),
        detail=str(error),
        errors=tuple({"field": f.field, "code": f.code, "message": str(f.message)} for f in error.fields),
    )
