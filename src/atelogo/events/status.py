"""How the spine is doing: for /readyz, the console and Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q

from atelogo.core import clock
from atelogo.core.tenancy import system_scope
from atelogo.events.models import OutboxJob, WorkerBeat
from atelogo.events.sealer import oldest_unsealed, workspaces_to_seal

_SEEN_LATELY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SpineStatus:
    """Rows of the outbox by state, ages in seconds (0 when nothing waits), and how many workers live."""

    due: int
    waiting: int
    leased: int
    dead: int
    oldest_due_seconds: float
    unsealed_seconds: float
    workers: int


def spine_status() -> SpineStatus:
    """Return the state of queue, sealer and workers over every workspace; reads only."""
    now = clock.now()
    with system_scope("state of the spine"):
        jobs = OutboxJob.objects.filter(state__in=["waiting", "leased"]).aggregate(
            due=Count("id", filter=Q(state="waiting", due_at__lte=now)),
            waiting=Count("id", filter=Q(state="waiting", due_at__gt=now)),
            leased=Count("id", filter=Q(state="leased")),
            oldest=Min("due_at", filter=Q(state="waiting", due_at__lte=now)),
        )
        dead = OutboxJob.objects.filter(state="dead").count()
    oldest = jobs.pop("oldest")
    return SpineStatus(
        **jobs,
        dead=dead,
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        unsealed_seconds=sealing_lag(),
        workers=workers_alive(),
    )


def sealing_lag() -> float:
    """Return the age in seconds of the oldest ledger row without a place in the line, 0 when all have one."""
    ages = [0.0]
    for workspace_id in workspaces_to_seal():
        recorded_at = oldest_unsealed(workspace_id)
        if recorded_at is not None:
            ages.append((clock.now() - recorded_at).total_seconds())
    return max(ages)


def workers_alive() -> int:
    """Return how many workers gave a sign of life in the last 30 seconds."""
    return WorkerBeat.objects.filter(seen_at__gte=clock.now() - _SEEN_LATELY).count()
