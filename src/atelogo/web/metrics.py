"""Numbers for Prometheus: this process's own, and the spine's."""

from __future__ import annotations

import os
from collections.abc import Iterator

import structlog
from django.db import Error, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from atelogo.events.metrics import SpineCollector

log = structlog.get_logger("atelogo.web")

REQUESTS = Counter("atelogo_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "atelogo_request_seconds",
    "Time to answer a request, in seconds.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; an unknown method is counted as ``other``, so that labels stay few."""
    verb = method if method in METHODS else "other"
    REQUESTS.labels(verb, route, str(status)).inc()
    SECONDS.labels(verb, route).observe(seconds)


def exposition() -> bytes:
    """Return the numbers in Prometheus' text form: of all processes where ``serve`` runs several.

    The spine's own numbers (queue, sealer, workers) are added by ``events`` to the process's registry.
    """
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(SpineCollector())
    else:
        registry = REGISTRY
    up = CollectorRegistry(auto_describe=False)
    up.register(_Database())
    return generate_latest(registry) + generate_latest(up)


class _Database(Collector):
    """Whether the database answers."""

    def collect(self) -> Iterator[Metric]:
        """Ask it."""
        yield GaugeMetricFamily(
            "atelogo_database_up", "Whether the database answers.", value=database_answers()
        )


def database_answers() -> bool:
    """Say whether the database answers a trivial question now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        log.warning("database_unavailable", error=type(error).__name__)
        return False
    return True
