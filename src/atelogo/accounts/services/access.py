"""Who may open a console page: the one decorator that every staff view carries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from atelogo.accounts import queries
from atelogo.accounts.domain.permissions import Permission, Role, allows
from atelogo.accounts.domain.workspace import Member, WorkspaceInfo
from atelogo.core.errors import LoginRequiredError, NotFoundError, PermissionDeniedError, problem_of
from atelogo.events.ledger import Actor

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """What a staff view is given: the request of somebody who may be here.

    ``member`` is the person's place in ``workspace``; ``actor`` is how the ledger names them;
    ``may(permission)`` says what their role includes (for showing a button, masking a field).
    """

    workspace: WorkspaceInfo
    member: Member
    role: Role
    actor: Actor
    htmx: HtmxDetails
    may: Callable[[Permission], bool]


class VisitorRequest(HttpRequest):
    """What a public view of the console is given: a workspace, and maybe nobody signed in."""

    workspace: WorkspaceInfo


class StaffView(Protocol[P]):
    """A guarded view, as the permission walk reads it: which permission each method asks for."""

    permission: Permission
    permissions: Mapping[str, Permission]

    def __call__(self, request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        """Answer the request."""
        ...


def staff_view(
    permission: Permission, *, methods: Collection[str] | Mapping[str, Permission] | None = None
) -> Callable[[Callable[Concatenate[StaffRequest, P], HttpResponseBase]], StaffView[P]]:
    """Let a view be opened only by members of the workspace whose role includes ``permission``.

    ``methods`` lists the methods that the view answers (default GET and POST), or maps each to its own
    permission. HEAD follows GET; any other method gets 405.

    Signed out: 302 to the login with ``next`` (htmx: 401 with ``HX-Redirect``; JSON: a 401 problem). No
    workspace, or not a member of it: 404, alike. Role lacking: :class:`PermissionDeniedError` (403).
    Inside the view ``request`` is a :class:`StaffRequest`; the guarded view carries ``.permission`` and
    ``.permissions``.
    """
    asked = _asked(permission, methods)

    def guard(view: Callable[Concatenate[StaffRequest, P], HttpResponseBase]) -> StaffView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            wanted = asked.get(request.method or "")
            if wanted is None:
                return HttpResponseNotAllowed(sorted(asked))
            refusal = _enter(request, wanted)
            if refusal is not None:
                return refusal
            return view(cast("StaffRequest", request), *args, **kwargs)

        marked = cast("Any", guarded)
        marked.permission = permission
        marked.permissions = asked
        return cast("StaffView[P]", guarded)

    return guard


def public_view(
    *, methods: Collection[str] = ("GET",)
) -> Callable[
    [Callable[Concatenate[VisitorRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Mark a console view that nobody needs to sign in for (``.public``), such as the login itself.

    404 without a workspace; 405 for other methods (HEAD follows GET).
    """
    answered = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def guard(
        view: Callable[Concatenate[VisitorRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in answered:
                return HttpResponseNotAllowed(sorted(answered))
            if getattr(request, "workspace", None) is None:
                raise NotFoundError
            return view(cast("VisitorRequest", request), *args, **kwargs)

        marked = cast("Any", guarded)
        marked.public = True
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", marked)

    return guard


def may(request: HttpRequest, permission: Permission) -> bool:
    """Say whether the person behind ``request`` may ``permission``; nobody signed in may nothing."""
    role = getattr(request, "role", None)
    return role is not None and allows(role, permission)


def login_address(workspace: WorkspaceInfo, came_from: str = "") -> str:
    """Return the path of the workspace's login, which leads back to ``came_from`` (a path of this site)."""
    path = f"/{workspace.slug}/console/login"
    return f"{path}?{urlencode({'next': came_from})}" if came_from else path


def safe_next(request: HttpRequest, workspace: WorkspaceInfo, wanted: str) -> str:
    """Return ``wanted`` when it is a console page of this workspace on this host; else the console's home."""
    home = f"/{workspace.slug}/console/"
    secure = request.is_secure()
    same_host = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=secure
    )
    path = urlsplit(wanted).path if same_host else ""
    inside = path.startswith(home) and ".." not in path
    return wanted if inside and not path.startswith((f"{home}login", f"{home}logout")) else home


def _asked(
    permission: Permission, methods: Collection[str] | Mapping[str, Permission] | None
) -> dict[str, Permission]:
    if isinstance(methods, Mapping):
        asked = dict(methods)
    else:
        asked = dict.fromkeys(("GET", "POST") if methods is None else methods, permission)
    if "GET" in asked:
        asked.setdefault("HEAD", asked["GET"])
    return asked


def _enter(request: HttpRequest, wanted: Permission) -> HttpResponseBase | None:
    """Set who is acting on the request; return the answer for somebody who is not signed in."""
    workspace: WorkspaceInfo | None = getattr(request, "workspace", None)
    if workspace is None:
        raise NotFoundError
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request, workspace)
    member = queries.membership_of(request.user.pk, workspace.id)
    if member is None:
        raise NotFoundError
    if not allows(member.role, wanted):
        raise PermissionDeniedError
    inside = cast("StaffRequest", request)
    inside.member, inside.role, inside.may = member, member.role, partial(allows, member.role)
    inside.actor = Actor("staff", member.person.id)
    return None


def _ask_to_sign_in(request: HttpRequest, workspace: WorkspaceInfo) -> HttpResponseBase:
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if htmx:
        # The page on screen, not the fragment that was asked for, is where the person wants to be again.
        page = urlsplit(htmx.current_url or "")
        came_from = f"{page.path}?{page.query}" if page.query else page.path
        return HttpResponse(status=401, headers={"HX-Redirect": login_address(workspace, came_from)})
    if request.get_preferred_type(["text/html", "application/json", "application/problem+json"]) not in {
        None,
        "text/html",
    }:
        problem = problem_of(LoginRequiredError())
        return JsonResponse(problem.as_dict(), status=401, content_type="application/problem+json")
    came_from = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    return HttpResponseRedirect(login_address(workspace, came_from))
