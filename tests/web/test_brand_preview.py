"""The sample of a company's colour: what it shows can always be read."""

from __future__ import annotations

import re

from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from atelogo.web.brand import TEXT_CONTRAST
from atelogo.web.templatetags.brand_ui import brand_preview

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_every_colour_is_shown_readable(colour: str) -> None:
    """Whatever the colour, button and link have the contrast that the page promises, on both grounds."""
    looks = brand_preview(colour)["looks"]
    assert [look.theme for look in looks] == ["light", "dark"]  # type: ignore[attr-defined]
    for look in looks:  # type: ignore[attr-defined]
        assert look.button_contrast >= TEXT_CONTRAST
        assert look.link_contrast >= TEXT_CONTRAST


def test_the_sample_needs_no_inline_style() -> None:
    """Colours are attributes of the drawing, which the content policy allows; the contrast is said."""
    with translation.override("pt-br"):
        text = Template("{% load brand_ui %}{% brand_preview '#a1243c' %}").render(Context())
    assert "style=" not in text
    assert 'fill="#a1243c"' in text
    assert "Cancelar meu plano" in text
    assert len(re.findall(r"\d,\d : 1</dd>", text)) == 4
