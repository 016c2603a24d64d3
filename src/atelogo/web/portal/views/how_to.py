"""*Como cancelar*: the public page, its QR code for bills, and a sheet for the counter."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import segno
import structlog
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from atelogo.register.domain.how_to_cancel import company_page
from atelogo.register.services.page_visits import page_visit_count
from atelogo.web.portal.guard import PortalRequest, address, portal_view
from atelogo.web.portal.notices import notice_of

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

log = structlog.get_logger("atelogo.web.portal")

PAGE = "como-cancelar"
_DAY_SECONDS = 24 * 3600


@portal_view("GET", private=False)
def how_to_cancel(request: PortalRequest) -> HttpResponseBase:
    """Say how to cancel, by which channels, when it takes effect and what it costs; no login."""
    if request.method == "GET":
        _count(request)
    page = company_page(request.workspace, get_language() or request.workspace.locale)
    response = render(request, "portal/how_to_cancel.html", {"page": page, "notice": notice_of(request)})
    response.headers["X-Robots-Tag"] = "all"
    return response


def _count(request: PortalRequest) -> None:
    try:
        page_visit_count(workspace=request.workspace, page=PAGE)
    except Exception as error:  # noqa: BLE001 - nobody is refused a page because it could not be counted
        log.error("visit_not_counted", error=type(error).__name__)  # noqa: TRY400


@portal_view("GET", private=False)
def qr(request: PortalRequest) -> HttpResponseBase:
    """Give the QR code of the page as a picture that prints sharp at any size."""
    response = HttpResponse(qr_svg(_public_address(request)), content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=_DAY_SECONDS)
    return response


@portal_view("GET", private=False)
def poster(request: PortalRequest) -> HttpResponseBase:
    """Show a sheet to print and put on the counter."""
    shown = _public_address(request)
    return render(request, "portal/poster.html", {"address": shown, "short": shown.partition("://")[2]})


def _public_address(request: PortalRequest) -> str:
    return settings.ATELOGO_BASE_URL + address(request, "how_to_cancel")


@lru_cache(maxsize=64)
def qr_svg(text: str) -> bytes:
    """Return the QR code of ``text`` as SVG, with the quiet zone that readers need."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, scale=8, light="#fff")
    return out.getvalue()
