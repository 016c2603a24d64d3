"""Events: what a body may hold, and that both ways of writing it give the same canonical text."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from typing import Any, ClassVar
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from atelogo.core.money import Money
from atelogo.events import catalogue
from atelogo.events.canonical import CanonicalError, canonical, canonical_bytes
from atelogo.events.catalogue.base import Event, EventBodyError, event_named, plain
from tests.events.facts import SampleHappened

SAFE = 2**53 - 1
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-SAFE, SAFE)
    | st.text(st.characters(codec="utf-8"))
    | st.uuids()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


class Kind(StrEnum):
    """Two kinds."""

    ONE = "one"
    TWO = "two"


class Level(Enum):
    """A level by number."""

    HIGH = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AnythingHappened(Event):
    """Holds any value."""

    name: ClassVar[str] = "sample.anything"
    value: Any
    other: Any = None


@given(value=VALUES, other=VALUES)
def test_the_quick_text_is_the_canonical_body(value: object, other: object) -> None:
    """Text written straight from the fields is RFC 8785 of the body, for every value an event may hold."""
    event = AnythingHappened(value=value, other=other)
    assert event.body_json().encode() == rfc8785.dumps(event.body())


@given(value=JSON)
def test_canonical_text_is_that_of_the_reference(value: object) -> None:
    """Our canonical JSON equals the reference implementation of RFC 8785."""
    assert canonical_bytes(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(value=JSON)
def test_canonical_text_keeps_the_value(value: object) -> None:
    """Nothing is lost: the text reads back as the same value."""
    assert json.loads(canonical(value)) == value


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, "\ud800", {"a": [0.1]}, {1: 2}, object()])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    """Floats, integers beyond 2**53, half characters and other types are refused, never rounded."""
    with pytest.raises(CanonicalError):
        canonical(value)


@pytest.mark.parametrize("value", [0.1, 2**53, -(2**60), b"bytes", object(), {"a": 0.5}])
def test_an_event_refuses_inexact_values(value: object) -> None:
    """An event with a float or a foreign object cannot be written, by either way."""
    event = AnythingHappened(value=value)
    with pytest.raises((EventBodyError, CanonicalError)):
        event.body()
    with pytest.raises((EventBodyError, CanonicalError)):
        event.body_json()


def test_times_are_utc_and_enums_their_values() -> None:
    """A moment is written in UTC with microseconds, an enum by its value, money in minor units."""
    three_hours_west = timezone(timedelta(hours=-3))
    event = AnythingHappened(
        value=[datetime(2026, 1, 2, 3, 4, 5, tzinfo=three_hours_west), Kind.TWO, Level.HIGH],
        other=Money(1990, "BRL"),
    )
    assert event.body() == {
        "value": ["2026-01-02T06:04:05.000000Z", "two", 3],
        "other": {"minor": 1990, "currency": "BRL"},
    }
    assert plain({Kind.ONE, Kind.TWO}) == ["one", "two"]
    assert plain(date(2026, 1, 2)) == "2026-01-02"


def test_two_events_cannot_share_a_name() -> None:
    """A second event of the same name and version is refused when its class is made."""
    with pytest.raises(EventBodyError, match=r"sample\.happened"):

        @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
        class Impostor(Event):
            name: ClassVar[str] = "sample.happened"

    assert event_named("sample.happened") is SampleHappened


def test_an_event_must_be_a_dataclass() -> None:
    """A class that is no dataclass has no body."""

    class Bare(Event):
        name: ClassVar[str] = "sample.bare"

    with pytest.raises(EventBodyError, match="dataclass"):
        Bare().body()


def test_an_event_without_fields_has_an_empty_body() -> None:
    """An event may be its name alone, or have one field."""

    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Nothing(Event):
        name: ClassVar[str] = "sample.nothing"

    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Single(Event):
        name: ClassVar[str] = "sample.single"
        thing: UUID

    thing = UUID(int=5)
    assert (Nothing().body(), Nothing().body_json()) == ({}, "{}")
    assert Single(thing=thing).body_json() == f'{{"thing":"{thing}"}}'


def test_every_event_of_the_product_is_well_formed() -> None:
    """Every event in the catalogue has a dotted lower-case name, a version, frozen slots and a docstring."""
    found = catalogue.all_events()
    assert len(found) > 5
    for event in found:
        assert event.name == event.name.lower()
        assert len(event.name.split(".")) == 2
        assert event.schema >= 1
        assert event.__doc__
        assert vars(event)["__dataclass_params__"].frozen
        assert "__dict__" not in dir(event)
