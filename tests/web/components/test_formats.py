"""How figures and times are written for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from atelogo.core.clock import clock_at
from atelogo.core.money import Money
from atelogo.web.components import formats

MOMENT = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def brazil() -> Iterator[None]:
    """Read in Portuguese, in São Paulo."""
    with translation.override("pt-br"), timezone.override("America/Sao_Paulo"):
        yield


def plain(text: str) -> str:
    """Write the no-break spaces of currencies as plain ones."""
    return text.replace("\xa0", " ")


def test_money() -> None:
    """Amounts are written with the currency before and a comma, from `Money` or minor units."""
    assert plain(formats.money(Money(123456))) == "R$ 1.234,56"
    assert plain(formats.money(-7990)) == "-R$ 79,90"
    assert plain(formats.money(1500, "JPY")) == "JP¥ 1.500"


@pytest.mark.parametrize(
    "form",
    [formats.money, formats.number, formats.percent, formats.moment, formats.day, formats.hour, formats.month,
     formats.duration, formats.due],
)  # fmt: skip
def test_nothing_is_a_dash(form: object) -> None:
    """A value that is not there is a dash, never "None" or a zero."""
    assert callable(form)
    assert form(None) == "—"


def test_numbers() -> None:
    """Thousands are parted by dots, decimals follow a comma, and only as many as asked."""
    assert formats.number(1234567) == "1.234.567"
    assert formats.number(Decimal("1234.567"), 2) == "1.234,57"
    assert formats.number(2.0, 2) == "2"


def test_percent() -> None:
    """A share is written in hundredths."""
    assert formats.percent(0.1234) == "12,3%"
    assert formats.percent(0.5, 0) == "50%"


def test_times_are_the_workspaces() -> None:
    """A moment in UTC is written at the company's hour, a moment late at night on the company's day."""
    assert formats.moment(MOMENT) == "21/11/2026 às 14:05"
    assert formats.day(datetime(2026, 11, 22, 1, 0, tzinfo=UTC)) == "21/11/2026"
    assert formats.hour(MOMENT) == "14:05"
    assert formats.month(date(2026, 11, 1)) == "novembro de 2026"


def test_a_plain_day_has_no_zone() -> None:
    """A calendar day is never moved by a time zone."""
    with timezone.override("Pacific/Kiritimati"):
        assert formats.day(date(2026, 11, 21)) == "21/11/2026"


@pytest.mark.parametrize(
    "language,expected", [("en", "21 Nov 2026, 14:05"), ("es", "21/11/2026 a las 14:05")]
)
def test_other_languages(language: str, expected: str) -> None:
    """English and Spanish read their own order and words."""
    with translation.override(language):
        assert formats.moment(MOMENT) == expected


def test_durations() -> None:
    """A length is written in its largest fitting unit, from a `timedelta` or seconds."""
    assert formats.duration(timedelta(hours=3, minutes=10)) == "3 horas"
    assert formats.duration(90 * 60) == "2 horas"
    assert formats.duration(timedelta(days=40)) == "1 mês"


@pytest.mark.parametrize(
    "ahead,expected,tone",
    [
        (timedelta(hours=2), "hoje às 16:05", "orange"),
        (timedelta(hours=12), "amanhã às 02:05", "orange"),
        (timedelta(days=5), "26/11/2026 às 14:05", "green"),
        (timedelta(minutes=-5), "1 hora de atraso", "red"),
        (timedelta(hours=-5), "5 horas de atraso", "red"),
        (timedelta(days=-2, hours=-1), "2 dias de atraso", "red"),
    ],
)
def test_deadlines(ahead: timedelta, expected: str, tone: str) -> None:
    """A deadline is said as people say it, with a colour that follows what is left."""
    with clock_at(MOMENT):
        assert formats.due(MOMENT + ahead) == expected
        assert formats.due_tone(MOMENT + ahead) == tone


def test_no_deadline_has_no_alarm() -> None:
    """What has no deadline is neither late nor in time."""
    assert formats.due_tone(None) == "secondary"


@pytest.mark.parametrize(
    "number,expected",
    [("2026112112345678", "2026 1121 1234 5678"), ("", ""), (None, ""), ("ANT-7/2019", "ANT-7/2019")],
)
def test_protocols_are_read_in_fours(number: str | None, expected: str) -> None:
    """A protocol is grouped for reading aloud; an earlier system's number is left as it is."""
    assert formats.protocol(number) == expected
