"""Guesses which column is which field, by its name and by what it holds; a person may change all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from atelogo.register.domain.importing.amounts import choose_decimals, mostly_negative
from atelogo.register.domain.importing.dates import choose_order
from atelogo.register.domain.importing.evidence import Evidence, booleans, look_at
from atelogo.register.domain.importing.fields import (
    Field,
    FieldType,
    field_types,
    fields_of,
    ignored_names,
    known_names,
    personal_words,
    vocabulary,
)
from atelogo.register.domain.importing.headers import header_words, joined, split_joined
from atelogo.register.domain.importing.mapping import Mapping, Selector, Source, header_fingerprint
from atelogo.register.domain.importing.records import KINDS, Kind
from atelogo.register.domain.importing.selection import suggest_selector
from atelogo.register.domain.importing.tables import Table
from atelogo.register.domain.importing.wordlists import word_set

IDENTIFICATION: Final[dict[Kind, tuple[str, ...]]] = {
    "customers": ("external_id", "document", "name", "email", "phone"),
    "contracts": ("contract_number", "customer_id", "document", "name", "email", "phone"),
    "cancellations": (
        "external_id",
        "customer_id",
        "contract_number",
        "document",
        "name",
        "email",
        "phone",
        "protocol",
    ),
}
_ENOUGH: Final = 0.5
_MOSTLY: Final = 0.8
_NEARLY_ALL: Final = 0.9
_GENERIC: Final = 0.7
_STEM: Final = 0.6
_SOME: Final = 0.3
_MONTHLY: Final = word_set("mensal mensalidade monthly mes mrr mensual month mensualidad")
_FEW_ROWS: Final = 20


def _sets(names: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(header_words(name)) for name in names.split("|"))


_PAIRS: Final = (
    (
        "name",
        _sets("first name|nome|primeiro nome|nombre"),
        _sets("last name|sobrenome|apellido|apellidos|surname"),
    ),
    (
        "phone",
        _sets("ddd|area code|codigo area"),
        _sets("telefone|celular|phone|phone number|telefone celular"),
    ),
)


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column seems to be; `field` None = no field.

    Then `why` is unmapped, empty, ignored, personal, selection, other_kind (a field of another import).

    `why` of a mapped column: header (its name), header_part (a part of its name), content (what it holds).
    """

    column: str
    field: str | None
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mapping to start from, how sure each column is, what forbids importing, what to tell the person."""

    mapping: Mapping
    guesses: tuple[ColumnGuess, ...]
    missing: tuple[str, ...]  # codes: identification_unmapped
    warnings: tuple[str, ...]  # codes of kind "warning"


def suggest_mapping(table: Table, kind: Kind) -> Suggested:
    """Return the likeliest mapping of the table's columns for this kind, with the reasons for it."""
    evidence = [look_at([row[place] for row in table.sample]) for place in range(len(table.header))]
    chosen = _assign(table.header, evidence, kind)
    if kind == "cancellations":
        chosen = _settled(chosen)
    columns = _joined_columns(
        {guess.field: guess.column for guess in chosen.values() if guess.field}, table.header
    )
    columns = {field.name: columns[field.name] for field in fields_of(kind) if field.name in columns}
    selector = (
        suggest_selector(table.header, evidence, table.sample, columns) if kind == "cancellations" else None
    )
    guesses = tuple(
        chosen.get(place) or _partner(name, columns) or _unmapped(name, evidence[place], selector, kind)
        for place, name in enumerate(table.header)
    )
    extra = tuple(
        guess.column
        for guess, seen in zip(guesses, evidence, strict=True)
        if _worth_keeping(guess, seen, table)
    )
    mapping = Mapping(
        kind=kind,
        columns=columns,
        source=Source(currency=_currency(table, columns, evidence)),
        constants=_constants(kind, columns),
        extra=extra,
        selector=selector,
        fingerprint=header_fingerprint(table.header),
    )
    if "interval" in mapping.constants and "interval" in columns:
        mapping = replace(
            mapping, columns={name: given for name, given in columns.items() if name != "interval"}
        )
    missing = () if any(name in columns for name in IDENTIFICATION[kind]) else ("identification_unmapped",)
    return Suggested(mapping, guesses, missing, tuple(_warnings(table.header, evidence, mapping)))


def _assign(header: Sequence[str], evidence: Sequence[Evidence], kind: Kind) -> dict[int, ColumnGuess]:
    """Give each field its best column, surest first; no column has two fields."""
    candidates = []
    for place, name in enumerate(header):
        for order, field in enumerate(fields_of(kind)):
            score, why = _score(name, evidence[place], field, kind)
            if score >= _ENOUGH:
                candidates.append((-score, order, place, field.name, why))
    chosen: dict[int, ColumnGuess] = {}
    taken: set[str] = set()
    for score, _, place, field_name, why in sorted(candidates):
        if place not in chosen and field_name not in taken:
            chosen[place] = ColumnGuess(header[place], field_name, round(-score, 2), why)
            taken.add(field_name)
    return chosen


def _joined_columns(single: dict[str, str], header: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Put together what two columns hold: first and last name, area code and phone."""
    columns: dict[str, tuple[str, ...]] = {name: (column,) for name, column in single.items()}
    for name, befores, afters in _PAIRS:
        before = next((column for column in header if _words_of(column) in befores), None)
        after = next((column for column in header if _words_of(column) in afters), None)
        if before and after and single.get(name) in {before, after}:
            columns[name] = (before, after)
    return columns


def _score(name: str, seen: Evidence, field: Field, kind: Kind) -> tuple[float, str]:
    named, exact = _name_score(name, field)
    if named:
        agrees = _agreement(field.type, field.name, seen, generic=named < 1)
        score = named * agrees
        if agrees == 1 and not exact and field.type in {"document", "email", "phone", "date", "amount"}:
            score = min(0.95, score + 0.15)
        if score >= _ENOUGH:
            return min(1.0, score), "header" if exact else "header_part"
    return _content_score(name, seen, field, kind), "content"


@lru_cache(maxsize=4096)
def _words_of(name: str) -> frozenset[str]:
    words = header_words(name)
    if len(words) == 1 and frozenset(words) not in known_names():
        words = split_joined(words[0], vocabulary()) or words
    return frozenset(words)


def _name_score(name: str, field: Field) -> tuple[float, bool]:
    """Return how well a column's name fits (0..1) and whether it is one of the field's names exactly."""
    words = _words_of(name)
    if not words or words in ignored_names() or name.startswith("#"):
        return 0.0, False
    whole = joined(header_words(name))
    best, exact = 0.0, False
    for names, weight in field.names:
        if words == names or whole == "".join(sorted(names)):
            best, exact = max(best, weight), True
    if exact or words & field.never:
        return best, exact
    best = _STEM if words & field.stems else 0.0
    for names, weight in field.names:
        if names < words:
            best = max(best, 0.9 * weight * len(names) / len(words))
    return best, False


def _agreement(kind: FieldType, name: str, seen: Evidence, *, generic: bool) -> float:
    """Return 1 when the content fits the type, 0 when it cannot be, something between when it says little."""
    if seen.empty:
        return 0.0 if generic else 0.6
    need = _MOSTLY if generic else _ENOUGH
    good = {
        "date": seen.dates >= need and seen.amounts - seen.date_shaped < _MOSTLY + seen.dates,
        "amount": seen.amounts >= need and seen.date_shaped < _ENOUGH,
        "document": max(seen.documents, seen.long_digits) >= _SOME and seen.date_shaped < _ENOUGH,
        "email": seen.emails >= _SOME,
        "phone": max(seen.phones, seen.long_digits) >= _SOME
        and seen.emails < _SOME
        and seen.date_shaped < _ENOUGH,
        "id": _fits_id(name, seen, generic=generic),
        "name": seen.lettered >= _MOSTLY
        and seen.emails < _ENOUGH
        and (not generic or seen.id_like < _ENOUGH),
        "word": kind == "word" and seen.words(name) >= _ENOUGH,
        "state": seen.lettered >= _ENOUGH,
        "notes": seen.date_shaped < _MOSTLY,
        "text": seen.date_shaped < _MOSTLY and seen.emails < _ENOUGH,
    }[kind]
    return 1.0 if good else 0.0


def _fits_id(name: str, seen: Evidence, *, generic: bool) -> bool:
    if seen.date_shaped >= _ENOUGH or seen.emails >= _ENOUGH:
        return False
    alone = (
        name in {"contract_number", "external_id"}
        and len(seen.cells) >= _FEW_ROWS
        and seen.distinct < _ENOUGH / 2
    )
    if alone or (name == "protocol" and seen.distinct < _SOME and len(seen.cells) >= _FEW_ROWS):
        return False
    return seen.id_like >= _MOSTLY if generic or name == "contract_number" else seen.spaced < _ENOUGH


def _content_score(name: str, seen: Evidence, field: Field, kind: Kind) -> float:
    """Score a column whose name says nothing by what it holds; more is dared where the file has no header."""
    if seen.empty or _words_of(name) in known_names():
        return 0.0
    main_date = {"customers": "since", "contracts": "start_date", "cancellations": "date"}[kind]
    scores = {
        "document": 0.8 * (seen.documents >= _MOSTLY),
        "email": 0.8 * (seen.emails >= _MOSTLY),
        "phone": 0.6 * (seen.phones >= _MOSTLY and seen.documents < _ENOUGH and seen.decimals < _SOME),
        main_date: 0.55 * (seen.date_shaped >= _MOSTLY and seen.dates >= _MOSTLY) * (kind == "cancellations"),
    }
    if name.startswith("#"):
        several = len(seen.cells) >= _FEW_ROWS
        people = (
            seen.lettered >= _MOSTLY
            and seen.spaced >= _ENOUGH
            and seen.date_shaped < _SOME
            and seen.emails < _SOME
        )
        key = "external_id" if kind == "customers" else "customer_id"
        scores |= {
            main_date: 0.55 * (seen.date_shaped >= _MOSTLY and seen.dates >= _MOSTLY),
            "name": 0.55 * (people and seen.distinct >= _MOSTLY and several),
            "reason": 0.55 * (people and seen.distinct <= _SOME and several),
            "amount": 0.52 * (seen.amounts >= _MOSTLY and seen.decimals >= _ENOUGH and not seen.date_shaped),
            key: 0.6
            * (
                seen.id_like >= _MOSTLY
                and seen.distinct >= _NEARLY_ALL
                and max(seen.documents, seen.date_shaped) < _SOME
            ),
        }
    return float(scores.get(field.name, 0.0))


def _settled(chosen: dict[int, ColumnGuess]) -> dict[int, ColumnGuess]:
    """Give the main fields of a cancellation the column of a near one when nothing else is left for them.

    An only id is the customer's (companies number customers, few number cancellations); an only date is the
    cancellation's, whether it is called the request's or the effect's.
    """
    for main, others in (("customer_id", ("external_id",)), ("date", ("effective_date", "declared_date"))):
        for other in others:
            places = {guess.field: place for place, guess in chosen.items()}
            if main in places or other not in places:
                continue
            guess = chosen[places[other]]
            if other != "external_id" or _words_of(guess.column) == {"id"}:
                chosen[places[other]] = replace(guess, field=main)
    return chosen


def _partner(name: str, columns: ReadOnly[str, tuple[str, ...]]) -> ColumnGuess | None:
    """Return the guess of a column that was joined to the one its field chose."""
    field = next((field for field, given in columns.items() if name in given), None)
    return ColumnGuess(name, field, _GENERIC, "header") if field else None


def _unmapped(name: str, seen: Evidence, selector: Selector | None, kind: Kind) -> ColumnGuess:
    words = _words_of(name)
    why = "unmapped"
    if selector and name == selector.column:
        why = "selection"
    elif seen.empty:
        why = "empty"
    elif words in ignored_names():
        why = "ignored"
    elif max(seen.documents, seen.emails) >= _ENOUGH or (
        words & personal_words() and booleans(seen) < _MOSTLY
    ):
        why = "personal"
    elif any(
        _name_score(name, field)[0] == 1 for other in KINDS if other != kind for field in fields_of(other)
    ):
        why = "other_kind"
    return ColumnGuess(name, None, 0.0, why)


def _worth_keeping(guess: ColumnGuess, seen: Evidence, table: Table) -> bool:
    """Keep unmapped columns as custom fields, unless they are personal, or say the same in every row."""
    constant = len(table.sample) >= _FEW_ROWS and len(seen.values()) == 1 and seen.filled == 1
    return guess.field is None and guess.why == "unmapped" and not constant


def _constants(kind: Kind, columns: ReadOnly[str, tuple[str, ...]]) -> dict[str, str]:
    """A value named "monthly" is charged every month."""
    if kind == "contracts" and "amount" in columns and _words_of(columns["amount"][0]) & _MONTHLY:
        return {"interval": "month"}
    return {}


def _currency(table: Table, columns: ReadOnly[str, tuple[str, ...]], evidence: Sequence[Evidence]) -> str:
    if "amount" not in columns:
        return "BRL"
    column = columns["amount"][0]
    said = " ".join(
        [column, *(str(cell) for cell in evidence[table.header.index(column)].cells[:_FEW_ROWS])]
    ).upper()
    for sign, currency in (
        ("R$", "BRL"),
        ("BRL", "BRL"),
        ("US$", "USD"),
        ("USD", "USD"),
        ("€", "EUR"),
        ("EUR", "EUR"),
    ):
        if sign in said:
            return currency
    return "BRL"


def _warnings(header: Sequence[str], evidence: Sequence[Evidence], mapping: Mapping) -> Iterator[str]:
    types = field_types(mapping.kind)
    dates = [name for name in mapping.columns if types[name] == "date"]
    amounts = [name for name in mapping.columns if types[name] == "amount"]

    def cells(name: str) -> tuple[object, ...]:
        return evidence[header.index(mapping.columns[name][0])].cells

    if any(choose_order(cells(name)).ambiguous for name in dates):
        yield "dates_ambiguous"
    if any(choose_decimals(cells(name)).ambiguous for name in amounts):
        yield "amounts_ambiguous"
    if any(mostly_negative(cells(name), choose_decimals(cells(name)).sign) for name in amounts):
        yield "amounts_negated"
    if mapping.kind == "cancellations":
        yield from (f"{name}_unmapped" for name in ("reason", "date") if name not in mapping.columns)
    if mapping.selector:
        yield "selection_suggested"
    if "name" not in mapping.columns:
        yield "name_unmapped"
