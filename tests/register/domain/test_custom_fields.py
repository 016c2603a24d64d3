"""Values of a company's own fields."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.accounts.domain.custom_fields import CustomField, CustomKind
from atelogo.register.domain.custom_fields import ShownValue, custom_changed, custom_shown, custom_values

FIELDS = (
    CustomField("campanha", {"pt-br": "Campanha", "en": "Campaign"}),
    CustomField("visitas", {"pt-br": "Visitas"}, CustomKind.NUMBER),
    CustomField("vencimento", {"pt-br": "Vencimento"}, CustomKind.DATE),
    CustomField("loja", {"pt-br": "Loja"}, CustomKind.CHOICE, ("Centro", "Mooca"), active=False),
)


@pytest.mark.parametrize(
    "code,value,kept",
    [
        ("campanha", "  Volta às aulas ", "Volta às aulas"),
        ("campanha", "duas\r\nlinhas", "duas\nlinhas"),
        ("visitas", 3, "3"),
        ("visitas", Decimal("1.50"), "1.50"),
        ("visitas", " -2.5 ", "-2.5"),
        ("visitas", "1e3", "1000"),
        ("vencimento", date(2026, 11, 21), "2026-11-21"),
        ("vencimento", "2026-11-21", "2026-11-21"),
        ("loja", " Mooca ", "Mooca"),
    ],
)
def test_what_fits_is_kept_in_one_form(code: str, value: object, kept: str) -> None:
    """A value that fits its field is kept in its one form; a field no longer asked still takes one."""
    assert custom_values(FIELDS, {code: value}) == ({code: kept}, {})


@pytest.mark.parametrize(
    "code,value,why",
    [
        ("nada", "x", "unknown"),
        ("campanha", "x" * 501, "too_long"),
        ("campanha", "a\x00b", "invalid"),
        ("visitas", "três", "not_a_number"),
        ("visitas", "1,5", "not_a_number"),
        ("visitas", "NaN", "not_a_number"),
        ("visitas", "Infinity", "not_a_number"),
        ("visitas", True, "not_a_number"),
        ("visitas", 1.5, "not_a_number"),
        ("visitas", "9" * 21, "too_long"),
        ("visitas", "1e999999", "too_long"),
        ("vencimento", "21/11/2026", "not_a_date"),
        ("vencimento", "2026-02-30", "not_a_date"),
        ("vencimento", datetime(2026, 11, 21, tzinfo=UTC), "not_a_date"),
        ("loja", "Lapa", "not_offered"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(code: str, value: object, why: str) -> None:
    """A value that does not fit is refused with its field and the code of why."""
    assert custom_values(FIELDS, {code: value}) == ({}, {code: why})


@pytest.mark.parametrize("empty", ["", None])
def test_nothing_given_keeps_nothing(empty: object) -> None:
    """No field is required: empty values keep nothing and refuse nothing."""
    assert custom_values(FIELDS, dict.fromkeys(["campanha", "visitas", "vencimento", "loja"], empty)) == (
        {},
        {},
    )
    assert custom_values(FIELDS, {"campanha": "   "}) == ({}, {})
    assert custom_values(FIELDS, {}) == ({}, {})


def test_a_correction_leaves_the_rest() -> None:
    """What was not given stays, what an import brought included; what was emptied goes."""
    kept = {"campanha": "Natal", "loja": "Centro", "coluna antiga": "7"}
    given = {"campanha": "", "loja": "Mooca"}
    accepted, refused = custom_values(FIELDS, given)
    assert refused == {}
    assert custom_changed(kept, given, accepted) == {"loja": "Mooca", "coluna antiga": "7"}


def test_values_are_shown_in_the_companys_order() -> None:
    """Known fields come first, by their labels in the reader's language; what imports brought follows."""
    kept: dict[str, object] = {"coluna antiga": 7, "loja": "Lapa", "campanha": "Natal", "visitas": ""}
    assert custom_shown(FIELDS, kept, language="en") == [
        ShownValue("campanha", "Campaign", CustomKind.TEXT, "Natal"),
        ShownValue("loja", "Loja", CustomKind.CHOICE, "Lapa"),
        ShownValue("coluna antiga", "coluna antiga", CustomKind.TEXT, "7"),
    ]


_ANY = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.dates()
    | st.decimals()
)


@given(st.dictionaries(st.sampled_from([field.code for field in FIELDS] + ["nada"]), _ANY))
def test_any_value_is_kept_refused_or_empty_and_stays_as_kept(values: dict[str, Any]) -> None:
    """Every value is kept, refused or empty, and what was kept is accepted again as it is."""
    kept, refused = custom_values(FIELDS, values)
    assert not set(kept) & set(refused)
    assert set(kept) | set(refused) <= set(values)
    assert custom_values(FIELDS, kept) == (kept, {})
