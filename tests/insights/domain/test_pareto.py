"""Shares and the cumulative line."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from atelogo.insights.domain.pareto import pareto

ROWS = st.lists(
    st.tuples(st.text(min_size=1, max_size=4), st.integers(0, 10_000), st.integers(0, 10**9)),
    unique_by=lambda row: row[0],
    max_size=30,
)


@given(ROWS, st.integers(1, 10))
def test_nothing_is_lost_and_the_line_ends_at_one(rows: list[tuple[str, int, int]], largest: int) -> None:
    """Counts and values add up to what came in, most first, and the last bar reaches all of it."""
    bars = pareto(rows, largest=largest)
    counted = [row for row in rows if row[1] > 0]
    assert sum(bar.count for bar in bars) == sum(row[1] for row in counted)
    assert sum(bar.value_minor for bar in bars) == sum(row[2] for row in counted)
    named = [bar.count for bar in bars if bar.key]
    assert named == sorted(named, reverse=True)
    if bars:
        assert math.isclose(bars[-1].cumulative, 1.0)
