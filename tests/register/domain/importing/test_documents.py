from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj, cpf

from atelogo.register.domain.importing.documents import is_cnpj, is_cpf, parse_document
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.records import Document
from tests.register.domain.importing.steps import code_of

DIGITS = st.text("0123456789", min_size=11, max_size=11)
CHARACTERS = st.text("0123456789ABCDEFXYZ", min_size=12, max_size=12)


@pytest.mark.parametrize(
    "cell, number",
    [
        ("45945515647", "45945515647"), ("459.455.156-47", "45945515647"),
        (" 459.455.156-47 ", "45945515647"), ("857351249", "00857351249"), (857351249.0, "00857351249"),
        (857351249, "00857351249"), ("857351249.0", "00857351249"), ("857351249,00", "00857351249"),
        ("'00857351249", "00857351249"), ('="00857351249"', "00857351249"),
        ("CPF: 459.455.156-47", "45945515647"), ("008573512-49", "00857351249"),
        ("459 455 156 47", "45945515647"), ("459.455.156\u201347", "45945515647"),
    ],
)  # fmt: skip
def test_a_cpf_in_every_writing(cell: object, number: str) -> None:
    """Punctuation, guards and lost zeros are undone; the check digits must agree."""
    assert parse_document(cell) == Document(number, "person")


@pytest.mark.parametrize(
    "cell, number",
    [
        ("11.222.333/0001-81", "11222333000181"), ("11222333000181", "11222333000181"),
        (11222333000181.0, "11222333000181"), ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"), ("360305000104", "00360305000104"),
        ("00000000000191", "00000000000191"), (" 61.602.199/0065-87", "61602199006587"),
    ],
)  # fmt: skip
def test_a_cnpj_in_every_writing(cell: object, number: str) -> None:
    """Digits or letters, with lost zeros, a CNPJ is a company."""
    assert parse_document(cell) == Document(number, "company")


@pytest.mark.parametrize("cell", ["", "-", "n/d", "000.000.000-00", "00000000000000", 0, 0.0])
def test_no_document_is_nothing(cell: object) -> None:
    """Blank cells and rows of zeros mean "none"."""
    assert parse_document(cell) is None


@pytest.mark.parametrize(
    "cell, code",
    [
        ("4,59455E+10", "document_scientific"), ("4.59455e10", "document_scientific"),
        ("***.455.156-**", "document_masked"), ("XXX.455.156-XX", "document_masked"),
        ("111.111.111-11", "document_invalid"), ("45945515648", "document_invalid"),
        ("123", "document_invalid"), ("191", "document_invalid"), ("MG-12.345.678", "document_invalid"),
        (True, "document_invalid"), (float("nan"), "document_invalid"), (float("inf"), "document_invalid"),
        (-5.0, "document_invalid"), (1.5, "document_invalid"), (None, "document_invalid"),
        ("٣" * 11, "document_invalid"), ("459455156470", "document_invalid"),
    ],
)  # fmt: skip
def test_a_bad_document_has_its_code(cell: object, code: str) -> None:
    """A wrong, hidden or rounded document is told apart and never guessed."""
    with pytest.raises(ValueProblemError) as caught:
        parse_document(cell)
    assert caught.value.code == code


@given(DIGITS)
def test_cpf_agrees_with_stdnum(digits: str) -> None:
    """Our check, ten times as fast, accepts what python-stdnum accepts (and refuses eleven equal digits)."""
    good = digits[:9] + cpf._calc_check_digits(digits)
    for number in (digits, good):
        assert is_cpf(number) == (cpf.is_valid(number) and len(set(number)) > 1)


@given(CHARACTERS)
def test_cnpj_agrees_with_stdnum(base: str) -> None:
    """Our check accepts what python-stdnum accepts, letters included."""
    good = base + cnpj.calc_check_digits(base)
    assert is_cnpj(good) == cnpj.is_valid(good)
    wrong = base + "00"
    assert is_cnpj(wrong) == cnpj.is_valid(wrong)


def test_a_wrong_cpf_seldom_passes_as_a_short_cnpj() -> None:
    """A mistyped CPF is taken for a company whose zeros were lost only with the branch number 0001."""
    draw = random.Random(5)
    for _ in range(20000):
        digits = f"{draw.randrange(10**10, 10**11)}"
        try:
            found = parse_document(digits)
        except ValueProblemError:
            continue
        assert found is not None
        assert found.kind == "person" or found.number[8:12] == "0001"


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans())
def test_any_cell_gives_a_document_or_a_code(cell: object) -> None:
    """Whatever stands in a cell, the answer is a document, None or a code."""
    codes = {None, "document_invalid", "document_scientific", "document_masked"}
    assert code_of(parse_document, cell) in codes
