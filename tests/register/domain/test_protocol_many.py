from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.protocol import is_valid, number_for, numbers_for


@given(
    st.dates(min_value=date(1000, 1, 1)),
    st.lists(st.integers(min_value=0, max_value=9_999_999), max_size=20),
)
def test_many_numbers_are_those_of_one_by_one(day: date, parts: list[int]) -> None:
    """Numbering many random parts at once gives the very numbers that one by one gives."""
    many = numbers_for(day, parts)
    assert many == [number_for(day, part) for part in parts]
    assert all(map(is_valid, many))
