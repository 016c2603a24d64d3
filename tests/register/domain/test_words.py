"""Every code that the register writes has its word."""

from __future__ import annotations

import pytest

from atelogo.register.domain.words import TABLES, TYPED_CHANNELS, TYPED_TOUCHPOINTS, word_for
from atelogo.register.services.after_leaving import DISPUTES, PARTS, WAYS
from atelogo.register.services.mending import CORRECTABLE


@pytest.mark.parametrize("table", sorted(TABLES))
def test_words_are_sentences_not_codes(table: str) -> None:
    """A word never is its own code, and an unknown code is shown as it is."""
    assert all(word and word != code for code, word in TABLES[table].items())
    assert word_for(table, "something_else") == "something_else"


def test_tables_hold_what_services_write() -> None:
    """What services accept or write has a word: disputes, ways back, parts of the day, corrected fields."""
    assert set(DISPUTES) <= set(TABLES["dispute"])
    assert set(WAYS) <= set(TABLES["way_back"])
    assert set(PARTS) <= set(TABLES["day_part"])
    assert set(CORRECTABLE) <= set(TABLES["field"])
    assert set(TYPED_TOUCHPOINTS) <= set(TABLES["touchpoint"])
    assert set(TYPED_CHANNELS) <= set(TABLES["channel"])
