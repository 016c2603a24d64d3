"""The few pages that belong to no room: landing, the search box, the company's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

if TYPE_CHECKING:
    from django.http import HttpRequest


def landing(request: HttpRequest) -> HttpResponse:
    """Say what stands here, without naming any company."""
    return render(request, "web/landing.html")


def favicon(request: HttpRequest) -> HttpResponse:
    """Answer browsers that ask by themselves."""
    return HttpResponse(status=204)


def robots(request: HttpRequest) -> HttpResponse:
    """Keep protocols and the console out of search engines; the page "how to cancel" may be found."""
    return HttpResponse("User-agent: *\nDisallow: /*/console/\nDisallow: /*/v/\n", content_type="text/plain")


def brand_css(request: HttpRequest) -> HttpResponse:
    """Give the company's colours as a stylesheet."""
    return HttpResponse("", content_type="text/css")


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Take a search term out of the address before the list shows what it finds."""
    return HttpResponse(status=204)
