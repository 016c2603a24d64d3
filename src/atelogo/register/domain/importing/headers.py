"""Column names to words: cases, accents, abbreviations and joined words as systems and people write them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from atelogo.register.domain.importing import synonyms as names
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.texts import tidy

_CAMEL: Final = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zà-ÿ])")
_UNITS: Final = re.compile(r"(?i)r\$|us\$|u\$s|\(\s*(?:brl|usd|eur|€|\$)\s*\)")
_WORD: Final = re.compile(r"[a-z0-9]+")
_DIGITS_APART: Final = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
_STOP: Final = frozenset(names.SMALL_WORDS.split())
_SHORT: Final = dict(pair.split("=") for pair in names.ABBREVIATIONS.split())
_LONG_ENOUGH: Final = 5
_LONGEST: Final = 60


@lru_cache(maxsize=4096)
def header_words(name: str) -> tuple[str, ...]:
    """Return a column name's meaningful words, written out: 'Dt. Cancel.' -> data, cancelamento."""
    text = _CAMEL.sub(" ", _UNITS.sub(" ", tidy(name).replace("º", "o ").replace("ª", "a ")))
    text = fold(text.replace("nº", "numero ").replace("N°", "numero ").replace("n°", "numero "))
    text = re.sub(r"\be[\s-]?mail\b", "email", text)
    text = re.sub(r"\bn[o°]\.?(?=\s|$)", "numero", text)
    words = [word for word in _WORD.findall(_DIGITS_APART.sub(" ", text)) if word not in _STOP]
    return tuple(_SHORT.get(word, word) for word in words)


def joined(words: tuple[str, ...]) -> str:
    """Return the words without spaces: 'datacancelamento' is the same name as 'data cancelamento'."""
    return "".join(words)


def split_joined(word: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """Cut a name written without spaces into known words ('dtcancelamento'); () when it cannot be."""
    if not _LONG_ENOUGH <= len(word) <= _LONGEST:
        return ()
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        for start in range(end):
            piece = word[start:end]
            if start in best and (piece in vocabulary or piece in _SHORT or piece in _STOP):
                found = (*best[start], piece)
                if end not in best or len(found) < len(best[end]):
                    best[end] = found
    pieces = best.get(len(word), ())
    return tuple(_SHORT.get(piece, piece) for piece in pieces if piece not in _STOP)
