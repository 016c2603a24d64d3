"""A receipt to take along: page to print, PDF, JSON with its proof, the last day for a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from atelogo.register.services import rendering
from atelogo.web.portal import guard
from atelogo.web.portal.guard import PortalRequest, SeeOther, address, portal_view
from atelogo.web.portal.notices import PARAMETER
from atelogo.web.portal.views.protocols import KINDS, found_for

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from atelogo.register.queries.portal import ReceiptView

log = structlog.get_logger("atelogo.web.portal")

_PDFS_PER_HOUR = 40


def _receipt_of(request: PortalRequest, protocol: str, kind: str) -> ReceiptView:
    wanted = KINDS.get(kind)
    for one in found_for(request, protocol).receipts:
        if one.kind == wanted:
            return one
    raise Http404


@portal_view("GET")
def receipt(request: PortalRequest, protocol: str, kind: str) -> HttpResponseBase:
    """Show the receipt as it was issued, ready to print."""
    one = _receipt_of(request, protocol, kind)
    content = rendering.receipt_context(request.workspace, one.id)
    return render(request, "portal/receipt.html", {"receipt": content, "kind": kind, "protocol": protocol})


@portal_view("GET")
def receipt_pdf(request: PortalRequest, protocol: str, kind: str) -> HttpResponseBase:
    """Give the receipt as PDF; where it cannot be made, say so and keep the other forms at hand."""
    one = _receipt_of(request, protocol, kind)
    guard.limit(request, "pdf", most=_PDFS_PER_HOUR)
    try:
        made = rendering.receipt_pdf(request.workspace, one.id)
    except Exception as error:  # noqa: BLE001 - the page, the JSON and the print stay
        log.error("receipt_pdf_failed", error=type(error).__name__)  # noqa: TRY400
        made = None
    if made is None:
        return SeeOther(f"{address(request, 'protocol', protocol=protocol)}?{PARAMETER}=no-pdf")
    return _file(made, "application/pdf", f"protocolo-{protocol}-{kind}.pdf")


@portal_view("GET")
def receipt_json(request: PortalRequest, protocol: str, kind: str) -> HttpResponseBase:
    """Give the receipt as JSON with its proof, to be checked without us."""
    one = _receipt_of(request, protocol, kind)
    content: dict[str, Any] = rendering.receipt_json(request.workspace, one.id)
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _named(response, f"protocolo-{protocol}-{kind}.json")


@portal_view("GET")
def calendar(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Give the last day of the service as a calendar file."""
    one = _receipt_of(request, protocol, "confirmado")
    made = rendering.receipt_ics(request.workspace, one.id)
    if made is None:
        raise Http404
    return _file(made, "text/calendar; charset=utf-8", f"protocolo-{protocol}.ics")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    return _named(HttpResponse(content, content_type=media_type), name)


def _named(response: HttpResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
