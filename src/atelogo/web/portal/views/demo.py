"""The demonstration's customers: each click mints a fresh link, as the company's own site would."""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from atelogo.accounts.queries import workspace_by_slug
from atelogo.accounts.services.signed_links import link_mint
from atelogo.core import ids
from atelogo.web.portal.guard import SeeOther

FILE = "demo.json"


@require_GET
def demo_as(request: HttpRequest, number: int) -> HttpResponseBase:
    """Let the demonstration's customer ``number`` (from 1) in; only in demo mode and from this machine."""
    if not settings.ATELOGO_DEMO or not _is_this_machine(request):
        raise Http404
    links = _links()
    if not 1 <= number <= len(links):
        raise Http404
    link = links[number - 1]
    workspace = workspace_by_slug(str(link.get("workspace", "")))
    if workspace is None:
        raise Http404
    token = link_mint(workspace=workspace, customer_ref=_ref(str(link.get("customer", ""))))
    path = reverse("portal:enter", kwargs={"workspace": workspace.slug})
    response = SeeOther(f"{path}?{urlencode({'t': token})}")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _links() -> list[dict[str, Any]]:
    try:
        return list(json.loads((settings.ATELOGO_HOME / FILE).read_text("utf-8"))["links"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _ref(customer: str) -> str:
    try:
        return ids.public_id("cus", UUID(customer))
    except ValueError:
        return customer


def _is_this_machine(request: HttpRequest) -> bool:
    # Behind a proxy every visitor seems to come from this machine: then nobody does.
    if settings.ATELOGO_TRUSTED_PROXIES or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
