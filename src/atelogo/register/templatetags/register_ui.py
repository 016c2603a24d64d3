"""Filters of the register's pages: ``{% load register_ui %}``."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from atelogo.register.domain.words import word_for

register = template.Library()


@register.filter
def word(code: str, table: str) -> str:
    """Return what people call ``code``: ``{{ row.channel|word:"channel" }}``; nothing is a dash."""
    return gettext(word_for(table, code)) if code else "—"
