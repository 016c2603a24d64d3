from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.values import (
    parse_boolean,
    parse_id,
    parse_postal_code,
    parse_state,
    parse_text,
    parse_word,
    text_of,
)
from tests.register.domain.importing.steps import code_of


@pytest.mark.parametrize(
    "cell, text",
    [
        ("3668-QPYBK", "3668-QPYBK"), ("00123", "00123"), (" 12 ", "12"), (12.0, "12"), (12, "12"),
        (12.5, "12.5"), ("'00123", "00123"), ('="00123"', "00123"), ("", None), ("-", None),
        ("NULL", None), ("#REF!", None), ("São-1", "São-1"), (True, "1"),
    ],
)  # fmt: skip
def test_ids_stay_text(cell: object, text: str | None) -> None:
    """An id keeps its zeros and letters; a whole number loses the decimals a spreadsheet gave it."""
    assert parse_id(cell) == text


@pytest.mark.parametrize(
    "cell", ["1,23457E+12", "1.2E+5", 1e15, dt.date(2024, 10, 3), dt.time(1), dt.timedelta(1)]
)
def test_a_rounded_or_dated_id_is_lost(cell: object) -> None:
    """What a spreadsheet rounded or took for a date is no id any more."""
    assert code_of(parse_id, cell) == "id_damaged"


@pytest.mark.parametrize(
    "cell, said",
    [
        ("Sim", True), ("SIM.", True), ("s", True), ("yes", True), (1.0, True), (True, True),
        ("Não", False), ("N", False), ("No", False), ("0", False), (0, False), (False, False), ("", None),
        ("talvez", None), (2.0, None),
    ],
)  # fmt: skip
def test_yes_and_no_in_three_languages(cell: object, *, said: bool | None) -> None:
    """Words and digits for yes and no; anything else is neither."""
    assert parse_boolean(cell) is said


@pytest.mark.parametrize(
    "name, cell, value",
    [
        ("kind", "PJ", "company"), ("kind", "Pessoa Física", "person"), ("interval", "Mensal", "month"),
        ("interval", "ANUAL", "year"), ("interval", "Two year", "two_years"),
        ("status", "Ativo", "active"), ("status", "Cancelado.", "ended"),
        ("status", "bloqueado", "suspended"), ("end_kind", "Voluntário", "customer"),
        ("end_kind", "Inadimplência", "company"), ("end_kind", "Troca de titularidade", "administrative"),
        ("status", "", None), ("status", "n/d", None), ("status", "active", "active"),
    ],
)  # fmt: skip
def test_words_of_short_lists(name: str, cell: str, value: str | None) -> None:
    """The usual words in Portuguese, English and Spanish stand for our values."""
    assert parse_word(name, cell) == value


def test_an_unknown_word_is_told() -> None:
    """A word not in the list is refused with a code, never taken for the nearest."""
    assert code_of(parse_word, "status", "em análise") == "value_unknown"


@pytest.mark.parametrize(
    "cell, code",
    [
        ("01310-100", "01310-100"),
        ("1310100", "01310100"),
        (1310100.0, "01310100"),
        ("", None),
        (90003.0, "90003"),
    ],
)
def test_a_postal_code_gets_its_zero_back(cell: object, code: str | None) -> None:
    """A CEP of seven digits has lost its first zero; other codes stay."""
    assert parse_postal_code(cell) == code


def test_states_and_texts() -> None:
    """Two-letter states are written in capitals; blank-like texts are None."""
    assert (parse_state("pe"), parse_state("Pernambuco"), parse_state("-")) == ("PE", "Pernambuco", None)
    assert (parse_text(" a  b "), parse_text("n/d"), parse_text(float("nan"))) == ("a b", None, None)


@pytest.mark.parametrize(
    "cell, text",
    [
        (53.85, "53.85"), (1e-7, "0.0000001"), (3.0, "3"), (dt.date(2024, 8, 19), "2024-08-19"),
        (None, ""), (False, "0"), (dt.timedelta(seconds=1), "0:00:01"),
        (dt.datetime.fromisoformat("2024-08-19 00:00"), "2024-08-19"),
        (dt.datetime.fromisoformat("2024-08-19 14:33"), "2024-08-19 14:33:00"),
    ],
)  # fmt: skip
def test_cells_of_spreadsheets_as_people_see_them(cell: object, text: str) -> None:
    """Numbers without needless decimals, dates without a needless midnight."""
    assert text_of(cell) == text


@given(
    st.text(max_size=30)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.none()
)
def test_any_cell_is_answered(cell: object) -> None:
    """Every reader of plain values answers any cell with a value, None or its code."""
    assert code_of(parse_id, cell) in {None, "id_damaged"}
    assert code_of(parse_text, cell) is None
    assert code_of(parse_boolean, cell) is None
    assert code_of(parse_postal_code, cell) is None
    assert code_of(parse_word, "status", cell) in {None, "value_unknown"}
