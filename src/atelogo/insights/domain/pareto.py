"""Few causes, most of the effect: shares and the cumulative line, largest first, "others" at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One cause: its key, how many, its share of all and the share reached with it (0 to 1)."""

    key: str
    count: int
    value_minor: int
    share: float
    cumulative: float


def pareto(counts: Sequence[tuple[str, int, int]], *, largest: int | None = None) -> list[Bar]:
    """Return the bars of (key, count, value) rows, most first; equal counts by key.

    With ``largest`` the rest is joined under the key ``""``, last. Zero counts are left out. Shares add up
    to 1 within rounding of floats; no rows give no bars.

    >>> [(b.key, b.cumulative) for b in pareto([("a", 1, 0), ("b", 3, 0)])]
    [('b', 0.75), ('a', 1.0)]
    """
    rows = sorted((row for row in counts if row[1] > 0), key=lambda row: (-row[1], row[0]))
    if largest is not None and len(rows) > largest:
        rest = rows[largest:]
        rows = [*rows[:largest], ("", sum(r[1] for r in rest), sum(r[2] for r in rest))]
    total = sum(row[1] for row in rows)
    bars, reached = [], 0
    for key, count, value in rows:
        reached += count
        bars.append(Bar(key, count, value, count / total, reached / total))
    return bars
