"""Which language a person reads (decision 19): address, cookie, person, browser, workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_supported_language_variant, to_locale
from django.utils.translation.trans_real import parse_accept_lang_header

if TYPE_CHECKING:
    from django.http import HttpRequest

PARAMETER = "lang"
COOKIE_AGE_SECONDS = 365 * 24 * 3600


def supported(code: str) -> str | None:
    """Return the catalogue that serves ``code`` (``pt`` gives ``pt-br``), or ``None``."""
    if not code:
        return None
    try:
        return get_supported_language_variant(code.strip().lower())
    except LookupError:
        return None


def from_address(request: HttpRequest) -> str | None:
    """Return the language chosen by ``?lang=``, or ``None``."""
    return supported(request.GET.get(PARAMETER, ""))


def from_cookie(request: HttpRequest) -> str | None:
    """Return the language chosen on an earlier page, or ``None``."""
    return supported(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def from_browser(request: HttpRequest) -> str | None:
    """Return the first language of ``Accept-Language`` that has a catalogue, or ``None``."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        found = supported(code)
        if found:
            return found
    return None


def babel_locale(code: str | None) -> str:
    """Return Babel's name of a language code: ``pt-br`` gives ``pt_BR``."""
    return to_locale(code or settings.LANGUAGE_CODE)


def of_person(request: HttpRequest) -> str | None:
    """Return the language in the profile of the person signed in to the console, or ``None``.

    Customers are never signed in as people, so their pages do not pay for this look-up.
    """
    match = request.resolver_match
    if match is None or "/console/" not in match.route:
        return None
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return None
    return supported(getattr(person, "locale", "") or "")
