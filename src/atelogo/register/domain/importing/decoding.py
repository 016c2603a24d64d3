"""Bytes to text: which encoding a whole file is in, and a decoder that no byte can crash."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import ftfy.bad_codecs
from charset_normalizer import from_bytes

from atelogo.register.domain.importing.problems import ImportProblemError

ftfy.bad_codecs.ok()  # registers "sloppy-windows-1252": cp1252 in which every byte has a meaning

_CHUNK: Final = 1 << 20
_ENOUGH: Final = 4 << 20  # bytes looked at once the file is known not to be UTF-8 throughout
_FORGIVING: Final = "atelogo-forgiving"
_ASCII: Final = bytes(range(128))
_UTF8_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_NUL_SHARE: Final = 0.2  # Latin text in UTF-16 is half NULs
_UTF8_SHARE: Final = 0.5  # above it a broken UTF-8 file is UTF-8 with strange bytes, not another encoding
_SINGLE_BYTE: Final = ("cp1252", "cp850", "mac-roman")
_LETTERS: Final = frozenset("áàâãéêíóôõúüçñÁÀÂÃÉÊÍÓÔÕÚÜÇÑºª")
_FEW_LETTERS: Final = 0.3
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS: Final = ("\ufeff", "ï»¿", "Ã¯Â»Â¿")  # byte-order marks as text, also encoded twice and three times
_NOT_FOR_FILES: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not valid here as cp1252: files are glued together from several sources."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    if error.encoding.startswith("utf-8"):
        return bad.decode("sloppy-windows-1252"), error.end
    return "\ufffd", error.end


codecs.register_error(_FORGIVING, _as_cp1252)


@dataclass(slots=True)
class _Scan:
    """What one pass over all bytes found out."""

    size: int = 0
    nul_even: int = 0
    nul_odd: int = 0
    utf8_broken: bool = False
    broken_bytes: int = 0
    high: int = 0
    high_in_utf8: int = 0
    histogram: Counter[int] = field(default_factory=Counter)
    sample: bytes = b""

    def feed(self, chunk: bytes, decoder: codecs.IncrementalDecoder, *, final: bool = False) -> None:
        """Take the next chunk in."""
        if self.size < _CHUNK:
            even, odd = chunk[::2].count(0), chunk[1::2].count(0)
            self.nul_even += even
            self.nul_odd += odd
        self.size += len(chunk)
        if not self.utf8_broken:
            try:
                decoder.decode(chunk, final)
            except UnicodeDecodeError:
                self.utf8_broken = True
        if chunk.isascii():
            return
        high = chunk.translate(None, _ASCII)
        self.high += len(high)
        if self.utf8_broken:
            self.broken_bytes += len(chunk)
            self.high_in_utf8 += sum(map(len, _UTF8_SEQUENCE.findall(chunk)))
        else:
            self.high_in_utf8 += len(high)
        self.histogram.update(high)
        if len(self.sample) < _CHUNK:
            self.sample += chunk


def find_encoding(path: Path) -> str:
    """Return the label of the file's encoding, from all its bytes in one cheap pass of bounded memory."""
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(0)
        marked = _by_mark(head, stream)
        if marked:
            return marked
        scan = _Scan()
        decoder = codecs.getincrementaldecoder("utf-8")()
        while scan.broken_bytes < _ENOUGH and (chunk := stream.read(_CHUNK)):
            scan.feed(chunk, decoder)
        if not scan.broken_bytes:
            scan.feed(b"", decoder, final=True)
    return _decide(scan)


def _by_mark(head: bytes, stream: io.BufferedReader) -> str | None:
    for mark, label in _BOMS:
        if head.startswith(mark):
            if label.startswith("utf-16") and b"\0" not in stream.read(_CHUNK):
                stream.seek(0)  # a mark of two bytes before text of one byte a letter
                return None
            return label
    return None


def _decide(scan: _Scan) -> str:
    looked_at = min(scan.size, _CHUNK) or 1
    if (scan.nul_even + scan.nul_odd) / looked_at >= _NUL_SHARE:
        return "utf-16-le" if scan.nul_odd >= scan.nul_even else "utf-16-be"
    if not scan.utf8_broken:
        return "utf-8"
    if scan.high_in_utf8 >= _UTF8_SHARE * scan.high:
        return "utf-8+cp1252"
    return _single_byte(scan)


def _single_byte(scan: _Scan) -> str:
    """Choose the table in which most bytes above 127 are letters of Portuguese or Spanish."""
    total = sum(scan.histogram.values()) or 1
    shares = {label: _letters(label, scan.histogram) / total for label in _SINGLE_BYTE}
    best = max(_SINGLE_BYTE, key=lambda label: shares[label])
    if shares[best] >= _FEW_LETTERS:
        return best
    guess = from_bytes(scan.sample[: _CHUNK // 16]).best()
    if guess is None or guess.encoding in {"ascii", "utf_8", "utf_16", "utf_32", "utf_7"}:
        return "cp1252"
    return guess.encoding.replace("_", "-")


def _letters(label: str, histogram: Counter[int]) -> int:
    codec = _codec(label)
    return sum(n for byte, n in histogram.items() if bytes([byte]).decode(codec, "replace") in _LETTERS)


def _codec(label: str) -> str:
    return {
        "utf-8+cp1252": "utf-8",
        "cp1252": "sloppy-windows-1252",
        "windows-1252": "sloppy-windows-1252",
    }.get(label, label)


def check_encoding(label: str) -> str:
    """Return a label that `open_text` can use. Raises ImportProblemError(`encoding_unknown`)."""
    label = label.strip().lower().replace("_", "-")
    if label in _NOT_FOR_FILES:
        raise ImportProblemError("encoding_unknown", label)
    try:
        io.TextIOWrapper(io.BytesIO(bytes(range(256))), encoding=_codec(label), errors=_FORGIVING).read()
    except (LookupError, ValueError) as error:
        raise ImportProblemError("encoding_unknown", label) from error
    return label


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open the file as text; whatever the bytes, reading never raises for them."""
    return io.TextIOWrapper(path.open("rb"), encoding=_codec(encoding), errors=_FORGIVING, newline="")


def without_mark(text: str) -> str:
    """Return the beginning of a file without byte-order marks, however they were decoded."""
    while text.startswith(_MARKS):
        text = next(text.removeprefix(mark) for mark in _MARKS if text.startswith(mark))
    return text


def decode_block(block: bytes, encoding: str) -> str:
    """Decode a piece cut out of the middle of a file."""
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(
        encoding, _codec(encoding)
    )
    return block.decode(codec, _FORGIVING)
