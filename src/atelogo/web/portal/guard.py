"""What stands around every customer's page: who is in, the form's protection, limits, headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.accounts.services import limits
from atelogo.core import clock
from atelogo.core.errors import TooManyAttemptsError
from atelogo.events.ledger import Actor
from atelogo.register.services.access import AccessSession, OpenedSession, session_of
from atelogo.web.portal.state import same_site

log = structlog.get_logger("atelogo.web.portal")

P = ParamSpec("P")

COOKIE = "atelogo_customer"
# Requests declared in this browser without being in: their ids, signed, for at least a day.
DECLARED_COOKIE = "atelogo_declared"
_DECLARED_KEPT = 5
_DECLARED_LIFE = timedelta(hours=24)


class PortalRequest(HttpRequest):
    """What a customer's view is given.

    ``access`` is who is in, if anybody, ``customer_id`` their id, ``access_key`` the cookie as it came.
    ``stale`` says why a form's protection did not match (an old page, cookies off): the view shows the form
    again with what was typed.
    """

    workspace: WorkspaceInfo
    access: AccessSession | None
    access_key: str
    customer_id: UUID | None
    stale: str


class SeeOther(HttpResponseRedirectBase):
    """303: what was sent is done; the page to read stands elsewhere."""

    status_code = 303


class _FormCheck(CsrfViewMiddleware):
    """Django's check of a form, giving its reason instead of an answer."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:  # noqa: ANN401, ARG002 - the parent's shape
        return reason


def _unused(_request: HttpRequest) -> HttpResponseBase:
    # A middleware is made around a next step; this one is only asked for its check.
    return HttpResponse()


_form_check = _FormCheck(_unused)


def portal_view(
    *methods: str, cookieless: bool = False, private: bool = True
) -> Callable[[Callable[Concatenate[PortalRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Guard a customer's view that answers ``methods`` (HEAD follows GET).

    A POST whose protection does not match reaches the view with ``request.stale`` set, so that nothing typed
    is lost. ``cookieless`` lets a form that uses nobody's rights be sent by a browser without any cookie.
    ``private`` pages are not kept by browsers and proxies.
    """

    def guard(
        view: Callable[Concatenate[PortalRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            asked = "GET" if request.method == "HEAD" else request.method
            if asked not in methods:
                return HttpResponseNotAllowed(methods)
            known = cast("PortalRequest", request)
            _enter(known, cookieless=cookieless)
            try:
                response = view(known, *args, **kwargs)
            except TooManyAttemptsError as error:
                response = slow_down(known, error)
            _headers(response, private=private)
            return response

        # The same check runs inside, where what was typed is still at hand.
        return csrf_exempt(guarded)

    return guard


def _enter(request: PortalRequest, *, cookieless: bool) -> None:
    request.access_key = request.COOKIES.get(COOKIE, "")
    request.access = (
        session_of(workspace=request.workspace, key=request.access_key) if request.access_key else None
    )
    request.customer_id = request.access.customer_id if request.access else None
    request.stale = ""
    if request.method == "POST":
        request.stale = str(_form_check.process_view(request, _unused, (), {}) or "")
        if request.stale and cookieless and not request.COOKIES and same_site(request):
            request.stale = ""


def _headers(response: HttpResponseBase, *, private: bool) -> None:
    response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    # Not "no-referrer": browsers would then send forms without the origin that protects them.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if private:
        patch_cache_control(response, private=True, no_store=True)


def slow_down(request: PortalRequest, error: TooManyAttemptsError) -> HttpResponse:
    """Answer past a limit: kindly, with the ways that stay open."""
    minutes = int(str(error.params.get("minutes", 1)))
    response = render(request, "portal/slow_down.html", {"minutes": minutes}, status=error.status)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


def limit(
    request: PortalRequest, scope: str, *, most: int, per: timedelta = clock.HOUR, key: str = ""
) -> None:
    """Count an attempt of kind ``scope`` (by ``key``, else by origin); raise past ``most`` within ``per``."""
    limits.attempt(
        f"portal.{scope}",
        key or limits.origin_of(request),
        limit=most,
        per=per,
        workspace_id=request.workspace.id,
    )


def address(request: PortalRequest, name: str, **parts: object) -> str:
    """Return the path of the customers' page ``name`` in this workspace."""
    return reverse(f"portal:{name}", kwargs={"workspace": request.workspace.slug, **parts})


def actor_of(request: PortalRequest) -> Actor:
    """Return how the ledger names whoever is acting."""
    return Actor("customer", request.customer_id)


# Cookies ---------------------------------------------------------------------------------------------------
def _cookie_path(request: PortalRequest) -> str:
    return f"/{request.workspace.slug}/"


def keep(request: PortalRequest, response: HttpResponseBase, name: str, value: str, **more: Any) -> None:  # noqa: ANN401
    """Set a cookie of this workspace's pages, out of reach of scripts and of other sites."""
    response.set_cookie(
        name,
        value,
        path=_cookie_path(request),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        **more,
    )


def drop(request: PortalRequest, response: HttpResponseBase, name: str) -> None:
    """Take a cookie of this workspace's pages back."""
    response.delete_cookie(name, path=_cookie_path(request), samesite="Lax")


def let_in(request: PortalRequest, response: HttpResponseBase, opened: OpenedSession) -> None:
    """Give the browser the key of the session just opened; it ends with the browser at the latest."""
    keep(request, response, COOKIE, opened.key)


def declared_ids(request: PortalRequest) -> list[UUID]:
    """Return the requests declared in this browser, the newest first."""
    text = request.COOKIES.get(DECLARED_COOKIE, "")
    life = max(_DECLARED_LIFE, timedelta(hours=request.workspace.windows.undo_hours))
    try:
        found = signing.loads(text, salt=_declared_salt(request), max_age=life) if text else []
        return [UUID(hex=one) for one in found]
    except (signing.BadSignature, ValueError):
        return []


def remember_declared(request: PortalRequest, response: HttpResponseBase, request_id: UUID) -> None:
    """Let this browser see the request that it has just declared."""
    known = [request_id, *(one for one in declared_ids(request) if one != request_id)][:_DECLARED_KEPT]
    value = signing.dumps([one.hex for one in known], salt=_declared_salt(request))
    keep(request, response, DECLARED_COOKIE, value)


def _declared_salt(request: PortalRequest) -> str:
    return f"portal.declared.{request.workspace.id.hex}"
