"""A proxy in front that nobody told us of: everybody would then seem to come from one address."""

from __future__ import annotations

import ipaddress
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog
from django.conf import settings

from atelogo.core import clock

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger("atelogo.web")

OK: Final = "ok"
UNTOLD: Final = "untold"
# How long one sign is remembered, and the least time between two lines of it in the log.
REMEMBERED: Final = timedelta(hours=1)


class _Seen:
    """When this process last saw the sign, and when it last logged it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.at: datetime | None = None
        self.logged: datetime | None = None


seen = _Seen()


def look(request: HttpRequest) -> None:
    """Notice ``X-Forwarded-For`` from a private address while ``ATELOGO_TRUSTED_PROXIES`` is 0.

    From a public address it proves no proxy of ours: anybody can write the header.
    """
    if settings.ATELOGO_TRUSTED_PROXIES or "X-Forwarded-For" not in request.headers:
        return
    if not _is_near(request.META.get("REMOTE_ADDR", "")):
        return
    now = clock.now()
    with seen.lock:
        seen.at = now
        tell = seen.logged is None or abs(now - seen.logged) >= REMEMBERED
        if tell:
            seen.logged = now
    if tell:
        log.warning("proxy_untold", setting="ATELOGO_TRUSTED_PROXIES", value=0)


def state() -> str:
    """Return ``untold`` when this process noticed such a proxy within the last hour, else ``ok``."""
    return UNTOLD if seen.at is not None and abs(clock.now() - seen.at) < REMEMBERED else OK


def _is_near(address: str) -> bool:
    try:
        return not address or not ipaddress.ip_address(address).is_global
    except ValueError:
        return False
