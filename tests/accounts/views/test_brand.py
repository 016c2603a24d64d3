"""Settings > Brand."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from atelogo.accounts.domain.workspace import Brand
from atelogo.accounts.queries import workspace_by_id
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db
BRAND = "/padaria-aurora/console/settings/brand"


def brand_of(cast: Cast) -> Brand:
    """Return the brand as it is stored."""
    found = workspace_by_id(cast.workspace.id)
    assert found is not None
    return found.brand


def picture(name: str = "logo.png", size: tuple[int, int] = (900, 300)) -> SimpleUploadedFile:
    """Return a picture as a browser would send it."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def send(browser: Client, **given: Any) -> Any:
    """Send the form."""
    return browser.post(BRAND, {"brand_colour": "#a1243c", **given})


def test_colour_and_logo_are_kept(cast: Cast) -> None:
    """A colour and a picture far too large are saved; the picture is made small enough for every page."""
    browser = signed_in(cast.ana)
    assert send(browser, logo=picture()).status_code == 302
    kept = brand_of(cast)
    assert kept.colour == "#a1243c"
    assert kept.logo_url is not None
    assert kept.logo_url.startswith("data:image/")
    assert len(kept.logo_url) <= 24_000
    assert kept.logo_url in browser.get(BRAND).content.decode()
    assert kept.logo_url in Client().get("/padaria-aurora/como-cancelar").content.decode()


def test_a_new_colour_leaves_the_logo(cast: Cast) -> None:
    """Sending only a colour keeps the logo that stands; asking to take it away does that."""
    browser = signed_in(cast.ana)
    send(browser, logo=picture())
    logo = brand_of(cast).logo_url
    send(browser, brand_colour="#00ff00")
    assert brand_of(cast) == Brand("#00ff00", logo)
    send(browser, remove_logo="on")
    assert brand_of(cast).logo_url is None


def test_a_preview_changes_nothing_and_loses_nothing(cast: Cast) -> None:
    """Seeing how it looks saves nothing, and the picture chosen is still there when saved afterwards."""
    browser = signed_in(cast.ana)
    seen = send(browser, logo=picture(), act="preview")
    assert seen.status_code == 200
    assert brand_of(cast) == Brand()
    text = seen.content.decode()
    assert "#a1243c" in text
    kept = text.partition('name="kept_logo" value="')[2].partition('"')[0]
    assert kept.startswith("data:image/")
    assert send(browser, kept_logo=kept).status_code == 302
    assert brand_of(cast) == Brand("#a1243c", kept)


def test_a_bad_colour_keeps_the_chosen_picture(cast: Cast) -> None:
    """A colour that is none is refused beside its field; the picture sent with it waits in the page."""
    answer = send(signed_in(cast.ana), brand_colour="red", logo=picture())
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_brand_colour-error"' in text
    assert 'name="kept_logo"' in text
    assert brand_of(cast) == Brand()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<!-- long -->" * 3000 + b"</svg>",
    ],
)
def test_what_is_no_logo_is_refused(cast: Cast, raw: bytes) -> None:
    """An empty file, text, a drawing with a script or one too large is refused beside its field."""
    answer = send(signed_in(cast.ana), logo=SimpleUploadedFile("logo.svg", raw))
    assert answer.status_code == 422
    assert 'id="id_logo-error"' in answer.content.decode()
    assert brand_of(cast) == Brand()


@pytest.mark.parametrize("forged", ["https://other.example/x.png", "data:text/html;base64,AAAA"])
def test_a_forged_picture_is_refused(cast: Cast, forged: str) -> None:
    """A hidden field that names another site or is no picture is refused like any other value."""
    answer = send(signed_in(cast.ana), kept_logo=forged)
    assert answer.status_code == 422
    assert forged not in answer.content.decode()
    assert brand_of(cast) == Brand()


def test_the_sample_says_its_contrast(cast: Cast) -> None:
    """A pale colour is shown shaded until it can be read, with the contrast it then has."""
    text = send(signed_in(cast.ana), brand_colour="#ffee00", act="preview").content.decode()
    assert "#ffee00" in text
    assert text.count(": 1</dd>") == 4
