"""Filters of the register's pages: ``{% load register_ui %}``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import template
from django.forms.boundfield import BoundField
from django.utils.translation import gettext

from atelogo.register.domain.words import word_for

register = template.Library()


@register.filter
def word(code: str, table: str) -> str:
    """Return what people call ``code``: ``{{ row.channel|word:"channel" }}``; nothing is a dash."""
    return gettext(word_for(table, code)) if code else "—"


@register.filter
def seen_name(name: str, sight: Any) -> str:  # noqa: ANN401 - a view's Sight
    """Return a name as its reader may see it."""
    return str(sight.name(name))


@register.filter
def seen_document(document: str, sight: Any) -> str:  # noqa: ANN401 - a view's Sight
    """Return a CPF or CNPJ as its reader may see it."""
    return str(sight.document(document))


@register.filter
def seen_email(email: str, sight: Any) -> str:  # noqa: ANN401 - a view's Sight
    """Return an e-mail as its reader may see it."""
    return str(sight.email(email))


@register.filter
def seen_phone(phone: str, sight: Any) -> str:  # noqa: ANN401 - a view's Sight
    """Return a phone as its reader may see it."""
    return str(sight.phone(phone))


@register.filter
def seen_words(text: str, sight: Any) -> str:  # noqa: ANN401 - a view's Sight
    """Return what somebody said or wrote as its reader may see it."""
    return str(sight.words(text))


@register.filter
def name_of(people: Mapping[UUID, str], person: UUID | None) -> str:
    """Return the name of a member of staff: ``{{ people|name_of:detail.typed_by }}``."""
    return people.get(person, "") if person is not None else ""


@register.filter
def described(bound: BoundField, part: str) -> BoundField:
    """Tie a control to a part of the page that explains it; returns the field for ``{% field %}``."""
    bound.field.widget.attrs["aria-describedby"] = part
    return bound


@register.filter
def autofocus(bound: BoundField) -> BoundField:
    """Let a control take the focus when the page opens; returns the field for ``{% field %}``."""
    bound.field.widget.attrs["autofocus"] = True
    return bound


@register.filter
def date_value(value: object) -> str:
    """Return a day as a date control takes it, whether it is a day or still what was typed."""
    return value.isoformat() if isinstance(value, date) else str(value or "")


@register.filter
def iso_day(text: object) -> date | None:
    """Return the day that an ISO text holds, or nothing."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
