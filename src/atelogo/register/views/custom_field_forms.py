"""The company's own fields inside a form of another page; shown by ``register/custom_fields.html``.

    custom = CustomFieldsForm(request.POST or None, request.workspace)
    if form.is_valid() and custom.is_valid():
        declaration = replace(declaration, custom=custom.values())

Field names carry the prefix ``custom-``, so that they meet no field of the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atelogo.accounts.domain.custom_fields import CustomField, CustomKind
from atelogo.register.domain.custom_fields import TEXT_LENGTH, custom_shown
from atelogo.register.views.action_forms import day_field

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


_LONGEST = 32  # characters of a number, longer than any that is kept


class NumberField(forms.CharField):
    """A number as people write it (``1.234,5``), read into a ``Decimal``; empty is ``None``."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Django's own options
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=_LONGEST, widget=forms.TextInput(attrs=attributes), **options)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        """Return the number, or ``None``; raise for what is none."""
        if isinstance(value, Decimal):
            return value
        text = "".join(str(value or "").split())
        if not text:
            return None
        if len(text) > _LONGEST:
            raise forms.ValidationError(_("Write a number."))
        comma, point = (get_format(name) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR"))
        grouped = rf"[-+]?\d{{1,3}}({re.escape(point)}\d{{3}})+({re.escape(comma)}\d+)?"
        if re.fullmatch(grouped, text):
            text = text.replace(point, "")
        try:
            return Decimal(text.replace(comma, "."))
        except InvalidOperation as error:
            raise forms.ValidationError(_("Write a number.")) from error

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        """Return a kept number as people write it."""
        return number_format(value) if isinstance(value, Decimal) else value

    def run_validators(self, value: Any) -> None:  # noqa: ANN401 - Django's signature
        """Leave the number to the company's field: a text's validators do not fit it."""

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401 - Django's signature
        """Say whether another number was typed."""
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


class CustomFieldsForm(forms.Form):
    """One form field per field of the company that is asked, none of them required.

    ``kept`` are a request's present values: fields no longer asked are shown too where they hold one.
    """

    prefix = "custom"

    def __init__(
        self,
        data: Any,  # noqa: ANN401 - POST data
        workspace: WorkspaceInfo,
        *,
        kept: Mapping[str, object] | None = None,
        **options: Any,  # noqa: ANN401 - Django's own
    ) -> None:
        kept = kept or {}
        shown = [one for one in workspace.custom_fields if one.active or kept.get(one.code)]
        initial = {one.code: _initial(one, kept[one.code]) for one in shown if kept.get(one.code)}
        super().__init__(data, initial=initial, **options)
        self.fields = {one.code: _field(one, str(kept.get(one.code) or "")) for one in shown}

    def values(self) -> dict[str, object]:
        """Return what was given, by code, as ``request_open`` takes it."""
        return {code: value for code, value in self.cleaned_data.items() if value not in (None, "")}

    def changes(self) -> dict[str, object]:
        """Return what differs from what the request holds, by code, as ``request_correct`` takes it."""
        return {code: self.cleaned_data[code] for code in self.changed_data}


def _initial(field: CustomField, value: object) -> object:
    """Return a kept value as its form field shows it; one that does not fit any more stays as text."""
    try:
        if field.kind is CustomKind.NUMBER:
            return Decimal(str(value))
        if field.kind is CustomKind.DATE:
            return date.fromisoformat(str(value))
    except (ValueError, InvalidOperation):
        return str(value)
    return value


def _field(field: CustomField, kept: str) -> forms.Field:
    words: dict[str, Any] = {
        "label": field.label(get_language() or ""),
        "help_text": field.help,
        "required": False,
    }
    if field.kind is CustomKind.DATE:
        return day_field(**words)
    if field.kind is CustomKind.NUMBER:
        return NumberField(**words)
    if field.kind is CustomKind.CHOICE:
        gone = [(kept, kept)] if kept and kept not in field.choices else []
        choices = [("", "—"), *((one, one) for one in field.choices), *gone]
        return forms.ChoiceField(choices=choices, **words)
    return forms.CharField(
        max_length=TEXT_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"}), **words
    )


def custom_lines(workspace: WorkspaceInfo, kept: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return label and value of each own field that a request holds, written for the page's reader."""
    language = get_language() or ""
    lines = []
    for one in custom_shown(workspace.custom_fields, kept, language=language):
        text = one.text
        try:
            if one.kind is CustomKind.NUMBER:
                text = number_format(Decimal(text), force_grouping=True)
            elif one.kind is CustomKind.DATE:
                text = date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
        except (ValueError, InvalidOperation):
            text = one.text  # kept before the field had this kind
        lines.append((one.label, text))
    return lines
