"""The process that reads a file for an import: no database, no secrets, bounded memory.

``python -m atelogo.register.domain.import_feed`` takes one JSON line on standard input (:class:`Wanted`) and
answers on standard output with frames: four bytes of length, then ``marshal`` of (name, content).

- ``head``: what the file is, the mapping in use, why each column was guessed, the spellings of reasons
- ``rows``: a list of wire rows (``import_rows``), in the file's order
- ``end``: how many rows there were
- ``problem``: code and detail; nothing follows
"""

from __future__ import annotations

import json
import marshal
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from atelogo.register.domain.import_rows import LEFT_OUT, REJECTED, plain_cells, row_of
from atelogo.register.domain.importing.columns import Suggested, suggest_mapping
from atelogo.register.domain.importing.mapping import Mapping, Source, header_fingerprint
from atelogo.register.domain.importing.problems import ImportProblemError
from atelogo.register.domain.importing.reading import compile_reader, read_table
from atelogo.register.domain.importing.records import CancellationRecord, Kind, LeftOut, Outcome, Rejected
from atelogo.register.domain.importing.sniffing import sniff
from atelogo.register.domain.importing.tables import Table, open_table

BLOCK: Final = 500
_WHOLE: Final = 50_000  # up to this many rows the reasons of the whole file are counted first
_MOST_SPELLINGS: Final = 5_000
_KEPT_CELLS: Final = frozenset({"row_total", "row_footer", "row_repeated_header"})
_MEMORY: Final = 3 << 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the process: ``mapping`` None = suggest one; ``skip`` rows were settled before.

    ``reading`` is how to read the file when a mapping is to be suggested (the ``source`` table of a mapping).
    ``rows`` is how many rows to send at most (None = all), ``spellings`` whether to count reasons first;
    ``lenient`` describes the file even if no column is known to say who it is.
    """

    path: str
    kind: Kind
    mapping: dict[str, Any] | None = None
    reading: dict[str, Any] | None = None
    source: str = ""
    skip: int = 0
    rows: int | None = None
    spellings: bool = True
    lenient: bool = False


def send(out: BinaryIO, name: str, content: Any) -> None:  # noqa: ANN401 - plain values
    """Write one frame."""
    body = marshal.dumps((name, content))
    out.write(len(body).to_bytes(4, "big") + body)


def frames(wanted: Wanted) -> Iterator[tuple[str, Any]]:
    """Give the frames of one file; a file or mapping that cannot be used is a ``problem`` frame."""
    try:
        yield from _frames(wanted)
    except ImportProblemError as problem:
        yield "problem", (problem.code, problem.detail)
    except MemoryError:
        yield "problem", ("file_too_large", "")
    except OSError:
        yield "problem", ("file_unreadable", "")


def _frames(wanted: Wanted) -> Iterator[tuple[str, Any]]:
    path = Path(wanted.path)
    given = Mapping.from_dict(wanted.mapping) if wanted.mapping is not None else None
    reading = Mapping.from_dict({"kind": wanted.kind, "source": wanted.reading or {}}).source
    table = _open(path, given.source if given is not None else reading)
    suggested = suggest_mapping(table, wanted.kind)
    mapping = given or _as_asked(suggested.mapping, wanted.reading)
    head = _head(table, mapping, suggested)
    if given is None and suggested.missing:
        yield from _unidentified(head, suggested, lenient=wanted.lenient)
        return
    compile_reader(mapping, table, wanted.kind)  # a mapping that does not fit is told before anything is read
    if wanted.spellings and wanted.kind == "cancellations":
        head["spellings"] = spellings(mapping, table)
    yield "head", head
    source = wanted.source or header_fingerprint(table.header)
    yield from _rows(wanted, mapping, table, source)


def _unidentified(head: dict[str, Any], suggested: Suggested, *, lenient: bool) -> Iterator[tuple[str, Any]]:
    yield "head", head
    yield ("end", 0) if lenient else ("problem", (suggested.missing[0], ""))


def _as_asked(suggested: Mapping, reading: dict[str, Any] | None) -> Mapping:
    """Return the suggestion with the ways of reading that a person chose."""
    if not reading:
        return suggested
    return replace(suggested, source=replace(suggested.source, **reading))


def _open(path: Path, source: Source) -> Table:
    if source == Source(currency=source.currency):
        return open_table(path)
    dialect = sniff(path, encoding=source.encoding, separator=source.separator)
    return open_table(path, dialect=dialect, sheet=source.sheet, header_line=source.header_line)


def _head(table: Table, mapping: Mapping, suggested: Suggested) -> dict[str, Any]:
    return {
        "header": list(table.header),
        "header_line": table.header_line,
        "preamble": list(table.preamble),
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "dialect": {key: str(value) for key, value in asdict(table.dialect).items()},
        "rows": table.estimate_rows(),
        "fingerprint": header_fingerprint(table.header),
        "mapping": mapping.to_dict(),
        "guesses": [asdict(guess) for guess in suggested.guesses],
        "missing": list(suggested.missing),
        "warnings": list(suggested.warnings),
        "examples": _examples(table),
        "spellings": [],
    }


def _examples(table: Table, *, most: int = 3) -> list[list[str]]:
    """Return for each column its first different values, shortened: what a person recognises it by."""
    found: list[dict[str, None]] = [{} for _name in table.header]
    for row in table.sample[:300]:
        for seen, cell in zip(found, plain_cells(row), strict=True):
            if cell not in {"", None} and len(seen) < most:
                seen[str(cell)[:60]] = None
    return [list(seen) for seen in found]


def spellings(mapping: Mapping, table: Table) -> list[tuple[str, int]]:
    """Return the spellings of reasons and how often each stands, most first.

    Of the whole file when it is small, else of the sample that was taken from all over it.
    """
    counted: Counter[str] = Counter()
    for outcome in _outcomes(mapping, table):
        if isinstance(outcome, CancellationRecord):
            counted.update(said for said in (outcome.reason, outcome.secondary_reason) if said)
            if len(counted) > _MOST_SPELLINGS:
                break
    ordered = sorted(counted.items(), key=lambda one: (-one[1], -_care(one[0]), one[0]))
    return ordered[:_MOST_SPELLINGS]


def _care(spelling: str) -> int:
    """Say how carefully a reason is written: of two spellings as frequent, the careful one names it."""
    return (not spelling.isascii()) + (spelling[:1].isupper() and not spelling.isupper())


def _outcomes(mapping: Mapping, table: Table) -> Iterator[Outcome]:
    if table.estimate_rows() <= _WHOLE:
        yield from (outcome for _cells, outcome in read_table(mapping, table, "cancellations"))
    else:
        read = compile_reader(mapping, table, "cancellations")
        yield from (read(number, cells) for number, cells in enumerate(table.sample, 1))


def _rows(wanted: Wanted, mapping: Mapping, table: Table, source: str) -> Iterator[tuple[str, Any]]:
    again = _memory()
    block: list[tuple[Any, ...]] = []
    total = 0
    for cells, outcome in read_table(mapping, table, wanted.kind):
        if wanted.rows is not None and total >= wanted.rows:
            break
        total += 1
        row = _row(cells, outcome, source, again)
        if total <= wanted.skip:
            continue
        block.append(row)
        if len(block) >= BLOCK:
            yield "rows", block
            block = []
    if block:
        yield "rows", block
    yield "end", total


def _row(cells: Any, outcome: Outcome, source: str, again: Callable[[bytes], bool]) -> tuple[Any, ...]:  # noqa: ANN401 - raw cells
    if isinstance(outcome, Rejected):
        return (REJECTED, outcome.line, outcome.codes, outcome.fields, plain_cells(cells))
    if isinstance(outcome, LeftOut):
        return (LEFT_OUT, outcome.line, outcome.why, plain_cells(cells) if outcome.why in _KEPT_CELLS else ())
    return row_of(outcome, cells, source, again)


def _memory() -> Callable[[bytes], bool]:
    """Return a function that tells whether an identity came before, at 70 bytes for each identity."""
    seen: set[int] = set()

    def again(key: bytes) -> bool:
        short = int.from_bytes(key[:8], "big")
        if short in seen:
            return True
        seen.add(short)
        return False

    return again


def main() -> None:
    """Answer the one line on standard input."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    out = sys.stdout.buffer
    wanted = Wanted(**json.loads(sys.stdin.readline()))
    with suppress(BrokenPipeError):
        for name, content in frames(wanted):
            send(out, name, content)
            out.flush()


if __name__ == "__main__":
    main()
