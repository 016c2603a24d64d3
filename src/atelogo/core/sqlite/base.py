"""SQLite for one process: the writing transactions of its threads take turns.

``settings`` swaps in a SQLite newer than the WAL-reset bug before this module loads. Readers never wait.
The lock only orders the threads of one process; other processes wait on SQLite's own lock (20 s).
"""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3 import base

_turn = threading.RLock()
_WAIT_SECONDS = 20.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite wrapper whose explicit transactions hold the process's one write turn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        self._has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        # A time-out falls through to SQLite's own busy handler, which gives the usual clear error.
        self._has_turn = _turn.acquire(timeout=_WAIT_SECONDS)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _turn.release()
