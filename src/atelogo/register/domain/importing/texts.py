"""Text cells: double encodings undone, spaces tidied, blank-like words recognised, damage told."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

import ftfy

from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.wordlists import BLANK, BLANK_REASONS, DATA_ERRORS

# Letters that begin a doubly encoded character, followed by what only a wrong decoding puts there.
_SUSPECT: Final = re.compile("[ÂÃâÅÄÐïð\u251c\u252c\u221a](?:[^\x00-\x7f]| )")
_LOST: Final = re.compile("[\ufffd\u25a1\u25af\x1a\x80-\x9f]")
_QUESTION: Final = re.compile(r"[^\W\d_]\?+[^\W\d_]|(?:^|\s)\?[^\W\d_]|[^\W\d_]\?\?")
# An "Ã" that Portuguese cannot have (first in a word, or after a lower-case letter), and "à" inside a word.
_RESIDUE: Final = re.compile(
    r"\bÃ[^\W\d_]|[a-zà-ÿ]Ã|[^\W\d_]à|Ã[\x80-\xbf\u2018-\u2122]|Â[\x80-\xbf]|\bÃ(?=\s|$)"
)
_GUARDED: Final = re.compile(r'^="?(.*?)"?$', re.DOTALL)
_CONFIG: Final = ftfy.TextFixerConfig(unescape_html=False)
_LINES: Final = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_INVISIBLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")

_LONGEST_BLANK: Final = max(map(len, BLANK_REASONS)) + 4


@lru_cache(maxsize=1 << 15)
def repair(text: str) -> str:
    """Undo double (or triple) encoding in one cell; text that was right comes back unchanged."""
    return ftfy.fix_encoding(text, _CONFIG) if _SUSPECT.search(text) else text


def tidy(text: str) -> str:
    """Return a one-line text: encoding repaired, letters composed, single spaces, no hidden characters."""
    if text.isascii():
        text = text.strip()
        if text.isprintable() and "  " not in text:
            return text[1:] if text[:1] == "'" else text
    else:
        text = unicodedata.normalize("NFC", repair(text))  # before spaces go: one may be half a letter
    if not text.isprintable() or "  " in text:
        text = " ".join(_INVISIBLE.sub("", _substituted(text)).split())
    text = text.strip()
    return text[1:] if text[:1] == "'" else text


def _substituted(text: str) -> str:
    """Show the letters that a program replaced by SUB as lost; a SUB at the end is DOS's end of file."""
    return text.strip("\x1a").replace("\x1a", "\ufffd") if "\x1a" in text else text


def tidy_lines(text: str) -> str:
    """Return a text that may have several lines (a note), otherwise as `tidy`."""
    if text.isascii() and text.isprintable():
        return tidy(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", repair(text))
    lines = (" ".join(_INVISIBLE.sub("", line).split()) for line in _LINES.sub("\n", text).split("\n"))
    return "\n".join(lines).strip()


def unguard(text: str) -> str:
    """Take away what spreadsheets put before numbers kept as text: an apostrophe, or `="..."`."""
    text = text.strip()
    if text[:1] == "'":
        return text[1:].strip()
    if text[:1] == "=":
        found = _GUARDED.match(text)
        return found.group(1).strip() if found else text
    return text


def is_blank(text: str, words: frozenset[str] = BLANK) -> bool:
    """Say whether a cell says nothing: empty, or a word people write for "nothing"."""
    if not text:
        return True
    if len(text) > _LONGEST_BLANK:
        return False
    lowered = text.lower()
    if lowered in words:
        return True
    if lowered[-1].isalnum() and lowered.isascii():
        return False  # folding would change nothing
    return fold(text) in words or lowered in DATA_ERRORS


def is_data_error(text: str) -> bool:
    """Say whether a cell holds a spreadsheet's error in place of its value."""
    return text.lower() in DATA_ERRORS


def is_damaged(text: str) -> bool:
    """Say whether letters of a tidied text were lost for good: U+FFFD, `?` among letters, a lone `Ã`."""
    if text.isascii():
        return "?" in text and bool(_QUESTION.search(text))
    return bool(_LOST.search(text) or _RESIDUE.search(text) or ("?" in text and _QUESTION.search(text)))
