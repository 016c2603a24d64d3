"""The demonstration on paper: reproducible, of the size it says, with its stories in it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from atelogo.cli.demo.plan import MONTHS, Departure, Story, Subscriber, departures, stories, subscribers
from atelogo.register.domain.reasons import default_reasons

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
PEOPLE = subscribers(8000, NOW.date())
LEAVING = departures(PEOPLE, 2500, NOW)


def test_the_same_day_gives_the_same_company() -> None:
    """Two plans of one day are equal, so that a number in a story can be looked for again."""
    assert subscribers(200, NOW.date()) == PEOPLE[:200]
    assert departures(PEOPLE, 2500, NOW) == LEAVING


def test_it_is_of_the_size_it_says() -> None:
    """About 2,500 requests of 8,000 customers over 24 months and every channel; nobody leaves twice."""
    assert 2100 <= len(LEAVING) <= 2900
    assert len({d.subscriber for d in LEAVING}) == len(LEAVING)
    assert len({d.channel for d in LEAVING}) == 6
    assert NOW - LEAVING[0].at > timedelta(days=MONTHS * 30 - 20)
    assert all(d.at < NOW for d in LEAVING)


def test_nobody_leaves_before_they_came() -> None:
    """Each request is at least two weeks younger than its contract."""
    started = {who.number: who.started_on for who in PEOPLE}
    assert all(d.at.date() - started[d.subscriber] >= timedelta(days=14) for d in LEAVING)


def test_the_stories_name_reasons_that_exist() -> None:
    """Every planted reason is a leaf of the default tree."""
    known = {seed.code for seed in default_reasons()}
    assert {story.reason for story in stories()} <= known


def share(story: Story, found: list[tuple[Departure, Subscriber]]) -> float:
    """Return which share of the departures states the story's reason."""
    return sum(d.reason == story.reason for d, _who in found) / max(1, len(found))


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.code)
def test_each_story_can_be_found(story: Story) -> None:
    """Where and when a story acts, its reason is at least three times as common as elsewhere."""
    people = {who.number: who for who in PEOPLE}
    today = NOW.date()
    inside: list[tuple[Departure, Subscriber]] = []
    outside: list[tuple[Departure, Subscriber]] = []
    for departure in LEAVING:
        who = people[departure.subscriber]
        acts = story.holds(who, departure.at.date(), today)
        (inside if acts else outside).append((departure, who))
    assert len(inside) > 15
    assert share(story, inside) > 3 * share(story, outside)


def test_no_invented_person_can_be_reached() -> None:
    """Addresses end in a domain that cannot exist, and documents are spread over invented people."""
    assert all(who.email.endswith("@exemplo.invalid") for who in PEOPLE)
    assert max(Counter(who.document for who in PEOPLE).values()) <= 2
