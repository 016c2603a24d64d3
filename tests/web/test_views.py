"""Landing, the search box, and the company's colours."""

from __future__ import annotations

from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from atelogo.accounts.domain.permissions import Permission
from atelogo.core.search_terms import recall
from atelogo.web import views
from tests.cast import Cast, signed_in

SLUG = "padaria-aurora"
LIST = f"/{SLUG}/console/requests"


@pytest.fixture
def request_list() -> object:
    """Stand in for the list's address, which is another room's."""
    with mock.patch("atelogo.web.views.navigation.address_of", return_value=LIST) as patched:
        yield patched


def test_landing_names_no_company(client: Client, cast: Cast) -> None:
    """The root says what stands here and tells nobody which companies use it."""
    text = client.get("/", headers={"accept-language": "pt-br"}).content.decode()
    assert "Abra o endereço que a sua empresa passou." in text
    assert "Padaria" not in text


def test_robots_stay_out_of_protocols(client: Client, db: None) -> None:
    """Search engines are asked to leave the console and protocols alone."""
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /*/console/" in text
    assert "Disallow: /*/v/" in text


def test_the_stylesheet_is_kept_under_its_version(client: Client, cast: Cast) -> None:
    """The company's colours are kept for a year at the address that names them, a minute at any other."""
    from atelogo.web.brand import version_of

    current = client.get(f"/{SLUG}/brand.css", {"v": version_of(cast.workspace.brand.colour)})
    assert current.headers["Content-Type"].startswith("text/css")
    assert "max-age=31536000" in current.headers["Cache-Control"]
    assert "immutable" in current.headers["Cache-Control"]
    assert "max-age=60" in client.get(f"/{SLUG}/brand.css", {"v": "old"}).headers["Cache-Control"]


def test_nobodys_stylesheet(client: Client, db: None) -> None:
    """A workspace that does not exist has no colours."""
    assert client.get("/nobody/brand.css").status_code == 404


@pytest.mark.usefixtures("request_list")
def test_a_name_never_stands_in_an_address(cast: Cast) -> None:
    """A searched name becomes a token; the term waits in the session, encrypted in the database."""
    browser = signed_in(cast.bruno)
    answer = browser.post(f"/{SLUG}/console/search", {"q": " Maria da Silva "})
    assert answer.status_code == 302
    address, _mark, token = answer.headers["Location"].partition("?search=")
    assert address == LIST
    assert recall(browser.session, token) == "Maria da Silva"
    stored = Session.objects.get(pk=browser.session.session_key).get_decoded()
    assert "Maria" not in str(stored)


@pytest.mark.usefixtures("request_list")
def test_a_protocol_may_stand_in_an_address(cast: Cast) -> None:
    """A valid protocol number, in any grouping, leads to an address that can be shared."""
    from datetime import date

    from atelogo.register.domain.protocol import group, number_for

    number = number_for(date(2026, 11, 21), 1234567)
    answer = signed_in(cast.bruno).post(f"/{SLUG}/console/search", {"q": f"Protocolo {group(number)}"})
    assert answer.headers["Location"] == f"{LIST}?protocol={number}"


@pytest.mark.usefixtures("request_list")
def test_an_empty_search_shows_the_list(cast: Cast) -> None:
    """Enter in the empty box shows everything."""
    assert signed_in(cast.bruno).post(f"/{SLUG}/console/search", {"q": " "}).headers["Location"] == LIST


def test_search_is_for_staff(client: Client, cast: Cast) -> None:
    """The search box asks for its permission, answers POST alone, and nobody of another company."""
    assert views.search.permission is Permission.REQUEST_VIEW
    assert client.post(f"/{SLUG}/console/search", {"q": "x"}).status_code == 302
    assert signed_in(cast.ana).get(f"/{SLUG}/console/search").status_code == 405
    assert signed_in(cast.clara).post(f"/{SLUG}/console/search", {"q": "x"}).status_code == 404
