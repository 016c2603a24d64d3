"""The house's tags and filters: ``{% load ui %}`` (arguments in ``docs/reference/components.md``)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from atelogo.register.domain.status import RequestState, presentation
from atelogo.web import brand
from atelogo.web.components import formats
from atelogo.web.components.charts import Drawing, drawing
from atelogo.web.components.fields import FieldView, field_view
from atelogo.web.components.sparkline import HEIGHT, WIDTH
from atelogo.web.components.sparkline import sparkline as draw_line

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.forms.boundfield import BoundField

register = template.Library()

for _name in (
    "money", "number", "percent", "moment", "day", "hour", "month", "duration", "due", "due_tone", "protocol",
):  # fmt: skip
    register.filter(_name, getattr(formats, _name))


# Addresses -------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def wurl(context: template.Context, name: str, *args: object, **kwargs: object) -> str:
    """Return the address called ``name`` inside the current workspace."""
    if args:
        msg = "wurl takes the parts of an address by name"
        raise template.TemplateSyntaxError(msg)
    return reverse(name, kwargs={"workspace": _slug(context)} | kwargs)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return this page's query string with ``changes`` applied; an empty value takes its name out.

    The cursor of a list always goes, unless given: another filter or order begins at the first page.
    """
    asked = context["request"].GET.copy()
    asked.pop("lang", None)
    asked.pop("cursor", None)
    for key, value in changes.items():
        asked.pop(key, None)
        if value not in (None, ""):
            asked[key] = str(value)
    return f"?{asked.urlencode()}"


@register.inclusion_tag("web/components/languages.html", takes_context=True)
def language_links(context: template.Context) -> dict[str, Any]:
    """Offer this same page in each language."""
    request = context.get("request")
    asked = request.GET.copy() if request is not None else QueryDict(mutable=True)
    links = []
    for code, name in settings.LANGUAGES:
        asked["lang"] = code
        links.append((code, name, f"?{asked.urlencode()}"))
    return {"links": links, "now": get_language()}


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file with its version, so that browsers may keep it."""
    return f"{static(path)}?v={_version_of(path)}"


@cache
def _version_of(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return "0"
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


@register.simple_tag
def brand_href(workspace: Any) -> str:  # noqa: ANN401 - WorkspaceInfo or, on a failed page, nothing
    """Return the address of the company's colours; it changes with them, so that browsers may keep it."""
    path = reverse("brand_css", kwargs={"workspace": workspace.slug})
    return f"{path}?{urlencode({'v': brand.version_of(workspace.brand.colour)})}"


def _slug(context: template.Context) -> str:
    return str(getattr(context.get("workspace"), "slug", ""))


# Small parts -----------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Draw a Tabler icon of the sprite; hidden from screen readers unless it has a ``label``."""
    return format_html(
        '<svg class="icon{}"{}><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        format_html(' role="img" aria-label="{}"', label)
        if label
        else SafeString(' aria-hidden="true" focusable="false"'),
        asset("vendor/tabler-icons/sprite.svg"),
        name,
    )


@register.inclusion_tag("web/components/badge.html")
def badge(text: str, tone: str = "secondary", icon: str = "") -> dict[str, Any]:
    """Show a word with a colour and an icon; the word always stands."""
    return {"text": text, "tone": tone, "icon": icon}


@register.inclusion_tag("web/components/badge.html")
def state_badge(state: str, *, processing: bool = False, audience: str = "staff") -> dict[str, Any]:
    """Show a request's state in the words of its reader: ``audience`` is ``staff`` or ``customer``."""
    shown = presentation(RequestState(state), processing)
    word = shown.customer_word if audience == "customer" else shown.staff_word
    return {"text": gettext(word), "tone": shown.tone, "icon": shown.icon}


@register.inclusion_tag("web/components/badge.html")
def due_badge(at: Any) -> dict[str, Any]:  # noqa: ANN401 - a moment or None, as the template has it
    """Show a deadline with its colour and what is left."""
    tone = formats.due_tone(at)
    return {"text": formats.due(at), "tone": tone, "icon": "alert-triangle" if tone == "red" else "clock"}


@register.inclusion_tag("web/components/definition.html")
def definition(term: str, text: str) -> dict[str, str]:
    """Explain a term on demand; opened by click or keyboard, closed by Escape."""
    return {"term": term, "text": text}


@register.inclusion_tag("web/components/copy_button.html")
def copy_button(text: str, label: str = "") -> dict[str, str]:
    """Offer to copy ``text``; shown only where scripts run."""
    return {"text": text, "label": label or gettext("Copy")}


@register.inclusion_tag("web/components/progress.html")
def progress(value: float, total: float, label: str) -> dict[str, Any]:
    """Show how far long work has come."""
    share = min(1.0, value / total) if total else 0.0
    return {"value": value, "total": total, "label": label, "share": share}


@register.inclusion_tag("web/components/loading.html")
def loading(identity: str = "loading") -> dict[str, str]:
    """Show that a part is on its way; name it in ``hx-indicator="#..."``."""
    return {"identity": identity}


@register.inclusion_tag("web/components/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict[str, Any]:
    """Show where the page stands: label, address, label, address, ..., and last the page's own label."""
    steps = [(pairs[at], pairs[at + 1]) for at in range(0, len(pairs) - 1, 2)]
    return {"steps": steps, "here": pairs[-1] if len(pairs) % 2 else ""}


# States of a page ------------------------------------------------------------------------------------------
@register.inclusion_tag("web/components/empty_state.html")
def empty_state(
    title: str, text: str = "", href: str = "", action: str = "", icon: str = "inbox", *, headed: bool = False
) -> dict[str, Any]:
    """Say that there is nothing here and what to do about it."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon, "headed": headed}


@register.inclusion_tag("web/components/error_state.html")
def error_state(message: str, code: str = "", incident: str = "", kept: str = "") -> dict[str, Any]:
    """Say what went wrong inside a page, what was kept, and the code to quote."""
    return {"message": message, "code": code, "incident": incident, "kept": kept}


# Figures ---------------------------------------------------------------------------------------------------
@register.inclusion_tag("web/components/sparkline.html")
def sparkline(values: Sequence[float | None], title: str, desc: str = "") -> dict[str, Any]:
    """Draw a small line of ``values``, oldest first; nothing under two of them."""
    return {"line": draw_line(values), "title": title, "desc": desc, "width": WIDTH, "height": HEIGHT}


@register.inclusion_tag("web/components/stat_card.html")
def stat_card(
    *,
    label: str,
    value: str,
    change: str = "",
    tone: str = "neutral",
    trend: str = "",
    note: str = "",
    series: Sequence[float | None] = (),
    series_text: str = "",
    definition: str = "",
    href: str = "",
    why_missing: str = "",
) -> dict[str, Any]:
    """Show one number with its change, small line and definition, or ``why_missing`` instead of it."""
    return locals() | {
        "trend_icon": {"up": "trending-up", "down": "trending-down"}.get(trend, "minus"),
        "change_tone": {"good": "green", "bad": "red"}.get(tone, "secondary"),
    }


@register.inclusion_tag("web/components/chart.html")
def chart(spec: Mapping[str, Any] | Drawing, identity: str = "chart") -> dict[str, Any]:
    """Draw a chart with its table and CSV; ``identity`` must be the page's only one of that name."""
    shown = spec if isinstance(spec, Drawing) else drawing(spec)
    return {"chart": shown, "identity": identity, "chart_data_id": f"{identity}-data"}


# Parts around other markup ---------------------------------------------------------------------------------
@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    action: str,
    label: str,
    question: str,
    button: str = "",
    tone: str = "danger",
    icon: str = "",
) -> SafeString:
    """Ask before doing: a button that opens a small form with ``question``, own fields and the POST."""
    return render_to_string(
        "web/components/confirm.html",
        {
            "action": action,
            "label": label,
            "question": question,
            "button": button or label,
            "tone": tone,
            "icon": icon,
            "inner": content,
            "csrf_token": context.get("csrf_token"),
        },
    )


@register.simple_block_tag(takes_context=True)
def filter_bar(context: template.Context, content: str, clear: str = "?", action: str = "") -> SafeString:
    """Wrap the controls of a list's filters; they are sent by GET, so that the address keeps them."""
    asked = context["request"].GET
    return render_to_string(
        "web/components/filter_bar.html",
        {
            "inner": content,
            "clear": clear,
            "action": action,
            "active": any(asked.get(k) for k in asked if k != "lang"),
        },
    )


@register.inclusion_tag("web/components/chart_scripts.html")
def chart_scripts() -> dict[str, Any]:
    """Load what draws charts; once, in the block ``page_scripts``."""
    return {}


# Lists -----------------------------------------------------------------------------------------------------
@register.inclusion_tag("web/components/timeline.html")
def timeline(events: Sequence[Any]) -> dict[str, Any]:
    """List what happened: each with ``at``, ``title`` and maybe ``text``, ``who``, ``icon``, ``tone``."""
    return {"events": events}


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any) -> dict[str, Any]:  # noqa: ANN401 - core.pagination.Page
    """Lead to the pages before and after a ``core.pagination.Page``."""
    return {
        "previous": query(context, cursor=page.previous) if page.previous else "",
        "next": query(context, cursor=page.next) if page.next else "",
    }


@register.inclusion_tag("web/components/sort_link.html", takes_context=True)
def sort_link(context: template.Context, label: str, key: str, default: str = "") -> dict[str, Any]:
    """Make a column's heading that sorts by ``?sort=key`` or ``-key``; ``default`` is in force unasked."""
    now = context["request"].GET.get("sort", default)
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    return {"label": label, "order": order, "href": query(context, sort=f"-{key}" if now == key else key)}


# Forms -----------------------------------------------------------------------------------------------------
@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, label: str = "", help_text: str = "") -> dict[str, FieldView]:
    """Show a form field with its label, help and errors."""
    return {"field": field_view(bound, label, help_text)}


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """List a form's errors at its head, each leading to its field; nothing when there is none."""
    problems = [
        (form[name].auto_id, form[name].label, form.errors[name])
        for name in form.errors
        if name in form.fields
    ]
    return {"problems": problems, "general": form.non_field_errors(), "bound": form.is_bound}
