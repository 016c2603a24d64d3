"""Phones to E.164 and e-mail addresses, as typed in Brazil."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.texts import is_blank, unguard
from atelogo.register.domain.importing.wordlists import word_set

AREA_CODES: Final = word_set(
    """
    11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55
    61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99
    """
)
_NOT_DIGITS: Final = re.compile(r"\D+")
_SEVERAL: Final = re.compile(r"\s*(?:[;,|\n]|\s/\s|/(?=\s*\(?\d{2}\)?\s*\d)|\sou\s|\se\s|\sor\s|\sand\s)\s*")
_EXPORTED_FLOAT: Final = re.compile(r"(\d{8,13})[.,]0+", re.ASCII)
_LANDLINE: Final = "2345"
_OLD_MOBILE: Final = "689"  # eight digits that have had a 9 before them since 2016; 7 was trunked radio
_LONGEST: Final = 300  # patterns are not let loose on pages of text
_LOCAL: Final = 10
_MOBILE: Final = 11
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", re.ASCII
)
_EMAIL_PARTS: Final = re.compile(r"[;,|<>()\[\]\n]|\s/\s|\sou\s|\se\s|mailto:|(?i:e-?mail:)")


def parse_phone(cell: object) -> str | None:
    """Return the first good phone of a cell as E.164 (Brazil unless it says otherwise), None if blank.

    Raises ValueProblemError(`phone_invalid`) when nothing in it is a whole phone number.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1:
        cell = str(int(cell))
    if not isinstance(cell, str):
        raise ValueProblemError("phone_invalid")
    if len(cell) > _LONGEST:
        raise ValueProblemError("phone_invalid")
    found = _brazilian(cell)
    if found:
        return found
    text = unguard(cell)
    if is_blank(text) or not text.strip("0-() ."):
        return None
    exported = _EXPORTED_FLOAT.fullmatch(text)
    text = exported[1] if exported else text
    for part in (text, *_SEVERAL.split(text)):
        found = _brazilian(part) or _foreign(part)
        if found:
            return found
    raise ValueProblemError("phone_invalid")


def _brazilian(text: str) -> str | None:
    """Read area code and number; carriers (0 31 81 ...), +55 and a missing ninth digit are understood."""
    digits = text if text.isascii() and text.isdigit() else _NOT_DIGITS.sub("", text)
    if not digits.isascii():
        return None
    digits = digits.lstrip("0")
    if len(digits) in {12, 13} and digits.startswith("55"):
        digits = digits[2:].lstrip("0")
    elif len(digits) in {12, 13} and text.lstrip("( ").startswith("0"):
        digits = digits[2:]  # the carrier's code
    if digits[:2] not in AREA_CODES:
        return None
    if len(digits) == _MOBILE and digits[2] == "9":
        return f"+55{digits}"
    if len(digits) == _LOCAL:
        if digits[2] in _LANDLINE:
            return f"+55{digits}"
        if digits[2] in _OLD_MOBILE:
            return f"+55{digits[:2]}9{digits[2:]}"
    return None


def _foreign(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "BR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or (number.country_code == 55 and "+" in text):  # noqa: PLR2004
        toll_free = phonenumbers.PhoneNumberType.TOLL_FREE
        if phonenumbers.number_type(number) != toll_free:
            return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_email(cell: object) -> str | None:
    """Return the first address of a cell in lower case, None for a blank cell.

    Raises ValueProblemError(`email_invalid`) when nothing in it is an address.
    """
    if not isinstance(cell, str):
        raise ValueProblemError("email_invalid")
    if len(cell) > _LONGEST:
        raise ValueProblemError("email_invalid")
    text = cell.strip()
    if _EMAIL.fullmatch(text):
        return text.lower()
    text = unguard(text)
    if is_blank(text):
        return None
    for part in _EMAIL_PARTS.split(text):
        if _EMAIL.fullmatch(part.strip()):
            return part.strip().lower()
    raise ValueProblemError("email_invalid")
