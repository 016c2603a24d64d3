"""The present moment, and holding it still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from atelogo.core import clock

NOON = datetime(2026, 11, 21, 12, 0, 0, 250, tzinfo=UTC)


def test_now_is_aware_and_utc() -> None:
    """The present is an aware moment in UTC, near the machine's own."""
    moment = clock.now()
    assert moment.tzinfo is UTC
    assert abs(moment - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_hands_stand_where_they_are_set() -> None:
    """Inside `clock_at` the present does not move; outside it does again."""
    with clock.clock_at(NOON):
        assert clock.now() == clock.now() == NOON
        with clock.clock_at(NOON + clock.DAY):
            assert clock.now() == NOON + clock.DAY
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_the_hands_are_let_go_after_a_fault() -> None:
    """An error inside the block does not leave the clock stopped."""
    with pytest.raises(RuntimeError), clock.clock_at(NOON):
        raise RuntimeError
    assert clock.now() != NOON


def test_a_moment_without_a_zone_is_refused() -> None:
    """A naive moment could mean any hour of the day: it is no time to set the clock by."""
    with pytest.raises(ValueError, match="aware"), clock.clock_at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_today_is_the_zones_day() -> None:
    """Late at night in São Paulo it is still the day that UTC has left."""
    with clock.clock_at(datetime(2026, 11, 22, 1, 30, tzinfo=UTC)):
        assert clock.today("America/Sao_Paulo").isoformat() == "2026-11-21"
        assert clock.today("UTC").isoformat() == "2026-11-22"


def test_never_before_an_earlier_fact() -> None:
    """A machine whose clock was set back does not date a fact before what caused it."""
    assert clock.never_before(NOON, None, NOON + clock.HOUR) == NOON + clock.HOUR
    assert clock.never_before(NOON, NOON - clock.HOUR) == NOON
    assert clock.never_before(NOON) == NOON


def test_the_written_form() -> None:
    """Moments are written in UTC with microseconds and `Z`, whatever zone they came in."""
    assert clock.iso(NOON) == "2026-11-21T12:00:00.000250Z"
    assert clock.iso(NOON.astimezone(timezone(timedelta(hours=-3)))) == "2026-11-21T12:00:00.000250Z"
