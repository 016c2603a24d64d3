"""Fixtures of the web room: the real addresses with the sample pages beside them."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast, signed_in


@pytest.fixture
def samples(settings: Settings) -> None:
    """Put the sample pages beside the real addresses."""
    settings.ROOT_URLCONF = "tests.web.sample_pages"


@pytest.fixture
def visitor(samples: None) -> Client:
    """Return a browser of nobody in particular; a fault of ours is answered, not raised."""
    return Client(raise_request_exception=False)


@pytest.fixture
def ana(samples: None, cast: Cast) -> Client:
    """Return the browser of the owner of Padaria Aurora."""
    browser = signed_in(cast.ana)
    browser.raise_request_exception = False
    return browser
