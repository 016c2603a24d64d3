"""A small line of a few values, drawn on the server: no script, no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 120
HEIGHT = 32
_MARGIN = 2.0
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Sparkline:
    """The points of the line and of the area below it, and where its last value stands."""

    line: str
    area: str
    last_x: float
    last_y: float


def sparkline(values: Sequence[float | None]) -> Sparkline | None:
    """Return the drawing of ``values`` (oldest first, ``None`` left out); ``None`` under two of them."""
    known = [(at, float(value)) for at, value in enumerate(values) if value is not None]
    if len(known) < _FEWEST:
        return None
    low, high = min(v for _, v in known), max(v for _, v in known)
    across = (WIDTH - 2 * _MARGIN) / (len(values) - 1)
    spread = high - low
    points = [
        (
            round(_MARGIN + at * across, 1),
            # Equal values are a level line in the middle, not at the bottom as if they were nothing.
            round(HEIGHT - _MARGIN - ((value - low) / spread if spread else 0.5) * (HEIGHT - 2 * _MARGIN), 1),
        )
        for at, value in known
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    area = f"{points[0][0]},{HEIGHT} {line} {points[-1][0]},{HEIGHT}"
    return Sparkline(line, area, *points[-1])
