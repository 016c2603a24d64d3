"""Protocol numbers: made, checked, grouped for reading aloud, found in any grouping.

Shape: ``AAAAMMDD`` (the day in the workspace's time zone), seven random digits, one check digit.
The check digit is Damm's: it catches every wrong single digit and every swap of two neighbours.
No counter and no lock: the database's unique constraint per workspace and a retry keep it unique.
"""

from __future__ import annotations

import random
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from stdnum import damm

Series = Literal["request", "inquiry"]

LENGTH: Final = 16
DAY_DIGITS: Final = 8
RANDOM_DIGITS: Final = 7

# Two ranges of the random part, so that an inquiry and a request never share a number.
SERIES_RANGE: Final[dict[Series, range]] = {
    "request": range(9_000_000),
    "inquiry": range(9_000_000, 10_000_000),
}

_RNG: Final = secrets.SystemRandom()
_ASCII_DIGITS: Final = re.compile(rf"[0-9]{{{LENGTH}}}")


def generate(day: date, rng: random.Random = _RNG, series: Series = "request") -> str:
    """Give a new 16-digit number for `day`, which is the day in the workspace's time zone.

    The caller stores it under a unique constraint and asks again on a collision. `rng` is
    replaced only in tests and in the demo. Raises ValueError for a year outside 1000-9999.
    """
    numbers = SERIES_RANGE[series]
    return number_for(day, rng.randrange(numbers.start, numbers.stop))


def number_for(day: date, random_part: int) -> str:
    """Give the whole number for `day` and a random part from 0 to 9,999,999.

    Bulk loads draw distinct random parts at once and number their rows through this. Raises
    ValueError when either part does not fit its digits.
    """
    if not 0 <= random_part < 10**RANDOM_DIGITS:
        message = f"the random part must have at most {RANDOM_DIGITS} digits"
        raise ValueError(message)
    if day.year < 1000:  # noqa: PLR2004 - four digits, or the shape is lost
        message = "a protocol number needs a four-digit year"
        raise ValueError(message)
    body = f"{day:%Y%m%d}{random_part:0{RANDOM_DIGITS}d}"
    return body + damm.calc_check_digit(body)


def numbers_for(day: date, random_parts: Iterable[int]) -> list[str]:
    """Give `number_for` of each random part, a hundred thousand times a second and more.

    The check digit steps through three digits at a time. The parts are trusted to fit their seven digits.
    """
    head = f"{day:%Y%m%d}"
    one, three = _steps()
    first = one[int(damm.checksum(head))]
    numbers = []
    for part in random_parts:
        high, rest = divmod(part, 1_000_000)
        middle, low = divmod(rest, 1000)
        numbers.append(f"{head}{part:07d}{three[three[first[high]][middle]][low]}")
    return numbers


@lru_cache(maxsize=1)
def _steps() -> tuple[list[list[int]], list[list[int]]]:
    """Give Damm's table for one digit and for three: from each state, the state after them."""
    reached = {int(damm.checksum(str(digit))): str(digit) for digit in range(10)}
    one = [[int(damm.checksum(reached[state] + str(digit))) for digit in range(10)] for state in range(10)]
    three = [
        [one[one[one[state][digits // 100]][digits // 10 % 10]][digits % 10] for digits in range(1000)]
        for state in range(10)
    ]
    return one, three


def is_valid(number: str) -> bool:
    """Tell whether `number` is 16 plain digits with a real day and the right check digit.

    Says nothing about existence. Text as people type it goes through `normalise` first.
    """
    return bool(_ASCII_DIGITS.fullmatch(number) and day_of(number) is not None and damm.is_valid(number))


def normalise(text: str) -> str | None:
    """Give the 16 plain digits in `text`, or None when it does not hold exactly one number.

    Accepts any grouping (spaces, dots, dashes, slashes, no-break and zero-width spaces), the
    digits of any script, and words before the number ("Protocolo nº ..."). Letters after the
    first digit make it something else. The check digit is not judged here: see `is_valid`.
    """
    digits: list[str] = []
    for char in text:
        value = unicodedata.decimal(char, None)
        if value is not None:
            digits.append(str(value))
        elif digits and unicodedata.category(char)[0] in "LN":
            return None
    return "".join(digits) if len(digits) == LENGTH else None


def group(number: str) -> str:
    """Give the number in fours for reading aloud: ``2026 1121 1234 5678``.

    Raises ValueError when `number` is not 16 plain digits.
    """
    if not _ASCII_DIGITS.fullmatch(number):
        message = "a protocol number has 16 plain digits"
        raise ValueError(message)
    return " ".join(number[at : at + 4] for at in range(0, LENGTH, 4))


def day_of(number: str) -> date | None:
    """Give the day inside a 16-digit number, or None when there is no such day."""
    try:
        return date(int(number[:4]), int(number[4:6]), int(number[6:DAY_DIGITS]))
    except ValueError:
        return None


def series_of(number: str) -> Series:
    """Tell whether a valid 16-digit number belongs to a request or to an inquiry."""
    random_part = int(number[DAY_DIGITS : DAY_DIGITS + RANDOM_DIGITS])
    return "request" if random_part in SERIES_RANGE["request"] else "inquiry"
