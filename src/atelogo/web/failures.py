"""How a failure becomes an answer: problem+json for programs, a fragment for htmx, a page for people.

Nothing here touches the database or the session: the page must come when they are what failed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.accounts.services.access import login_address
from atelogo.core import ids
from atelogo.core.errors import (
    AppError,
    LoginRequiredError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    problem_of,
)
from atelogo.web.navigation import address_of

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger("atelogo.web")

RETRY_AFTER_SECONDS = "10"


class BadRequestError(AppError):
    """What was sent could not be read."""

    code = "bad_request"
    status = 400
    message = _("We could not read what was sent. Go back, reload the page and send it again.")


class FormExpiredError(AppError):
    """The form's protection against forgery did not match: an old page, or cookies are off."""

    code = "form_expired"
    status = 403
    message = _("This page is no longer current. Reload it and send again; allow cookies if it repeats.")


class MethodNotAllowedError(AppError):
    """The address does not answer this kind of request, such as a form's address typed by hand."""

    code = "method_not_allowed"
    status = 405
    message = _("This address only takes what a form sends. Go back to the page and use its button.")


class UnexpectedError(AppError):
    """A fault of ours, logged under an id."""

    code = "unexpected"
    status = 500
    message = _("Something failed on our side. Nothing was half written. Try again in a moment.")


def known(error: BaseException) -> AppError | None:
    """Return the named fact behind ``error``, or ``None`` when it is a fault of ours."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, Http404):
        return NotFoundError()
    if isinstance(error, PermissionDenied):
        return PermissionDeniedError()
    if isinstance(error, (BadRequest, SuspiciousOperation)):
        return BadRequestError()
    if isinstance(error, (OperationalError, InterfaceError)):
        return UnavailableError()
    return None


def response_for(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """Answer for a named fact; ``None`` leaves a fault of ours to :func:`server_error`."""
    fact = known(error)
    if fact is None:
        return None
    if isinstance(error, (OperationalError, InterfaceError)):
        log.error("database_unavailable", error=type(error).__name__)
    return _answer(request, fact)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for whatever no view and no middleware caught, and log it under the id that people see."""
    error = sys.exc_info()[1]
    fact = known(error) if error is not None else None
    if fact is not None:
        return _answer(request, fact)
    incident = getattr(request, "request_id", "") or ids.new_id().hex
    log.error("unexpected_error", incident=incident, exc_info=error)
    return _answer(request, UnexpectedError(), incident=incident)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's call
    """Answer for an address that leads nowhere."""
    return _answer(request, NotFoundError())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as above
    """Answer for an act that is not allowed."""
    return _answer(request, PermissionDeniedError())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as above
    """Answer for what cannot be read."""
    return _answer(request, BadRequestError())


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer for an address asked in a way that it does not take; ``allowed`` lists the ways that it does."""
    response = _answer(request, MethodNotAllowedError())
    response.headers["Allow"] = allowed
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form whose protection did not match."""
    log.warning("csrf_failure", reason=reason)
    return _answer(request, FormExpiredError())


def wants_json(request: HttpRequest) -> bool:
    """Say whether the caller is a program that reads JSON rather than a browser."""
    if request.path_info.startswith("/api/"):
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return preferred in {"application/json", "application/problem+json"}


def is_console(request: HttpRequest) -> bool:
    """Say whether the address belongs to the staff's side."""
    return request.path_info.lstrip("/").partition("/")[2].startswith("console/")


def _answer(request: HttpRequest, fact: AppError, *, incident: str = "") -> HttpResponse:
    response = _body(request, fact, incident)
    if fact.status == UnavailableError.status:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    response.headers["Cache-Control"] = "no-store"
    return response


def _body(request: HttpRequest, fact: AppError, incident: str) -> HttpResponse:
    if wants_json(request):
        body = problem_of(fact).as_dict() | ({"incident": incident} if incident else {})
        return JsonResponse(body, status=fact.status, content_type="application/problem+json")
    sign_in = _sign_in(request, fact)
    if getattr(request, "htmx", False):
        response = _page("web/components/error_state.html", request, fact, incident)
        if sign_in:
            response.headers["HX-Redirect"] = sign_in
        return response
    if sign_in and request.method == "GET":
        return HttpResponseRedirect(sign_in)
    template = (
        "web/error.html" if is_console(request) or _workspace(request) is None else "web/portal_error.html"
    )
    return _page(template, request, fact, incident)


def _page(template: str, request: HttpRequest, fact: AppError, incident: str) -> HttpResponse:
    context = {
        "code": fact.code,
        "status": fact.status,
        "message": str(fact),
        "fields": fact.fields,
        "incident": incident,
        "workspace": _workspace(request),
        "LANGUAGE_CODE": translation.get_language() or settings.LANGUAGE_CODE,
        "path": request.path,
        "retry": request.method == "GET" and fact.status >= UnexpectedError.status,
        "is_console": is_console(request),
        **_ways(_workspace(request)),
    }
    return HttpResponse(render_to_string(template, context), status=fact.status)


def _ways(workspace: WorkspaceInfo | None) -> dict[str, str]:
    """Return where people go on from here; fixed addresses, should the pages' own names be what failed."""
    if workspace is None:
        return {}
    slug = workspace.slug
    return {
        "home": address_of("insights:home", slug) or f"/{slug}/console/",
        "plain_form": address_of("portal:cancel", slug) or f"/{slug}/cancelar",
        "other_ways": address_of("portal:how_to_cancel", slug) or f"/{slug}/como-cancelar",
    }


def _workspace(request: HttpRequest) -> WorkspaceInfo | None:
    return getattr(request, "workspace", None)


def _sign_in(request: HttpRequest, fact: AppError) -> str:
    workspace = _workspace(request)
    if not isinstance(fact, LoginRequiredError) or workspace is None:
        return ""
    return login_address(workspace, request.path)
