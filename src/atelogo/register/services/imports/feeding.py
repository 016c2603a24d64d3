"""The writer's end of the process that reads a file (:mod:`atelogo.register.domain.import_feed`).

The file is parsed beside the writer: a broken or hostile one can end that process, never this one, and both
cores of a small machine have work. The process gets no secrets: neither the environment's nor the database's.
"""

from __future__ import annotations

import json
import marshal
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import atelogo
from atelogo.register.domain.import_feed import Wanted
from atelogo.register.domain.import_rows import LEFT_OUT, RECORD, REJECTED, ROWS, LeftOutRow, RejectedRow
from atelogo.register.services.imports.refusals import refusal

_AHEAD: Final = 40  # frames read ahead while the database works
_SOURCE: Final = str(Path(atelogo.__file__).resolve().parent.parent)
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")


class Feed:
    """The rows of one file, in order. Use as a context manager: leaving it ends the process.

    ``head`` describes the file and the mapping in use. Raises :class:`ImportRefusedError` with the problem's
    code when the file or the mapping cannot be used.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._frames: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=_AHEAD)
        self._over = threading.Event()
        self.head: Mapping[str, Any] = {}
        self.total: int | None = None

    def __enter__(self) -> Self:
        """Start the process and wait for the file's description."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "atelogo.register.domain.import_feed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _KEPT if key in os.environ} | {"PYTHONPATH": _SOURCE},
        )
        self._reader = threading.Thread(target=self._read_ahead, name="import-feed", daemon=True)
        self._reader.start()
        try:
            with suppress(BrokenPipeError):
                self._process.stdin.write(json.dumps(asdict(self._wanted)).encode() + b"\n")  # type: ignore[union-attr]
                self._process.stdin.close()  # type: ignore[union-attr]
            self.head = self._take("head")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._over.set()
        self._process.kill()
        with suppress(queue.Empty):
            while True:
                self._frames.get_nowait()
        self._reader.join()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def rows(self) -> Iterator[Any]:
        """Give each row: a record's row, a :class:`RejectedRow` or a :class:`LeftOutRow`."""
        record = ROWS[self._wanted.kind]
        make = {RECORD: record, REJECTED: RejectedRow._make, LEFT_OUT: LeftOutRow._make}
        while True:
            name, content = self._next()
            if name == "end":
                self.total = content
                return
            if name == "rows":
                for row in content:
                    yield make[row[0]](row)

    def _take(self, wanted: str) -> Mapping[str, Any]:
        name, content = self._next()
        if name != wanted:
            raise refusal("file_unreadable")
        return content  # type: ignore[no-any-return]

    def _next(self) -> tuple[str, Any]:
        name, content = self._frames.get()
        if name == "problem":
            raise refusal(*content)
        return name, content

    def _read_ahead(self) -> None:
        """Keep the next frames at hand; a process that ended without its last frame left a broken file."""
        source: Any = self._process.stdout
        last = ""
        with suppress(OSError, ValueError, EOFError, TypeError):
            while last not in {"end", "problem"}:
                length = source.read(4)
                if len(length) < 4:  # noqa: PLR2004 - the length's own bytes
                    break
                frame = marshal.loads(source.read(int.from_bytes(length, "big")))  # noqa: S302 - our own process
                last = frame[0]
                self._put(frame)
        if last not in {"end", "problem"}:
            self._put(("problem", ("file_unreadable", "")))

    def _put(self, frame: tuple[str, Any]) -> None:
        while not self._over.is_set():
            with suppress(queue.Full):
                self._frames.put(frame, timeout=0.2)
                return


def file_head(wanted: Wanted) -> tuple[Mapping[str, Any], list[Any]]:
    """Return a file's description and its first ``wanted.rows`` rows."""
    with Feed(wanted) as feed:
        return feed.head, list(feed.rows())
