"""Search terms stay out of addresses."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from atelogo.core.search_terms import recall, remember


@given(st.text(max_size=120))
def test_a_term_waits_under_its_token(term: str) -> None:
    """The token gives the trimmed term back, in this session alone."""
    session: dict[str, Any] = {}
    token = remember(session, term)
    assert recall(session, token) == term.strip()
    assert recall({}, token) == ""


def test_the_session_holds_no_clear_text() -> None:
    """Sessions are kept in the database: the term in them is encrypted."""
    session: dict[str, Any] = {}
    remember(session, "Maria da Silva")
    assert "Maria" not in repr(session)


def test_the_last_twenty_are_kept() -> None:
    """A session does not grow for ever; the newest twenty terms are still known."""
    session: dict[str, Any] = {}
    tokens = [remember(session, f"term {number}") for number in range(25)]
    assert [recall(session, token) for token in tokens[:5]] == [""] * 5
    assert recall(session, tokens[5]) == "term 5"


def test_a_long_term_is_cut() -> None:
    """Nobody searches by a book."""
    session: dict[str, Any] = {}
    assert recall(session, remember(session, "a" * 500)) == "a" * 120


def test_what_no_key_opens_is_unknown() -> None:
    """After a lost key an old term is unknown, not an error page."""
    assert recall({"search_terms": {"abc": "dead.beef"}}, "abc") == ""
