"""Anybody who holds a receipt may check it here. Nobody learns whose it is, nor whether a number exists."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import structlog
from django.http import JsonResponse
from django.shortcuts import render

from atelogo.core import clock
from atelogo.events import log as transparency
from atelogo.register.domain import protocol as protocols
from atelogo.register.queries.verified import VerifiedReceipt, verified_receipt
from atelogo.register.services.receipt_words import zone_text
from atelogo.web.portal import guard
from atelogo.web.portal.guard import PortalRequest, SeeOther, address, portal_view

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

log = structlog.get_logger("atelogo.web.portal")

_PER_HOUR = 120


@portal_view("GET")
def verify_form(request: PortalRequest) -> HttpResponseBase:
    """Ask for the number and the key printed on a receipt."""
    number, key = request.GET.get("protocolo", "").strip(), request.GET.get("k", "").strip()
    if number:
        path = address(request, "verify", protocol=protocols.normalise(number) or number[:60])
        return SeeOther(f"{path}?{urlencode({'k': key})}")
    return render(request, "portal/verify_form.html", {})


@portal_view("GET")
def verify(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Say whether a receipt is genuine, its state and dates; a wrong number and a wrong key look alike."""
    guard.limit(request, "verify", most=_PER_HOUR)
    key = request.GET.get("k", "")
    found = verified_receipt(request.workspace, protocol, key)
    context = {
        "found": found,
        "typed": protocols.normalise(protocol) or "",
        "zone": zone_text(request.workspace.timezone),
        "now": clock.now(),
        "key": key if found else "",
    }
    response = render(request, "portal/verify.html", context, status=200 if found else 404)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@portal_view("GET")
def proof(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Give the public facts of a receipt and the proof that they stand in the company's register."""
    guard.limit(request, "verify", most=_PER_HOUR)
    found = verified_receipt(request.workspace, protocol, request.GET.get("k", ""))
    if found is None:
        answer = JsonResponse({"genuine": False}, status=404)
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer
    response = JsonResponse(
        {
            "genuine": True,
            "company": request.workspace.legal_name or request.workspace.name,
            "tax_id": request.workspace.tax_id,
            "protocol": found.protocol,
            "state": found.state,
            "requested_at": _iso(found.requested_at),
            "confirmed_at": _iso(found.confirmed_at),
            "last_day": found.effective_on.isoformat() if found.effective_on else None,
            "billing_stopped_at": _iso(found.billing_stopped_at),
            "completed_at": _iso(found.completed_at),
            "ended_at": _iso(found.ended_at),
            **_proved(request, found),
        },
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response.headers["Content-Disposition"] = f'attachment; filename="prova-{found.protocol}.json"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _proved(request: PortalRequest, found: VerifiedReceipt) -> dict[str, Any]:
    """Return the entry's leaf hash, its inclusion proof and the public key; none when the log is silent."""
    empty: dict[str, Any] = {"leaf_hash": None, "proof": None, "public_key": None}
    if found.entry_id is None:
        return empty
    workspace_id = request.workspace.id
    try:
        leaf = transparency.leaf_of(workspace_id, found.entry_id)
        proved = transparency.proof_of(workspace_id, found.entry_id)
        key = transparency.public_key(workspace_id).vkey()
    except Exception as error:  # noqa: BLE001 - the facts above stand without the proof
        log.error("proof_not_available", error=type(error).__name__)  # noqa: TRY400
        return empty
    return {
        # The hash alone: the entry's text holds the fee, which is the customer's own business.
        "leaf_hash": base64.b64encode(leaf.hash()).decode() if leaf else None,
        "proof": proved.text() if proved else None,
        "public_key": key,
    }


def _iso(moment: Any) -> str | None:  # noqa: ANN401 - a moment or None
    return clock.iso(moment) if moment else None
