"""A proxy that the settings do not name is said: in readiness and in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from django.test import Client
from pytest_django import Settings

from atelogo.core import clock
from atelogo.web import proxies

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSED_ON = {"x-forwarded-for": "203.0.113.7"}


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    """Begin and end with nothing noticed."""
    proxies.seen.forget()
    with clock.clock_at(NOON):
        yield
    proxies.seen.forget()


def warnings_of(*times: datetime) -> int:
    """Return how many warnings are logged when a passed-on request comes at each of ``times``."""
    with structlog.testing.capture_logs() as lines:
        for moment in times:
            with clock.clock_at(moment):
                Client().get("/livez", headers=PASSED_ON)
    return sum(line["event"] == "proxy_untold" for line in lines)


def test_readiness_says_that_a_proxy_is_not_named(client: Client) -> None:
    """One passed-on request makes it degraded, in service all the same, for an hour."""
    client.get("/livez", headers=PASSED_ON)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["proxies"] == "untold"
    with clock.clock_at(NOON + timedelta(hours=1)):
        assert client.get("/readyz").json()["parts"]["proxies"] == "ok"


def test_the_log_says_it_once_an_hour() -> None:
    """Many requests give one line an hour, without any address in it."""
    assert warnings_of(NOON, NOON, NOON + timedelta(minutes=59), NOON + timedelta(minutes=61)) == 2


def test_a_named_proxy_is_in_order(client: Client, settings: Settings) -> None:
    """With the setting the header is believed, and nothing is said."""
    settings.ATELOGO_TRUSTED_PROXIES = 1
    assert warnings_of(NOON) == 0
    assert client.get("/readyz").json()["parts"]["proxies"] == "ok"


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "no address"])
def test_a_stranger_cannot_raise_the_alarm(client: Client, address: str) -> None:
    """The header from a public address is anybody's invention."""
    client.get("/livez", headers=PASSED_ON, REMOTE_ADDR=address)
    assert client.get("/readyz").json()["parts"]["proxies"] == "ok"


def test_without_a_proxy_there_is_nothing_to_say(client: Client) -> None:
    """An ordinary request is no sign."""
    client.get("/livez")
    assert proxies.state() == "ok"
