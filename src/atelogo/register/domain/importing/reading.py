"""Raw rows to records: one converter per column, compiled once from the mapping and the column's own evidence."""

from collections.abc import Callable, Iterator, Sequence

from .mapping import Mapping
from .records import Kind, Outcome
from .tables import Cell, Table

RowReader = Callable[[int, Sequence[Cell]], Outcome]


def compile_reader(mapping: Mapping, table: Table, kind: Kind) -> RowReader:
    """A function (line, cells) -> record, Rejected or LeftOut; it never raises for what a row holds.

    Raises ImportProblemError when the mapping names a column the table lacks or maps no identification.
    """
    raise NotImplementedError


def read_table(mapping: Mapping, table: Table, kind: Kind) -> Iterator[tuple[Sequence[Cell], Outcome]]:
    """(cells, outcome) of each row in order; the cells are what the file held, for the rejects file."""
    raise NotImplementedError
