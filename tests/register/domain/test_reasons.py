from __future__ import annotations

import re
import unicodedata
from collections import Counter
from importlib import resources

import pytest

from atelogo.register.domain.reasons import (
    LANGUAGES,
    MAX_LABEL,
    NOT_INFORMED,
    OTHER,
    PREFER_NOT_TO_SAY,
    TO_CLASSIFY,
    Interchange,
    ReasonArea,
    ReasonDataError,
    ReasonKind,
    ReasonSeed,
    customer_options,
    default_reason_tree,
    default_reasons,
    parse_reason_tree,
)

LEAVES = default_reasons()
BY_CODE = {reason.code: reason for reason in LEAVES}
each_leaf = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.code)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def folded(text: str) -> str:
    """Without accents, case, doubled spaces and punctuation at the end."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split()).rstrip(".!?;:, ")


def bad(change: str, to: str) -> bytes:
    """The default file with the first `change` replaced by `to`."""
    raw = resources.files("atelogo.register.domain").joinpath("default_reasons.toml").read_text("utf-8")
    assert change in raw
    return raw.replace(change, to, 1).encode()


def test_eight_groups_with_leaves_and_one_for_what_imports_bring() -> None:
    """The tree is small enough to choose from on the phone: at most six reasons stand in one group."""
    groups = default_reason_tree()
    assert [group.code for group in groups if group.system] == [TO_CLASSIFY]
    usual = [group for group in groups if not group.system]
    assert len(usual) == 8
    assert all(2 <= len(group.reasons) <= 6 for group in usual)
    assert not groups[-1].reasons
    assert groups[-1].code == TO_CLASSIFY
    assert 28 <= len(LEAVES) <= 38


def test_codes_are_unique_and_stable_in_shape() -> None:
    """Codes of groups and leaves are snake_case English and never stand twice."""
    codes = [reason.code for reason in LEAVES] + [group.code for group in default_reason_tree()]
    assert not [code for code, times in Counter(codes).items() if times > 1]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_each_leaf_knows_its_group() -> None:
    """A leaf's `group` is the code of the group it stands in."""
    for group in default_reason_tree():
        assert {reason.group for reason in group.reasons} <= {group.code}


@each_leaf
def test_every_leaf_says_everything_in_three_languages(leaf: ReasonSeed) -> None:
    """Label, definition, both rules and an example stand in pt-BR, en and es, as whole sentences."""
    assert tuple(leaf.texts) == LANGUAGES
    for language in LANGUAGES:
        text = leaf.text(language)
        assert 3 <= len(text.label) <= MAX_LABEL
        assert not text.label.endswith(".")
        for sentence in (text.definition, text.use_when, text.not_when, text.example):
            assert sentence.endswith((".", "”."))
            assert 10 <= len(sentence) <= 240
        assert text.definition[0].isupper()
        assert text.use_when[0].islower()
        assert text.not_when[0].islower()
        assert text.example[0].isupper()


@each_leaf
def test_nothing_is_left_untranslated(leaf: ReasonSeed) -> None:
    """The three languages differ in every long text."""
    for field in ("definition", "use_when", "not_when", "example"):
        assert len({getattr(leaf.text(language), field) for language in LANGUAGES}) == 3


@each_language
def test_labels_stay_apart_after_folding(language: str) -> None:
    """No two labels of a language are one after accents, case and spaces are folded, groups included."""
    labels = [folded(reason.text(language).label) for reason in LEAVES]
    labels += [folded(group.label(language)) for group in default_reason_tree()]
    assert not [label for label, times in Counter(labels).items() if times > 1]


@each_language
def test_every_reason_named_instead_exists(language: str) -> None:
    """A “label” inside "do not use when" is the label of another leaf in the same language."""
    labels = {reason.text(language).label for reason in LEAVES}
    for reason in LEAVES:
        named = re.findall("“([^”]+)”", reason.text(language).not_when)
        assert set(named) <= labels - {reason.text(language).label}, reason.code


@each_leaf
def test_the_three_languages_point_to_the_same_neighbours(leaf: ReasonSeed) -> None:
    """The reasons named in "do not use when" are the same ones in all languages."""
    seen = set()
    for language in LANGUAGES:
        codes = {reason.text(language).label: reason.code for reason in LEAVES}
        named = re.findall("“([^”]+)”", leaf.text(language).not_when)
        seen.add(tuple(sorted(codes[label] for label in named)))
    assert len(seen) == 1


@each_leaf
def test_examples_hold_no_personal_data(leaf: ReasonSeed) -> None:
    """No document, phone, e-mail or address stands in any text: no long number, no @, no link."""
    for language in LANGUAGES:
        text = leaf.text(language)
        every = f"{text.label} {text.definition} {text.use_when} {text.not_when} {text.example}"
        assert not re.search(r"\d{4,}|\d[\d.\-/ ]{6,}\d|@|https?:|www\.", every)


def test_sensitive_reasons_are_the_agreed_ones() -> None:
    """Bereavement, illness, lost income, fraud and harassment lead to a person, and no other reason does."""
    assert {reason.code for reason in LEAVES if reason.sensitive} == {
        "bereavement",
        "illness",
        "financial_hardship",
        "fraud",
        "harassment",
    }


def test_every_interchange_kind_and_area_is_used() -> None:
    """The tree can be exchanged in full: each of the eight values, kinds and areas has a reason."""
    assert {reason.interchange for reason in LEAVES} == set(Interchange)
    assert {reason.kind for reason in LEAVES} == set(ReasonKind)
    assert {reason.area for reason in LEAVES} == set(ReasonArea)
    assert {reason.extra_code for reason in LEAVES if reason.extra_code} == {
        "moved_away",
        "financial_hardship",
        "bereavement",
        "temporary_need",
        "billing_dispute",
        "never_wanted",
        "fraud",
        "duplicate",
        "business_closed",
        "coverage",
    }


def test_ends_that_nobody_asked_for_are_involuntary() -> None:
    """Only death, non-payment and the company's own decision are involuntary."""
    assert {reason.code for reason in LEAVES if reason.kind is ReasonKind.INVOLUNTARY} == {
        "bereavement",
        "non_payment",
        "ended_by_company",
    }


def test_a_row_without_reason_has_its_own_leaf() -> None:
    """The leaf "Não informado" is the system's, is nobody's choice, and is the only such leaf."""
    assert [reason.code for reason in LEAVES if reason.system] == [NOT_INFORMED]
    assert BY_CODE[NOT_INFORMED].text("pt-BR").label == "Não informado"
    assert not BY_CODE[NOT_INFORMED].ask_customer


def test_the_customer_is_asked_little_and_may_keep_silent() -> None:
    """Six usual reasons, then "Prefiro não dizer", with "Outro motivo" last; none of them sensitive."""
    options = customer_options(LEAVES)
    assert len(options) == 8
    assert [option.code for option in options[-2:]] == [PREFER_NOT_TO_SAY, OTHER]
    assert not [option.code for option in options if option.sensitive or option.system]
    assert options[-1].text("pt-BR").customer_label == "Outro motivo"
    assert options[-2].text("pt-BR").customer_label == "Prefiro não dizer"
    for language in LANGUAGES:
        labels = [option.text(language).customer_label or "" for option in options]
        assert all(3 <= len(label) <= 32 for label in labels)
        assert len({folded(label) for label in labels}) == len(labels)


@pytest.mark.parametrize(
    "spelling, label",
    [
        ("pt-br", "Outro motivo"),
        ("en_US", "Another reason"),
        ("es-AR", "Otro motivo"),
        ("fr", "Outro motivo"),
    ],
)
def test_a_language_is_found_in_any_spelling(spelling: str, label: str) -> None:
    """Django's and the browser's spellings find the texts; an unknown language reads Portuguese."""
    assert BY_CODE[OTHER].text(spelling).label == label


@pytest.mark.parametrize(
    "change, to, says",
    [
        ('code = "outages"', 'code = "quality"', "quality: this code stands twice"),
        ('kind = "voluntary"', 'kind = "angry"', "price_too_high: 'angry'"),
        ('kind = "voluntary"\n', "", "price_too_high: kind is missing"),
        ('area = "price"', 'area = "moon"', "price_too_high: 'moon'"),
        ('extra_code = "temporary_need"', 'extra_code = "odd"', "goal_reached: 'odd'"),
        ("[group.reason.es]", "[group.reason.fr]", "price_too_high: the language es is missing"),
        ('customer_label = "O preço não compensa"\n', "", "price_too_high.pt-BR: customer_label is missing"),
        ('"Preço alto pelo que oferece"', f'"{"x" * 61}"', "at most 60 characters"),
    ],
)
def test_bad_data_is_refused_by_name(change: str, to: str, says: str) -> None:
    """An edit that breaks the tree says which reason and what is wrong."""
    with pytest.raises(ReasonDataError) as refused:
        parse_reason_tree(bad(change, to))
    assert says in str(refused.value)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"[[group]", b"[[group]]\nlabel = 1"])
def test_what_is_no_tree_is_refused(raw: bytes) -> None:
    """Bytes that are no text, no TOML or no group raise the same error, never another."""
    with pytest.raises(ReasonDataError):
        parse_reason_tree(raw)
