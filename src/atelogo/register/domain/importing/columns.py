"""The fields of each kind, their names in Portuguese, English and Spanish, and the guess of which column is which."""

from dataclasses import dataclass

from .mapping import Mapping
from .records import Kind
from .tables import Table


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column seems to be. `field` None = unmapped (kept as extra)."""

    column: str
    field: str | None
    confidence: float  # 0..1
    why: str  # code: header_exact, header_words, content, header_and_content, unmapped, constant, empty, ignored


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mapping to start from, how sure each column is, and what is missing to import."""

    mapping: Mapping
    guesses: tuple[ColumnGuess, ...]
    missing: tuple[str, ...]  # codes, such as identification_unmapped, reason_unmapped
    warnings: tuple[str, ...]  # codes, such as dates_ambiguous, amounts_ambiguous


def suggest_mapping(table: Table, kind: Kind) -> Suggested:
    """The likeliest mapping of the table's columns for this kind."""
    raise NotImplementedError
