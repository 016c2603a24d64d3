"""Short ways to read a file in a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from atelogo.register.domain.importing.columns import suggest_mapping
from atelogo.register.domain.importing.mapping import Mapping
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.reading import read_table
from atelogo.register.domain.importing.records import (
    CancellationRecord,
    ContractRecord,
    CustomerRecord,
    Kind,
    LeftOut,
    Outcome,
    Rejected,
)
from atelogo.register.domain.importing.tables import open_table

One = TypeVar("One", CustomerRecord, ContractRecord, CancellationRecord, Rejected, LeftOut)


def read_file(path: Path, kind: Kind = "cancellations", mapping: Mapping | None = None) -> list[Outcome]:
    """Read a whole file with its suggested mapping, or the one given."""
    table = open_table(path)
    return [
        outcome for _, outcome in read_table(mapping or suggest_mapping(table, kind).mapping, table, kind)
    ]


def read_text(
    folder: Path, text: str | bytes, kind: Kind = "cancellations", mapping: Mapping | None = None
) -> list[Outcome]:
    """Write a text (UTF-8) or bytes to a file and read it."""
    path = folder / "file.csv"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return read_file(path, kind, mapping)


def code_of(parse: Callable[..., object], *cell: object) -> str | None:
    """Return the code with which a cell is refused, None when it is read."""
    try:
        parse(*cell)
    except ValueProblemError as problem:
        return problem.code
    return None


def only(outcomes: list[Outcome], one: type[One]) -> list[One]:
    """Return the outcomes of one class."""
    return [outcome for outcome in outcomes if isinstance(outcome, one)]


def whys(outcomes: list[Outcome]) -> Counter[str]:
    """Count why rows were left out or rejected, by code."""
    codes = [outcome.why for outcome in only(outcomes, LeftOut)]
    return Counter(codes + [outcome.codes[0] for outcome in only(outcomes, Rejected)])
