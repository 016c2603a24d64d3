"""Values of a company's own fields: judged against their definitions, kept as plain JSON.

Kept are: a text as typed, a number as plain decimal text (``1234.5``), a date as ``2026-11-21``, a choice as
the text chosen. Nothing given keeps nothing: a field is never required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from atelogo.accounts.domain.custom_fields import CustomField, CustomKind

TEXT_LENGTH: Final = 500
_DIGITS: Final = 20  # of a number, before and after the separator together
_UNFIT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A kept value as a page shows it: the field's label (its code where nothing is known) and the value.

    ``kind`` tells how to write it; ``text`` is the kept form.
    """

    code: str
    label: str
    kind: CustomKind
    text: str


def custom_values(
    fields: Sequence[CustomField], given: Mapping[str, object]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is kept of ``given`` by code, and per refused code why.

    ``given`` may be empty or hold some of the codes; ``None`` and empty texts keep nothing. Numbers are
    ``int``, ``Decimal`` or plain decimal text, dates are ``date`` or ISO text. Codes of refusals: ``unknown
    too_long invalid not_a_number not_a_date not_offered``.
    """
    known = {field.code: field for field in fields}
    kept: dict[str, str] = {}
    refused: dict[str, str] = {}
    for code, value in given.items():
        if code not in known:
            refused[code] = "unknown"
        elif value is not None and value != "":
            found, why = _READERS[known[code].kind](known[code], value)
            if why:
                refused[code] = why
            elif found:
                kept[code] = found
    return kept, refused


def custom_changed(
    kept: Mapping[str, object], given: Mapping[str, object], accepted: Mapping[str, str]
) -> dict[str, object]:
    """Return ``kept`` after a correction: what was given and accepted is replaced, emptied ones go.

    Values under codes that were not given stay, those that an import brought included.
    """
    return {code: value for code, value in kept.items() if code not in given} | dict(accepted)


def custom_shown(
    fields: Sequence[CustomField], kept: Mapping[str, object], *, language: str
) -> list[ShownValue]:
    """Return kept values with their labels: the company's fields in order, then what imports brought."""
    shown = [
        ShownValue(field.code, field.label(language), field.kind, str(kept[field.code]))
        for field in fields
        if kept.get(field.code) not in {None, ""}
    ]
    known = {field.code for field in fields}
    return shown + [
        ShownValue(code, code, CustomKind.TEXT, str(value))
        for code, value in kept.items()
        if code not in known and value not in (None, "")
    ]


def _text(_field: CustomField, value: object) -> tuple[str, str]:
    text = str(value).replace("\r\n", "\n").strip()
    if len(text) > TEXT_LENGTH:
        return "", "too_long"
    return ("", "invalid") if _UNFIT.search(text) else (text, "")


def _number(_field: CustomField, value: object) -> tuple[str, str]:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return "", "not_a_number"
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return "", "not_a_number"
    if not number.is_finite():
        return "", "not_a_number"
    if len(number.as_tuple().digits) > _DIGITS or abs(number.adjusted()) > _DIGITS:
        return "", "too_long"
    return f"{number:f}", ""


def _date(_field: CustomField, value: object) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "", "not_a_date"
    if isinstance(value, date):
        return value.isoformat(), ""
    try:
        return date.fromisoformat(str(value).strip()).isoformat(), ""
    except ValueError:
        return "", "not_a_date"


def _choice(field: CustomField, value: object) -> tuple[str, str]:
    text = " ".join(str(value).split())
    return (text, "") if text in field.choices else ("", "not_offered")


_READERS: Final = {
    CustomKind.TEXT: _text,
    CustomKind.NUMBER: _number,
    CustomKind.DATE: _date,
    CustomKind.CHOICE: _choice,
}
