"""What was sent is text that every database can hold before a view reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict
    from django.http.response import HttpResponseBase

# PostgreSQL's text holds no NUL, and UTF-8 no half of a pair.
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")


def unfit(text: str) -> bool:
    """Whether ``text`` holds a character that a database's text cannot."""
    return _UNFIT.search(text) is not None


def fit(text: str) -> str:
    """Return ``text`` without NUL and lone surrogates, which nobody can type."""
    return _UNFIT.sub("", text)


def cleaned(given: QueryDict) -> QueryDict:
    """Return ``given`` itself, or a copy whose names and values are :func:`fit`."""
    if not any(unfit(name) or any(map(unfit, values)) for name, values in given.lists()):
        return given
    clean = given.copy()
    clean.clear()
    for name, values in given.lists():
        for value in values:
            clean.appendlist(fit(name), fit(value))
    clean._mutable = False  # noqa: SLF001 - as Django hands it to views
    return clean


class CleaningMiddleware:
    """Take out of query, form and cookies what no database can hold, so that no view has to think of it.

    A form is read only when the view asks for it: uploads keep their handlers, call-backs their raw body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Clean the address's query and the cookies now, the form once it is read."""
        given: Any = request
        given.GET = cleaned(request.GET)
        given.COOKIES = {name: fit(value) for name, value in request.COOKIES.items()}
        read = given._load_post_and_files  # noqa: SLF001 - the one place through which every form is read

        def read_cleaned() -> None:
            read()
            given._post = cleaned(given._post)  # noqa: SLF001

        given._load_post_and_files = read_cleaned  # noqa: SLF001
        return self.get_response(request)
