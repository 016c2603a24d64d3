"""A logo: any picture made small enough, drawings only when nothing in them runs or fetches."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from atelogo.accounts.domain.logos import FILE_LIMIT, LogoRefused, logo_of
from atelogo.accounts.domain.settings import LOGO_LIMIT, cleaned

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="url(#a)"/></svg>'


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(address: str) -> Image.Image:
    """Return the picture inside a ``data:`` address."""
    return Image.open(io.BytesIO(base64.b64decode(address.partition("base64,")[2])))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (200, 40), (40, 900), (2400, 800)])
def test_a_picture_fits(kind: str, size: tuple[int, int]) -> None:
    """Whatever its kind and shape, a picture becomes an address that the setting accepts."""
    address = logo_of(saved(Image.effect_noise(size, 90).convert("RGB"), kind))
    assert cleaned({"brand_logo_url": address}) == ({"brand_logo_url": address}, {})
    assert opened(address).width <= min(480, size[0])
    assert opened(address).height <= min(160, size[1])


def test_transparency_stays() -> None:
    """A logo without ground keeps none, so that it stands on light and dark pages."""
    noise = Image.effect_noise((600, 200), 80)
    address = logo_of(saved(Image.merge("RGBA", (noise, noise, noise, noise)), "PNG"))
    assert opened(address).convert("RGBA").getchannel("A").getextrema() != (255, 255)


def test_a_small_picture_stays_exact() -> None:
    """A picture that already fits keeps its pixels."""
    address = logo_of(saved(Image.new("RGB", (20, 10), "#a1243c"), "PNG"))
    assert opened(address).convert("RGB").getpixel((3, 3)) == (0xA1, 0x24, 0x3C)


@pytest.mark.parametrize(
    "text",
    [SVG, f'<?xml version="1.0"?>\n<!-- made by hand -->\n{SVG}\n',
     f'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">\n{SVG}'],
)  # fmt: skip
def test_a_plain_drawing_is_taken(text: str) -> None:
    """A drawing with its own parts only is kept as it is, without the document type."""
    address = logo_of(text.encode())
    assert address.startswith("data:image/svg+xml;base64,")
    assert "DOCTYPE" not in base64.b64decode(address.partition("base64,")[2]).decode()


@pytest.mark.parametrize(
    "part",
    [
        "<script>x()</script>", "<svg:script/>", '<g onload="x()"/>', "<foreignObject/>",
        '<image href="https://other.example/p.png"/>', '<use xlink:href="//other.example/a.svg#b"/>',
        '<a href="javascript:x()"/>', "<style>@import 'https://other.example/a.css';</style>",
        '<path fill="url(https://other.example/#a)"/>', "<style>a{background:url('//o.example')}</style>",
        '<image href="data:image/svg+xml;base64,AAAA"/>',
    ],
)  # fmt: skip
def test_a_drawing_that_runs_or_fetches_is_refused(part: str) -> None:
    """Scripts, events and anything from elsewhere refuse a drawing."""
    with pytest.raises(LogoRefused) as refused:
        logo_of(SVG.replace("<path", f"{part}<path").encode())
    assert refused.value.code == "unsafe_drawing"


def test_a_drawing_with_entities_is_refused() -> None:
    """A document type that defines anything is refused: it could unfold without end."""
    with pytest.raises(LogoRefused) as refused:
        logo_of(f'<!DOCTYPE svg [<!ENTITY a "aa">]>{SVG}'.encode())
    assert refused.value.code in {"unsafe_drawing", "not_a_picture"}


def test_a_drawing_too_large_is_refused() -> None:
    """A drawing cannot be made smaller, so one that does not fit is refused."""
    with pytest.raises(LogoRefused) as refused:
        logo_of(SVG.replace("</svg>", "<!--" + "x" * LOGO_LIMIT + "--></svg>").encode())
    assert refused.value.code == "too_detailed"


def test_size_is_limited_before_anything_is_read() -> None:
    """A file or a picture of enormous size is refused without being unfolded."""
    with pytest.raises(LogoRefused) as refused:
        logo_of(b"\x89PNG" + bytes(FILE_LIMIT))
    assert refused.value.code == "too_large"
    bomb = saved(Image.new("1", (9000, 9000)), "PNG")
    with pytest.raises(LogoRefused) as refused:
        logo_of(bomb)
    assert refused.value.code == "too_large"


def outcome(raw: bytes) -> str:
    """Return what became of a file: a picture, or the code of its refusal."""
    try:
        return "a picture" if logo_of(raw).startswith("data:image/") else "nonsense"
    except LogoRefused as refused:
        return refused.code


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF", b"\xff\xd8", b"<svg "]),
)
def test_any_bytes_are_an_address_or_a_refusal(raw: bytes, head: bytes) -> None:
    """No file makes it fail: it is a picture or it is refused."""
    codes = {"empty", "not_a_picture", "unsafe_drawing", "too_large"}
    assert outcome(head + raw) in {"a picture", *codes}
