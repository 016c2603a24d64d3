"""Tags of the pages about imports and exports: ``{% load register_imports %}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from atelogo.register.domain.import_words import (
    EXPORT_STATES,
    EXPORT_WORDS,
    KIND_WORDS,
    STATE_TONES,
    STATE_WORDS,
)
from atelogo.register.queries.imports import BatchView

register = template.Library()
_STEP_OF = {"checking": 3, "running": 4, "undoing": 4}


@register.filter
def kind_word(kind: str) -> str:
    """Return what people call a kind of import."""
    return _(KIND_WORDS[kind])


@register.filter
def export_word(form: str) -> str:
    """Return what people call the form of an export."""
    return _(EXPORT_WORDS[form])


@register.filter
def export_state(state: str) -> str:
    """Return how far an export is."""
    return _(EXPORT_STATES[state])


@register.filter
def by_id(names: Mapping[UUID, str], key: UUID) -> str:
    """Return the name behind an id, or nothing."""
    return names.get(key, "")


@register.inclusion_tag("web/components/badge.html")
def batch_badge(batch: BatchView) -> dict[str, Any]:
    """Show the state of an import."""
    state = "interrupted" if batch.interrupted else batch.state
    return {"text": _(STATE_WORDS[state]), "tone": STATE_TONES[state], "icon": ""}


@register.simple_tag(takes_context=True)
def import_steps(context: template.Context, step: int | str) -> SafeString:
    """Show where in an import the page stands: file, columns, check, result."""
    names = [_("File"), _("Columns"), _("Check"), _("Result")]
    here = _STEP_OF.get(step, 1) if isinstance(step, str) else step
    home = reverse("register:import_list", kwargs={"workspace": context["workspace"].slug})
    return render_to_string(
        "register/imports/parts/steps.html",
        {"home": home, "steps": list(enumerate(names, 1)), "here": here},
    )


@register.inclusion_tag("register/imports/parts/export_menu.html", takes_context=True)
def export_menu(context: template.Context) -> dict[str, Any]:
    """Offer what the list shows as a file, with the filters on screen."""
    forms = [(form, _(word)) for form, word in EXPORT_WORDS.items()]
    kept = ("request", "workspace", "can", "csrf_token")
    return {name: context.get(name) for name in kept} | {"export_forms": forms}
