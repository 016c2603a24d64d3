"""The customers' pages say the same things in each of the three languages, with nothing left untranslated."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client

import atelogo.web.portal
from tests.web.portal.conftest import CPF, Provider, field, text

ROOM = Path(atelogo.web.portal.__file__).parent
TEXTS = {
    "pt-br": ("Confira isto.", "O código está errado ou venceu."),
    "es": ("Revise esto.", "El código"),
    "en": ("Check this.", "The code is wrong or has expired."),
}


@pytest.mark.parametrize("language", ["pt_BR", "es"])
def test_the_catalogue_has_no_gap(language: str) -> None:
    """Every text of the pages has its translation, with every form of a plural."""
    with (ROOM / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    entries = [message for message in catalogue if message.id]
    gaps = [
        message.id
        for message in entries
        if message.fuzzy
        or not all(message.string if isinstance(message.string, tuple | list) else [message.string])
    ]
    assert len(entries) > 200
    assert gaps == []


@pytest.mark.parametrize("language", list(TEXTS))
def test_a_refusal_is_said_in_the_readers_language(provider: Provider, language: str) -> None:
    """The summary and the sentence of a wrong code come in the language chosen."""
    browser = Client()
    page = browser.get(provider.path(f"cancelar?lang={language}"))
    browser.post(provider.path("cancelar/codigo/pedir"), {"who": CPF, "state": field(page, "state")})
    answer = text(browser.post(provider.path("cancelar/codigo"), {"code": "1"}))
    for words in TEXTS[language]:
        assert words in answer
