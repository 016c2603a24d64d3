"""The only source of the present moment.

Everything asks :func:`now`; tests and the demo builder set the hands with :func:`clock_at`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

_set_hands: ContextVar[datetime | None] = ContextVar("atelogo_clock", default=None)


def now() -> datetime:
    """Return the present moment: aware, UTC, microsecond precision."""
    hands = _set_hands.get()
    return hands if hands is not None else datetime.now(UTC)


def today(zone: str) -> date:
    """Return the present calendar day in the IANA time zone ``zone``."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at the aware ``moment`` inside the block (this thread and its tasks only)."""
    if moment.tzinfo is None:
        msg = "clock_at needs an aware datetime"
        raise ValueError(msg)
    token = _set_hands.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_hands.reset(token)


def never_before(moment: datetime, *earlier: datetime | None) -> datetime:
    """Return ``moment``, or the latest of ``earlier`` when the machine's clock was set back."""
    return max([moment, *(e for e in earlier if e is not None)])


def iso(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 in UTC with microseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
