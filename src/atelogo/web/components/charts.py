"""A chart as plain data: what the drawing script reads, and the same figures as a table.

A page gives a mapping (see ``docs/reference/components.md``); rooms below need no import from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atelogo.web.components import formats

KINDS: Final = frozenset({"pareto", "bar", "line", "stacked"})
UNITS: Final = frozenset({"count", "percent", "money", "days"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as people read it."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its label, where it leads (may be empty), its figures."""

    label: str
    href: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the chart's template needs; ``payload`` goes to the script as JSON."""

    title: str
    payload: dict[str, Any]
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    csv: str
    note: str
    definition: str
    enough: bool


def drawing(spec: Mapping[str, Any]) -> Drawing:
    """Check ``spec`` and lay it out; raise ``ValueError`` for a kind, unit or length that does not fit."""
    kind = spec.get("kind", "bar")
    unit = spec.get("unit", "count")
    labels = [str(label) for label in spec["labels"]]
    series = [_series(one, unit, len(labels)) for one in spec["series"]]
    if kind not in KINDS or any(one["unit"] not in UNITS for one in series):
        msg = f"no such chart: {kind} in {unit}"
        raise ValueError(msg)
    if kind == "pareto":
        series = [series[0], _cumulative(series[0])]
    links = [str(link or "") for link in spec.get("links", [])] or [""] * len(labels)
    currency = str(spec.get("currency", "BRL"))
    return Drawing(
        title=str(spec["title"]),
        payload={
            "kind": kind,
            "labels": labels,
            "series": series,
            "links": links,
            "currency": currency,
            "lang": get_language(),
            "title": str(spec["title"]),
        },
        head=(str(spec.get("category") or ""), *(one["name"] for one in series)),
        rows=tuple(
            Row(label, link, tuple(Cell(_figure(one["values"][at], one["unit"], currency)) for one in series))
            for at, (label, link) in enumerate(zip(labels, links, strict=True))
        ),
        csv=str(spec.get("csv", "")),
        note=str(spec.get("note", "")),
        definition=str(spec.get("definition", "")),
        enough=bool(labels) and any(value for one in series for value in one["values"]),
    )


def _series(one: Mapping[str, Any], unit: str, length: int) -> dict[str, Any]:
    values: Sequence[float | None] = list(one["values"])
    if len(values) != length:
        msg = f"series {one['name']!s} has {len(values)} values for {length} labels"
        raise ValueError(msg)
    return {"name": str(one["name"]), "values": values, "unit": one.get("unit", unit)}


def _cumulative(first: Mapping[str, Any]) -> dict[str, Any]:
    values = [value or 0 for value in first["values"]]
    total = sum(values)
    run, shares = 0.0, []
    for value in values:
        run += value
        shares.append(run / total if total else 0.0)
    return {"name": _("Accumulated share"), "values": shares, "unit": "percent"}


def _figure(value: float | None, unit: str, currency: str) -> str:
    if value is None:
        return "—"
    if unit == "percent":
        return formats.percent(value)
    if unit == "money":
        return formats.money(round(value), currency)
    return formats.number(value, 1 if unit == "days" else 2)
