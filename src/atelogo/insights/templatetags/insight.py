"""How a figure of insights is written for people: value, change, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.core import Locale
from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from django import template
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atelogo.core.money import Money

if TYPE_CHECKING:
    from atelogo.insights.domain.figures import Figure
    from atelogo.insights.views.home import Card

register = template.Library()
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Words:
    """A figure as people read it."""

    value: str = ""
    change: str = ""
    tone: str = "neutral"
    trend: str = ""
    note: str = ""
    series_text: str = ""
    href: str = ""
    why_missing: str = ""


@register.simple_tag(takes_context=True)
def figure_words(context: dict[str, Any], card: Card, currency: str) -> Words:
    """Return a card's figure in words: the number, its change against the period before, its address."""
    figure = card.figure
    slug = context["workspace"].slug
    href = f"{reverse('register:request_list', kwargs={'workspace': slug})}?{urlencode(card.drill)}"
    if figure.value is None:
        return Words(why_missing=_("Not enough data yet"), href=href)
    change = figure.change
    worse = change is not None and (change > 0) == card.more_is_bad
    return Words(
        value=_written(figure, figure.value, currency),
        change=_change(change, card.before_label),
        tone="neutral" if not change else ("bad" if worse else "good"),
        trend="" if not change else ("up" if change > 0 else "down"),
        note=_note(figure, card.before_label, currency),
        series_text=_("Day by day: %(values)s") % {"values": ", ".join(str(v) for v in figure.series)},
        href=href,
    )


def _note(figure: Figure, before: str, currency: str) -> str:
    """Say the n of a median, and what there was before where a relative change has no base."""
    if figure.unit == "seconds":
        return _("n = %(n)s") % {"n": figure.n}
    if figure.before is None or figure.change is not None:
        return ""
    return _("%(before)s: %(value)s") % {
        "before": before.capitalize(),
        "value": _written(figure, figure.before, currency),
    }


def _locale() -> Locale:
    return Locale.parse((get_language() or "pt-br").replace("-", "_"))


def _written(figure: Figure, value: int, currency: str) -> str:
    if figure.unit == "money":
        return Money(value, currency).format(get_language() or "pt-br")
    if figure.unit == "seconds":
        if value < _MINUTE:
            return _("%(n)s seconds") % {"n": value}
        return str(format_timedelta(value, locale=_locale(), threshold=1.5))
    return str(format_decimal(value, locale=_locale()))


def _change(change: float | None, before: str) -> str:
    if change is None:
        return ""
    written = format_percent(change, format="+#,##0%;-#,##0%", locale=_locale())
    return _("%(change)s against %(before)s") % {"change": written, "before": before}
