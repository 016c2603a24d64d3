from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain.deadlines import Windows
from atelogo.register.domain.fees import Commitment, fee_quote
from atelogo.register.domain.how_to_cancel import (
    CONTACT_PARAMETERS,
    LANGUAGES,
    Block,
    HowToCancelPage,
    blocks_from_text,
    default_page,
    default_parameters,
    how_to_cancel_page,
    text_from_blocks,
    unknown_parameters,
)

CONTACTS: dict[str, str | int] = {
    "company": "Padaria Aurora",
    "sac_phone": "0800 000 0000",
    "ombudsman": "ouvidoria@aurora.example",
    "email": "sac@aurora.example",
    "site": "https://aurora.example",
}
SECTORS = ("telecom", "fitness", "software", "other")
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_sector = pytest.mark.parametrize("sector", SECTORS)
lines = st.text(alphabet="aáç {}1.,?-•*\n", max_size=40)


def body(page: HowToCancelPage, code: str) -> str:
    """The shown text of one section, empty when it is not on the page."""
    return next((section.text for section in page.sections if section.code == code), "")


@each_language
def test_all_the_agreed_sections_are_there(language: str) -> None:
    """A telecom company's page answers every question that customers bring, in each language."""
    page = how_to_cancel_page(language, sector="telecom", parameters=CONTACTS)
    assert [section.code for section in page.sections] == [
        "channels",
        "needed",
        "on_behalf",
        "deadlines",
        "charges",
        "fee",
        "equipment",
        "rights",
        "earlier",
        "data",
        "complain",
    ]
    for section in page.sections:
        assert 3 <= len(section.title) <= 60
        assert section.source
        assert 50 <= len(section.text) <= 4000


@each_language
@each_sector
def test_the_languages_have_the_same_shape(language: str, sector: str) -> None:
    """Each language has the same sections, blocks, number of lines and parameters as Portuguese."""

    def shape(page: HowToCancelPage) -> list[object]:
        return [
            (
                section.code,
                block.kind,
                [sorted(re.findall(r"\{\w+\}", line)) for line in block.lines],
            )
            for section in page.sections
            for block in section.blocks
        ]

    ours, first = default_page(language, sector=sector), default_page("pt-BR", sector=sector)
    assert shape(ours) == shape(first)
    if language != "pt-BR":
        assert not {section.text for section in ours.sections} & {section.text for section in first.sections}


@each_language
@each_sector
def test_nothing_is_left_unfilled(language: str, sector: str) -> None:
    """With the company's contacts given, no brace is left on the page and every contact stands on it."""
    page = how_to_cancel_page(language, sector=sector, parameters=CONTACTS)
    shown = "\n".join([page.title, page.lead, *(section.text for section in page.sections)])
    assert not re.search(r"[{}]", shown)
    for name in ("sac_phone", "ombudsman", "email", "site"):
        assert str(CONTACTS[name]) in shown


def test_a_contact_that_is_not_given_takes_its_line_away() -> None:
    """Without a phone no line about the phone stands there, and the page still says where to cancel."""
    page = how_to_cancel_page("pt-br", sector="other", parameters={})
    assert "telefone:" not in body(page, "channels")
    assert "Nesta página" in body(page, "channels")
    assert "Ouvidoria" not in body(page, "complain")
    assert "Procon" in body(page, "complain")


def test_the_companys_windows_are_the_ones_told() -> None:
    """Hours to stop billing and to undo come from the workspace; no hours to undo, no promise of undo."""
    page = how_to_cancel_page("pt-br", sector="other", parameters={"stop_hours": 36, "undo_hours": 0})
    assert "36 horas" in body(page, "deadlines")
    assert "desfazer" not in body(page, "deadlines")


def test_default_figures_are_those_of_the_register() -> None:
    """The page's default windows are the register's own, and every figure names its source."""
    figures = {parameter.name: parameter for parameter in default_parameters()}
    assert figures["stop_hours"].default == Windows().stop_hours
    assert figures["undo_hours"].default == Windows().undo_hours
    assert all(parameter.source and parameter.default > 0 for parameter in figures.values())
    used = {
        name for section in default_page("en", sector="telecom").sections for name in _names(section.text)
    }
    assert used - set(CONTACT_PARAMETERS) == set(figures)


def _names(text: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", text)


@each_language
def test_the_worked_example_is_what_the_register_reckons(language: str) -> None:
    """R$ 360,00 for 12 months with 5 left is R$ 150,00 on the page and in the code."""
    text = body(default_page(language, sector="other"), "fee")
    term = Commitment(date(2027, 4, 30), 12, 36000)
    assert fee_quote(term, last_day=date(2026, 11, 21)).amount_minor == 15000
    assert fee_quote(term, last_day=date(2027, 4, 10)).amount_minor == 0
    assert re.search(r"360[.,]00 × 5 ÷ 12 = R\$ 150[.,]00", text)


@each_language
def test_only_telecom_customers_read_of_anatel_and_suspension(language: str) -> None:
    """A gym's page names neither Anatel nor lent equipment; a provider's names both."""
    gym = default_page(language, sector="fitness")
    provider = default_page(language, sector="telecom")
    assert "Anatel" not in "".join(section.text for section in gym.sections)
    assert not body(gym, "equipment")
    assert body(provider, "equipment")
    assert "1331" in body(provider, "complain")
    assert "{suspension_min_days}" in body(provider, "rights")


@each_language
def test_where_to_complain_is_one_list(language: str) -> None:
    """The sector's own agency continues the list of places; it is not a list of its own."""
    page = default_page(language, sector="telecom")
    blocks = next(section.blocks for section in page.sections if section.code == "complain")
    assert [block.kind for block in blocks] == ["paragraph", "list"]
    assert len(blocks[1].lines) == 5


def test_a_companys_own_section_replaces_ours_and_keeps_the_rest() -> None:
    """Typed text with a parameter is shown filled in; an empty one falls back to the default."""
    page = how_to_cancel_page(
        "es",
        sector="other",
        parameters=CONTACTS,
        own={
            "channels": "Venga al mostrador de {company}.\n\n- {sac_phone}\n- {nada}",
            "needed": "  ",
            "no_such": "x",
        },
    )
    assert body(page, "channels") == "Venga al mostrador de Padaria Aurora.\n\n- 0800 000 0000\n- {nada}"
    assert {section.code for section in page.sections if section.own} == {"channels"}
    assert body(page, "needed").startswith("Solo saber")


@pytest.mark.parametrize(
    "spelling, tag", [("pt_BR", "pt-BR"), ("en-us", "en"), ("es", "es"), ("de", "pt-BR")]
)
def test_a_language_is_found_in_any_spelling(spelling: str, tag: str) -> None:
    """Django's and the browser's spellings work; an unknown language reads Portuguese."""
    assert default_page(spelling, sector="other").language == tag


def test_the_mark_tells_the_company_to_ask_its_lawyers() -> None:
    """Every section that holds law is marked, in the company's language, and customers' text is not."""
    page = default_page("pt-BR", sector="telecom")
    assert page.mark == "Conferir com seu jurídico"
    assert all(section.legal for section in page.sections)
    assert "jurídico" not in "".join(section.text for section in page.sections)


def test_names_that_nothing_fills_in_are_pointed_out() -> None:
    """A slip in a placeholder is found once; known ones are not."""
    assert unknown_parameters("{stop_hours} {company} {sac_phone} {stop_hour} {x} {x}") == ("stop_hour", "x")


def test_typed_text_is_read_as_a_person_means_it() -> None:
    """Blank lines part paragraphs, a broken line is one sentence, three kinds of bullet make one list."""
    typed = "Primeira frase\ncontinua aqui.\n\nOutra.\n- um\n• dois\n\n* três\nFim."
    assert blocks_from_text(typed) == (
        Block("paragraph", ("Primeira frase continua aqui.", "Outra.")),
        Block("list", ("um", "dois", "três")),
        Block("paragraph", ("Fim.",)),
    )


@given(st.text() | lines)
def test_editing_without_a_change_changes_nothing(text: str) -> None:
    """Whatever is typed is read, and reading what is then shown for editing gives the same again."""
    blocks = blocks_from_text(text)
    assert blocks_from_text(text_from_blocks(blocks)) == blocks


@each_language
@each_sector
def test_our_own_texts_survive_editing(language: str, sector: str) -> None:
    """Each default section, opened for editing and saved untouched, stays as it was."""
    for section in default_page(language, sector=sector).sections:
        assert blocks_from_text(section.text) == section.blocks
