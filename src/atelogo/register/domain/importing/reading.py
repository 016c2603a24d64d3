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
    UNKNOWN_DATE,
    CancellationRecord,
    ContractRecord,
    CustomerRecord,
    Kind,
    LeftOut,
    Outcome,
    Rejected,
)
from atelogo.register.domain.importing.rowkinds import Cell, left_out_code
from atelogo.register.domain.importing.tables import Table
from atelogo.register.domain.importing.texts import is_blank, tidy
from atelogo.register.domain.importing.values import parse_text, text_of

RowReader = Callable[[int, Sequence[Cell]], Outcome]

_RECORDS: Final = {"customers": CustomerRecord, "contracts": ContractRecord, "cancellations": CancellationRecord}
_KEYS: Final = frozenset({"external_id", "customer_id", "contract_number"})  # a damaged one makes the row unusable
_KEPT: Final = frozenset({"amount_rounded", "name_damaged", "reason_damaged", "amount_negative"})
_LABELS: Final = frozenset("tot sub som sum gra méd med res qtd qua reg".split())
_SUBSTANCE: Final = frozenset({"date", "amount", "reason", "start_date", "product", "plan"})
_WIDE: Final = 4
_JOINABLE: Final = frozenset({"notes", "text"})
"""Types of a last column that separators inside its text may have cut."""


@dataclass(frozen=True, slots=True)
class _Column:
    slot: int
    field: str
    type: FieldType
    places: tuple[int, ...]
    convert: Converter


class _Compiled:
    """The compiled form of one mapping for one table; `read` is the row function."""

    __slots__ = (
        "_blank_gate", "_columns", "_extra", "_extra_slot", "_first", "_header", "_identity", "_joinable", "_key_end",
        "_kind_slots", "_name_slot", "_number_slots", "_plan", "_ragged", "_record", "_select", "_substance", "_template",
        "_width", "_why",
    )  # fmt: skip

    def __init__(self, mapping: Mapping, table: Table, kind: Kind) -> None:
        self._record = _RECORDS[kind]
        names = [one.name for one in fields(self._record)][1:]  # without the line
        slots = {name: place for place, name in enumerate(names)}
        slots |= {"amount": slots.get("amount_minor", -1), "equipment_value": slots.get("equipment_value_minor", -1)}
        self._header = table.header
        self._width = len(table.header)
        self._ragged = table.ragged
        self._columns = _compile_columns(mapping, table, kind, slots)
        self._plan = [(column.slot, column.places[0], column.convert, column) for column in self._columns]
        self._template = _template(mapping, table, kind, slots)
        identity = [slots[name] for name in IDENTIFICATION[kind]]
        self._identity = identity
        if not any(column.slot in identity for column in self._columns) and not any(
            self._template[slot] for slot in identity
        ):
            raise ImportProblemError("identification_unmapped")
        self._extra = [(name, _place(table, name)) for name in mapping.extra]
        self._extra_slot = slots["extra"]
        self._kind_slots = (slots["kind"], slots["document"]) if kind == "customers" else None
        self._number_slots = (slots["contract_number"], slots["customer_id"]) if kind == "contracts" else None
        self._name_slot = slots["name"] if "name" in mapping.columns else None
        self._substance = [column.slot for column in self._columns if column.field in _SUBSTANCE]
        keys = [column for column in self._columns if column.slot in identity or column.field in _SUBSTANCE]
        self._key_end = max((place for column in keys for place in column.places), default=-1) + 1
        last = next((column for column in self._columns if self._width - 1 in column.places), None)
        self._joinable = last is None or (last.type in _JOINABLE and last.field not in {"reason", "secondary_reason"})
        self._blank_gate = max(1, self._width - 3, self._width // 2 + 1) if self._width > 1 else 1
        self._first = table.header[0]
        self._select = _selection(mapping, table)
        self._why = mapping.selector.why if mapping.selector else ""

    def read(self, line: int, cells: Sequence[Cell]) -> Outcome:
        """Return what the row is; never raises for what it holds."""
        flags: tuple[str, ...] = ()
        if len(cells) != self._width:
            fitted = self._fit(line, cells)
            if not isinstance(fitted, tuple):
                return fitted
            cells, flags = fitted
        first = cells[0]
        if (
            cells.count("") >= self._blank_gate
            or first == self._first
            or (isinstance(first, str) and first[:3].lower() in _LABELS)
        ):
            why = left_out_code(cells, self._header)
            if why:
                return LeftOut(line, why)
        if self._select is not None and not self._select(cells):
            return LeftOut(line, left_out_code(cells, self._header) or self._why)
        values = self._template.copy()
        problems: list[tuple[str, str]] = []
        for slot, place, convert, column in self._plan:
            cell = cells[place] if len(column.places) == 1 else _joined(cells, column.places)
            if cell == "":
                continue
            try:
                value = convert(cell)
            except ValueProblemError as problem:
                value = self._keep(problem, column, problems)
                flags = (*flags, problem.code)
            if value is not None and value is not UNKNOWN_DATE:
                values[slot] = value
        return self._outcome(line, cells, values, problems, flags)

    def _keep(self, problem: ValueProblemError, column: _Column, problems: list[tuple[str, str]]) -> Any:
        """Return what may be kept of a bad cell, and note it when it makes the row unusable."""
        fatal = (
            column.type == "date"
            or (column.type == "amount" and problem.code != "amount_rounded")
            or (column.field in _KEYS and problem.code == "id_damaged")
        )
        if fatal:
            problems.append((problem.code, column.field))
        return problem.value if problem.code in _KEPT else None

    def _outcome(
        self,
        line: int,
        cells: Sequence[Cell],
        values: list[Any],
        problems: list[tuple[str, str]],
        flags: tuple[str, ...],
    ) -> Outcome:
        if problems:
            return self._reject(line, cells, problems)
        for slot in self._identity:
            if values[slot] is not None:
                break
        else:
            lost = [(code, code.partition("_")[0]) for code in flags if code not in _KEPT]
            return self._reject(line, cells, lost or [("identification_missing", "")])
        if self._substance and cells.count("") >= self._width - 1 >= _WIDE - 1:
            return self._reject(line, cells, [("row_incomplete", "")])
        if self._extra:
            values[self._extra_slot] = self._extras(cells)
        if self._kind_slots is not None:
            kind, document = self._kind_slots
            if values[kind] is None and values[document] is not None:
                values[kind] = values[document].kind
        if self._number_slots is not None:
            number, customer = self._number_slots
            if values[number] is None:
                values[number] = values[customer]
        if self._name_slot is not None and values[self._name_slot] is None:
            flags = (*flags, "name_missing")
        values[-1] = flags
        return self._record(line, *values)

    def _extras(self, cells: Sequence[Cell]) -> dict[str, str] | None:
        kept = {}
        for name, place in self._extra:
            cell = cells[place]
            if cell != "":
                text = _extra_text(cell)
                if text is not None:
                    kept[name] = text
        return kept or None

    def _reject(self, line: int, cells: Sequence[Cell], problems: Sequence[tuple[str, str]]) -> Outcome:
        """A row that cannot be used may still be no record at all: totals, a footer, the header again."""
        why = left_out_code(cells, self._header)
        if why is None and problems[0][0] == "identification_missing" and _numbers_only(cells):
            why = "row_total"
        if why:
            return LeftOut(line, why)
        return Rejected(line, tuple(code for code, _ in problems), tuple(field for _, field in problems))

    def _fit(self, line: int, cells: Sequence[Cell]) -> tuple[list[Cell], tuple[str, ...]] | Outcome:
        """Bring a row to the header's width, or say why it cannot be."""
        row = list(cells)
        if len(row) > self._width:
            over = [cell for cell in row[self._width :] if not isinstance(cell, str) or tidy(cell)]
            if not over:
                return row[: self._width], ()
            if self._joinable and all(isinstance(cell, str) for cell in row[self._width - 1 :]):
                text = ";".join(str(cell) for cell in row[self._width - 1 :])
                return [*row[: self._width - 1], text], ("columns_joined",)
            return self._reject(line, row, [("columns_excess", "")])
        padded = [*row, *[""] * (self._width - len(row))]
        why = left_out_code(padded, self._header)
        if why:
            return LeftOut(line, why)
        if self._ragged or len(row) >= self._key_end:
            return padded, ()
        return Rejected(line, ("columns_missing",), ("",))


def compile_reader(mapping: Mapping, table: Table, kind: Kind) -> RowReader:
    """Return the function (line, cells) -> record, Rejected or LeftOut; it never raises for what a row holds.

    Raises ImportProblemError: `mapping_kind_differs`, `mapping_column_unknown`, `mapping_constant_invalid`,
    `identification_unmapped`.
    """
    if mapping.kind != kind:
        raise ImportProblemError("mapping_kind_differs", mapping.kind)
    return _Compiled(mapping, table, kind).read


def read_table(mapping: Mapping, table: Table, kind: Kind) -> Iterator[tuple[Sequence[Cell], Outcome]]:
    """Give (cells, outcome) of each row in order; the cells are what the file held, for the rejects file."""
    read = compile_reader(mapping, table, kind)
    for line, cells in table.rows():
        yield cells, read(line, cells)


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


def _template(mapping: Mapping, table: Table, kind: Kind, slots: dict[str, int]) -> list[Any]:
    """Return the values of a record of which no cell is known: defaults and the mapping's constants."""
    values = [None if one.default is MISSING else one.default for one in fields(_RECORDS[kind])][1:]
    bare = replace(mapping, reasons={})
    for name, text in mapping.constants.items():
        try:
            values[slots[name]] = compile_converter(name, field_types(kind)[name], bare, [text])(text)
        except ValueProblemError as problem:
            raise ImportProblemError("mapping_constant_invalid", name) from problem
    return values


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


def _joined(cells: Sequence[Cell], places: tuple[int, ...]) -> str:
    return " ".join(text_of(cells[place]) for place in places if cells[place] != "")


@lru_cache(maxsize=1 << 14, typed=True)
def _extra_text(cell: Cell) -> str | None:
    return parse_text(cell)


def _numbers_only(cells: Sequence[Cell]) -> bool:
    texts = [text_of(cell).strip() for cell in cells]
    return not any(character.isalpha() for text in texts for character in text.replace("R$", ""))
