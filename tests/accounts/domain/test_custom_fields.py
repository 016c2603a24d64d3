"""Definitions of a company's own fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.accounts.domain.custom_fields import (
    MOST_FIELDS,
    CustomField,
    CustomKind,
    FieldRefused,
    field_of,
    fields_of,
)
from atelogo.accounts.domain.settings import cleaned, info_of
from atelogo.core.ids import new_id

SHOP: dict[str, Any] = {
    "code": "loja",
    "labels": {"pt-br": "Loja", "es": "Tienda"},
    "kind": "choice",
    "choices": ["Centro", " Mooca ", "Centro", ""],
}


def test_a_definition_survives_being_stored() -> None:
    """What is stored gives the same field back, through the company's settings too."""
    field = field_of(SHOP)
    assert field == CustomField(
        "loja", {"pt-br": "Loja", "es": "Tienda"}, CustomKind.CHOICE, ("Centro", "Mooca")
    )
    assert field_of(field.stored()) == field
    good, refused = cleaned({"custom_fields": [SHOP]})
    assert refused == {}
    assert info_of(new_id(), "aurora", "Aurora", good).custom_fields == (field,)


@pytest.mark.parametrize(
    "language,label", [("pt-br", "Loja"), ("ES", "Tienda"), ("en", "Loja"), ("fr", "Loja")]
)
def test_a_label_is_found_in_some_language(language: str, label: str) -> None:
    """A language without its own label shows the first one that there is."""
    assert field_of(SHOP).label(language) == label


def test_options_belong_to_lists_alone() -> None:
    """A field that is no list keeps no options."""
    assert field_of(SHOP | {"kind": "text"}).choices == ()


@pytest.mark.parametrize(
    "change,part,code",
    [
        ({"code": ""}, "code", "required"),
        ({"code": "Loja"}, "code", "invalid"),
        ({"code": "1a"}, "code", "invalid"),
        ({"labels": {}}, "labels", "required"),
        ({"labels": {"fr": "Magasin"}}, "labels", "invalid"),
        ({"labels": "Loja"}, "labels", "invalid"),
        ({"labels": {"pt-br": "x" * 81}}, "labels", "too_long"),
        ({"labels": {"pt-br": "a\x00"}}, "labels", "invalid"),
        ({"kind": "secret"}, "kind", "unknown"),
        ({"choices": []}, "choices", "required"),
        ({"choices": None}, "choices", "required"),
        ({"choices": "Centro"}, "choices", "invalid"),
        ({"choices": [str(n) for n in range(51)]}, "choices", "too_many"),
        ({"help": "x" * 201}, "help", "too_long"),
        ({"required": True}, "code", "invalid"),
    ],
)
def test_what_cannot_stand_is_named(change: dict[str, Any], part: str, code: str) -> None:
    """A definition that cannot stand says which part is wrong and why; no field can be made required."""
    with pytest.raises(FieldRefused) as refused:
        field_of(SHOP | change)
    assert (refused.value.part, refused.value.code) == (part, code)


@pytest.mark.parametrize(
    "given,code",
    [
        ([SHOP, SHOP], "taken"),
        ([SHOP | {"code": f"f{n}"} for n in range(MOST_FIELDS + 1)], "too_many"),
        ("loja", "invalid"),
        ({"loja": SHOP}, "invalid"),
        ([1], "invalid"),
    ],
)
def test_the_list_as_a_setting(given: object, code: str) -> None:
    """Repeats, too many and malformed lists are refused as a setting, by code."""
    assert cleaned({"custom_fields": given}) == ({}, {"custom_fields": code})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "labels", "kind", "choices", "help", "active", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(_JSON)
def test_any_json_is_fields_or_a_refusal(value: Any) -> None:
    """Whatever is sent, the answer is a list of fields or a refusal."""
    try:
        fields = fields_of(value)
    except FieldRefused as refused:
        fields = ()
        assert refused.code  # noqa: PT017 - both outcomes are right
    assert all(isinstance(one, CustomField) for one in fields)
