from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.amounts import Decimals, choose_decimals, mostly_negative, parse_amount
from atelogo.register.domain.importing.problems import ValueProblemError
from tests.register.domain.importing.messy import american, brazilian, plain
from tests.register.domain.importing.steps import code_of


@pytest.mark.parametrize(
    "cell, minor",
    [
        ("53,85", 5385), ("53.85", 5385), ("R$ 1.234,56", 123456), ("R$\u00a01.234,56", 123456),
        ("1,234.56", 123456), ("1.234", 123400), ("1.234.567", 123456700), ("88,5", 8850), ("100", 10000),
        (" 100 ", 10000), (",50", 50), ("53,85 BRL", 5385), ("R$53,85/mês", 5385), ("53,85 por mês", 5385),
        ("US$ 10.00", 1000), ("10 reais", 1000), ("1 234,56", 123456), ("1'234,56", 123456),
        ("'53,85", 5385), ('="53,85"', 5385), ("+53,85", 5385), (53.85, 5385), (53.849999999999994, 5385),
        (100, 10000), ("1e3", 100000), ("0,00", 0), ("0", 0),
    ],
)  # fmt: skip
def test_money_in_a_comma_column(cell: object, minor: int) -> None:
    """Each of these is read to the centavo in a column whose decimal sign is the comma."""
    assert parse_amount(cell, ",") == minor


@pytest.mark.parametrize("cell", ["", " ", "-", "n/d", "NULL", "#N/D"])
def test_blank_money_is_nothing(cell: str) -> None:
    """A blank amount is None, not zero."""
    assert parse_amount(cell, ",") is None


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "R$",
        "1.23.4",
        "12,34,56",
        "#REF!",
        "1.2345.678",
        True,
        float("nan"),
        float("inf"),
        1e20,
        None,
        "٣",
    ],
)
def test_what_is_no_number_is_refused(cell: object) -> None:
    """An amount that is there but is no number is an error with a code."""
    with pytest.raises(ValueProblemError) as caught:
        parse_amount(cell, ",")
    assert caught.value.code == "amount_invalid"


@pytest.mark.parametrize(
    "cell", ["-53,85", "(53,85)", "53,85-", "R$ -53,85", "- R$ 53,85", "−53,85", "(R$ 53,85)", -53.85]
)
def test_every_minus_is_seen(cell: object) -> None:
    """However the minus is written, the amount is negative: told with its value, never taken as positive."""
    with pytest.raises(ValueProblemError) as caught:
        parse_amount(cell, ",")
    assert (caught.value.code, caught.value.value) == ("amount_negative", -5385)


@pytest.mark.parametrize(
    "cell, sign, minor", [("12,345", ",", 1235), ("1.234", ".", 123), (53.853, ",", 5385)]
)
def test_more_than_two_decimals_are_rounded_and_told(cell: object, sign: Decimals, minor: int) -> None:
    """Half a centavo goes up; the row keeps a flag."""
    with pytest.raises(ValueProblemError) as caught:
        parse_amount(cell, sign)
    assert (caught.value.code, caught.value.value) == ("amount_rounded", minor)


@pytest.mark.parametrize(
    "cells, sign, ambiguous",
    [
        (["53,85", "1.234"], ",", False),
        (["53.85", "1,234"], ".", False),
        (["1.234,56"], ",", False),
        (["1,234.56"], ".", False),
        (["1.234.567"], ",", False),
        (["1.234"], ",", True),
        (["100", "200"], ",", False),
        (["53,85", "53.85", "1.234"], "mixed", True),
        ([53.85, ""], ",", False),
        (["0.125"], ".", False),
    ],
)
def test_what_a_column_proves(cells: list[object], sign: str, *, ambiguous: bool) -> None:
    """One unmistakable value settles 1.234; without one the comma is assumed and told."""
    choice = choose_decimals(cells)
    assert (choice.sign, choice.ambiguous) == (sign, ambiguous)


def test_in_a_mixed_column_three_digits_are_thousands() -> None:
    """Where some rows write 53,85 and others 53.85, both 1.234 and 1,234 are a thousand and more."""
    assert parse_amount("1.234", "mixed") == parse_amount("1,234", "mixed") == 123400


def test_a_column_of_minuses_is_a_convention() -> None:
    """Nearly all negative means "lost"; one refund among many is not."""
    assert mostly_negative(["-53,85", "-10", "(3,00)", ""], ",")
    assert not mostly_negative(["-53,85", "10", "3,00"], ",")
    assert not mostly_negative(["-53,85"], ",")


@given(st.integers(0, 10**11))
def test_money_comes_back_from_every_writing(minor: int) -> None:
    """Any amount survives being written with either sign, with or without thousands and currency."""
    for text in (plain(minor), brazilian(minor), f"R$ {brazilian(minor)}"):
        assert parse_amount(text, ",") == minor
    for text in (plain(minor, "."), american(minor)):
        assert parse_amount(text, ".") == minor


@given(
    st.text(max_size=30) | st.floats() | st.integers() | st.booleans(), st.sampled_from([",", ".", "mixed"])
)
def test_any_cell_gives_an_amount_or_a_code(cell: object, sign: Decimals) -> None:
    """Whatever stands in a cell, the answer is minor units, None or one of three codes."""
    assert code_of(parse_amount, cell, sign) in {None, "amount_invalid", "amount_negative", "amount_rounded"}
