"""The company's colour stays readable, whatever it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.web import brand

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@given(COLOURS)
def test_every_colour_is_readable(colour: tuple[int, int, int]) -> None:
    """Text on the fill, and text and links on light and dark pages, keep 4.5:1 for any colour."""
    for page in (brand.LIGHT_PAGE, brand.DARK_PAGE):
        shades = brand.tokens(colour, page)
        assert brand.contrast(shades.on_fill, shades.fill) >= brand.TEXT_CONTRAST
        assert brand.contrast(shades.text, page) >= brand.TEXT_CONTRAST


@given(COLOURS)
def test_the_fill_under_the_pointer_is_readable_too(colour: tuple[int, int, int]) -> None:
    """A button under the pointer keeps its text readable."""
    shades = brand.tokens(colour, brand.LIGHT_PAGE)
    assert brand.contrast(shades.on_fill, shades.fill_hover) >= brand.TEXT_CONTRAST


def test_a_readable_colour_is_left_alone() -> None:
    """A colour that already carries white text is used as it is."""
    assert brand.tokens((32, 107, 196), brand.LIGHT_PAGE).fill == (32, 107, 196)


def test_reference_contrasts() -> None:
    """Black on white is 21:1, grey #767676 on white 4.54:1: the figures of WCAG."""
    assert brand.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21.0)
    assert brand.contrast((0x76, 0x76, 0x76), (255, 255, 255)) == pytest.approx(4.54, abs=0.005)


@given(st.text())
def test_any_text_gives_a_stylesheet(text: str) -> None:
    """What is no colour falls back to the house's: no setting breaks a page or writes its own CSS."""
    css = brand.stylesheet(text)
    assert css.count("{") == css.count("}") == 4
    assert set(css) <= set(' \n!"#%(),-./:;=@[]{}_' + "abcdefghijklmnopqrstuvwxyz0123456789")


def test_the_version_follows_the_colour() -> None:
    """Another colour is another address, so that browsers may keep the stylesheet for a year."""
    assert brand.version_of("#206bc4") != brand.version_of("#c42020")
    assert brand.version_of("#206bc4") == brand.version_of("#206BC4")
