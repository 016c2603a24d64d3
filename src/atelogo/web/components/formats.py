"""How money, dates, times and numbers are written for people, in the active language and time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from atelogo.core import clock
from atelogo.core.money import Money
from atelogo.web.language import babel_locale

# Babel's own "medium" forms differ from what each country writes on paper and reads on forms.
_DAY: Final = {"pt_BR": "dd/MM/yyyy", "es": "dd/MM/yyyy", "en": "d MMM yyyy"}
_MOMENT: Final = {
    "pt_BR": "dd/MM/yyyy 'às' HH:mm",
    "es": "dd/MM/yyyy 'a las' HH:mm",
    "en": "d MMM yyyy, HH:mm",
}
_NOTHING: Final = "—"
_GROUP: Final = 4
_HOUR: Final = 3600


def locale() -> str:
    """Return Babel's name of the active language."""
    return babel_locale(get_language())


def money(value: Money | int | None, currency: str = "BRL") -> str:
    """Write an amount (``Money``, or minor units of ``currency``): ``R$ 1.234,56``; nothing is a dash."""
    if value is None:
        return _NOTHING
    amount = value if isinstance(value, Money) else Money(value, currency)
    return amount.format(locale())


def number(value: float | Decimal | None, digits: int = 0) -> str:
    """Write a number with at most ``digits`` decimals: ``1.234,5``."""
    if value is None:
        return _NOTHING
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=locale()))


def percent(value: float | Decimal | None, digits: int = 1) -> str:
    """Write a share (0.123 is 12.3 %)."""
    if value is None:
        return _NOTHING
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return str(format_percent(value, format=pattern, locale=locale()))


def moment(value: datetime | None) -> str:
    """Write an aware moment in the current time zone: ``31/12/2026 às 14:05``."""
    if value is None:
        return _NOTHING
    return str(format_datetime(value, _MOMENT.get(locale(), "medium"), tzinfo=_zone(), locale=locale()))


def day(value: date | datetime | None) -> str:
    """Write a calendar day, or the day of a moment in the current time zone: ``31/12/2026``."""
    if value is None:
        return _NOTHING
    plain = value.astimezone(_zone()).date() if isinstance(value, datetime) else value
    return str(format_date(plain, _DAY.get(locale(), "medium"), locale=locale()))


def hour(value: datetime | None) -> str:
    """Write the hour of a moment in the current time zone: ``14:05``."""
    if value is None:
        return _NOTHING
    return str(format_time(value, "HH:mm", tzinfo=_zone(), locale=locale()))


def month(value: date | None) -> str:
    """Write a month: ``novembro de 2026``."""
    if value is None:
        return _NOTHING
    pattern = {"pt_BR": "MMMM 'de' yyyy", "es": "MMMM 'de' yyyy"}.get(locale(), "MMMM yyyy")
    return str(format_date(value, pattern, locale=locale()))


def duration(value: timedelta | float | None) -> str:
    """Write a length of time (``timedelta``, or seconds) in its largest fitting unit: ``3 horas``."""
    if value is None:
        return _NOTHING
    length = value if isinstance(value, timedelta) else timedelta(seconds=value)
    return str(format_timedelta(length, threshold=1.2, locale=locale()))


def due(value: datetime | None) -> str:
    """Say when a deadline falls, seen from now: overdue, today at, tomorrow at, or the day."""
    if value is None:
        return _NOTHING
    now = clock.now()
    days = (value.astimezone(_zone()).date() - now.astimezone(_zone()).date()).days
    if value < now:
        late = (now - value).total_seconds()
        if late < 24 * _HOUR:
            hours = max(1, int(late // _HOUR))
            return ngettext("%(n)d hour late", "%(n)d hours late", hours) % {"n": hours}
        whole = int(late // (24 * _HOUR))
        return ngettext("%(n)d day late", "%(n)d days late", whole) % {"n": whole}
    if days == 0:
        return _("today at %(hour)s") % {"hour": hour(value)}
    if days == 1:
        return _("tomorrow at %(hour)s") % {"hour": hour(value)}
    return moment(value)


def due_tone(value: datetime | None) -> str:
    """Return the colour of a deadline: ``red`` late, ``orange`` within a day, ``green`` later."""
    if value is None:
        return "secondary"
    left = (value - clock.now()).total_seconds()
    if left < 0:
        return "red"
    return "orange" if left < 24 * _HOUR else "green"


def protocol(value: str | None) -> str:
    """Write a protocol number in fours, for reading aloud; anything else is left as it is."""
    text = (value or "").strip()
    if not text.isdigit() or not text.isascii():
        return text
    return " ".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())
