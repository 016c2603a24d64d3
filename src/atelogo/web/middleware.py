"""What stands around every view: the log line, the language, the workspace, and what failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.http import Http404, HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from atelogo.accounts.domain.slugs import shaped
from atelogo.accounts.queries import workspace_by_slug
from atelogo.core import ids
from atelogo.core.tenancy import workspace_scope
from atelogo.web import failures, language, metrics, proxies
from atelogo.web.cleaning import unfit

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

log = structlog.get_logger("atelogo.web")

GetResponse = Callable[["HttpRequest"], "HttpResponseBase"]

# First path segments that are no workspace: health must answer without a database.
OUTSIDE = frozenset({"", "livez", "readyz", "metrics", "static", "api", "favicon.ico", "robots.txt"})


class RequestLogMiddleware:
    """One structured line for each request, with nothing in it that identifies a person.

    The route's pattern is logged, never the path or the query string: both may hold keys and numbers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Time the request, log it, and give its id back in ``X-Request-ID``."""
        request_id = ids.new_id().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        proxies.look(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            route = route_of(request)
            workspace = getattr(request, "workspace", None)
            emit = log.debug if route in {"static", "livez", "readyz", "metrics"} else log.info
            emit(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                workspace=getattr(workspace, "slug", None),
            )
        metrics.observe_request(request.method or "", route, response.status_code, seconds)
        response.headers["X-Request-ID"] = request_id
        return response


def route_of(request: HttpRequest) -> str:
    """Return the pattern that answered, ``static`` for files, or ``unmatched``."""
    match = request.resolver_match
    if match is not None:
        return match.route or "/"
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "unmatched"


class PackMiddleware(GZipMiddleware):
    """Compress long pages; short ones, such as every customers' page, are quicker sent as they are.

    Django pads the answer by a random length, so that its size tells nothing of a secret in it.
    """

    SHORTEST = 16 * 1024

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave streams and short answers alone."""
        if response.streaming or len(response.content) < self.SHORTEST:  # type: ignore[attr-defined]
            return response
        return super().process_response(request, response)


class LanguageMiddleware:
    """Serve each page in the language of the person: see :mod:`atelogo.web.language`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate a language for this request and remember one chosen in the address."""
        chosen = language.from_address(request)
        known = chosen or language.from_cookie(request)
        request.language_chosen = known is not None  # type: ignore[attr-defined]
        with translation.override(known or language.from_browser(request) or settings.LANGUAGE_CODE):
            response = self.get_response(request)
            if chosen:
                response.set_cookie(
                    settings.LANGUAGE_COOKIE_NAME,
                    chosen,
                    max_age=language.COOKIE_AGE_SECONDS,
                    samesite="Lax",
                    secure=settings.SESSION_COOKIE_SECURE,
                    httponly=True,
                )
            response.headers.setdefault(
                "Content-Language", translation.get_language() or settings.LANGUAGE_CODE
            )
        patch_vary_headers(response, ("Accept-Language",))
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> None:
        """Use the signed-in person's language, or the workspace's, when nothing nearer was chosen."""
        if getattr(request, "language_chosen", True):
            return
        person = language.of_person(request)
        browser = language.from_browser(request)
        workspace = language.supported(getattr(getattr(request, "workspace", None), "locale", ""))
        best = person or browser or workspace
        if best:
            translation.activate(best)


class WorkspaceMiddleware:
    """Find the workspace named by the first path segment and see only its rows during the view.

    Looked up once per request. An address that needs a workspace and names none that exists is "not found".
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set ``request.workspace`` and enter its scope and time zone."""
        slug = request.path_info.lstrip("/").partition("/")[0]
        workspace = None if slug in OUTSIDE or not shaped(slug) else workspace_by_slug(slug)
        request.workspace = workspace  # type: ignore[attr-defined]
        if unfit(request.path_info):
            raise Http404
        with ExitStack() as around:
            if workspace is not None:
                around.enter_context(workspace_scope(workspace.id))
                around.enter_context(timezone.override(workspace.timezone))
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Take the slug out of the view's arguments; refuse one that is no workspace."""
        if "workspace" in kwargs:
            del kwargs["workspace"]
            if request.workspace is None:  # type: ignore[attr-defined]
                raise Http404


class ErrorMiddleware:
    """Turn what a view raised into an answer that says what happened and what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; put words into the empty answer to a wrong method."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return failures.not_allowed(request, response.headers["Allow"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer for a named fact: see :mod:`atelogo.web.failures`."""
        return failures.response_for(request, error)
