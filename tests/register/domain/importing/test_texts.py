from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.importing.folding import fold, suggest_synonyms
from atelogo.register.domain.importing.texts import is_blank, is_damaged, tidy, tidy_lines, unguard
from atelogo.register.domain.importing.wordlists import BLANK_REASONS
from tests.register.domain.importing.messy import again


@pytest.mark.parametrize(
    "messy, right",
    [
        ("  João   Silva ", "João Silva"),
        ("João\u00a0Silva", "João Silva"),
        ("Jo\u0061\u0303o", "João"),
        ("JoÃ£o", "João"),
        ("JoÃƒÂ£o", "João"),
        ("Ã\x81gatha", "Ágatha"),
        ("MARIA JOSÃ‰", "MARIA JOSÉ"),
        ("razÃ£o não", "razão não"),
        ("Ã\u00a0 vista", "à vista"),
        ("Jo\u200bão\ufeff", "João"),
        ("linha\r\noutra", "linha outra"),
        ("'00123", "00123"),
        ("JOÃO", "JOÃO"),
        ("IRMÃ DULCE", "IRMÃ DULCE"),
        ("ação e coração", "ação e coração"),
        ("Ã\ufffdsis", "\ufffdsis"),
    ],
)
def test_text_is_tidied(messy: str, right: str) -> None:
    """Double encodings, odd spaces and hidden characters go; right Portuguese stays as it is."""
    assert tidy(messy) == right
    assert tidy(right) == right


@given(
    st.lists(
        st.sampled_from(["ção", "ã", "Não", "JOSÉ", "Ísis", "Ângela", "é", "à", "Conceição", "AÇÃO", "niño"]),
        min_size=1,
    )
)
def test_text_encoded_too_often_comes_back(words: list[str]) -> None:
    """Text that was encoded twice or three times is the text again."""
    text = " ".join(words)
    assert tidy(again(text)) == text
    assert tidy(again(text, 2)) == text


@pytest.mark.parametrize(
    "name",
    [
        "Jo?o",
        "Concei??o Lima",
        "?ngela",
        "Jo\ufffdo",
        "Ãsis",
        "JoÃo",
        "Josà Silva",
        tidy("Jo\x1ao"),
        "Jo\x8fo",
        "Ã",
    ],
)
def test_damaged_names_are_seen(name: str) -> None:
    """A replacement sign, a question mark among letters or a lone Ã means that letters are lost."""
    assert is_damaged(name)


@pytest.mark.parametrize(
    "name",
    [
        "João",
        "JOÃO",
        "Irmã",
        "MAÇÃ",
        "CLÃ NORTE",
        "D'Ávila",
        "Por quê?",
        "O quê? Não",
        "José 2",
        "à vista",
        "",
    ],
)
def test_whole_names_are_left_alone(name: str) -> None:
    """Portuguese as it is written is not damaged."""
    assert not is_damaged(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "n/d",
        "N/A",
        "NULL",
        "Não informado",
        "NAO INFORMADO.",
        "(vazio)",
        "#N/D",
        "Sem informação",
        "--",
    ],
)
def test_words_for_nothing_are_blank(text: str) -> None:
    """People and systems have many words for "nothing here"."""
    assert is_blank(text)


@pytest.mark.parametrize("text", ["Sem motivo", "Não informou", "0", "sin motivo", "NULL"])
def test_reasons_have_more_words_for_nothing(text: str) -> None:
    """A reason that gives none is blank; "Não sabe" is a reason."""
    assert is_blank(tidy(text), BLANK_REASONS)
    assert not is_blank("Não sabe", BLANK_REASONS)


@pytest.mark.parametrize(
    "text, bare", [("'007", "007"), ('="007"', "007"), ("=007", "007"), (" 007 ", "007"), ("", "")]
)
def test_guards_of_spreadsheets_are_taken_away(text: str, bare: str) -> None:
    """What keeps a number as text in a spreadsheet is no part of it."""
    assert unguard(text) == bare


def test_notes_keep_their_lines() -> None:
    """A note of several lines keeps them; other spaces are tidied and empty ends go."""
    assert tidy_lines(" ligou\r\n nÃ£o  quer\r\r") == "ligou\nnão quer"
    assert tidy_lines("uma linha") == "uma linha"


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing(text: str) -> None:
    """Any text gives one line without spaces at its ends, and is stable but for deeper encodings."""
    once = tidy(text)
    assert once == once.strip()
    assert "\n" not in once


@pytest.mark.parametrize(
    "one, other",
    [
        ("Preço muito alto", "PRECO  MUITO ALTO."),
        ("Mudança de endereço", "mudanca de endereco;"),
        ("Não sabe", "nao sabe ..."),
        ("Preço", "Prec\u0327o"),
        ("Straße", "STRASSE"),
    ],
)
def test_folding_joins_spellings_of_one_word(one: str, other: str) -> None:
    """Accents, case, spaces and trailing punctuation do not make another reason."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize("one, other", [("Preço", "Preços"), ("Preço alto", "Alto preço"), ("Caro", "Cara")])
def test_folding_joins_nothing_else(one: str, other: str) -> None:
    """Other words, however near, stay other reasons."""
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_is_stable(text: str) -> None:
    """Folding a folded text changes nothing."""
    assert fold(fold(text)) == fold(text)


def test_synonyms_are_only_suggested() -> None:
    """Near labels come best first with their score; a label far from all suggests nothing."""
    known = ["Preço muito alto", "Mudança de endereço", "Concorrente fez melhor oferta"]
    assert suggest_synonyms(fold("preco alto"), known)[0].known == "Preço muito alto"
    assert suggest_synonyms(fold("mudanca endereço"), known)[0].known == "Mudança de endereço"
    assert suggest_synonyms(fold("Conccorrente fez melhor ofertta"), known)[0].score > 0.9
    assert suggest_synonyms(fold("Falecimento do titular"), known) == []
    assert suggest_synonyms("", known) == []
    assert (
        len(suggest_synonyms("preco alto", ["Preço alto", "Preço muito alto", "Preços altos"], limit=2)) == 2
    )
