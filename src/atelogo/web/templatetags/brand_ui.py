"""How a company's colour will look: ``{% load brand_ui %}``, for the page where it is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django import template

from atelogo.web import brand

register = template.Library()
_LIGHT, _DARK = brand.WHITE, (24, 36, 51)  # the ground of cards


@dataclass(frozen=True, slots=True)
class Look:
    """One theme's sample: colours as ``#rrggbb``, contrast of the button's text and of links."""

    theme: str
    ground: str
    ink: str
    fill: str
    on_fill: str
    link: str
    button_contrast: float
    link_contrast: float
    changed: bool


@register.inclusion_tag("web/components/brand_preview.html")
def brand_preview(colour: str) -> dict[str, object]:
    """Draw a button and a link in ``colour`` on light and dark ground, with their contrast."""
    return {
        "looks": [
            _look("light", colour, brand.LIGHT_PAGE, _LIGHT),
            _look("dark", colour, brand.DARK_PAGE, _DARK),
        ],
        "least": brand.TEXT_CONTRAST,
    }


def _look(theme: str, colour: str, page: brand.Colour, ground: brand.Colour) -> Look:
    shades = brand.tokens(brand.parse(colour), page)
    return Look(
        theme=theme,
        ground=_hex(ground),
        ink=_hex(max(brand.WHITE, brand.BLACK, key=lambda ink: brand.contrast(ink, ground))),
        fill=_hex(shades.fill),
        on_fill=_hex(shades.on_fill),
        link=_hex(shades.text),
        button_contrast=brand.contrast(shades.fill, shades.on_fill),
        link_contrast=brand.contrast(shades.text, ground),
        changed={shades.fill, shades.text} != {brand.parse(colour)},
    )


def _hex(colour: brand.Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
