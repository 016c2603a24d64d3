"""Liveness, readiness and metrics."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from atelogo.web import proxies

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_proxy_seen() -> None:
    """Forget what requests of other tests passed on."""
    proxies.seen.forget()


def test_alive_without_a_database(client: Client) -> None:
    """`/livez` answers whatever the database does."""
    with mock.patch("atelogo.web.metrics.connection.cursor", side_effect=OperationalError("down")):
        answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_says_each_part(client: Client) -> None:
    """`/readyz` is 200 with database and migrations in order, and names every part."""
    answer = client.get("/readyz")
    assert answer.status_code == 200
    parts = answer.json()["parts"]
    assert (parts["database"], parts["migrations"]) == ("ok", "ok")
    assert set(parts) == {"database", "migrations", "worker", "sealer", "proxies"}


def test_not_ready_without_a_database(client: Client) -> None:
    """`/readyz` is 503 when the database does not answer; what cannot be known is `unknown`."""
    with mock.patch("atelogo.web.metrics.connection.cursor", side_effect=OperationalError("down")):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "down",
        "parts": {
            "database": "down",
            "migrations": "unknown",
            "worker": "unknown",
            "sealer": "unknown",
            "proxies": "ok",
        },
    }


def test_not_ready_before_migrations(client: Client) -> None:
    """A migration that waits makes it 503: pages would meet tables that are not there."""
    plan = [(mock.Mock(), False)]
    with mock.patch("atelogo.web.health.MigrationExecutor.migration_plan", return_value=plan):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["migrations"]) == (503, "down")


def test_a_late_worker_does_not_close_the_way_out(client: Client) -> None:
    """Late background work is said, and the pages stay in service: recording a request needs neither."""
    with mock.patch("atelogo.web.spine.parts", return_value={"worker": "late", "sealer": "ok"}):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


def test_the_spine_is_judged_by_its_own_signs(client: Client) -> None:
    """A worker seen lately is `ok`, none is `late`; a sealer a minute behind is `late`."""
    from atelogo.web import spine

    with mock.patch("atelogo.events.status.workers_alive", return_value=1):
        assert spine.parts() == {"worker": "ok", "sealer": "ok"}
    with mock.patch("atelogo.events.status.sealing_lag", return_value=61.0):
        assert spine.parts() == {"worker": "late", "sealer": "late"}


def test_metrics_of_several_processes(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where several processes serve, the numbers come from the folder that they share."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    text = client.get("/metrics").content.decode()
    assert "atelogo_requests_total" not in text  # nothing was written there yet
    assert "atelogo_database_up 1.0" in text
    assert "atelogo_workers " in text


def test_metrics_on_this_machine(client: Client) -> None:
    """Without a token the numbers are given on loopback: requests, times and the spine's."""
    client.get("/livez")
    text = client.get("/metrics").content.decode()
    assert 'atelogo_requests_total{method="GET",route="livez",status="200"}' in text
    assert "atelogo_request_seconds_bucket" in text
    assert "atelogo_database_up 1.0" in text
    assert 'atelogo_outbox_rows{state="due"} 0.0' in text


def test_an_invented_method_adds_no_label(client: Client) -> None:
    """A method that HTTP does not know is counted as `other`: labels cannot be made from outside."""
    client.generic("MARIA", "/livez")
    assert 'method="other"' in client.get("/metrics").content.decode()
    assert "MARIA" not in client.get("/metrics").content.decode()


@pytest.mark.parametrize(
    "address,headers",
    [
        ("203.0.113.7", {}),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.7"}),
        ("127.0.0.1", {"forwarded": "for=203.0.113.7"}),
        ("", {}),
    ],
)
def test_metrics_are_refused_from_elsewhere(client: Client, address: str, headers: dict[str, str]) -> None:
    """Without a token nobody else reads the numbers, a proxy on this machine included."""
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == 403


def test_metrics_with_a_token(client: Client, settings: Settings) -> None:
    """With a token only its bearer reads the numbers, from anywhere; loopback alone does not do."""
    settings.ATELOGO_METRICS_TOKEN = "abc123"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 403
    bearer = {"authorization": "Bearer abc123"}
    assert client.get("/metrics", headers=bearer, REMOTE_ADDR="203.0.113.7").status_code == 200


def test_metrics_without_a_database(client: Client) -> None:
    """The numbers of the process are given when the database is away, with that said."""
    with mock.patch("atelogo.web.metrics.connection.cursor", side_effect=OperationalError("down")):
        text = client.get("/metrics").content.decode()
    assert "atelogo_database_up 0.0" in text
    assert "atelogo_requests_total" in text
