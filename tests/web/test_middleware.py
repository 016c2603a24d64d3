"""The log line, the language and the workspace around every view."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
import structlog
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast

SLUG = "padaria-aurora"


def test_a_view_sees_its_workspace_alone_and_gets_no_slug(visitor: Client, cast: Cast) -> None:
    """Inside a workspace's address the scope and the time zone are the workspace's."""
    told = visitor.get(f"/{SLUG}/scope").json()
    assert told == {"workspace": SLUG, "scope": str(cast.workspace.id), "zone": "America/Sao_Paulo"}


def test_the_scope_ends_with_the_request(visitor: Client, cast: Cast) -> None:
    """After an answer no scope is left for the next request of the thread."""
    from atelogo.core.tenancy import current_scope

    visitor.get(f"/{SLUG}/scope")
    visitor.get(f"/{SLUG}/fail/bug")
    assert current_scope() is None


def test_an_unknown_workspace_is_not_found(visitor: Client, cast: Cast) -> None:
    """An address under a slug that nobody has answers 404, as any wrong address."""
    assert visitor.get("/nobody-here/scope").status_code == 404


def test_the_workspace_is_looked_up_once(
    visitor: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A customers' page costs one look-up of the workspace, and nothing else of the frame."""
    with django_assert_num_queries(1):
        visitor.get(f"/{SLUG}/sample")


def test_health_and_files_ask_no_database(
    visitor: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Liveness and static files answer without a query: they must when the database is down."""
    with django_assert_num_queries(0):
        assert visitor.get("/livez").status_code == 200
        with closing(visitor.get("/static/web/portal.css")) as file:
            assert file.status_code == 200


def test_one_line_for_each_request_and_nothing_that_identifies(visitor: Client, cast: Cast) -> None:
    """The line has method, pattern, status, time, workspace and id; no path value, no query string."""
    with structlog.testing.capture_logs() as lines:
        answer = visitor.get(f"/{SLUG}/fail/fact?k=receiptkey&cpf=52998224725")
    line = next(line for line in lines if line["event"] == "request")
    assert line["route"] == "<slug:workspace>/fail/<slug:how>"
    assert (line["method"], line["status"], line["workspace"]) == ("GET", 409, SLUG)
    assert line["ms"] >= 0
    assert len(answer.headers["X-Request-ID"]) == 32
    assert "receiptkey" not in str(lines)
    assert "52998224725" not in str(lines)


def test_wrong_addresses_share_one_route_name(visitor: Client, cast: Cast) -> None:
    """An address that matches nothing is logged as `unmatched`: its words are not ours to keep."""
    with structlog.testing.capture_logs() as lines:
        visitor.get("/nobody-here/cpf-52998224725")
    assert [line["route"] for line in lines if line["event"] == "request"] == ["unmatched"]


def language_of(answer: Any) -> str:
    """Return the language that an answer says it is in."""
    return str(answer.headers["Content-Language"])


def test_language_chosen_in_the_address_is_remembered(visitor: Client, cast: Cast) -> None:
    """`?lang=` wins over the browser, and the next page keeps it without asking."""
    first = visitor.get(f"/{SLUG}/sample?lang=en", headers={"accept-language": "es"})
    assert language_of(first) == "en"
    assert first.cookies["atelogo_language"]["samesite"] == "Lax"
    assert language_of(visitor.get(f"/{SLUG}/sample", headers={"accept-language": "es"})) == "en"


def test_a_language_without_catalogue_is_not_taken(visitor: Client, cast: Cast) -> None:
    """An unknown `?lang=` changes nothing and is not remembered."""
    answer = visitor.get(f"/{SLUG}/sample?lang=xx", headers={"accept-language": "es-AR,en;q=0.5"})
    assert language_of(answer) == "es"
    assert "atelogo_language" not in answer.cookies


@pytest.mark.parametrize(
    "header,expected", [("es-AR,en;q=0.5", "es"), ("pt", "pt-br"), ("de,en;q=0.1", "en"), ("", "pt-br")]
)
def test_language_of_the_browser(visitor: Client, cast: Cast, header: str, expected: str) -> None:
    """Without a choice the browser's first language that has a catalogue is used, else the workspace's."""
    assert language_of(visitor.get(f"/{SLUG}/sample", headers={"accept-language": header})) == expected


def test_the_workspaces_language_is_the_last_resort(visitor: Client, cast: Cast) -> None:
    """A browser that names no language reads the workspace's own, not the installation's."""
    from atelogo.accounts.services.workspaces import workspace_update
    from tests.cast import actor_of

    workspace_update(workspace=cast.workspace, changes={"locale": "es"}, actor=actor_of(cast.ana))
    assert language_of(visitor.get(f"/{SLUG}/sample")) == "es"


def test_the_persons_language_wins_over_the_browser(ana: Client, cast: Cast) -> None:
    """On the console the language in the person's profile comes before the browser's."""
    get_user_model().objects.filter(pk=cast.ana.person.id).update(locale="en")
    answer = ana.get(f"/{SLUG}/console/sample", headers={"accept-language": "es"})
    assert language_of(answer) == "en"


def test_caches_keep_languages_apart(visitor: Client, cast: Cast) -> None:
    """Answers vary by `Accept-Language`, so that no cache serves one person's language to another."""
    assert "Accept-Language" in visitor.get(f"/{SLUG}/sample").headers["Vary"]
