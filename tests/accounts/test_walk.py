"""Every console address of every room against every role, a stranger and nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from atelogo.accounts.domain.permissions import Permission, Role, allows
from tests.cast import Cast, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.contract]
CONSOLE = "<slug:workspace>/console/"
SAMPLES: dict[str, object] = {
    "int": 7,
    "str": "x",
    "slug": "x",
    "path": "x",
    "uuid": UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
}


def walk(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give every pattern with its whole route."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, route)
        else:
            yield route, entry


def console() -> list[tuple[str, URLPattern]]:
    """Return the addresses of the staff's side."""
    return [(route, entry) for route, entry in walk(get_resolver()) if route.startswith(CONSOLE)]


def address(route: str) -> str:
    """Return an address of ``route`` in Padaria Aurora with made-up parts."""
    path = route.replace("<slug:workspace>", "padaria-aurora")
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: str(SAMPLES.get(part[1] or "str", "x")), path)


def guarded() -> Iterator[tuple[str, str, Permission]]:
    """Give address, method and permission of every guarded view."""
    for route, entry in console():
        asked: dict[str, Permission] = getattr(entry.callback, "permissions", {})
        for method, permission in asked.items():
            yield address(route), method, permission


def test_every_console_view_is_guarded_or_public() -> None:
    """No address of the console was forgotten: each has its guard, or says that it is public."""
    forgotten = [
        route
        for route, entry in console()
        if not hasattr(entry.callback, "permissions") and not getattr(entry.callback, "public", False)
    ]
    assert forgotten == []


def test_what_is_public_is_known() -> None:
    """Only signing in and one-time links are open to people who are not signed in."""
    public = {entry.name for _route, entry in console() if getattr(entry.callback, "public", False)}
    assert public == {"login", "logout", "forgotten", "set_password", "join"}


def ask(browser: Client, method: str, path: str) -> Any:
    """Send a request that a program would read the answer of."""
    return browser.generic(method, path, headers={"Accept": "application/json"})


def test_nobody_and_strangers_are_refused_everywhere(cast: Cast) -> None:
    """Signed out: 401. Of another company: 404. On every address and method of the console."""
    nobody, clara = Client(), signed_in(cast.clara)
    walked = list(guarded())
    assert {("GET", Permission.PEOPLE_VIEW), ("POST", Permission.PEOPLE_EDIT)} <= {
        (method, permission) for _path, method, permission in walked
    }
    for path, method, _permission in walked:
        assert ask(nobody, method, path).status_code == 401, (method, path)
        assert ask(clara, method, path).status_code == 404, (method, path)


@pytest.mark.parametrize("role", list(Role))
def test_a_lacking_role_is_refused_everywhere(cast: Cast, role: Role) -> None:
    """Whatever a role lacks is refused with 403 on every address and method that asks for it."""
    browser = signed_in(cast.staff[role])
    for path, method, permission in guarded():
        if not allows(role, permission):
            assert ask(browser, method, path).status_code == 403, (method, path, role)


def test_the_walk_reaches_real_addresses() -> None:
    """The made-up addresses resolve, so that a refusal is the guard's and not a missing page."""
    from django.urls import resolve

    for path, _method, _permission in guarded():
        assert resolve(path).func is not None
    assert reverse("accounts:people", kwargs={"workspace": "padaria-aurora"}) in {
        path for path, _method, _permission in guarded()
    }
