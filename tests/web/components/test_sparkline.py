"""The small line drawn on the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.web.components.sparkline import HEIGHT, WIDTH, sparkline

NUMBERS = st.none() | st.floats(-1e9, 1e9, allow_nan=False) | st.integers(-(10**9), 10**9)


@given(st.lists(NUMBERS, max_size=60))
def test_any_values_stay_inside(values: list[float | None]) -> None:
    """Whatever the values, the line lies inside the drawing, or there is none."""
    drawn = sparkline(values)
    if sum(value is not None for value in values) < 2:
        assert drawn is None
        return
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert len(points) == sum(value is not None for value in values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert points == sorted(points, key=lambda point: point[0])


def test_more_is_higher() -> None:
    """The largest value stands at the top, the smallest at the bottom, the last one has the dot."""
    drawn = sparkline([1, 3, 2])
    assert drawn is not None
    assert drawn.line == "2.0,30.0 60.0,2.0 118.0,16.0"
    assert (drawn.last_x, drawn.last_y) == (118.0, 16.0)


def test_equal_values_are_level_in_the_middle() -> None:
    """A value that does not change is a level line, not a line on the ground."""
    drawn = sparkline([7, 7, 7])
    assert drawn is not None
    assert {point.split(",")[1] for point in drawn.line.split()} == {"16.0"}


@pytest.mark.parametrize("values", [[], [5], [None, 5, None]])
def test_one_value_is_no_line(values: list[float | None]) -> None:
    """Under two values nothing is drawn."""
    assert sparkline(values) is None
