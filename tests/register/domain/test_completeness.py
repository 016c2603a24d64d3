from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.completeness import (
    DATE_POINTS,
    MISSING_LABELS,
    WEIGHTS,
    DatePrecision,
    RequestFacts,
    completeness,
)

precisions: st.SearchStrategy[DatePrecision] = st.sampled_from(("instant", "day", "month", "unknown"))
FLAGS = [field.name for field in fields(RequestFacts) if field.name != "date_precision"]
anything = st.builds(RequestFacts, **dict.fromkeys(FLAGS, st.booleans()), date_precision=precisions)
FULL = RequestFacts(**dict.fromkeys(FLAGS, True), date_precision="instant")


def changed(facts: RequestFacts, name: str, *, to: bool) -> RequestFacts:
    """The same facts with one of FLAGS set."""
    change: dict[str, Any] = {name: to}
    return replace(facts, **change)


def test_a_full_record_is_100_and_an_empty_one_0() -> None:
    """The weights add up to 100, and nothing is missing from a full record."""
    assert sum(WEIGHTS.values()) == 100
    assert (completeness(FULL).score, completeness(FULL).missing) == (100, ())
    assert completeness(RequestFacts()).score == 0
    assert completeness(RequestFacts()).missing == tuple(WEIGHTS)


def test_every_fact_has_a_weight_and_a_name() -> None:
    """No field of the facts goes unweighed, and each missing one can be told to a person."""
    assert set(WEIGHTS) == {*FLAGS, "date"} == set(MISSING_LABELS)
    assert list(WEIGHTS.values()) == sorted(WEIGHTS.values(), reverse=True)


def test_who_what_when_and_why_weigh_most() -> None:
    """Customer, product and contract, date and reason make 65 of the 100 points."""
    assert sum(WEIGHTS[name] for name in ("reason", "customer", "date", "contract", "product")) == 65


@pytest.mark.parametrize("name", FLAGS)
def test_each_gap_costs_its_weight_and_is_named(name: str) -> None:
    """Leaving one fact out of a full record lowers the score by its weight and names it."""
    without = completeness(changed(FULL, name, to=False))
    assert (without.score, without.missing) == (100 - WEIGHTS[name], (name,))


@pytest.mark.parametrize("precision, score", [("instant", 100), ("day", 100), ("month", 93), ("unknown", 85)])
def test_the_date_counts_by_its_precision(precision: DatePrecision, score: int) -> None:
    """A day is as good as an instant, a month about half, an unknown date nothing."""
    seen = completeness(replace(FULL, date_precision=precision))
    assert seen.score == score
    assert seen.missing == (() if score == 100 else ("date",))


@given(anything, st.sampled_from(FLAGS))
def test_filling_a_gap_never_lowers_the_score(facts: RequestFacts, name: str) -> None:
    """The score is within 0 to 100 and grows, or stays, with each fact added."""
    before, after = completeness(facts), completeness(changed(facts, name, to=True))
    assert 0 <= before.score <= after.score <= 100
    assert set(after.missing) <= set(before.missing)
    assert (before.score == 100) == (not before.missing)
    assert max(DATE_POINTS.values()) == WEIGHTS["date"]
