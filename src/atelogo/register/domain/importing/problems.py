"""Every stable code the importer can answer with, and what it says to a person (msgids in English)."""

from dataclasses import dataclass
from typing import Final, Literal

ProblemKind = Literal["file", "mapping", "rejected", "left_out", "flag"]


class ImportProblemError(Exception):
    """The file or the mapping cannot be used at all; `code` is in `PROBLEMS`, `detail` names the thing.

    `detail` never holds a cell's content (it may be personal data), only names of columns, fields, encodings.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep the code and the name of what it is about."""
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Problem:
    """One code: where it is used and the English message (a gettext msgid)."""

    code: str
    kind: ProblemKind
    message: str


PROBLEMS: Final[dict[str, Problem]] = {}
