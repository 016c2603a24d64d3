"""docs/reference/events.md against the catalogue of events."""

from __future__ import annotations

from tools.events_page import PAGE, events_page


def test_events_are_those_of_the_code() -> None:
    """The page of events is what the code makes (`python -m tools.events_page`)."""
    assert PAGE.read_text() == events_page()
