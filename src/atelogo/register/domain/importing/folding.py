"""When two spellings are one: accents, case, spaces and trailing punctuation folded; nothing else joins."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

_TRAILING: Final = " .,;:!?-–—_…/\\|*"
_NEAR: Final = 0.72
_SMALL_WORDS: Final = (
    "a o as os de do da dos das e em no na por para com um uma the of and to in el la los las y del"
)
_STOP_WORDS: Final = frozenset(_SMALL_WORDS.split())


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return the folded form: no accents, lower case, single spaces, no trailing punctuation.

    Two labels are the same reason only when their folded forms are equal (`fold` is idempotent).
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(
            c for c in decomposed if not unicodedata.combining(c) and c not in "\u00ad\u200b\ufeff"
        )
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.lower().split()).rstrip(_TRAILING)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A known label that an unknown one may mean: for a person to accept, never applied by itself."""

    known: str
    score: float


def suggest_synonyms(folded: str, known: Iterable[str], *, limit: int = 3) -> list[Suggestion]:
    """Return the known labels near `folded` (0..1, best first); empty when none is near.

    The score is the better of letter similarity (typing errors) and shared meaningful words (other wording).
    """
    scored = (Suggestion(label, round(_likeness(folded, fold(label)), 3)) for label in known)
    near = [suggestion for suggestion in scored if suggestion.score >= _NEAR]
    return sorted(near, key=lambda suggestion: (-suggestion.score, suggestion.known))[:limit]


def _likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    letters = SequenceMatcher(None, one, other, autojunk=False)
    best = letters.ratio() if letters.quick_ratio() >= _NEAR else 0.0
    words, others = _words(one), _words(other)
    shared = len(words & others)
    if shared:
        best = max(
            best, 0.95 * shared / min(len(words), len(others)) * (0.6 + 0.4 * shared / len(words | others))
        )
    return best


def _words(folded: str) -> set[str]:
    """Stems of a kind: the first six letters of each meaningful word."""
    return {word[:6] for word in folded.replace("/", " ").split() if word not in _STOP_WORDS}
