"""A company's logo: from the file that a person chose to a small picture that stands inside the pages.

Pages load nothing from elsewhere and customers' pages stay light, so a picture is made smaller until it fits;
drawings (SVG) are taken as they are, once nothing in them could run or fetch.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps

from atelogo.accounts.domain.settings import LOGO_LIMIT

FILE_LIMIT: Final = 5 * 1024 * 1024  # bytes of the file as chosen
_MOST_PIXELS: Final = 40_000_000
# Twice the largest place it is shown in, then smaller and smaller: width and height in pixels.
_BOXES: Final = ((480, 160), (384, 128), (288, 96), (192, 64), (120, 40))
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s[^\[>]*>", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"^\ufeff?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<svg\b", re.DOTALL | re.IGNORECASE
)
# What could run, fetch, or unfold without end inside a drawing.
_UNSAFE: Final = re.compile(
    r"<!ENTITY|<!DOCTYPE|<\?xml-stylesheet|<\s*(?:\w+:)?(?:script|foreignObject|iframe|embed|object|audio|video)\b"
    r"|\son\w+\s*=|javascript:|@import|\bhref\s*=\s*[\"'](?!#|data:image/(?:png|jpeg);)"
    r"|\burl\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)


class LogoRefused(ValueError):  # noqa: N818 - the fact itself; the form wraps it with a sentence
    """The file is no logo; ``code`` is ``empty too_large not_a_picture unsafe_drawing too_detailed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def logo_of(raw: bytes) -> str:
    """Return the picture in ``raw`` (PNG, JPEG, WebP, GIF or SVG) as a ``data:image/...`` address.

    At most ``LOGO_LIMIT`` characters. Raises :class:`LogoRefused`.
    """
    if not raw:
        raise LogoRefused("empty")
    if len(raw) > FILE_LIMIT:
        raise LogoRefused("too_large")
    drawing = _drawing(raw)
    if drawing is not None:
        return _fitting(drawing, "svg+xml")
    picture = _picture(raw)
    for kind, made in _smaller(picture):
        address = _address(made, kind)
        if len(address) <= LOGO_LIMIT:
            return address
    raise LogoRefused("too_detailed")


def _drawing(raw: bytes) -> bytes | None:
    """Return a safe drawing, ``None`` for a file of another kind."""
    try:
        text = _DOCTYPE.sub("", raw.decode("utf-8-sig"), count=1).strip()
    except UnicodeDecodeError:
        return None
    if not _HEAD.match(text):
        return None
    if _UNSAFE.search(text) or not text.endswith(("</svg>", "/>")):
        raise LogoRefused("unsafe_drawing")
    return text.encode()


def _picture(raw: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd files; here they are refused or taken
            picture = Image.open(io.BytesIO(raw), formats=_FORMATS)
            if picture.width * picture.height > _MOST_PIXELS:
                raise LogoRefused("too_large")
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        if isinstance(error, LogoRefused):
            raise
        raise LogoRefused("not_a_picture") from error


def _smaller(picture: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Give the picture in ever smaller forms, the best one first; (kind, bytes)."""
    clear = picture.getchannel("A").getextrema() != (255, 255)
    for box in _BOXES:
        small = picture.copy()
        small.thumbnail(box, Image.Resampling.LANCZOS)
        yield "png", _png(small)
        yield "png", _png(small.quantize(128, method=Image.Quantize.FASTOCTREE))
        if not clear:
            yield "jpeg", _jpeg(small)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _fitting(raw: bytes, kind: str) -> str:
    address = _address(raw, kind)
    if len(address) > LOGO_LIMIT:
        raise LogoRefused("too_detailed")
    return address


def _address(raw: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode()}"
