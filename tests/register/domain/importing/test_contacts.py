from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.contacts import AREA_CODES, parse_email, parse_phone
from atelogo.register.domain.importing.problems import ValueProblemError
from tests.register.domain.importing.steps import code_of


@pytest.mark.parametrize(
    "cell, phone",
    [
        ("+5581970643907", "+5581970643907"), ("(81) 97064-3907", "+5581970643907"),
        ("81970643907", "+5581970643907"), (81970643907.0, "+5581970643907"),
        (81970643907, "+5581970643907"), ("81970643907.0", "+5581970643907"),
        ("081 97064-3907", "+5581970643907"), ("0 31 81 97064-3907", "+5581970643907"),
        ("55 81 97064 3907", "+5581970643907"), ("0055 81 97064-3907", "+5581970643907"),
        ("81 3333-4444 / 81 97064-3907", "+558133334444"), ("81970643907 ou 8133334444", "+5581970643907"),
        ("(81)97064-3907 (Maria)", "+5581970643907"), ("2199998888", "+5521999998888"),
        ("+1 213-373-4253", "+12133734253"), ("+351 912 345 678", "+351912345678"),
        ("0800 703 7000", "+558007037000"), ("81\u00a097064\u20113907", "+5581970643907"),
    ],
)  # fmt: skip
def test_phones_become_e164(cell: object, phone: str) -> None:
    """Brazilian phones in every writing, the ninth digit included, and foreign ones with their plus."""
    assert parse_phone(cell) == phone


@pytest.mark.parametrize("cell", ["", "-", "n/d", "(00) 0000-0000", "0"])
def test_no_phone_is_nothing(cell: str) -> None:
    """Blank cells and zeros mean "none"."""
    assert parse_phone(cell) is None


@pytest.mark.parametrize(
    "cell", ["3333-4444", "97064-3907", "abc", "8,1971E+10", "10 97064-3907", True, 1e30, None, "123"]
)
def test_half_a_phone_is_refused(cell: object) -> None:
    """Without a real area code and a whole number it is no phone."""
    with pytest.raises(ValueProblemError) as caught:
        parse_phone(cell)
    assert caught.value.code == "phone_invalid"


@pytest.mark.parametrize("area", sorted(AREA_CODES))
def test_the_area_codes_are_those_of_the_numbering_plan(area: str) -> None:
    """Each of the 67 area codes makes a valid mobile number for libphonenumber."""
    assert len(AREA_CODES) == 67
    number = phonenumbers.parse(parse_phone(f"({area}) 99999-8888") or "")
    assert phonenumbers.is_valid_number(number)


@pytest.mark.parametrize(
    "cell, email",
    [
        ("Ana@Exemplo.com.BR", "ana@exemplo.com.br"),
        (" ana@exemplo.com ", "ana@exemplo.com"),
        ("ana@exemplo.com; bia@exemplo.com", "ana@exemplo.com"),
        ("Ana Lima <ana@exemplo.com>", "ana@exemplo.com"),
        ("mailto:ana@exemplo.com", "ana@exemplo.com"),
        ("n/d", None),
        ("", None),
    ],
)
def test_emails_are_taken_whole(cell: str, email: str | None) -> None:
    """The first whole address of a cell, in lower case."""
    assert parse_email(cell) == email


@pytest.mark.parametrize(
    "cell", ["ana", "ana@exemplo", "joão@exemplo.com", "a b@exemplo.com", "@exemplo.com", 3.0, None]
)
def test_a_piece_of_an_address_is_no_address(cell: object) -> None:
    """Nothing is cut out of a wrong address to make a right one."""
    with pytest.raises(ValueProblemError) as caught:
        parse_email(cell)
    assert caught.value.code == "email_invalid"


@given(st.text(max_size=40) | st.floats() | st.integers() | st.booleans())
def test_any_cell_gives_a_contact_or_the_code(cell: object) -> None:
    """Whatever stands in a cell, the answer is a contact or None or the code."""
    assert code_of(parse_phone, cell) in {None, "phone_invalid"}
    assert code_of(parse_email, cell) in {None, "email_invalid"}
