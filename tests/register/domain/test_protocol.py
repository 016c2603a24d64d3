from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atelogo.register.domain.protocol import (
    SERIES_RANGE,
    Series,
    day_of,
    generate,
    group,
    is_valid,
    normalise,
    number_for,
    series_of,
)

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
parts = st.integers(min_value=0, max_value=9_999_999)
numbers = st.builds(number_for, days, parts)
series_names: st.SearchStrategy[Series] = st.sampled_from(("request", "inquiry"))
separators = st.text(alphabet=" .-/\u00a0\u202f\u2007\u200b\u2013\t", max_size=3)


@given(days, series_names, st.integers())
def test_a_new_number_is_valid_and_holds_its_day_and_series(day: date, series: Series, seed: int) -> None:
    """Sixteen digits: the day, a random part of the right series, and a check digit that fits."""
    number = generate(day, random.Random(seed), series)
    assert len(number) == 16
    assert is_valid(number)
    assert day_of(number) == day
    assert series_of(number) == series


def test_requests_and_inquiries_share_no_number() -> None:
    """The two ranges are apart and together cover all seven digits."""
    request, inquiry = SERIES_RANGE["request"], SERIES_RANGE["inquiry"]
    assert (request.start, request.stop) == (0, inquiry.start)
    assert inquiry.stop == 10**7


def test_numbers_made_without_a_seed_differ() -> None:
    """The default source is random: two hundred numbers of one day are (nearly) all different."""
    made = {generate(date(2026, 11, 21)) for _ in range(200)}
    assert len(made) > 190


def test_a_known_number() -> None:
    """The shape stays what printed receipts already carry: this number is fixed for ever."""
    assert number_for(date(2026, 11, 21), 1234567) == "2026112112345678"
    assert is_valid("2026112112345678")


@given(numbers, st.integers(0, 15), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(number: str, at: int, shift: int) -> None:
    """Changing any one of the sixteen digits never gives a valid number."""
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not is_valid(wrong)


@given(numbers, st.integers(0, 14))
def test_every_swap_of_neighbours_is_caught(number: str, at: int) -> None:
    """Swapping two different neighbouring digits never gives a valid number."""
    assume(number[at] != number[at + 1])
    assert not is_valid(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


@given(numbers, st.lists(separators, min_size=17, max_size=17))
def test_any_grouping_is_understood(number: str, gaps: list[str]) -> None:
    """Spaces, dots, dashes, slashes, no-break and zero-width spaces may stand anywhere."""
    typed = gaps[0] + "".join(digit + gap for digit, gap in zip(number, gaps[1:], strict=True))
    assert normalise(typed) == number


@given(numbers, st.sampled_from((0x0660, 0x06F0, 0x0966, 0xFF10)))
def test_digits_of_other_scripts_are_understood(number: str, zero: int) -> None:
    """Arabic-Indic, Persian, Devanagari and full-width digits are read as the same number."""
    assert normalise("".join(chr(zero + int(digit)) for digit in number)) == number


@given(numbers)
def test_reading_aloud_comes_back(number: str) -> None:
    """Four groups of four, which are read back to the same number."""
    spoken = group(number)
    assert [len(part) for part in spoken.split(" ")] == [4, 4, 4, 4]
    assert normalise(spoken) == number


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    """Whatever is typed gives sixteen plain digits or nothing, never an error."""
    found = normalise(text)
    assert found is None or (len(found) == 16 and found.isascii() and found.isdigit())
    assert is_valid(text) in {True, False}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "20261121123456781",
        "2026 1121 1234 567",
        "2026x112112345670",
        "2026112112345678 e 12",
        "²" * 16,
    ],
)
def test_what_is_not_one_number_is_nothing(text: str) -> None:
    """Too short, too long, letters inside, two numbers or superscripts are not a protocol."""
    assert normalise(text) is None


@pytest.mark.parametrize(
    "text", ["Protocolo nº 2026.1121.1234-5678", "protocolo: 2026112112345678.", "#2026 1121 1234 5678"]
)
def test_words_before_the_number_do_no_harm(text: str) -> None:
    """A number pasted with its label is found."""
    assert normalise(text) == "2026112112345678"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "2026112112345671",
        "2026 1121 1234 5678",
        "٢٠٢٦١١٢١١٢٣٤٥٦٧٨",
        "202613211234567",
        "0000000000000000",
    ],
)
def test_only_plain_digits_with_a_real_day_are_valid(number: str) -> None:
    """Groupings, other scripts, wrong lengths and days that never were are not valid as they stand."""
    assert not is_valid(number)


@pytest.mark.parametrize(
    "day, part", [(date(2026, 1, 1), -1), (date(2026, 1, 1), 10**7), (date(999, 1, 1), 5)]
)
def test_parts_that_do_not_fit_are_refused(day: date, part: int) -> None:
    """A random part beyond seven digits or a year under four digits raises, instead of a bad number."""
    with pytest.raises(ValueError, match=r"digits|year"):
        number_for(day, part)


def test_grouping_refuses_what_is_no_number() -> None:
    """Only sixteen plain digits are grouped."""
    with pytest.raises(ValueError, match="16 plain digits"):
        group("2026-1121")
