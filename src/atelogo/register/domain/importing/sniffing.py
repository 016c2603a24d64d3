"""What kind of file is this: container, encoding, separator, quoting; decided from the whole file, in bounded memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file must be read."""

    container: Literal["text", "xlsx", "xls", "xlsb", "ods"]
    encoding: str = "utf-8"  # for text: utf-8, utf-8-sig, utf-16-le, utf-16-be, cp1252, cp850, mac-roman, utf-8+cp1252
    separator: str = ";"
    quote: str = '"'
    escape: str | None = None
    skip_lines: int = 0  # lines before any table, such as `sep=;`
    wrapped: bool = False  # every line is one quoted cell that holds a whole row


def sniff(path: Path, *, encoding: str | None = None, separator: str | None = None) -> Dialect:
    """Decide how to read the file; `encoding` and `separator` override what was found.

    Raises ImportProblemError (`file_empty`, `file_format_unknown`, `file_encrypted`, `file_unreadable`, `file_too_large`,
    `encoding_unknown`).
    """
    raise NotImplementedError
