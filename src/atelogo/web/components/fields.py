"""Form fields with their label, help and errors tied together for eyes, keyboards and screen readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field, ready for the template: the control already carries its class and its ARIA links."""

    id: str
    name: str
    label: str
    help: str
    errors: tuple[str, ...]
    control: SafeString
    required: bool
    kind: str  # "control", "check" or "group"


def field_view(bound: BoundField, label: str = "", help_text: str = "") -> FieldView:
    """Lay out a bound field; ``label`` and ``help_text`` replace those of the form when given."""
    identity = bound.id_for_label or bound.auto_id or bound.html_name
    kind = _kind(bound.field.widget)
    note = help_text or str(bound.help_text or "")
    described = [f"{bound.auto_id}-help"] if note else []
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
    attributes: dict[str, str | bool] = {}
    if kind != "group":
        attributes["class"] = _css(bound)
        if bound.errors:
            attributes["aria-invalid"] = "true"
        if described:
            attributes["aria-describedby"] = " ".join(described)
    return FieldView(
        id=identity,
        name=bound.auto_id or bound.html_name,
        label=label or str(bound.label or ""),
        help=note,
        errors=tuple(str(error) for error in bound.errors),
        control=bound.as_widget(attrs=attributes),
        required=bound.field.required,
        kind=kind,
    )


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "group"
    return "check" if isinstance(widget, forms.CheckboxInput) else "control"


def _css(bound: BoundField) -> str:
    widget = bound.field.widget
    base = "form-control"
    if isinstance(widget, forms.CheckboxInput):
        base = "form-check-input"
    elif isinstance(widget, forms.Select):
        base = "form-select"
    own = str(widget.attrs.get("class", ""))
    return " ".join(part for part in (base, own, "is-invalid" if bound.errors else "") if part)
