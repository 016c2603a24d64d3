"""What kind of file is this: container, encoding, separator, quoting; bounded memory, any bytes."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from atelogo.register.domain.importing.decoding import check_encoding, find_encoding, open_text, without_mark
from atelogo.register.domain.importing.fields import is_known_name
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.separated import Container, Dialect, parse

__all__ = ["Dialect", "sniff"]

SEPARATORS: Final = (";", ",", "\t", "|")
_SAMPLE_CHARACTERS: Final = 1 << 18
_SAMPLE_LINES: Final = 400
_LARGEST_UNPACKED: Final = 3 << 30
_SEP_LINE: Final = re.compile(r'^"?sep=(.|\\t)"?\s*$', re.IGNORECASE)
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
_MOST_BINARY: Final = 0.02
_SINGLE_QUOTED: Final = re.compile(r"(?:^|[;,\t|])'[^'\n]*'(?=[;,\t|]|$)", re.MULTILINE)
_BACKSLASHED: Final = re.compile(r'[^;,\t|]\\"(?![;,\t|\s]|$)')
_DOUBLED: Final = re.compile(r'[^;,\t|\s"]""[^;,\t|\s"]')
_HEADER_WITHIN: Final = 40
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FORMATS: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
)
_MARKUP: Final = re.compile(r"\s*(?:<!doctype html|<html|<table|<meta|<\?xml|<workbook)", re.IGNORECASE)
_JSON: Final = re.compile(r'\s*(?:\[\s*\{\s*"|\{\s*")')


def sniff(path: Path, *, encoding: str | None = None, separator: str | None = None) -> Dialect:
    """Decide how to read the file; `encoding` and `separator` win over what is found.

    Raises ImportProblemError: `file_empty`, `file_format_unknown`, `file_encrypted`, `file_unreadable`,
    `file_too_large`, `encoding_unknown`.
    """
    with path.open("rb") as stream:
        head = stream.read(1 << 12)
    if not head:
        raise ImportProblemError("file_empty")
    container = _container(path, head)
    if container != "text":
        return Dialect(container)
    label = check_encoding(encoding) if encoding else find_encoding(path)
    with open_text(path, label) as text:
        sample = without_mark(text.read(_SAMPLE_CHARACTERS))
        whole = not text.read(1)
    _refuse_other_text(sample)
    return _sniff_text(sample, label, separator, whole=whole)


def _container(path: Path, head: bytes) -> Container:
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(_OLE):
        with path.open("rb") as stream:
            start = stream.read(1 << 16)
        if "EncryptedPackage".encode("utf-16-le") in start:
            raise ImportProblemError("file_encrypted")
        return "xls"
    for magic, name in _OTHER_FORMATS:
        if head.startswith(magic):
            raise ImportProblemError("file_format_unknown", name)
    return "text"


def _zipped(path: Path) -> Container:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked = sum(info.file_size for info in archive.infolist())
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        KeyError,
        RuntimeError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise ImportProblemError("file_unreadable") from error
    if unpacked > _LARGEST_UNPACKED:
        raise ImportProblemError("file_too_large")
    if any(name.endswith("workbook.bin") for name in names):
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if b"opendocument.spreadsheet" in kind:
        return "ods"
    raise ImportProblemError("file_format_unknown", "ZIP")


def _refuse_other_text(sample: str) -> None:
    if not sample.strip("\x00\x1a \t\r\n\f\v;,|"):
        raise ImportProblemError("file_empty")
    if _MARKUP.match(sample):
        raise ImportProblemError("file_format_unknown", "HTML/XML")
    if _JSON.match(sample):
        raise ImportProblemError("file_format_unknown", "JSON")
    start = sample[: 1 << 14]
    if len(_BINARY.findall(start.replace("\x00", ""))) > _MOST_BINARY * len(start):
        raise ImportProblemError("file_format_unknown", "binary")


def _sniff_text(sample: str, encoding: str, separator: str | None, *, whole: bool) -> Dialect:
    lines = list(islice(io.StringIO(sample, newline=""), _SAMPLE_LINES + 1))
    if len(lines) > 1 and (len(lines) > _SAMPLE_LINES or not whole):
        lines.pop()  # perhaps cut
    base = Dialect("text", encoding, quote=_quote(sample), escape=_escape(sample))
    said = _SEP_LINE.match(lines[0])
    if said:
        found = "\t" if said[1] == "\\t" else said[1]
        if len(lines) > 1 and found not in "\r\n\"'":
            return replace(base, separator=separator or found, skip_lines=1)
    separators = (separator,) if separator else SEPARATORS
    candidates = [
        replace(base, separator=one, wrapped=wrapped)
        for wrapped in ((False, True) if _looks_wrapped(lines) else (False,))
        for one in separators
    ]
    return max(candidates, key=lambda dialect: _likelihood(lines, dialect))


def _quote(sample: str) -> str:
    single = len(_SINGLE_QUOTED.findall(sample))
    return "'" if single > sample.count("\n") and sample.count('"') < single else '"'


def _escape(sample: str) -> str | None:
    """Backslashes before quotes, unless quotes are doubled: the one way or the other."""
    return "\\" if len(_BACKSLASHED.findall(sample)) > len(_DOUBLED.findall(sample)) else None


def _looks_wrapped(lines: list[str]) -> bool:
    """Say whether most lines are one quoted cell: quotes within them only doubled."""
    filled = [line.strip() for line in lines if line.strip()]
    wrapped = sum(
        len(line) > 1 and line[0] == '"' == line[-1] and '"' not in line[1:-1].replace('""', "")
        for line in filled
    )
    return wrapped * 2 > len(filled)


def _likelihood(lines: Iterable[str], dialect: Dialect) -> float:
    """Score a dialect: rows of one width, many columns, and column names that are known."""
    try:
        rows = [row for _, row in parse(lines, dialect) if any(map(str.strip, row))]
    except csv.Error:
        return -1.0
    if not rows:
        return 0.0
    widths = Counter(map(len, rows))
    width, _ = max(widths.items(), key=lambda item: item[1] * math.log2(item[0] + 0.01))
    if width <= 1:
        return 0.0
    first = next(n for n, row in enumerate(rows) if len(row) == width)
    below = rows[first:]
    regular = (
        sum(len(row) == width for row in below) / len(below) * math.sqrt(math.sqrt(len(below) / len(rows)))
    )
    known = max(sum(map(is_known_name, row)) / len(row) for row in rows[:_HEADER_WITHIN])
    return regular * (1 + math.log2(width)) + 2 * known - 0.1 * dialect.wrapped
