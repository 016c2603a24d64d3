"""Charts as data: what the script reads and what the table says are the same figures."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from atelogo.web.components.charts import drawing

SPEC: dict[str, Any] = {
    "title": "Por que as pessoas saem?",
    "labels": ["Preço", "Mudança"],
    "series": [{"name": "Cancelamentos", "values": [30, 10]}],
}


def test_a_pareto_adds_the_accumulated_share() -> None:
    """A Pareto chart has its bars and the share accumulated so far, up to the whole."""
    with translation.override("pt-br"):
        drawn = drawing(SPEC | {"kind": "pareto", "category": "Motivo"})
    assert drawn.payload["series"][1]["values"] == [0.75, 1.0]
    assert drawn.head == ("Motivo", "Cancelamentos", "Participação acumulada")
    assert [[cell.text for cell in row.cells] for row in drawn.rows] == [["30", "75,0%"], ["10", "100,0%"]]


def test_a_pareto_of_nothing_divides_by_nothing() -> None:
    """A Pareto chart of zeros has no share to give, and says that there is not enough."""
    drawn = drawing(SPEC | {"kind": "pareto", "series": [{"name": "n", "values": [0, 0]}]})
    assert drawn.payload["series"][1]["values"] == [0.0, 0.0]
    assert not drawn.enough


def test_the_table_writes_each_unit() -> None:
    """Money is minor units, percent a share, an unknown figure a dash."""
    with translation.override("pt-br"):
        drawn = drawing(
            SPEC
            | {
                "series": [
                    {"name": "Valor", "values": [123456, None], "unit": "money"},
                    {"name": "Taxa", "values": [0.5, 0.25], "unit": "percent"},
                ]
            }
        )
    texts = [[cell.text.replace("\xa0", " ") for cell in row.cells] for row in drawn.rows]
    assert texts == [["R$ 1.234,56", "50,0%"], ["—", "25,0%"]]


def test_links_lead_from_point_and_row() -> None:
    """A point's address is in the payload and in the table alike."""
    drawn = drawing(SPEC | {"links": ["/a", None]})
    assert drawn.payload["links"] == ["/a", ""]
    assert [row.href for row in drawn.rows] == ["/a", ""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "pie"},
        {"unit": "litres"},
        {"labels": ["only one"]},
        {"links": ["/a"]},
    ],
)
def test_a_wrong_chart_is_refused_at_once(wrong: dict[str, Any]) -> None:
    """A kind or unit that does not exist, or lengths that differ, fail in the page's own test."""
    with pytest.raises(ValueError, match=r".+"):
        drawing(SPEC | wrong)
