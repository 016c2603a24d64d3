"""Running a batch: rows from the reading process, settled chunk by chunk, each chunk one transaction.

Counts are saved in the chunk's own transaction, so that a run that was killed goes on exactly behind the last
chunk it had settled. On SQLite a chunk keeps well under 200 ms; on PostgreSQL it is thousands of rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from django.db import IntegrityError, transaction

from atelogo.core import clock
from atelogo.events.rows import is_postgresql
from atelogo.register.domain.import_rows import LEFT_OUT as ROW_LEFT_OUT
from atelogo.register.domain.import_rows import RECORD, Who
from atelogo.register.models import ImportBatch
from atelogo.register.services.imports.cancellations import CancellationWriter
from atelogo.register.services.imports.contracts import ContractWriter
from atelogo.register.services.imports.customers import CustomerWriter
from atelogo.register.services.imports.job import LEFT_OUT, REJECTED, Job, Listed, Tally, tally_of
from atelogo.register.services.imports.listing import Listing
from atelogo.register.services.imports.loading import take_turn

if TYPE_CHECKING:
    from atelogo.register.services.imports.feeding import Feed

_CHUNK: Final = {"cancellations": 20_000, "contracts": 4_000, "customers": 4_000}
_SQLITE_FIRST, _SQLITE_LEAST, _SQLITE_MOST = 200, 20, 4_000
_SQLITE_SECONDS: Final = 0.09
_TRIES: Final = 6
_REFUSED_SHOWN: Final = 50
_FIRST_SHOWN: Final = 20
_NOT_SHOWN: Final = frozenset({"tag", "key", "content", "again", "first", "cells", "who"})


class Writer(Protocol):
    """What settles the records of a chunk."""

    def chunk(self, rows: Sequence[Any], tally: Tally) -> None:
        """Settle the rows and count them."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``total`` is an estimate for text files; ``seconds_left`` None until it is known."""

    read: int
    total: int | None
    seconds: float
    seconds_left: float | None


class StoppedError(Exception):
    """The run was asked to stop (``cancelled``) or to let others work first (``paused``)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def writer_of(kind: str, job: Job, feed: Feed) -> Writer:
    """Return the writer of a kind of import."""
    if kind == "customers":
        return CustomerWriter(job)
    if kind == "contracts":
        return ContractWriter(job)
    mapping = feed.head["mapping"]
    return CancellationWriter(job, feed.head["spellings"], mapping.get("reasons", {}))


class Run:
    """One pass over a file. ``tally`` counts the whole batch, earlier parts of it included."""

    def __init__(
        self,
        job: Job,
        feed: Feed,
        kind: str,
        *,
        before: Tally,
        after_chunk: Callable[[Progress], str],
    ) -> None:
        """``after_chunk`` is told how far the run is, and answers why to stop, or nothing."""
        self._job, self._feed, self._kind, self._after_chunk = job, feed, kind, after_chunk
        self._size = _CHUNK[kind] if is_postgresql() else _SQLITE_FIRST
        self._listing = Listing(job)
        self._began = time.monotonic()
        self._start = before.read
        self.tally = before
        # Of a dry run: the first records as they would be, and the first rows that would be rejected.
        self.first: list[dict[str, Any]] = []
        self.refused: list[Listed] = []

    def go(self) -> Tally:
        """Settle every row that is left. Raises :class:`StoppedError`."""
        rows = self._feed.rows()
        writer = writer_of(self._kind, self._job, self._feed)
        while chunk := list(islice(rows, self._size)):
            began = time.monotonic()
            if self._job.dry:
                self._settle(writer, chunk)
            else:
                writer = self._write(writer, chunk)
            self._adapt(time.monotonic() - began)
            if why := self._after_chunk(self.progress()):
                raise StoppedError(why)
        return self.tally

    def _settle(self, writer: Writer, chunk: Sequence[Any]) -> Tally:
        part = Tally()
        records = []
        for row in chunk:
            if row.tag == RECORD:
                records.append(row)
            elif row.tag == ROW_LEFT_OUT:
                part.count(LEFT_OUT, Listed(row.line, LEFT_OUT, ((row.why, ""),), cells=row.cells))
            else:
                codes = tuple(zip(row.codes, row.fields, strict=False))
                part.count(REJECTED, Listed(row.line, REJECTED, codes, cells=row.cells))
        if records:
            writer.chunk(records, part)
        self.tally.add(part)
        if self._job.dry:
            room = _REFUSED_SHOWN - len(self.refused)
            self.refused += [one for one in part.listed if one.outcome == REJECTED][:room]
            self.first += [row_shown(row) for row in records[: _FIRST_SHOWN - len(self.first)]]
        return part

    def _write(self, writer: Writer, chunk: Sequence[Any]) -> Writer:
        """Settle a chunk in one transaction; rows that others wrote meanwhile make it begin anew."""
        so_far = self.tally.counts()
        for left in range(_TRIES - 1, -1, -1):
            try:
                with transaction.atomic():
                    take_turn(self._job.workspace.id)
                    self._listing.write(self._settle(writer, chunk).listed)
                    self._save()
                return writer
            except IntegrityError:
                if not left:
                    raise
                self.tally = tally_of(so_far)
                writer = writer_of(self._kind, self._job, self._feed)
        return writer

    def _save(self) -> None:
        counts = self.tally.counts()
        rows = ImportBatch.objects.filter(workspace_id=self._job.workspace.id, id=self._job.batch_id)
        rows.update(beat_at=clock.now(), **counts)

    def _adapt(self, seconds: float) -> None:
        if is_postgresql() or self._job.dry:
            return
        wanted = int(self._size * _SQLITE_SECONDS / max(seconds, 0.001))
        self._size = max(_SQLITE_LEAST, min(_SQLITE_MOST, wanted, self._size * 2))

    def progress(self) -> Progress:
        """Return how far the run is, with the time left at the pace of this pass."""
        seconds = time.monotonic() - self._began
        done = self.tally.read - self._start
        total = self._feed.head.get("rows")
        left = None
        if total and done and seconds > 1:
            left = max(0.0, (total - self.tally.read) * seconds / done)
        return Progress(self.tally.read, total, seconds, left)


def row_shown(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a record's row of any kind
    """Return what a row says, by field, without what it leaves out."""
    said = row._asdict()
    plain = {name: value for name, value in said.items() if name not in _NOT_SHOWN} | Who._make(
        row.who
    )._asdict()
    return {name: value for name, value in plain.items() if value not in (None, "", (), False)}
