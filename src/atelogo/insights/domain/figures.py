"""A figure as it is shown: the value, what it was before, its n, or a named reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

NOT_ENOUGH_DATA = "not_enough_data"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a page.

    ``unit`` is count, money (minor units) or seconds; ``series`` is by day, oldest first; ``before`` is the
    same figure in the period before; ``missing`` names why there is no value.
    """

    name: str
    value: int | None
    before: int | None
    unit: str
    n: int
    series: tuple[int, ...] = ()
    missing: str = ""

    @property
    def change(self) -> float | None:
        """The relative change against the period before, or None when it has no base."""
        if self.value is None or not self.before:
            return None
        return self.value / self.before - 1
