"""CPF and CNPJ: check digits, zeros lost by spreadsheets restored, the alphanumeric CNPJ."""

from __future__ import annotations

import re
from typing import Final

from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.records import Document
from atelogo.register.domain.importing.texts import is_blank, unguard

_CPF_LENGTH: Final = 11
_MASKED_CPF: Final = 14
_CNPJ_LENGTH: Final = 14
_FEWEST_DIGITS: Final = 7  # a CPF with more than four lost zeros is likelier to be something else
_LONGEST: Final = 64  # no document is longer, and patterns are not let loose on pages of text
_MAIN_BRANCH: Final = "0001"
_PUNCTUATION: Final = str.maketrans("", "", ".-/ \u00a0\u2010\u2011\u2013\t")
_LABEL: Final = re.compile(r"(?i)^\s*(?:cpf|cnpj|doc)\s*[:.#]?\s*")
_EXPORTED_FLOAT: Final = re.compile(r"\d+[.,]0+", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}", re.ASCII)
_CNPJ: Final = re.compile(r"[0-9A-Z]{12}[0-9]{2}", re.ASCII)
_WEIGHTS: Final = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def is_cpf(digits: str) -> bool:
    """Say whether 11 ASCII digits are a CPF (modulus 11 twice; eleven equal digits are refused)."""
    # the bytes' values are the digits plus 48: the sums are corrected once (54 and 9 times 48)
    a, b, c, d, e, f, g, h, i, one, two = digits.encode()
    total = 10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i - 2592
    if total * 10 % 11 % 10 != one - 48:
        return False
    total += a + b + c + d + e + f + g + h + i - 432 + 2 * (one - 48)
    return total * 10 % 11 % 10 == two - 48 and digits != digits[0] * _CPF_LENGTH


def is_cnpj(characters: str) -> bool:
    """Say whether 14 characters are a CNPJ, digits or alphanumeric (valid since July 2026)."""
    if not _CNPJ.fullmatch(characters) or characters == "0" * _CNPJ_LENGTH:
        return False
    values = [ord(character) - 48 for character in characters]
    for place in (12, 13):
        rest = sum(v * w for v, w in zip(values[:place], _WEIGHTS[13 - place :], strict=True)) % 11
        if values[place] != (0 if rest < 2 else 11 - rest):  # noqa: PLR2004 - the rule of modulus 11
            return False
    return True


def _person(digits: str) -> Document:
    return Document(digits, "person")


def _company(characters: str) -> Document:
    return Document(characters, "company")


def parse_document(cell: object) -> Document | None:
    """Return a valid CPF or CNPJ, None for a blank cell.

    Zeros that a spreadsheet took from the front are put back when the check digits then agree. Raises
    ValueProblemError: `document_invalid`, `document_scientific` (digits lost for good: 4,59455E+10),
    `document_masked` (asterisks).
    """
    if isinstance(cell, str):
        digits = _plain_cpf(cell)
        if digits.isdigit() and digits.isascii() and is_cpf(digits):
            return _person(digits)
        return _from_text(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1 and cell >= 0:
        return _from_compact(str(int(cell))) if cell else None
    raise ValueProblemError("document_invalid")


def _plain_cpf(text: str) -> str:
    """Return the eleven characters of a CPF written in one of its two usual ways, else an empty text."""
    if len(text) == _CPF_LENGTH:
        return text
    if len(text) == _MASKED_CPF and text[3] == "." == text[7] and text[11] == "-":
        return text[:3] + text[4:7] + text[8:11] + text[12:]
    return ""


def _from_text(text: str) -> Document | None:
    text = unguard(text)
    if len(text) > _LONGEST:
        raise ValueProblemError("document_invalid")
    if is_blank(text):
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise ValueProblemError("document_scientific")
    if _EXPORTED_FLOAT.fullmatch(text):
        text = text.replace(",", ".").partition(".")[0]
    compact = _LABEL.sub("", text).translate(_PUNCTUATION).upper()
    if "*" in compact or "XXX" in compact or "•" in compact:
        raise ValueProblemError("document_masked")
    if not compact.strip("0"):
        return None  # systems write 000.000.000-00 for "none"
    return _from_compact(compact)


def _from_compact(compact: str) -> Document:
    length = len(compact)
    if compact.isascii() and compact.isdigit() and length >= _FEWEST_DIGITS:
        if length <= _CPF_LENGTH and is_cpf(compact.zfill(_CPF_LENGTH)):
            return _person(compact.zfill(_CPF_LENGTH))
        padded = compact.zfill(_CNPJ_LENGTH)
        # eleven digits or fewer as a CNPJ need more proof than check digits: the head office's branch number
        if (
            length <= _CNPJ_LENGTH
            and is_cnpj(padded)
            and (length > _CPF_LENGTH or padded[8:12] == _MAIN_BRANCH)
        ):
            return _company(padded)
    elif length == _CNPJ_LENGTH and is_cnpj(compact):
        return _company(compact)
    raise ValueProblemError("document_invalid")
