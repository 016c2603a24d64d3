"""Components as template tags: ``{% load ui %}`` (arguments in ``docs/reference/components.md``)."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw a Tabler icon from the sprite; decorative, so hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("vendor/tabler-icons/sprite.svg"),
        name,
    )


@register.simple_tag
def brand_href(workspace: object) -> str:
    """Return the address of the company's colours."""
    return reverse("brand_css", kwargs={"workspace": getattr(workspace, "slug", "")})


@register.simple_tag(takes_context=True)
def wurl(context: template.Context, name: str, **kwargs: object) -> str:
    """Return the address called ``name`` inside the current workspace."""
    return reverse(name, kwargs={"workspace": getattr(context.get("workspace"), "slug", "")} | kwargs)
