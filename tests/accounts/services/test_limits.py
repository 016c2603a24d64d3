"""Limits on attempts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from atelogo.accounts.models import AttemptCounter
from atelogo.accounts.services.limits import (
    SWEEP_ONE_IN,
    attempt,
    attempt_forget,
    attempts_sweep,
    origin_of,
)
from atelogo.core.clock import clock_at
from atelogo.core.errors import TooManyAttemptsError
from atelogo.core.ids import new_id

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def refused(times: int, scope: str = "code", key: str = "a") -> int:
    """Make ``times`` attempts with a limit of 3 and return how many were refused."""
    count = 0
    for _number in range(times):
        try:
            attempt(scope, key, limit=3, per=QUARTER)
        except TooManyAttemptsError:
            count += 1
    return count


@pytest.mark.django_db
def test_attempts_past_the_limit_are_refused_with_the_time_left() -> None:
    """Three pass, the fourth is refused and says how many minutes are left of the window."""
    with clock_at(NOON):
        assert refused(3) == 0
    with clock_at(NOON + timedelta(minutes=5, seconds=1)), pytest.raises(TooManyAttemptsError) as error:
        attempt("code", "a", limit=3, per=QUARTER)
    assert error.value.params == {"minutes": 10}
    assert "10" in str(error.value)


@pytest.mark.django_db
def test_a_new_window_begins_when_the_old_one_is_over() -> None:
    """Fifteen minutes after the first attempt the count begins anew."""
    with clock_at(NOON):
        assert refused(5) == 2
    with clock_at(NOON + QUARTER - timedelta(seconds=1)):
        assert refused(1) == 1
    with clock_at(NOON + QUARTER):
        assert refused(5) == 2


@pytest.mark.django_db
def test_scopes_keys_and_companies_are_counted_apart() -> None:
    """Attempts of another kind, on another key or in another company have their own count."""
    one, two = new_id(), new_id()
    assert refused(3) == 0
    assert refused(3, scope="login") == 0
    assert refused(3, key="b") == 0
    for workspace in (one, two):
        for _number in range(3):
            attempt("code", "a", limit=3, per=QUARTER, workspace_id=workspace)
    assert AttemptCounter.objects.count() == 5


@pytest.mark.django_db
def test_success_can_forget() -> None:
    """After a success the count begins anew."""
    assert refused(3) == 0
    attempt_forget("code", "a")
    assert refused(3) == 0


@pytest.mark.django_db
def test_the_key_itself_is_not_kept() -> None:
    """What was counted cannot be read from the table: only an HMAC of it stands there."""
    attempt("login", "ana@aurora.example", limit=3, per=QUARTER)
    kept = AttemptCounter.objects.get().key
    assert "ana" not in kept
    assert len(kept) == 64


@pytest.mark.django_db
def test_an_attempt_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Counting costs one statement, whether the window is new or not."""
    key = next(k for k in map(str, range(1000)) if not _sweeps(k))
    for _number in range(2):
        with django_assert_num_queries(1):
            attempt("code", key, limit=3, per=QUARTER)


def _sweeps(key: str) -> bool:
    from atelogo.accounts.services.limits import _hashed

    return int(_hashed("code", key, None)[:8], 16) % SWEEP_ONE_IN == 0


@pytest.mark.django_db
def test_the_table_cleans_itself() -> None:
    """New keys sweep away windows that are over, so that an attacker's many keys do not pile up."""
    with clock_at(NOON):
        for number in range(50):
            attempt("old", str(number), limit=3, per=QUARTER)
    swept = next(k for k in map(str, range(10_000)) if _sweeps(k))
    with clock_at(NOON + QUARTER):
        attempt("code", swept, limit=3, per=QUARTER)
        assert AttemptCounter.objects.count() == 1
        assert attempts_sweep() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_all_counted() -> None:
    """Twenty attempts in parallel connections leave room for exactly three."""

    def one(_number: int) -> int:
        try:
            return refused(1)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(20))) == 17


@pytest.mark.parametrize(
    "proxies,remote,forwarded,origin",
    [
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:203.0.113.7", "", "203.0.113.7"),
        (0, "", "", "unknown"),
        (1, "10.0.0.1", "not an address", "unknown"),
    ],
)
def test_origin_believes_only_our_proxies(
    rf: RequestFactory, settings: Settings, proxies: int, remote: str, forwarded: str, origin: str
) -> None:
    """A made-up forwarding header does not change who is counted; an IPv6 house is one origin."""
    settings.ATELOGO_TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert origin_of(request) == origin
