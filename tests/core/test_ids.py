"""Identifiers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from atelogo.core import ids
from atelogo.core.clock import clock_at


def test_ids_are_uuid_seven() -> None:
    """An id is a UUID of version 7 in the variant of RFC 9562."""
    made = ids.new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_id_holds_its_moment(moment: datetime) -> None:
    """The first 48 bits of an id are the milliseconds of the clock."""
    with clock_at(moment):
        made = ids.new_id()
    millis = made.int >> 80
    assert abs(millis - moment.timestamp() * 1000) <= 1


def test_ids_sort_in_the_order_in_which_they_are_made() -> None:
    """Ids of moments a microsecond or more apart sort by time, inside one millisecond too."""
    start = datetime(2026, 11, 21, 12, tzinfo=UTC)
    made = []
    for micros in range(0, 4000, 7):
        with clock_at(start + timedelta(microseconds=micros)):
            made.append(ids.new_id())
    assert made == sorted(made)


def test_a_thousand_ids_of_one_moment_differ() -> None:
    """Ids of one and the same moment are apart by chance."""
    with clock_at(datetime(2026, 11, 21, tzinfo=UTC)):
        assert len({ids.new_id() for _ in range(1000)}) == 1000


@given(st.uuids())
def test_the_outside_form_leads_back(value: UUID) -> None:
    """What is shown outside is read back to the same id, under its own prefix only."""
    text = ids.public_id("req", value)
    assert text.startswith("req_")
    assert ids.parse_public_id("req", text) == value
    assert ids.parse_public_id("cus", text) is None


@given(st.text())
def test_other_texts_are_no_ids(text: str) -> None:
    """Anything else gives no id and no error."""
    found = ids.parse_public_id("req", text)
    assert found is None or text == ids.public_id("req", found)


def test_a_text_of_the_right_length_may_still_be_none() -> None:
    """Thirty-two letters that are no hexadecimal digits are no id."""
    assert ids.parse_public_id("req", "req_" + "z" * 32) is None


def test_keys_have_no_look_alikes() -> None:
    """A random key of 26 characters has 128 bits and none of the characters that people confuse."""
    key = ids.random_key()
    assert len(key) == 26
    assert not set(key) & set("01lioO")
    assert ids.random_key() != key
