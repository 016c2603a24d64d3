"""The guard of staff views, seen through a tiny site of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from pytest_django import DjangoAssertNumQueries

from atelogo.accounts.domain.permissions import Permission, Role, allows
from atelogo.accounts.services.access import (
    StaffRequest,
    VisitorRequest,
    may,
    public_view,
    safe_next,
    staff_view,
)
from atelogo.accounts.services.people import membership_remove
from atelogo.events.ledger import SYSTEM
from tests.cast import Cast, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@staff_view(Permission.REQUEST_VOID)
def void(request: StaffRequest, number: int) -> HttpResponse:
    """Say who acts, in which role, on what."""
    seen = f"{request.actor.kind} {request.actor.id} {request.role} {request.workspace.slug} {number}"
    return HttpResponse(seen)


@staff_view(Permission.REASON_VIEW, methods={"GET": Permission.REASON_VIEW, "POST": Permission.REASON_EDIT})
def reasons(request: StaffRequest) -> HttpResponse:
    """Say whether the person may edit, as a template would ask."""
    return HttpResponse("edits" if request.may(Permission.REASON_EDIT) else "reads")


@public_view()
def door(request: VisitorRequest) -> HttpResponse:
    """Answer anybody who names a company."""
    return HttpResponse(request.workspace.name)


urlpatterns = [
    path("<slug:workspace>/console/void/<int:number>", void),
    path("<slug:workspace>/console/reasons", reasons),
    path("<slug:workspace>/console/door", door),
    path("", include("atelogo.web.urls")),  # the pages of refusals need the house's addresses
]
handler404 = "atelogo.web.failures.not_found"
VOID = "/padaria-aurora/console/void/7"
REASONS = "/padaria-aurora/console/reasons"


def test_the_role_that_may_is_let_in(cast: Cast) -> None:
    """A manager passes, and the view knows who acts, in which role and where; its arguments lack the slug."""
    answer = signed_in(cast.marina).get(VOID)
    assert answer.status_code == 200
    assert answer.content.decode() == f"staff {cast.marina.person.id} manager padaria-aurora 7"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_is_let_in_as_the_matrix_says(cast: Cast, role: Role, method: str) -> None:
    """Every role gets a view, or 403, exactly as the matrix says for that method."""
    wanted = Permission.REASON_VIEW if method == "get" else Permission.REASON_EDIT
    answer = getattr(signed_in(cast.staff[role]), method)(REASONS)
    assert answer.status_code == (200 if allows(role, wanted) else 403)


def test_signed_out_goes_to_the_login_and_back(cast: Cast) -> None:
    """Who is signed out is led to the company's login with the page they wanted."""
    answer = Client().get(VOID + "?a=1&b=2")
    assert answer.status_code == 302
    assert answer.headers["Location"] == (
        "/padaria-aurora/console/login?next=%2Fpadaria-aurora%2Fconsole%2Fvoid%2F7%3Fa%3D1%26b%3D2"
    )


def test_a_signed_out_post_does_not_lead_back_to_itself(cast: Cast) -> None:
    """After a POST with an ended session the login leads home: a GET of that address may not exist."""
    assert Client().post(VOID).headers["Location"] == "/padaria-aurora/console/login"


def test_htmx_is_told_to_leave_the_page(cast: Cast) -> None:
    """A fragment asked for while signed out gets 401 and leads the whole page to the login and back to it."""
    answer = Client().get(
        VOID,
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/padaria-aurora/console/list?q=1"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == (
        "/padaria-aurora/console/login?next=%2Fpadaria-aurora%2Fconsole%2Flist%3Fq%3D1"
    )


def test_a_program_gets_a_problem(cast: Cast) -> None:
    """A caller that reads JSON gets 401 as problem+json, not a page."""
    answer = Client().get(VOID, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "login_required"


def test_foreign_and_absent_answer_alike(cast: Cast) -> None:
    """An owner of another company cannot tell this company's page from one that does not exist."""
    clara = signed_in(cast.clara)
    foreign = clara.get(VOID, headers={"Accept": "application/json"})
    absent = clara.get("/nowhere-at-all/console/void/7", headers={"Accept": "application/json"})
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


def test_who_was_removed_is_out_at_once(cast: Cast) -> None:
    """A session outlives a membership, but opens nothing any more."""
    browser = signed_in(cast.bruno)
    assert browser.get(REASONS).status_code == 200
    membership_remove(workspace=cast.workspace, user_id=cast.bruno.person.id, actor=SYSTEM)
    assert browser.get(REASONS).status_code == 404


def test_an_inactive_person_is_out_at_once(cast: Cast) -> None:
    """A person who was switched off is treated as signed out."""
    from atelogo.accounts.models import User

    browser = signed_in(cast.bruno)
    User.objects.filter(pk=cast.bruno.person.id).update(is_active=False)
    assert browser.get(REASONS).status_code == 302


def test_other_methods_are_refused_before_anything_else(cast: Cast) -> None:
    """A method that a view does not answer gets 405 with those that it does."""
    answer = signed_in(cast.ana).put(REASONS)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert Client().post("/padaria-aurora/console/door").status_code == 405


def test_head_follows_get(cast: Cast) -> None:
    """HEAD asks for the same permission as GET."""
    assert signed_in(cast.bruno).head(REASONS).status_code == 200
    assert signed_in(cast.bruno).head(VOID).status_code == 403


def test_the_guard_says_what_it_asks() -> None:
    """A test can read from the view what each method asks for, and which views are public."""
    assert void.permission is Permission.REQUEST_VOID
    assert dict(void.permissions) == dict.fromkeys(("GET", "POST", "HEAD"), Permission.REQUEST_VOID)
    assert reasons.permissions["POST"] is Permission.REASON_EDIT
    marked: Any = door
    assert marked.public


def test_a_public_view_needs_a_company(cast: Cast) -> None:
    """A public page of the console answers a stranger, but only for a company that exists."""
    assert Client().get("/academia-lua/console/door").content == b"Academia Lua"
    assert Client().get("/no-such-place/console/door").status_code == 404


def test_three_selects_let_a_person_in(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """The guard costs the workspace, the session, the person and their place: four reads, no write."""
    browser = signed_in(cast.bruno)
    with django_assert_max_num_queries(4):
        assert browser.get(REASONS).status_code == 200


def test_nobody_may_nothing(rf: RequestFactory) -> None:
    """Asking for a permission where nobody is signed in answers no."""
    request: HttpRequest = rf.get("/")
    assert not any(may(request, permission) for permission in Permission)


@pytest.mark.parametrize(
    "wanted,kept",
    [
        ("/padaria-aurora/console/reasons?x=1", True),
        ("http://testserver/padaria-aurora/console/reasons", True),
        ("/padaria-aurora/console/login", False),
        ("/padaria-aurora/console/logout", False),
        ("/academia-lua/console/reasons", False),
        ("/padaria-aurora/console/../../academia-lua/console/", False),
        ("https://evil.example/padaria-aurora/console/", False),
        ("//evil.example/padaria-aurora/console/", False),
        ("/\\evil.example/padaria-aurora/console/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_next_stays_inside(cast: Cast, rf: RequestFactory, wanted: str, *, kept: bool) -> None:
    """After signing in a person lands in this company's console on this host, wherever `next` points."""
    expected = wanted if kept else "/padaria-aurora/console/"
    assert safe_next(rf.get("/"), cast.workspace, wanted) == expected
