"""Whether this installation lives, is ready, and how it is doing (``docs/reference/health.md``)."""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from atelogo.core.errors import PermissionDeniedError
from atelogo.web import metrics as numbers
from atelogo.web import proxies, spine

if TYPE_CHECKING:
    from django.http import HttpRequest

OK: Final = spine.OK
DOWN: Final = "down"
UNKNOWN: Final = "unknown"


@never_cache
@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Answer as long as the process does, whatever the database says."""
    return JsonResponse({"status": OK})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests can be recorded, 503 when not, with the state of each part.

    A late worker or sealer, or a proxy that the settings do not name, is said but does not make it 503:
    taking the pages away would take away the way out, which needs none of them.
    """
    database = OK if numbers.database_answers() else DOWN
    migrations = _migrations() if database == OK else UNKNOWN
    known = spine.parts() if migrations == OK else {"worker": UNKNOWN, "sealer": UNKNOWN}
    parts = {"database": database, "migrations": migrations, **known, "proxies": proxies.state()}
    ready = parts["database"] == OK and parts["migrations"] == OK
    late = any(state in {spine.LATE, proxies.UNTOLD} for state in parts.values())
    status = ("degraded" if late else OK) if ready else DOWN
    return JsonResponse({"status": status, "parts": parts}, status=200 if ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its numbers: to the bearer of ``ATELOGO_METRICS_TOKEN``, or, unset, to this machine."""
    if not _may_read_metrics(request):
        raise PermissionDeniedError
    return HttpResponse(numbers.exposition(), content_type=CONTENT_TYPE_LATEST)


def _migrations() -> str:
    """Say whether every migration of this version is applied; asked of the database each time."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return DOWN
    return DOWN if waiting else OK


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.ATELOGO_METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # Behind a proxy on this machine everybody comes from loopback: what it passed on is not "this machine".
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    try:
        local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return local and not passed_on
