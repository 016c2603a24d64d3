"""Which column feeds which field, and how to read it; to and from TOML."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Literal, Self

from .records import Kind


@dataclass(frozen=True, slots=True)
class Source:
    """How to read the file; None = decided from the file."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header_line: int | None = None
    decimal: Literal[",", "."] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    currency: str = "BRL"


@dataclass(frozen=True, slots=True)
class Selector:
    """Only rows whose `column` folds to one of `keep` are records of this kind; the others are left out."""

    column: str
    keep: tuple[str, ...]
    why: str = "not_cancelled"


@dataclass(frozen=True, slots=True)
class Mapping:
    """A way to read one kind of file. Several columns of one text field are joined by a space."""

    kind: Kind
    columns: ReadOnly[str, tuple[str, ...]]  # field -> column names
    source: Source = field(default_factory=Source)
    constants: ReadOnly[str, str] = field(default_factory=dict)  # field -> value for every row
    reasons: ReadOnly[str, str] = field(default_factory=dict)  # folded spelling -> accepted reason label
    extra: tuple[str, ...] = ()  # unmapped columns kept as custom fields
    selector: Selector | None = None
    fingerprint: str = ""  # of the header it was made for

    def to_toml(self) -> str:
        """The text for a mapping file."""
        raise NotImplementedError

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a mapping file. Raises ImportProblemError (`mapping_unreadable`, `mapping_field_unknown`, ...)."""
        raise NotImplementedError


def header_fingerprint(header: tuple[str, ...]) -> str:
    """Equal for files with the same folded header: finds a saved mapping."""
    raise NotImplementedError
