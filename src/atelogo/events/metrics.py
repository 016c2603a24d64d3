"""Numbers for Prometheus: what this process did, and what waits in the database at each scrape."""

from __future__ import annotations

from collections.abc import Iterator

import structlog
from django.db import Error as DatabaseFailure
from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_OUTCOMES = Counter("atelogo_jobs", "Outbox rows run by this process", ["task", "outcome"])
_SECONDS = Histogram(
    "atelogo_job_seconds",
    "Time one outbox row took",
    ["task"],
    buckets=(0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60),
)
_SEALED = Counter("atelogo_sealed_entries", "Ledger rows this process gave their place in the line")
_log = structlog.get_logger("atelogo.events")


def job_ran(task: str, outcome: str, seconds: float) -> None:
    """Count one run of a task: ``outcome`` is done, again, later, dead or lost."""
    _OUTCOMES.labels(task, outcome).inc()
    _SECONDS.labels(task).observe(seconds)


def entries_sealed(count: int) -> None:
    """Count rows sealed by this process."""
    _SEALED.inc(count)


class SpineCollector(Collector):
    """Asks the database at each scrape; a database that does not answer leaves these numbers out."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name the numbers without asking the database (called once, when registered)."""
        yield GaugeMetricFamily("atelogo_outbox_rows", "Outbox rows by state", labels=["state"])

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the depth and age of the queue, the sealing lag and the live workers."""
        from atelogo.events.status import spine_status  # noqa: PLC0415 - needs the models

        try:
            status = spine_status()
        except DatabaseFailure as error:
            _log.warning("metrics_without_database", error=type(error).__name__)
            return
        rows = GaugeMetricFamily("atelogo_outbox_rows", "Outbox rows by state", labels=["state"])
        rows.add_metric(["due"], status.due)
        rows.add_metric(["waiting"], status.waiting)
        rows.add_metric(["leased"], status.leased)
        rows.add_metric(["dead"], status.dead)
        yield rows
        yield _gauge(
            "atelogo_outbox_oldest_due_seconds", "Age of the oldest due row", status.oldest_due_seconds
        )
        yield _gauge(
            "atelogo_sealing_lag_seconds", "Age of the oldest unsealed ledger row", status.unsealed_seconds
        )
        yield _gauge("atelogo_workers", "Workers seen lately", status.workers)


def register() -> None:
    """Add the database's numbers to the process's registry, once."""
    if not getattr(register, "done", False):
        REGISTRY.register(SpineCollector())
        register.done = True  # type: ignore[attr-defined]


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
