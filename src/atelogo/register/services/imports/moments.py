"""When an imported cancellation was asked for and took effect: never more exact than the file says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from atelogo.register.domain.completeness import DatePrecision
from atelogo.register.domain.import_rows import date_read
from atelogo.register.services.imports.loading import json_text, moment_text


@dataclass(frozen=True, slots=True)
class When:
    """The times of one request in the database's form, and as values for its event.

    ``declared_at`` is set only when the file knows the moment; a day of asking stands in ``evidence``.
    """

    declared_at: str | None
    moment: datetime | None
    effective_at: str | None
    day: str | None
    on: date | None
    precision: DatePrecision
    evidence: str


@lru_cache(maxsize=1 << 14)
def when_of(date_said: str | None, declared: str | None, effective: str | None, zone: str) -> When:
    """Return the times behind the three dates of a row; the effective one is the last day, else the date."""
    said, precision = date_read(effective or date_said)
    asked, asked_precision = date_read(declared)
    moment = _moment(asked, zone) if isinstance(asked, datetime) else None
    evidence = {}
    if asked is not None and moment is None:
        evidence = {"kind": "import", "declared_on": asked.isoformat(), "precision": asked_precision}
    effective_at = _moment(said, zone) if isinstance(said, datetime) else None
    day = effective_at.astimezone(ZoneInfo(zone)).date() if effective_at else said
    return When(
        moment_text(moment) if moment else None,
        moment,
        moment_text(effective_at) if effective_at else None,
        day.isoformat() if day else None,
        day,
        precision,  # type: ignore[arg-type] # the reader's words are the column's
        json_text(evidence),
    )


def _moment(given: datetime, zone: str) -> datetime:
    """Return a local or aware time of the file as UTC."""
    aware = given if given.tzinfo is not None else given.replace(tzinfo=ZoneInfo(zone))
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return given.replace(tzinfo=UTC)
