"""What a setting accepts, and its frozen form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.accounts.domain.settings import CLEANERS, LOGO_LIMIT, cleaned, info_of
from atelogo.accounts.domain.workspace import Windows, WorkspaceInfo
from atelogo.core.ids import new_id


@pytest.mark.parametrize(
    "name,given,kept",
    [
        ("name", "  Padaria   Aurora ", "Padaria Aurora"),
        ("tax_id", "11.222.333/0001-81", "11222333000181"),
        ("tax_id", "12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("tax_id", "", ""),
        ("sector", "telecom", "telecom"),
        ("timezone", "America/Manaus", "America/Manaus"),
        ("currency", "BRL", "BRL"),
        ("brand_colour", "#A1B2C3", "#a1b2c3"),
        ("brand_logo_url", "/static/logo.svg", "/static/logo.svg"),
        ("brand_logo_url", "data:image/png;base64,AAAA", "data:image/png;base64,AAAA"),
        ("undo_hours", "0", 0),
        ("stop_hours", 24, 24),
        ("site", "https://aurora.example", "https://aurora.example"),
        ("features", ["b", "a", "a"], ["a", "b"]),
        (
            "how_to_cancel",
            {"pt-br": {"hours": " 8h às 18h\r\nsempre ", "empty": " "}},
            {"pt-br": {"hours": "8h às 18h\nsempre"}},
        ),
    ],
)
def test_good_values_are_kept_in_one_form(name: str, given: object, kept: object) -> None:
    """A good value is stored in its one form, whatever the spelling."""
    assert cleaned({name: given}) == ({name: kept}, {})


@pytest.mark.parametrize(
    "name,given,why",
    [
        ("name", "  ", "required"),
        ("name", "x" * 121, "too_long"),
        ("tax_id", "11.222.333/0001-82", "invalid"),
        ("sector", "moon", "unknown"),
        ("locale", "fr", "unknown"),
        ("timezone", "America/Padaria", "unknown"),
        ("currency", "XXZ", "unknown"),
        ("brand_colour", "blue", "invalid"),
        ("brand_colour", "#12345g", "invalid"),
        ("brand_logo_url", "https://other.example/logo.png", "invalid"),
        ("brand_logo_url", "//other.example/logo.png", "invalid"),
        ("brand_logo_url", "/a.png' onload='x", "invalid"),
        ("brand_logo_url", "data:text/html;base64,AAAA", "invalid"),
        ("brand_logo_url", "data:image/png;base64," + "A" * LOGO_LIMIT, "too_long"),
        ("stop_hours", "soon", "not_a_number"),
        ("stop_hours", -1, "out_of_range"),
        ("lapse_days", 0, "out_of_range"),
        ("email", "not an address", "invalid"),
        ("site", "javascript:alert(1)", "invalid"),
        ("site", "https://a b", "invalid"),
        ("how_to_cancel", {"fr": {}}, "invalid"),
        ("how_to_cancel", "text", "invalid"),
        ("how_to_cancel", {"en": {"hours": "x" * 4001}}, "too_long"),
        ("features", "all", "invalid"),
        ("link_keys", [], "no_such_setting"),
        ("slug", "other", "no_such_setting"),
    ],
)
def test_bad_values_are_refused_by_name(name: str, given: object, why: str) -> None:
    """A bad value is refused with the field and the code of why."""
    assert cleaned({name: given}) == ({}, {name: why})


@given(
    st.sampled_from(sorted(CLEANERS)),
    st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.lists(st.text()), st.floats()),
)
def test_any_value_gets_an_answer(name: str, value: object) -> None:
    """Whatever is given, it is kept or refused by name; cleaning what was kept changes nothing."""
    good, refused = cleaned({name: value})
    assert set(good) ^ set(refused) == {name}
    assert cleaned(good) == (good, {})


def test_empty_settings_have_the_defaults() -> None:
    """A company that chose nothing has the documented defaults."""
    info = info_of(new_id(), "aurora", "Aurora", {})
    assert info == WorkspaceInfo(info.id, "aurora", "Aurora")
    assert info.windows == Windows(48, 24, 7)
    assert (info.billing, info.messaging, info.locale) == ("assisted", "email", "pt-br")
    assert info.zone.key == "America/Sao_Paulo"


@pytest.mark.parametrize("windows", [(-1, 0, 1), (0, -1, 1), (0, 0, 0)])
def test_windows_refuse_impossible_times(windows: tuple[Any, Any, Any]) -> None:
    """No window ends before it begins."""
    with pytest.raises(ValueError, match="windows need"):
        Windows(*windows)
