"""Money: integers and their currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.core.money import Money

AMOUNTS = st.integers(-(10**12), 10**12)


@given(AMOUNTS, AMOUNTS)
def test_sums_are_exact(one: int, other: int) -> None:
    """Adding and taking away never lose or make a centavo."""
    assert Money(one) + Money(other) - Money(other) == Money(one)


def test_currencies_do_not_mix() -> None:
    """Amounts of two currencies are neither added nor taken from each other."""
    with pytest.raises(ValueError, match="BRL and USD"):
        Money(1) + Money(1, "USD")
    with pytest.raises(ValueError, match="BRL and USD"):
        Money(1) - Money(1, "USD")


@pytest.mark.parametrize(
    "minor,numerator,denominator,expected",
    [(100, 1, 3, 33), (100, 2, 3, 67), (5, 1, 2, 3), (-5, 1, 2, -3), (9990, 12, 30, 3996), (0, 7, 9, 0)],
)
def test_a_share_is_rounded_half_away_from_zero(
    minor: int, numerator: int, denominator: int, expected: int
) -> None:
    """A share of an amount is exact until its one rounding, half up as people reckon."""
    assert Money(minor).times_ratio(numerator, denominator) == Money(expected)


def test_decimals_follow_the_currency() -> None:
    """Reais have centavos, yen have none."""
    assert Money(123456).decimal() == Decimal("1234.56")
    assert Money(1500, "JPY").decimal() == Decimal(1500)


@pytest.mark.parametrize(
    "locale,expected", [("pt-br", "R$ 1.234,56"), ("en", "R$1,234.56"), ("es", "1.234,56 BRL")]
)
def test_written_for_people(locale: str, expected: str) -> None:
    """The same amount is written as each language writes it."""
    assert Money(123456).format(locale).replace("\xa0", " ") == expected
