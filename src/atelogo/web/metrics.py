"""Numbers about this process for Prometheus, and what is asked of the database at each scrape."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter("atelogo_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "atelogo_request_seconds",
    "Time to answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; an unknown method is counted as ``other`` (labels must stay few)."""
    verb = method if method in METHODS else "other"
    REQUESTS.labels(verb, route, str(status)).inc()
    SECONDS.labels(verb, route).observe(seconds)
