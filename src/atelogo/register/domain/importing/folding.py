"""When two spellings are one word: accents, case, spaces and trailing punctuation folded; nothing else joins."""

from collections.abc import Iterable
from dataclasses import dataclass


def fold(text: str) -> str:
    """The folded form: without accents, lower case, single spaces, no trailing punctuation (`decisions.md` 10)."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A known label that an unknown one may mean; for a person to accept, never applied alone."""

    known: str
    score: float  # 0..1


def suggest_synonyms(folded: str, known: Iterable[str], *, limit: int = 3) -> list[Suggestion]:
    """Known labels near `folded`, best first; empty when none is near."""
    raise NotImplementedError
