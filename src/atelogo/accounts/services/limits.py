"""Limits on attempts, counted in the database so that they hold over processes and restarts."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from atelogo.accounts.models import AttemptCounter
from atelogo.core import clock
from atelogo.core.errors import TooManyAttemptsError
from atelogo.core.secrets import lookup_hash

_NOBODY = UUID(int=0)
# One new key in this many sweeps away the windows that are over: the table grows only by new keys.
SWEEP_ONE_IN = 64
_IPV6_SITE_BITS = 64

_COUNT = (
    "INSERT INTO accounts_attemptcounter (key, count, window_ends) VALUES (%s, 1, %s)"
    " ON CONFLICT (key) DO UPDATE SET"
    " count = CASE WHEN accounts_attemptcounter.window_ends <= %s THEN 1"
    "  ELSE accounts_attemptcounter.count + 1 END,"
    " window_ends = CASE WHEN accounts_attemptcounter.window_ends <= %s THEN excluded.window_ends"
    "  ELSE accounts_attemptcounter.window_ends END"
    " RETURNING count, window_ends"
)


def attempt(scope: str, key: str, *, limit: int, per: timedelta, workspace_id: UUID | None = None) -> None:
    """Count one attempt of kind ``scope`` on ``key``; refuse it past ``limit`` within ``per``.

    The window begins with the first attempt. Only an HMAC of ``key`` is kept. Raises
    :class:`TooManyAttemptsError` with the ``minutes`` until the window ends. One statement, atomic over
    processes; call it outside the transaction of what it guards, or a refusal there would undo the count.
    """
    now = int(clock.now().timestamp())
    hashed = _hashed(scope, key, workspace_id)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [hashed, now + int(per.total_seconds()), now, now])
        count, ends = cursor.fetchone()
    if count == 1 and int(hashed[:8], 16) % SWEEP_ONE_IN == 0:
        attempts_sweep()
    if count > limit:
        raise TooManyAttemptsError(minutes=max(1, -((now - ends) // 60)))


def attempt_forget(scope: str, key: str, *, workspace_id: UUID | None = None) -> None:
    """Forget the attempts of kind ``scope`` on ``key``, after one that succeeded."""
    AttemptCounter.objects.filter(pk=_hashed(scope, key, workspace_id)).delete()


def attempts_sweep() -> int:
    """Delete the counters whose window is over; return how many."""
    count, _per_model = AttemptCounter.objects.filter(window_ends__lte=int(clock.now().timestamp())).delete()
    return count


def origin_of(request: HttpRequest) -> str:
    """Return where a request comes from, for counting: the IPv4 address, or the /64 of an IPv6 one.

    ``X-Forwarded-For`` is believed only as far as ``ATELOGO_TRUSTED_PROXIES`` proxies of ours wrote it.
    """
    address = request.META.get("REMOTE_ADDR", "")
    trusted = settings.ATELOGO_TRUSTED_PROXIES
    if trusted:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        address = hops[-trusted] if len(hops) >= trusted else address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_SITE_BITS), strict=False))
    return str(found)


def _hashed(scope: str, key: str, workspace_id: UUID | None) -> str:
    return lookup_hash(workspace_id or _NOBODY, f"attempt {scope}", key).hex()
