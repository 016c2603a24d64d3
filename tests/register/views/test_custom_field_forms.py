"""The company's own fields as part of another page's form."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from atelogo.accounts.domain.custom_fields import CustomField, CustomKind
from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.register.views.custom_field_forms import CustomFieldsForm, custom_lines

COMPANY = replace(
    WorkspaceInfo(UUID(int=1), "aurora", "Aurora"),
    custom_fields=(
        CustomField("campanha", {"pt-br": "Campanha", "en": "Campaign"}, help="Como no folheto"),
        CustomField("visitas", {"pt-br": "Visitas"}, CustomKind.NUMBER),
        CustomField("vencimento", {"pt-br": "Vencimento"}, CustomKind.DATE),
        CustomField("loja", {"pt-br": "Loja"}, CustomKind.CHOICE, ("Centro", "Mooca")),
        CustomField("antigo", {"pt-br": "Antigo"}, active=False),
    ),
)
KEPT: dict[str, object] = {"visitas": "1234.5", "vencimento": "2026-11-21", "loja": "Lapa", "antigo": "sim"}


@pytest.fixture(autouse=True)
def _portuguese() -> object:
    with translation.override("pt-br"):
        yield


def test_what_is_typed_becomes_values() -> None:
    """Numbers as people write them here, days and choices are read; what is empty is left out."""
    form = CustomFieldsForm(
        {
            "custom-campanha": "Natal",
            "custom-visitas": "1.234,5",
            "custom-vencimento": "2026-11-21",
            "custom-loja": "",
        },
        COMPANY,
    )
    assert form.is_valid()
    assert form.values() == {
        "campanha": "Natal",
        "visitas": Decimal("1234.5"),
        "vencimento": form.cleaned_data["vencimento"],
    }


def test_nothing_is_required() -> None:
    """An empty form is right and gives nothing."""
    form = CustomFieldsForm({}, COMPANY)
    assert form.is_valid()
    assert form.values() == {}


@pytest.mark.parametrize("code,typed", [("visitas", "muitas"), ("vencimento", "ontem"), ("loja", "Lapa")])
def test_a_misfit_is_shown_on_its_field(code: str, typed: str) -> None:
    """What does not fit is an error of that field alone."""
    form = CustomFieldsForm({f"custom-{code}": typed}, COMPANY)
    assert list(form.errors) == [code]


def test_a_form_over_kept_values_changes_only_what_was_changed() -> None:
    """Kept values stand in the form, a choice no longer offered included; unchanged ones are no change."""
    form = CustomFieldsForm(None, COMPANY, kept=KEPT)
    assert "antigo" in form.fields
    assert "campanha" in form.fields
    typed = {f"custom-{name}": str(form[name].value() or "") for name in form.fields}
    typed["custom-visitas"] = "1.234,5"
    typed["custom-campanha"] = "Natal"
    sent = CustomFieldsForm(typed, COMPANY, kept=KEPT)
    assert sent.is_valid(), sent.errors
    assert sent.changes() == {"campanha": "Natal"}


def test_a_field_no_longer_asked_is_not_shown() -> None:
    """A field that is no longer asked is only there where a request holds a value of it."""
    assert "antigo" not in CustomFieldsForm(None, COMPANY).fields


def test_the_part_of_a_page() -> None:
    """The part shows each field with its label and help, and nothing at all without fields."""
    text = render_to_string("register/custom_fields.html", {"custom": CustomFieldsForm(None, COMPANY)})
    assert "Campos próprios da empresa" in text
    assert 'for="id_custom-campanha"' in text
    assert "Como no folheto" in text
    none = replace(COMPANY, custom_fields=())
    bare = render_to_string("register/custom_fields.html", {"custom": CustomFieldsForm(None, none)})
    assert bare.strip() == ""
    assert render_to_string("register/custom_fields.html", {}).strip() == ""


def test_kept_values_are_written_for_people() -> None:
    """A page shows labels, numbers and days as people write them; odd old values as they are."""
    kept = KEPT | {"coluna antiga": "7", "vencimento": "sem data"}
    assert custom_lines(COMPANY, KEPT) == [
        ("Visitas", "1.234,5"),
        ("Vencimento", "21/11/2026"),
        ("Loja", "Lapa"),
        ("Antigo", "sim"),
    ]
    assert ("Vencimento", "sem data") in custom_lines(COMPANY, kept)
    assert ("coluna antiga", "7") in custom_lines(COMPANY, kept)
