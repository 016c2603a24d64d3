"""Date cells to local dates with their precision; the column decides day or month first, no guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final, Literal

from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.records import UNKNOWN_DATE, LocalDate
from atelogo.register.domain.importing.texts import is_blank, is_data_error, unguard
from atelogo.register.domain.importing.wordlists import word_set

DateOrder = Literal["dmy", "mdy", "ymd"]

FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2100
_CENTURY_TURN: Final = 70  # two-digit years from 70 on are 19xx
_EXCEL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
_SERIALS: Final = (18264.0, 73415.0)  # 1950-01-01 .. 2100-12-31
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janeiro january enero jan ene", "fevereiro february febrero fev feb", "marco march marzo mar",
            "abril april abr apr", "maio may mayo mai", "junho june junio jun", "julho july julio jul",
            "agosto august ago aug", "setembro september septiembre setiembre set sep sept",
            "outubro october octubre out oct", "novembro november noviembre nov",
            "dezembro december diciembre dez dec dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS: Final = re.compile(
    r"^(?:(?:segunda|terca|quarta|quinta|sexta)(?:-feira| feira)?|sabado|domingo|seg|ter|qua|qui|sex|sab|dom"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
    r"|lunes|martes|miercoles|jueves|viernes)\b[.,]?\s*"
)
_ORDINAL: Final = re.compile(r"^(\d{1,2})o(?=[/.\-\s])", re.ASCII)  # 1º
_CLOCK: Final = re.compile(
    r"[\st,]+(?:as |at )?(\d{1,2})(?:[:h](\d{2}))(?:[:m](\d{2})s?)?(?:[.,](\d{1,9}))?\s*([ap]\.?m\.?)?"
    r"\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?(?:\s*\(.*\))?$", re.ASCII,
)  # fmt: skip
_NUMERIC: Final = re.compile(r"(\d{1,4})\s?([/.\-\s])\s?(\d{1,2})\s?\2\s?(\d{1,4})", re.ASCII)
_NAMED: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|o)?(?: de |[\s/.\-]+)([a-z]{3,12})\.?(?: de | del |[\s/.\-,]+)(\d{2,4})",
    re.ASCII,
)
_NAMED_FIRST: Final = re.compile(
    r"([a-z]{3,12})\.?[\s\-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s\-]+(\d{4})", re.ASCII
)
_YEAR_NAMED: Final = re.compile(r"(\d{4})[\s/.\-]([a-z]{3,12})\.?[\s/.\-](\d{1,2})", re.ASCII)
_MONTH_NAMED: Final = re.compile(r"([a-z]{3,12})\.?(?: de |[\s/.\-,]+)(\d{4}|\d{2})", re.ASCII)
_MONTH_FIRST: Final = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{4})", re.ASCII)
_YEAR_MONTH: Final = re.compile(r"(\d{4})\s?[/.\-]\s?(\d{1,2})", re.ASCII)
_COMPACT: Final = re.compile(r"\d{8}", re.ASCII)
_SERIAL: Final = re.compile(r"(\d{5})(?:[.,](\d{1,10}))?", re.ASCII)
_NO_DATES: Final = word_set(
    """
    00/00/0000 0000-00-00 00/00/00 00-00-0000 00.00.0000 00000000 00/01/1900 30/12/1899 1899-12-30 31/12/1899
    1899-12-31 31/12/9999 9999-12-31 12/31/9999 99991231 / // __/__/____ 0
    """
) | {"/ /", "/  /"}
_FULL_YEAR: Final = 4
_LONGEST: Final = 80  # no date is longer, and patterns are not let loose on pages of text
_MONTH_COUNT: Final = 12
_LONGEST_MONTH: Final = 31


@dataclass(frozen=True, slots=True)
class OrderChoice:
    """The order of a column's numeric dates; `ambiguous` when no value proved it and something hung on it."""

    order: DateOrder
    ambiguous: bool


def choose_order(cells: Iterable[object], default: DateOrder = "dmy") -> OrderChoice:
    """Decide day or month first for a whole column: a number above 12 proves it; day first without proof."""
    proofs = {"dmy": 0, "mdy": 0, "ymd": 0}
    unclear = years_last = 0
    for found in _numeric_dates(cells):
        one, two, year = int(found[1]), int(found[3]), found[4]
        years_last += int(year) > _LONGEST_MONTH
        if one > _MONTH_COUNT >= two >= 1 and one <= _LONGEST_MONTH:
            proofs["dmy"] += 1
        elif two > _MONTH_COUNT >= one >= 1:
            proofs["mdy"] += 1
        elif one > _LONGEST_MONTH and len(year) <= 2:  # noqa: PLR2004 - digits of a day
            proofs["ymd"] += 1
        else:
            unclear += one != two
    if not any(proofs.values()):
        return OrderChoice(default, ambiguous=unclear > 0)
    if proofs["ymd"] and not years_last:
        return OrderChoice("ymd", ambiguous=False)
    best = max(proofs, key=lambda order: (proofs[order], order == default))
    if proofs["dmy"] and best == "mdy" and default == "dmy":
        return OrderChoice("dmy", ambiguous=True)  # both are proved: Brazil's order, and the person is told
    return OrderChoice("mdy" if best == "mdy" else "dmy", ambiguous=sum(map(bool, proofs.values())) > 1)


def _numeric_dates(cells: Iterable[object]) -> Iterator[re.Match[str]]:
    """Give the cells of the forms d/m/y, m/d/y or y/m/d with two digits for the year."""
    for cell in cells:
        if not isinstance(cell, str) or len(cell) > _LONGEST:
            continue
        found = _NUMERIC.match(fold(unguard(cell)))
        if found and len(found[1]) != _FULL_YEAR:
            yield found


def parse_date(cell: object, order: DateOrder) -> LocalDate:
    """Return the local date a cell holds; UNKNOWN_DATE for a blank one.

    Raises ValueProblemError(`date_invalid`) for anything present that is no date between 1950 and 2100.
    """
    try:
        if isinstance(cell, str):
            return _from_text(cell, order)
        if isinstance(cell, datetime):
            return _instant(cell)
        if isinstance(cell, date):
            return _day(cell.year, cell.month, cell.day)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return _from_number(float(cell))
    except (ValueError, OverflowError) as error:
        raise ValueProblemError("date_invalid") from error
    raise ValueProblemError("date_invalid")


def _from_text(text: str, order: DateOrder) -> LocalDate:
    text = unguard(text)
    if len(text) > _LONGEST or is_data_error(text):
        raise ValueError
    if is_blank(text) or text in _NO_DATES:
        return UNKNOWN_DATE
    folded = _ORDINAL.sub(r"\1", _WEEKDAYS.sub("", fold(text)))
    clock = _CLOCK.search(folded)
    if not clock:
        return _without_clock(folded, order)
    day = _without_clock(folded[: clock.start()].rstrip(" ,"), order)
    if day is UNKNOWN_DATE or day.precision != "day" or day.value is None:
        raise ValueError
    moment = _clock_time(clock)
    if moment == time(0):
        return day
    return LocalDate(datetime.combine(day.value, moment), "instant")


def _clock_time(clock: re.Match[str]) -> time:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half = (clock[5] or "")[:1]
    if half:
        if not 1 <= hour <= _MONTH_COUNT:  # a clock of twelve hours
            raise ValueError
        hour = hour % 12 + (12 if half == "p" else 0)
    microsecond = int((clock[4] or "0").ljust(6, "0")[:6])
    moment = time(hour, minute, second, microsecond)
    zone = clock[6]
    if not zone or moment == time(0):
        return moment
    if zone in {"z", "utc", "gmt"}:
        return moment.replace(tzinfo=timezone.utc)  # noqa: UP017 - `datetime.UTC` would be another import
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return moment.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))


def _without_clock(text: str, order: DateOrder) -> LocalDate:
    found = _NUMERIC.fullmatch(text)
    if found:
        return _numeric(found[1], found[3], found[4], order)
    for pattern, take in _WORDED:
        found = pattern.fullmatch(text)
        if found:
            return take(found)
    if _COMPACT.fullmatch(text):
        return _compact(text)
    found = _SERIAL.fullmatch(text)
    if found:
        return _from_number(float(f"{found[1]}.{found[2] or 0}"))
    raise ValueError


def _numeric(one: str, two: str, three: str, order: DateOrder) -> LocalDate:
    if len(one) == _FULL_YEAR:
        return _day(int(one), int(two), int(three))
    if len(one) > 2 or len(three) not in {2, _FULL_YEAR}:  # noqa: PLR2004 - digits of a day
        raise ValueError
    if order == "ymd" and len(three) <= 2:  # noqa: PLR2004
        return _day(_year(one), int(two), int(three))
    if order == "mdy":
        one, two = two, one
    return _day(_year(three), int(two), int(one))


def _compact(text: str) -> LocalDate:
    if FIRST_YEAR <= int(text[:4]) <= LAST_YEAR and int(text[4:6]) <= _MONTH_COUNT:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    return _day(int(text[4:]), int(text[2:4]), int(text[:2]))


def _from_number(number: float) -> LocalDate:
    if number == 0:
        return UNKNOWN_DATE  # spreadsheets show an empty date as zero
    if number.is_integer() and number > _SERIALS[1]:
        return _compact(f"{int(number):08d}")
    if not _SERIALS[0] <= number < _SERIALS[1]:
        raise ValueError
    return _instant(_EXCEL_ZERO + timedelta(seconds=round(number * 86400)))


def _instant(moment: datetime) -> LocalDate:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        if (moment.year, moment.month) in {(1899, 12), (1900, 1), (9999, 12)}:
            return UNKNOWN_DATE
        raise ValueError
    if moment.time() == time(0):
        return LocalDate(moment.date(), "day")
    return LocalDate(moment, "instant")


def _day(year: int, month: int, day: int) -> LocalDate:
    value = date(year, month, day)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        if (year, month) in {(1899, 12), (9999, 12)}:
            return UNKNOWN_DATE
        raise ValueError
    return LocalDate(value, "day")


def _month(year: int, month: int) -> LocalDate:
    return LocalDate(_day(year, month, 1).value, "month")


def _year(text: str) -> int:
    if len(text) == _FULL_YEAR:
        return int(text)
    if len(text) != 2:  # noqa: PLR2004 - three digits are no year
        raise ValueError
    return int(text) + (1900 if int(text) >= _CENTURY_TURN else 2000)


def _month_number(name: str) -> int:
    number = _MONTHS.get(name)
    if number is None:
        raise ValueError
    return number


_WORDED: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], LocalDate]], ...]] = (
    (_NAMED, lambda m: _day(_year(m[3]), _month_number(m[2]), int(m[1]))),
    (_NAMED_FIRST, lambda m: _day(_year(m[3]), _month_number(m[1]), int(m[2]))),
    (_YEAR_NAMED, lambda m: _day(int(m[1]), _month_number(m[2]), int(m[3]))),
    (_MONTH_NAMED, lambda m: _month(_year(m[2]), _month_number(m[1]))),
    (_MONTH_FIRST, lambda m: _month(int(m[2]), int(m[1]))),
    (_YEAR_MONTH, lambda m: _month(int(m[1]), int(m[2]))),
)
