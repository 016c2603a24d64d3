"""Raw rows to records: one pass, one converter per column, and a word for every row that is no record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import lru_cache
from typing import Any, Final

from atelogo.register.domain.importing.columns import IDENTIFICATION
from atelogo.register.domain.importing.converters import Converter, compile_converter, remembered
from atelogo.register.domain.importing.fields import FieldType, field_types
from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.mapping import ANY, Mapping
from atelogo.register.domain.importing.problems import ImportProblemError, ValueProblemError
from atelogo.register.domain.importing.records import (
    RECORD_CLASSES,
    UNKNOWN_DATE,
    Kind,
    LeftOut,
    Outcome,
    Rejected,
    record_builder,
)
from atelogo.register.domain.importing.rowkinds import Cell, left_out_code
from atelogo.register.domain.importing.tables import Table
from atelogo.register.domain.importing.texts import is_blank, tidy
from atelogo.register.domain.importing.values import parse_text, text_of

RowReader = Callable[[int, Sequence[Cell]], Outcome]

_KEYS: Final = frozenset({"external_id", "customer_id", "contract_number"})  # a damaged one spoils the row
_KEPT: Final = frozenset({"amount_rounded", "name_damaged", "reason_damaged"})
_LABELS: Final = frozenset({"tot", "sub", "som", "sum", "gra", "méd", "med", "qtd", "qua", "reg"})
_SUBSTANCE: Final = frozenset({"date", "amount", "reason", "start_date", "product", "plan"})
_JOINABLE: Final = frozenset({"notes", "text"})  # a last column of these types may hold separators
_WIDE: Final = 4
_EXTRAS_KEPT: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class _Column:
    slot: int
    field: str
    type: FieldType
    places: tuple[int, ...]
    convert: Converter


def compile_reader(mapping: Mapping, table: Table, kind: Kind) -> RowReader:
    """Return the function (line, cells) -> record, Rejected or LeftOut; it never raises for what a row holds.

    Raises ImportProblemError: `mapping_kind_differs`, `mapping_column_unknown`, `mapping_constant_invalid`,
    `identification_unmapped`.
    """
    if mapping.kind != kind:
        raise ImportProblemError("mapping_kind_differs", mapping.kind)
    return _Reader(mapping, table, kind).read


def read_table(mapping: Mapping, table: Table, kind: Kind) -> Iterator[tuple[Sequence[Cell], Outcome]]:
    """Give (cells, outcome) of each row in order; the cells are what the file held, for the rejects file."""
    read = compile_reader(mapping, table, kind)
    for line, cells in table.rows():
        yield cells, read(line, cells)


class _Reader:
    """The compiled form of one mapping for one table."""

    def __init__(self, mapping: Mapping, table: Table, kind: Kind) -> None:
        slots = _slots(kind)
        columns = _compile_columns(mapping, table, kind, slots)
        self._header = table.header
        self._width = len(table.header)
        self._ragged = table.ragged
        self._separator = table.dialect.separator
        named = [place for place, name in enumerate(table.header) if name[:1] != "#"]
        self._first_place = named[0] if named else 0
        self._first = table.raw_header[self._first_place] if named else None
        self._build = record_builder(kind)
        self._template = _template(mapping, kind, slots)
        self._plan = [(one.slot, one.places[0], one.convert, one) for one in columns if len(one.places) == 1]
        self._joined = [one for one in columns if len(one.places) > 1]
        self._identity = [slots[name] for name in IDENTIFICATION[kind]]
        given = {one.slot for one in columns} | {n for n, value in enumerate(self._template) if value}
        if given.isdisjoint(self._identity):
            raise ImportProblemError("identification_unmapped")
        self._extra = [(name, _place(table, name)) for name in mapping.extra]
        self._extra_slot = slots["extra"]
        self._copies = _copies(kind, slots)
        self._name_slot = slots["name"] if "name" in mapping.columns else None
        telling = [one for one in columns if one.slot in self._identity or one.field in _SUBSTANCE]
        self._telling_end = max((place for one in telling for place in one.places), default=-1) + 1
        self._substance = [place for one in columns if one.field in _SUBSTANCE for place in one.places]
        self._too_blank = self._width - 1 if self._width >= _WIDE and self._substance else self._width
        self._joinable = _is_joinable(columns, self._width)
        self._blank_gate = max(1, self._width - 3, self._width // 2 + 1)
        self._select = _selection(mapping, table)
        self._why = mapping.selector.why if mapping.selector else ""

    def read(self, line: int, cells: Sequence[Cell]) -> Outcome:
        """Return what the row is; never raises for what it holds."""
        flags: tuple[str, ...] = ()
        if len(cells) != self._width:
            fitted = self._fit(line, cells)
            if isinstance(fitted, Rejected | LeftOut):
                return fitted
            cells, flags = fitted
        blanks = cells.count("")
        why = self._left_out(cells, blanks)
        if why:
            return LeftOut(line, why)
        values = self._template.copy()
        problems: list[tuple[str, str]] = []
        for slot, place, convert, column in self._plan:
            cell = cells[place]
            if cell != "":
                try:
                    value = convert(cell)
                except ValueProblemError as problem:
                    value = _kept(problem, column, problems)
                    flags = (*flags, problem.code)
                if value is not None and value is not UNKNOWN_DATE:
                    values[slot] = value
        for column in self._joined:
            flags = self._read_joined(column, cells, values, problems, flags)
        if problems or blanks >= self._too_blank or not self._identified(values):
            return self._unusable(line, cells, problems, values, flags)
        return self._finish(line, cells, values, flags)

    def _left_out(self, cells: Sequence[Cell], blanks: int) -> str | None:
        """Return why a row is no record; only rows that look unusual are looked at closely."""
        first = cells[self._first_place]
        if (
            blanks >= self._blank_gate
            or first == self._first
            or (isinstance(first, str) and first[:3].lower() in _LABELS)
        ):
            why = left_out_code(cells, self._header)
            if why:
                return why
        if self._select is not None and not self._select(cells):
            return left_out_code(cells, self._header) or self._why
        return None

    def _identified(self, values: list[Any]) -> bool:
        return any(values[slot] is not None for slot in self._identity)

    def _read_joined(
        self,
        column: _Column,
        cells: Sequence[Cell],
        values: list[Any],
        problems: list[tuple[str, str]],
        flags: tuple[str, ...],
    ) -> tuple[str, ...]:
        text = " ".join(text_of(cells[place]) for place in column.places if cells[place] != "")
        try:
            value = column.convert(text)
        except ValueProblemError as problem:
            value = _kept(problem, column, problems)
            flags = (*flags, problem.code)
        if value is not None:
            values[column.slot] = value
        return flags

    def _finish(self, line: int, cells: Sequence[Cell], values: list[Any], flags: tuple[str, ...]) -> Outcome:
        if self._extra:
            values[self._extra_slot] = self._extras(cells)
        for to, source, attribute in self._copies:
            if values[to] is None and values[source] is not None:
                values[to] = getattr(values[source], attribute) if attribute else values[source]
        if self._name_slot is not None and values[self._name_slot] is None:
            flags = (*flags, "name_missing")
        if flags:
            values[-1] = flags
        return self._build(line, *values)

    def _unusable(
        self,
        line: int,
        cells: Sequence[Cell],
        problems: list[tuple[str, str]],
        values: list[Any],
        flags: tuple[str, ...],
    ) -> Outcome:
        if problems:
            return self._reject(line, cells, problems)
        if not self._identified(values):
            lost = [(code, code.partition("_")[0]) for code in flags if code not in _KEPT]
            return self._reject(line, cells, lost or [("identification_missing", "")])
        return self._reject(line, cells, [("row_incomplete", "")])

    def _reject(self, line: int, cells: Sequence[Cell], problems: Sequence[tuple[str, str]]) -> Outcome:
        """A row that cannot be used may still be no record at all: totals, a footer, the header again."""
        why = left_out_code(cells, self._header)
        if why is None and problems[0][0] == "identification_missing":
            why = _without_words(cells)
        if why:
            return LeftOut(line, why)
        return Rejected(line, tuple(code for code, _ in problems), tuple(field for _, field in problems))

    def _extras(self, cells: Sequence[Cell]) -> dict[str, str] | None:
        kept = {}
        for name, place in self._extra:
            cell = cells[place]
            if cell != "":
                text = _extra_text(cell)
                if text is not None:
                    kept[name] = text
        return kept or None

    def _fit(
        self, line: int, cells: Sequence[Cell]
    ) -> tuple[list[Cell], tuple[str, ...]] | Rejected | LeftOut:
        """Bring a row to the header's width, or say why it cannot be."""
        row, last = list(cells), self._width - 1
        padded = [*row, *[""] * (self._width - len(row))]
        why = left_out_code(padded, self._header)
        if why:
            return LeftOut(line, why)
        if len(row) <= last:
            says = not self._substance or any(padded[place] for place in self._substance)
            if len(row) >= self._telling_end or (self._ragged and says):
                return padded, ()
            return Rejected(line, ("columns_missing",), ("",))
        over = [cell for cell in row[last + 1 :] if not isinstance(cell, str) or tidy(cell)]
        if not over:
            return row[: last + 1], ()
        if self._joinable and all(isinstance(cell, str) for cell in row[last:]):
            return [*row[:last], self._separator.join(map(str, row[last:]))], ("columns_joined",)
        return Rejected(line, ("columns_excess",), ("",))


def _kept(problem: ValueProblemError, column: _Column, problems: list[tuple[str, str]]) -> Any:  # noqa: ANN401 - a value of any field
    """Return what may be kept of a bad cell, and note it when it makes the row unusable."""
    if problem.code in _KEPT:
        return problem.value
    if column.type in {"date", "amount"} or (column.field in _KEYS and problem.code == "id_damaged"):
        problems.append((problem.code, column.field))
    return None


def _slots(kind: Kind) -> dict[str, int]:
    """Return the place of each field among a record's values after the line."""
    names = [one.name for one in fields(RECORD_CLASSES[kind])][1:]
    return {name.removesuffix("_minor"): place for place, name in enumerate(names)}


def _copies(kind: Kind, slots: dict[str, int]) -> list[tuple[int, int, str]]:
    """Return (to, from, attribute): what a row without a value takes from another of its values."""
    if kind == "customers":
        return [(slots["kind"], slots["document"], "kind")]
    if kind == "contracts":
        return [(slots["contract_number"], slots["customer_id"], "")]
    return []


def _place(table: Table, column: str) -> int:
    if column in table.header:
        return table.header.index(column)
    same = [place for place, name in enumerate(table.header) if fold(name) == fold(column)]
    if len(same) != 1:
        raise ImportProblemError("mapping_column_unknown", column)
    return same[0]


def _compile_columns(mapping: Mapping, table: Table, kind: Kind, slots: dict[str, int]) -> list[_Column]:
    types = field_types(kind)
    columns = []
    for name, given in mapping.columns.items():
        places = tuple(_place(table, column) for column in given)
        cells = [row[places[0]] for row in table.sample]
        convert = compile_converter(name, types[name], mapping, cells)
        columns.append(_Column(slots[name], name, types[name], places, convert))
    return columns


def _template(mapping: Mapping, kind: Kind, slots: dict[str, int]) -> list[Any]:
    """Return the values of a record of which no cell is known: defaults and the mapping's constants."""
    values = [None if one.default is MISSING else one.default for one in fields(RECORD_CLASSES[kind])][1:]
    bare = replace(mapping, reasons={})
    for name, text in mapping.constants.items():
        try:
            values[slots[name]] = compile_converter(name, field_types(kind)[name], bare, [text])(text)
        except ValueProblemError as problem:
            raise ImportProblemError("mapping_constant_invalid", name) from problem
    return values


def _is_joinable(columns: Sequence[_Column], width: int) -> bool:
    """Say whether the last column is free text, so that separators inside it can have cut it."""
    last = next((one for one in columns if width - 1 in one.places), None)
    return last is None or (last.type in _JOINABLE and last.field not in {"reason", "secondary_reason"})


def _selection(mapping: Mapping, table: Table) -> Callable[[Sequence[Cell]], bool] | None:
    selector = mapping.selector
    if selector is None:
        return None
    place = _place(table, selector.column)
    wanted = frozenset(map(fold, selector.keep))
    anything = ANY in selector.keep

    def keeps(cell: Cell) -> bool:
        text = tidy(text_of(cell))
        return not is_blank(text) if anything else fold(text) in wanted

    known = remembered(keeps)
    return lambda cells: bool(known(cells[place]))


@lru_cache(maxsize=_EXTRAS_KEPT, typed=True)
def _extra_text(cell: Cell) -> str | None:
    return parse_text(cell)


def _without_words(cells: Sequence[Cell]) -> str | None:
    """Return what a row without a single word is: numbers alone are totals, signs alone a ruled line."""
    said = "".join(text_of(cell) for cell in cells).replace("R$", "")
    if any(map(str.isalpha, said)):
        return None
    return "row_total" if any(map(str.isdigit, said)) else "row_footer"
