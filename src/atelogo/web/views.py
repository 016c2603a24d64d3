"""The few pages that belong to no room: landing, the search box, the company's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import NotFoundError
from atelogo.core.search_terms import PARAMETER, remember
from atelogo.register.domain import protocol
from atelogo.web import brand, navigation

if TYPE_CHECKING:
    from django.http import HttpRequest

_YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Say what stands here, without naming any company."""
    return render(request, "web/landing.html")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Answer browsers that ask by themselves; pages name their own icon."""
    return HttpResponse(status=204)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep the console and protocols out of search engines; the page "how to cancel" may be found."""
    return HttpResponse("User-agent: *\nDisallow: /*/console/\nDisallow: /*/v/\n", content_type="text/plain")


@require_safe
def brand_css(request: HttpRequest) -> HttpResponse:
    """Give the company's colours as a stylesheet; kept for a year under its own version, a minute without."""
    colour = request.workspace.brand.colour  # type: ignore[attr-defined] # set by WorkspaceMiddleware
    response = HttpResponse(brand.stylesheet(colour), content_type="text/css; charset=utf-8")
    current = request.GET.get("v") == brand.version_of(colour)
    patch_cache_control(response, public=True, max_age=_YEAR_SECONDS if current else 60, immutable=current)
    return response


@staff_view(Permission.REQUEST_VIEW, methods=["POST"])
def search(request: StaffRequest) -> HttpResponse:
    """Lead to the list of what the term finds; only a protocol number may stand in an address."""
    address = navigation.address_of("register:request_list", request.workspace.slug)
    if not address:
        raise NotFoundError
    term = request.POST.get("q", "").strip()
    if not term:
        return HttpResponseRedirect(address)
    number = protocol.normalise(term)
    if number and protocol.is_valid(number):
        asked = {"protocol": number}
    else:
        asked = {PARAMETER: remember(request.session, term)}
    return HttpResponseRedirect(f"{address}?{urlencode(asked)}")
