"""One converter per field, compiled from the mapping and from what the column's own cells prove."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as ReadOnly
from functools import lru_cache, partial
from typing import Any, Final

from atelogo.register.domain.importing.amounts import choose_decimals, mostly_negative, parse_amount
from atelogo.register.domain.importing.contacts import parse_email, parse_phone
from atelogo.register.domain.importing.dates import DateOrder, choose_order, parse_date
from atelogo.register.domain.importing.documents import parse_document
from atelogo.register.domain.importing.fields import FieldType
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.mapping import Mapping
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.records import LocalDate
from atelogo.register.domain.importing.rowkinds import Cell
from atelogo.register.domain.importing.texts import is_blank, is_damaged, tidy, tidy_lines
from atelogo.register.domain.importing.values import (
    parse_id,
    parse_postal_code,
    parse_state,
    parse_text,
    parse_word,
    text_of,
)
from atelogo.register.domain.importing.wordlists import BLANK, BLANK_REASONS

Converter = Callable[[Cell], Any]

_REMEMBERED: Final = (
    1 << 15
)  # different cells of a column kept with their value: reasons, plans, dates, prices repeat
_EXPORTED_FLOAT: Final = re.compile(r"\d+\.0", re.ASCII)
# Two or more words of letters that no wrong decoding leaves behind.
_PLAIN_NAME: Final = re.compile(
    "[A-ZÁÉÍÓÚÇ][A-Za-zÁÉÍÓÚÇáâãéêíóôõúçüÊÔÕ]+(?: [A-Za-zÁÉÍÓÚÇáâãéêíóôõúçüÊÔÕ]+)+"
)


def remembered(convert: Converter) -> Converter:
    """Keep the last results; 1, 1.0 and True are different cells. Problems are not kept."""
    return lru_cache(maxsize=_REMEMBERED, typed=True)(convert)


def compile_converter(name: str, kind: FieldType, mapping: Mapping, cells: Sequence[Cell]) -> Converter:
    """Return the function that reads one cell of the field `name`; `cells` is the column's sample."""
    if kind == "date":
        order = mapping.source.date_order or choose_order(cells).order
        return remembered(partial(_date, order=order))
    if kind == "amount":
        return _amounts(mapping, cells)
    if kind == "id":
        return _exported_id if _exported_floats(cells) else parse_id
    if name in {"reason", "secondary_reason"}:
        return remembered(partial(_reason, aliases=mapping.reasons))
    simple: dict[FieldType, Converter] = {
        "name": _name,
        "text": remembered(parse_postal_code if name == "postal_code" else parse_text),
        "word": remembered(partial(parse_word, name)),
        "notes": _notes,
        "document": parse_document,
        "email": parse_email,
        "phone": parse_phone,
        "state": remembered(parse_state),
    }
    return simple[kind]


def _date(cell: Cell, *, order: DateOrder) -> LocalDate:
    return parse_date(cell, order)


def _amounts(mapping: Mapping, cells: Sequence[Cell]) -> Converter:
    sign = mapping.source.decimal or choose_decimals(cells).sign
    read = partial(parse_amount, sign=sign)
    return remembered(partial(_lost, read=read) if mostly_negative(cells, sign) else read)


def _lost(cell: Cell, *, read: Converter) -> int | None:
    try:
        value: int | None = read(cell)
    except ValueProblemError as problem:
        if problem.code != "amount_negative" or not isinstance(problem.value, int):
            raise
        return -problem.value
    if value:
        raise ValueProblemError("amount_negative", -value)
    return value


def _exported_floats(cells: Iterable[Cell]) -> bool:
    filled = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    return bool(filled) and all(map(_EXPORTED_FLOAT.fullmatch, filled))


def _exported_id(cell: Cell) -> str | None:
    text = parse_id(cell)
    return text.removesuffix(".0") if text else text


def _name(cell: Cell) -> str | None:
    if isinstance(cell, str) and _PLAIN_NAME.fullmatch(cell) and cell.lower() not in BLANK:
        return cell
    text = parse_text(cell)
    if text is not None and is_damaged(text):
        raise ValueProblemError("name_damaged", text)
    return text


def _notes(cell: Cell) -> str | None:
    text = tidy_lines(text_of(cell))
    return None if is_blank(text) else text


def _reason(cell: Cell, *, aliases: ReadOnly[str, str]) -> str | None:
    text = tidy(text_of(cell))
    if is_blank(text, BLANK_REASONS):
        return None
    text = aliases.get(fold(text), text) if aliases else text
    if is_damaged(text):
        raise ValueProblemError("reason_damaged", text)
    return text
