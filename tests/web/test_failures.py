"""What people and programs are told when something fails."""

from __future__ import annotations

from unittest import mock

import pytest
import structlog
from django.db import OperationalError
from django.test import Client

from tests.cast import Cast

SLUG = "padaria-aurora"
JSON = {"accept": "application/json"}


@pytest.mark.parametrize(
    "how,status,code",
    [
        ("fact", 409, "teapot"),
        ("fields", 422, "validation_failed"),
        ("missing", 404, "not_found"),
        ("denied", 403, "permission_denied"),
        ("suspicious", 400, "bad_request"),
        ("login", 401, "login_required"),
        ("unavailable", 503, "unavailable"),
        ("database", 503, "unavailable"),
        ("bug", 500, "unexpected"),
    ],
)
def test_programs_get_a_problem(visitor: Client, cast: Cast, how: str, status: int, code: str) -> None:
    """A caller that prefers JSON gets RFC 9457 with the stable code, whatever failed."""
    answer = visitor.get(f"/{SLUG}/fail/{how}", headers=JSON)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]


def test_fields_are_named_for_programs(visitor: Client, cast: Cast) -> None:
    """A refusal of fields lists each with its code and its sentence."""
    problem = visitor.get(f"/{SLUG}/fail/fields", headers=JSON).json()
    assert problem["errors"] == [{"field": "name", "code": "required", "message": "Diga o nome."}]


def test_people_read_what_happened_and_what_to_do(visitor: Client, cast: Cast) -> None:
    """A page says the fact in words, its code, and that nothing was changed."""
    answer = visitor.get(f"/{SLUG}/fail/fact")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "O bule azul não faz café." in text
    assert "teapot" in text
    assert "Nada foi alterado." in text


@pytest.mark.parametrize("how", ["bug", "database", "unavailable", "missing", "fact"])
def test_customers_always_keep_the_way_out(visitor: Client, cast: Cast, how: str) -> None:
    """Whatever fails on a customer's page, the plain form, the other ways and the phone stay in sight."""
    text = visitor.get(f"/{SLUG}/fail/{how}").content.decode()
    assert f'href="/{SLUG}/cancelar"' in text
    assert f'href="/{SLUG}/como-cancelar"' in text
    assert "0800 000 0000" in text


def test_a_fault_is_logged_under_the_number_that_people_see(visitor: Client, cast: Cast) -> None:
    """The page of a fault of ours shows a number, under which the log has the fault itself."""
    with structlog.testing.capture_logs() as lines:
        text = visitor.get(f"/{SLUG}/fail/bug").content.decode()
    line = next(line for line in lines if line["event"] == "unexpected_error")
    assert line["incident"] in text
    assert isinstance(line["exc_info"], RuntimeError)
    assert "maria@example.com" not in text


def test_a_page_that_may_work_later_says_so(visitor: Client, cast: Cast) -> None:
    """Without a database the answer is 503 with `Retry-After`, and kept in no cache."""
    answer = visitor.get(f"/{SLUG}/fail/database")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_database_before_the_view(visitor: Client, cast: Cast) -> None:
    """A database that is away when the workspace is looked up gives the 503 page, not a bare 500."""
    with mock.patch("atelogo.web.middleware.workspace_by_slug", side_effect=OperationalError("down")):
        answer = visitor.get(f"/{SLUG}/sample")
    assert answer.status_code == 503
    assert "Não deu certo" in answer.content.decode()


def test_htmx_gets_a_part_not_a_page(ana: Client, cast: Cast) -> None:
    """A failed htmx call gets the message alone, to be put where the part would stand."""
    text = ana.get(f"/{SLUG}/console/fail/fact", headers={"hx-request": "true"}).content.decode()
    assert "O bule azul" in text
    assert "<html" not in text


def test_signed_out_people_are_led_to_the_login(visitor: Client, cast: Cast) -> None:
    """A page that needs a login leads there and back; an htmx part leads the whole page there."""
    page = visitor.get(f"/{SLUG}/console/fail/login")
    assert (page.status_code, page.headers["Location"]) == (
        302,
        f"/{SLUG}/console/login?next=%2F{SLUG}%2Fconsole%2Ffail%2Flogin",
    )
    part = visitor.get(f"/{SLUG}/console/fail/login", headers={"hx-request": "true"})
    assert part.status_code == 401
    assert part.headers["HX-Redirect"].startswith(f"/{SLUG}/console/login")


def test_an_old_form_is_refused_in_words(samples: None, cast: Cast) -> None:
    """A form whose protection does not match is answered with what to do, not with Django's page."""
    answer = Client(enforce_csrf_checks=True).post(f"/{SLUG}/sample", {"name": "x"})
    assert answer.status_code == 403
    assert "form_expired" in answer.content.decode()


def test_a_forms_address_typed_by_hand(ana: Client, cast: Cast) -> None:
    """An address that only takes a form's POST answers a GET in words, and says what it takes."""
    answer = ana.get(f"/{SLUG}/console/search")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "method_not_allowed" in answer.content.decode()


def test_staff_errors_lead_back_to_the_console(ana: Client, cast: Cast) -> None:
    """An error on the staff's side offers the first page, and not the customers' form."""
    text = ana.get(f"/{SLUG}/console/fail/fact").content.decode()
    assert f'href="/{SLUG}/console/"' in text
    assert f'href="/{SLUG}/cancelar"' not in text


def test_errors_outside_any_company(visitor: Client, db: None) -> None:
    """A wrong address at the root has a page of its own, which names no company."""
    answer = visitor.get("/nothing/here")
    assert answer.status_code == 404
    assert "not_found" in answer.content.decode()
