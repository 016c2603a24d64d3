from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.dates import choose_order, parse_date
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.records import UNKNOWN_DATE, LocalDate
from tests.register.domain.importing.messy import MONTHS
from tests.register.domain.importing.steps import code_of

DAY = dt.date(2024, 8, 19)


def moment_at(text: str) -> dt.datetime:
    """Return a local moment without a zone, as spreadsheets hold it."""
    return dt.datetime.fromisoformat(text)


REAL_DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31))


@pytest.mark.parametrize(
    "cell",
    [
        "19/08/2024", "19/8/24", "19-08-2024", "19.08.2024", "19 08 2024", "2024-08-19", "2024/08/19",
        "20240819", "19082024", "19/08/2024 00:00:00", "19/08/2024 00:00", "2024-08-19T00:00:00",
        "2024-08-19 00:00:00+00:00", "19-ago-24", "19-AGO-2024", "19/ago./2024", "19 de agosto de 2024",
        "19 de Agosto, 2024", "19 ago 2024", "segunda-feira, 19 de agosto de 2024", "seg 19/08/2024",
        "Aug 19, 2024", "August 19th, 2024", "19 Aug 2024", "19-August-2024", "19 de agosto del 2024",
        "2024-Aug-19", "'19/08/2024", " 19/08/2024 ", "19/08/2024\u00a0", "45523", 45523, 45523.0,
        20240819, DAY, moment_at("2024-08-19"),
    ],
)  # fmt: skip
def test_one_day_written_in_many_ways(cell: object) -> None:
    """Each of these is 19 August 2024, known to the day."""
    assert parse_date(cell, "dmy") == LocalDate(DAY, "day")


@pytest.mark.parametrize(
    "cell, moment",
    [
        ("19/08/2024 14:33", moment_at("2024-08-19 14:33")),
        ("19/08/2024 às 14h33", moment_at("2024-08-19 14:33")),
        ("19/08/24 2:33:05 PM", moment_at("2024-08-19 14:33:05")),
        ("2024-08-19T14:33:01.5", moment_at("2024-08-19 14:33:01.500")),
        ("2024-08-19T14:33:01Z", dt.datetime(2024, 8, 19, 14, 33, 1, tzinfo=dt.UTC)),
        ("Mon, 19 Aug 2024 14:33:00 GMT", dt.datetime(2024, 8, 19, 14, 33, tzinfo=dt.UTC)),
        (
            "2024-08-19 14:33:01 -0300",
            dt.datetime(2024, 8, 19, 14, 33, 1, tzinfo=dt.timezone(dt.timedelta(hours=-3))),
        ),
        (45523.5, moment_at("2024-08-19 12:00")),
        ("45523,5", moment_at("2024-08-19 12:00")),
        (moment_at("2024-08-19 14:33"), moment_at("2024-08-19 14:33")),
    ],
)
def test_a_time_makes_an_instant(cell: object, moment: dt.datetime) -> None:
    """With a time of day the date is an instant: naive when the file gives no offset."""
    assert parse_date(cell, "dmy") == LocalDate(moment, "instant")


@pytest.mark.parametrize(
    "cell", ["08/2024", "8/2024", "ago/24", "ago-24", "agosto de 2024", "Aug 2024", "2024-08"]
)
def test_a_month_stays_a_month(cell: str) -> None:
    """A date without its day is kept to the month: no day is invented."""
    assert parse_date(cell, "dmy") == LocalDate(dt.date(2024, 8, 1), "month")


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "-",
        "n/d",
        "NULL",
        "00/00/0000",
        "0000-00-00",
        "31/12/9999",
        "__/__/____",
        "00/01/1900",
        0,
        "#N/D",
    ],
)
def test_a_blank_date_is_unknown(cell: object) -> None:
    """What stands for "no date" is an unknown date, not an error."""
    assert parse_date(cell, "dmy") is UNKNOWN_DATE


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2024", "32/01/2024", "29/02/2023", "2024-13-01", "03/25/2024", "19/08", "2024", "amanhã",
        "19/08/202", "01/01/1890", "19/08/2024 25:00", "19/xyz/2024", "#VALOR!", "1/2/3/4", 12, 12.5, True,
        float("nan"), float("inf"), 1e300, dt.time(3), dt.timedelta(1), dt.date(1800, 1, 1), None,
        "٣/٤/2024", "99/9999",
    ],
)  # fmt: skip
def test_an_impossible_date_is_refused(cell: object) -> None:
    """A date that is there but cannot be is an error with a code; it is never bent into another."""
    with pytest.raises(ValueProblemError) as caught:
        parse_date(cell, "dmy")
    assert caught.value.code == "date_invalid"


def test_two_digit_years_turn_at_1970() -> None:
    """69 is 2069, 70 is 1970."""
    assert parse_date("01/01/69", "dmy").value == dt.date(2069, 1, 1)
    assert parse_date("01/01/70", "dmy").value == dt.date(1970, 1, 1)


def test_the_column_decides_the_order() -> None:
    """A month first column reads month first; so does a year first one."""
    assert parse_date("02/03/2024", "mdy").value == dt.date(2024, 2, 3)
    assert parse_date("24-02-03", "ymd").value == dt.date(2024, 2, 3)
    assert parse_date("2024-02-03", "mdy").value == dt.date(2024, 2, 3)


@pytest.mark.parametrize(
    "cells, order, ambiguous",
    [
        (["01/02/2024", "13/02/2024"], "dmy", False),
        (["01/02/2024", "02/13/2024"], "mdy", False),
        (["01/02/2024", "03/04/2024"], "dmy", True),
        (["01/01/2024"], "dmy", False),
        (["13/02/2024", "02/13/2024", "02/14/2024"], "dmy", True),
        (["24-02-13", "77-01-02"], "ymd", False),
        (["2024-02-13", DAY, 45523.0, "19-ago-24"], "dmy", False),
        (["2/13/2024 10:00", "1/2/2024 00:00"], "mdy", False),
        ([], "dmy", False),
    ],
)
def test_what_a_column_proves(cells: list[object], order: str, *, ambiguous: bool) -> None:
    """A number above 12 proves the order; without proof, or with both, day comes first and it is told."""
    choice = choose_order(cells)
    assert (choice.order, choice.ambiguous) == (order, ambiguous)


@given(
    REAL_DAYS,
    st.sampled_from(["{d:02d}/{m:02d}/{y}", "{d}.{m}.{y}", "{y}-{m:02d}-{d:02d}", "{d}-{name}-{short:02d}"]),
)
def test_a_day_comes_back_from_every_writing(day: dt.date, way: str) -> None:
    """Any day from 1970 to 2069 survives being written in four ways."""
    text = way.format(d=day.day, m=day.month, y=day.year, short=day.year % 100, name=MONTHS[day.month - 1])
    assert parse_date(text, "dmy") == LocalDate(day, "day")


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans() | st.datetimes() | st.dates())
def test_any_cell_gives_a_date_or_the_code(cell: object) -> None:
    """Whatever stands in a cell, the answer is a date, an unknown date or `date_invalid`."""
    assert code_of(parse_date, cell, "dmy") in {None, "date_invalid"}
