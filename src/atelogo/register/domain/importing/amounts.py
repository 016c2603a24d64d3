"""Money cells to minor units: decimal comma or point decided by the column, never by the single cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, Literal

from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.texts import is_blank, is_data_error, unguard

Decimals = Literal[",", ".", "mixed"]

_PLAIN: Final = re.compile(r"(\d{1,12})(?:([.,])(\d{1,2}))?", re.ASCII)
_CURRENCY: Final = re.compile(
    r"(?i)r\$|us\$|u\$s|\$|€|£|\b(?:brl|usd|eur|ars|mxn|cop|clp|reais|real|euros?|d[oó]lares)\b|(?<=\d)(?:brl|usd|eur)\b"
)
_PER: Final = re.compile(
    r"(?i)\s*(?:/|p/|por|per|ao|al)\s*(?:m[eê]s|month|mo|mes)\b\.?|\s*(?:mensal|mensais|mensuales)$"
)
_NUMBER: Final = re.compile(r"\d[\d.,]*|[.,]\d+", re.ASCII)
_SPACES: Final = re.compile(r"[\s\u00a0\u202f\u2009'’_]+")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE][+-]?\d{1,2}", re.ASCII)
_MINUS: Final = "-−–"
_CENT: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10) ** 13
_NOISE: Final = 1e-6  # binary floats of spreadsheets
_GROUP: Final = 3
_LONGEST: Final = 64  # no amount is longer, and patterns are not let loose on pages of text
_MIXED_SHARE: Final = 0.05
_NEARLY_ALL: Final = 0.9


@dataclass(frozen=True, slots=True)
class DecimalChoice:
    """The decimal sign of a column; `ambiguous` when no value proved it.

    `mixed` = some values prove a comma, some a point: then `1.234` and `1,234` can only be thousands.
    """

    sign: Decimals
    ambiguous: bool


def _core(text: str) -> tuple[str, bool]:
    """Return a number's digits and signs ('' when it is no number) and whether it is negative."""
    if len(text) > _LONGEST:
        return "", False
    text = _PER.sub("", _CURRENCY.sub("", unguard(text))).strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    if text[:1] and text[0] in _MINUS:
        text, negative = text[1:], not negative
    elif text[-1:] and text[-1] in _MINUS:
        text, negative = text[:-1], not negative
    text = _SPACES.sub("", text.removeprefix("+"))
    return (text if _NUMBER.fullmatch(text) else ""), negative


def choose_decimals(cells: Iterable[object], default: Decimals = ",") -> DecimalChoice:
    """Decide a column's decimal sign from what its values prove; `1.234` alone proves nothing.

    Without proof the default (comma, Brazil) holds, and the choice says whether anything hung on it.
    """
    votes = {",": 0, ".": 0}
    unclear = 0
    for cell in cells:
        if not isinstance(cell, str):
            continue
        proof = _proof(_core(cell)[0])
        if proof in votes:
            votes[proof] += 1
        unclear += proof == "?"
    if votes[","] == votes["."] == 0:
        return DecimalChoice(default, ambiguous=unclear > 0)
    if min(votes.values()) >= _MIXED_SHARE * sum(votes.values()):
        return DecimalChoice("mixed", ambiguous=unclear > 0)
    return DecimalChoice("," if votes[","] > votes["."] else ".", ambiguous=False)


def _proof(core: str) -> str:
    """Return the decimal sign this number proves, '?' when it could be either, '' without any sign."""
    comma, point = core.rfind(","), core.rfind(".")
    if comma < 0 and point < 0:
        return ""
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    sign = "," if comma >= 0 else "."
    other = "." if sign == "," else ","
    if core.count(sign) > 1:
        return other  # 1.234.567: the sign groups thousands
    before, after = core.split(sign)
    if len(after) == _GROUP and 1 <= len(before) <= _GROUP and not before.startswith("0"):
        return "?"
    return sign


def parse_amount(cell: object, sign: Decimals) -> int | None:
    """Return minor units (two decimals), or None for a blank cell.

    Raises ValueProblemError: `amount_invalid` (no number); `amount_rounded` (more than two decimals) and
    `amount_negative`, with the value.
    """
    if isinstance(cell, str):
        plain = _PLAIN.fullmatch(cell)
        if plain:
            whole, _, cents = plain.groups()
            return int(whole) * 100 + (int(cents.ljust(2, "0")) if cents else 0)
        return _from_text(cell, sign)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueProblemError("amount_invalid")
    return _from_number(cell)


def _from_number(cell: float) -> int:
    try:
        exact = Decimal(repr(cell))
        minor = _to_minor(exact)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise ValueProblemError("amount_invalid") from error
    if abs(float(exact) * 100 - minor) > _NOISE * max(1.0, abs(minor)):
        raise ValueProblemError("amount_rounded", minor)
    return _signed(minor)


def _from_text(text: str, sign: Decimals) -> int | None:
    if is_data_error(text.strip()):
        raise ValueProblemError("amount_invalid")
    if is_blank(text.strip()):
        return None
    core, negative = _core(text)
    if not core:
        if _SCIENTIFIC.fullmatch(text.strip()):
            return _from_number(float(text.strip().replace(",", ".")))
        raise ValueProblemError("amount_invalid")
    exact = _exact(core, sign)
    minor = _to_minor(exact) * (-1 if negative else 1)
    if exact != exact.quantize(_CENT, ROUND_HALF_UP):
        raise ValueProblemError("amount_rounded", minor)
    return _signed(minor)


def _exact(core: str, sign: Decimals) -> Decimal:
    proof = _proof(core)
    decimal = sign if proof in {"?", ""} else proof
    if decimal == "mixed":
        decimal = "." if "," in core else ","
    if proof == decimal or proof in {"?", ""}:
        groups = "." if decimal == "," else ","
        whole, _, cents = core.partition(decimal)
        if _grouped(whole, groups) and not set(cents) & {",", "."}:
            return Decimal(f"{whole.replace(groups, '') or '0'}.{cents or '0'}")
    raise ValueProblemError("amount_invalid")


def _grouped(whole: str, groups: str) -> bool:
    """Say whether the thousands are grouped as people group them: 1.234.567."""
    if groups not in whole:
        return True
    first, *rest = whole.split(groups)
    return 1 <= len(first) <= _GROUP and all(len(part) == _GROUP for part in rest)


def _to_minor(exact: Decimal) -> int:
    if not exact.is_finite() or abs(exact) >= _LARGEST:
        raise ValueProblemError("amount_invalid")
    return int((exact * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _signed(minor: int) -> int:
    if minor < 0:
        raise ValueProblemError("amount_negative", minor)
    return minor


def mostly_negative(cells: Iterable[object], sign: Decimals) -> bool:
    """Say whether nearly all amounts are negative: then the minus sign is a convention for "lost"."""
    negative = other = 0
    for cell in cells:
        try:
            other += bool(parse_amount(cell, sign))
        except ValueProblemError as problem:
            negative += problem.code == "amount_negative"
    return negative > 1 and negative >= _NEARLY_ALL * (negative + other)
