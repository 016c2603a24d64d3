"""Numbers for Prometheus: this process's own, and the spine's, asked of the database at each scrape."""

from __future__ import annotations

import os
from collections.abc import Iterator

import structlog
from django.db import Error
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from atelogo.web import spine

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
    """Return the numbers in Prometheus' text form: of all processes where ``serve`` runs several."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text = generate_latest(registry)
    else:
        text = generate_latest(REGISTRY)
    own = CollectorRegistry(auto_describe=False)
    own.register(_Spine())
    return text + generate_latest(own)


class _Spine(Collector):
    """What the queue, the sealer and the workers are doing now; nothing when the database does not answer."""

    def collect(self) -> Iterator[Metric]:
        """Yield one gauge for each fact at hand."""
        try:
            facts = spine.facts()
        except Error as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            yield GaugeMetricFamily("atelogo_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("atelogo_database_up", "Whether the database answers.", value=1)
        for name, (text, value) in facts.items():
            yield GaugeMetricFamily(f"atelogo_{name}", text, value=value)
