"""The company's colour, made readable: shades that keep contrast on light and on dark pages (WCAG 2.2 AA).

A stylesheet per company is served instead of inline styles, which the content security policy refuses.
"""

from __future__ import annotations

import colorsys
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

DEFAULT: Final = "#206bc4"
TEXT_CONTRAST: Final = 4.5  # WCAG 1.4.3, text
LIGHT_PAGE: Final = (249, 250, 251)  # the grey behind cards, darker than the white of the cards
DARK_PAGE: Final = (44, 48, 56)  # lighter than any dark page, so that all are met
WHITE: Final = (255, 255, 255)
BLACK: Final = (17, 24, 39)
_SHAPE: Final = re.compile(r"#([0-9a-fA-F]{6})")
_STEPS: Final = 100

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The shades of one theme: fill of buttons, text on it, fill under the pointer, text and links."""

    fill: Colour
    on_fill: Colour
    fill_hover: Colour
    text: Colour


def parse(text: str) -> Colour:
    """Read ``#rrggbb``; anything else gives the house's colour, never an error on a customer's page."""
    match = _SHAPE.fullmatch(text.strip()) or _SHAPE.fullmatch(DEFAULT)
    digits = match.group(1) if match else DEFAULT[1:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def luminance(colour: Colour) -> float:
    """Return the relative luminance of WCAG 2: 0 black, 1 white."""
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(colour: Colour, page: Colour) -> Tokens:
    """Return the shades of ``colour`` for a theme whose page is ``page``."""
    on_fill = max(WHITE, BLACK, key=lambda ink: contrast(colour, ink))
    fill = _until(colour, on_fill, away=on_fill is WHITE)
    return Tokens(
        fill=fill,
        on_fill=on_fill,
        fill_hover=_shade(fill, -0.06 if on_fill is WHITE else 0.06),
        text=_until(colour, page, away=luminance(page) > 0.5),  # noqa: PLR2004 - the middle
    )


@lru_cache(maxsize=256)
def stylesheet(text: str) -> str:
    """Return the stylesheet of a company whose colour is ``text``, for the console and for customers."""
    colour = parse(text)
    light, dark = tokens(colour, LIGHT_PAGE), tokens(colour, DARK_PAGE)
    return (
        f":root{{{_rules(light)}}}\n"
        f'[data-bs-theme="dark"]{{{_rules(dark)}}}\n'
        f"@media (prefers-color-scheme:dark){{:root:not([data-bs-theme]){{{_rules(dark)}}}}}\n"
    )


@lru_cache(maxsize=256)
def version_of(text: str) -> str:
    """Return a short name of the stylesheet's content, for its address."""
    return hashlib.sha256(stylesheet(text).encode()).hexdigest()[:10]


def _rules(shades: Tokens) -> str:
    fill, text = _hex(shades.fill), _hex(shades.text)
    rgb = ",".join(map(str, shades.fill))
    return (
        f"--brand:{fill};--brand-ink:{_hex(shades.on_fill)};--brand-hover:{_hex(shades.fill_hover)};"
        f"--brand-text:{text};--tblr-primary:{fill};--tblr-primary-rgb:{rgb};--tblr-primary-fg:{_hex(shades.on_fill)};"
        f"--tblr-link-color:{text};--tblr-link-color-rgb:{','.join(map(str, shades.text))};"
        f"--tblr-link-hover-color:{text}"
    )


def _until(colour: Colour, ground: Colour, *, away: bool) -> Colour:
    """Darken (``away`` from a light ground) or lighten step by step until text can be read on ``ground``."""
    shade = colour
    for step in range(_STEPS + 1):
        shade = _shade(colour, (-1 if away else 1) * step / _STEPS)
        if contrast(shade, ground) >= TEXT_CONTRAST:
            break
    return shade


def _shade(colour: Colour, change: float) -> Colour:
    hue, light, saturation = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    parts = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light + change)), saturation)
    red, green, blue = (round(part * 255) for part in parts)
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
