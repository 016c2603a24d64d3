"""Cells that are neither date, money, document nor contact: ids, yes or no, and words from short lists."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.texts import is_blank, is_data_error, tidy, unguard
from atelogo.register.domain.importing.wordlists import NO, VALUES, YES

_SCIENTIFIC: Final = re.compile(r"\d[.,]\d+[eE]\+\d{1,3}", re.ASCII)
_PLAIN_ID: Final = re.compile(
    r"\d+|[A-Za-z0-9][A-Za-z0-9_/-]{5,}", re.ASCII
)  # no word for "nothing" is as long
_EXACT: Final = 10**15  # from here on a spreadsheet's number has lost digits
_CEP: Final = 8


def text_of(cell: object) -> str:
    """Return any cell as the text a person would see, without decimals that a spreadsheet added."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < _EXACT
        return str(int(cell)) if whole else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        cell = cell.date() if cell.time() == time(0) else cell.isoformat(" ", "seconds")
    return "" if cell is None else str(cell)


def parse_text(cell: object) -> str | None:
    """Return a tidied one-line text, None when it says nothing."""
    text = tidy(cell if isinstance(cell, str) else _plain(cell))
    return None if is_blank(text) else text


def _plain(cell: object) -> str:
    """`text_of` for any cell; a number that is none (nan, infinity) is blank."""
    if isinstance(cell, float) and cell - cell != 0:
        return ""
    return text_of(cell)


def parse_id(cell: object) -> str | None:
    """Return an id as text (12.0 -> '12'), None for a blank cell.

    Raises ValueProblemError(`id_damaged`) when a spreadsheet made a rounded number or a date of it.
    """
    if isinstance(cell, str):
        if _PLAIN_ID.fullmatch(cell):
            return cell
        text = tidy(unguard(cell))
        if is_blank(text) or is_data_error(text):
            return None
        if _SCIENTIFIC.fullmatch(text):
            raise ValueProblemError("id_damaged")
        return text
    if isinstance(cell, date | time | timedelta) or (isinstance(cell, float) and abs(cell) >= _EXACT):
        raise ValueProblemError("id_damaged")
    return _plain(cell) or None


def parse_boolean(cell: object) -> bool | None:
    """Return yes or no; None for a blank cell or a word that is neither."""
    if isinstance(cell, bool):
        return cell
    word = fold(_plain(cell))
    if word in YES:
        return True
    return False if word in NO else None


def parse_word(name: str, cell: object) -> str | None:
    """Return what a word stands for in the list `name` (kind, interval, status, end_kind), None if blank.

    Raises ValueProblemError(`value_unknown`) for a word not in the list.
    """
    text = parse_text(cell)
    if text is None:
        return None
    value = VALUES[name].get(fold(text))
    if value is None:
        raise ValueProblemError("value_unknown")
    return value


def parse_state(cell: object) -> str | None:
    """Return a state as given; two-letter codes in capitals."""
    text = parse_text(cell)
    return text.upper() if text is not None and len(text) == 2 else text  # noqa: PLR2004 - UF


def parse_postal_code(cell: object) -> str | None:
    """Return a postal code; a CEP that lost its first zero to a spreadsheet (seven digits) gets it back."""
    text = parse_text(cell)
    if text is not None and text.isascii() and text.isdigit() and len(text) == _CEP - 1:
        return text.zfill(_CEP)
    return text
