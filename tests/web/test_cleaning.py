"""Characters that no database can hold never reach a view."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory

from atelogo.web.cleaning import CleaningMiddleware, cleaned
from tests.cast import Cast, company, signed_in

NUL = "%00"
CONSOLE = "/padaria-aurora/console"


def seen(request: HttpRequest) -> Any:
    """Pass a request through the middleware and return what the view was given."""
    found: list[HttpRequest] = []

    def view(given: HttpRequest) -> HttpResponse:
        found.append(given)
        return HttpResponse()

    CleaningMiddleware(view)(request)
    return found[0]


def test_the_query_loses_what_cannot_be_stored() -> None:
    """NUL goes out of names and values; the rest, the order and several values of a name stay."""
    request = seen(RequestFactory().get("/?q=a%00b&q=c&x%00y=%00&plain=%C3%A7"))
    assert list(request.GET.lists()) == [("q", ["ab", "c"]), ("xy", [""]), ("plain", ["ç"])]
    with pytest.raises(AttributeError, match="immutable"):
        request.GET["q"] = "other"


def test_half_a_pair_is_taken_out() -> None:
    """A lone surrogate, which UTF-8 cannot write, goes as well."""
    given = QueryDict(mutable=True)
    given.appendlist("q", "a\ud800b")
    assert cleaned(given).getlist("q") == ["ab"]


def test_what_is_in_order_is_not_copied() -> None:
    """An ordinary query is handed on as it is."""
    given = QueryDict("q=a&q=b")
    assert cleaned(given) is given


def test_a_form_is_clean_when_it_is_read() -> None:
    """Both kinds of form lose NUL, and a file keeps every byte."""
    made, kind = RequestFactory(), "application/x-www-form-urlencoded"
    plain = seen(made.post("/", urlencode({"words": "a\x00b"}), content_type=kind))
    assert plain.POST["words"] == "ab"
    sent = {"words": "a\x00b", "file": SimpleUploadedFile("f.bin", b"\x00\x01")}
    several = seen(made.post("/", sent))
    assert several.POST["words"] == "ab"
    assert several.FILES["file"].read() == b"\x00\x01"


def test_a_body_stays_raw_until_somebody_asks_for_the_form() -> None:
    """What signs a body's bytes reads just those bytes."""
    body = b'{"a": "\\u0000\x00"}'
    request = seen(RequestFactory().post("/", body, content_type="application/json"))
    assert request.read() == body


def test_a_cookie_is_cleaned() -> None:
    """An escaped NUL in a quoted cookie does not come through."""
    request = RequestFactory().get("/", headers={"cookie": r'atelogo_staff="\000abcdefgh"'})
    assert seen(request).COOKIES == {"atelogo_staff": "abcdefgh"}


@pytest.mark.parametrize("path", [f"/{NUL}/como-cancelar", f"/padaria-aurora/protocolos/{NUL}", f"/a{NUL}/x"])
def test_an_address_with_nul_is_not_found(cast: Cast, path: str) -> None:
    """Such an address names no company and no page."""
    assert Client().get(path).status_code == 404


@pytest.mark.django_db
def test_what_is_no_name_is_not_looked_up(django_assert_num_queries: Any) -> None:
    """A first segment that cannot be a company's word costs no query."""
    company("nova-rede", "Nova Rede")
    with django_assert_num_queries(0):
        assert Client().get("/A_wrong.name/como-cancelar").status_code == 404


ASKED = [
    ("get", "cancelamentos/?protocol=%00", {}),
    ("get", "cancelamentos/?city=a%00", {}),
    ("post", "search", {"q": "Ma\x00ria"}),
    ("post", "cancelamentos/busca?city=%00", {"q": "\x00Maria"}),
    ("post", "clientes/busca", {"q": "Maria\x00"}),
    ("post", "cancelamentos/novo/", {"act": "find", "find": "Ma\x00ria", "q": "\x00a"}),
]


@pytest.mark.parametrize("method,path,sent", ASKED)
def test_nul_in_a_search_fails_nowhere(cast: Cast, method: str, path: str, sent: dict[str, str]) -> None:
    """Lists and searches of the console answer as if it had not been typed."""
    answer = getattr(signed_in(cast.ana), method)(f"{CONSOLE}/{path}", sent, follow=True)
    assert answer.status_code == 200


@pytest.mark.postgres
def test_postgres_is_never_given_nul(cast: Cast) -> None:
    """On PostgreSQL, whose text refuses NUL, no address, cookie or form fails, without login too."""
    with pytest.raises(DataError, match="NUL"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", ["\x00"])
    assert Client().get(f"/{NUL}/como-cancelar").status_code == 404
    quoted = {"cookie": r'atelogo_staff="\000abcdefgh"'}
    assert Client().get(f"{CONSOLE}/", headers=quoted).status_code == 302
    sent = {"name": "A\x00na", "words": "\x00"}
    assert Client().post("/padaria-aurora/cancelar/declarar", sent).status_code == 200  # its protocol
