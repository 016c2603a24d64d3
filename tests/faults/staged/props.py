"""The stage's props. What they leave and what they are told lies in the folder `ATELOGO_HOME`/stage.

- `billing.txt`: one line for each effect in billing; `calls.txt`: one for each call, repeated ones too.
- `hold-POINT`: while it exists, a process that comes to POINT leaves its id in `at-POINT` and waits there.
- `clock`: by how many seconds this installation's clock is wrong.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import threading
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.backends.signals import connection_created

from atelogo.core import clock, registry
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingState,
    CancelOrder,
    Capabilities,
    Subscription,
    SubscriptionRef,
)
from atelogo.register.services import sending

_PATIENCE = 60.0
_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
_A_CALL_SECONDS = 0.05


def place() -> None:
    """Put the props in place."""
    _stage().mkdir(parents=True, exist_ok=True)
    registry.register_billing(FileBilling.name, FileBilling)
    connection_created.connect(_watch_statements, dispatch_uid="staged")
    vars(clock)["datetime"] = _WrongDatetime
    # Setting a PDF takes a second of both processors; mail without one is mail all the same.
    vars(sending)["pdf_of"] = _no_pdf
    # A test that is killed leaves no process behind: each ends with the one above it.
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))


def _no_pdf(*_source: str) -> None:
    """Make no PDF."""


def _stage() -> Path:
    return Path(settings.ATELOGO_HOME) / "stage"


def hold(point: str) -> None:
    """Wait here while this point is held."""
    held = _stage() / f"hold-{point}"
    if not held.exists():
        return
    _line(f"at-{point}", str(os.getpid()))
    deadline = time.monotonic() + _PATIENCE
    while held.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def _line(name: str, text: str) -> None:
    with (_stage() / name).open("a") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def _watch_statements(connection: Any, **_more: object) -> None:
    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        result = execute(sql, params, many, context)
        if sql.startswith("INSERT") and '"register_request"' in sql[:60]:
            hold("post")  # the row is in, its transaction is not committed
        return result

    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


class FileBilling:
    """A billing system in a file: it outlives every process and is idempotent under each order's key."""

    name = "file"

    def __init__(self, _workspace_id: UUID) -> None:
        """Take any workspace."""

    def capabilities(self) -> Capabilities:
        """It can stop and resume."""
        return Capabilities(can_uncancel=True)

    def subscription_get(self, _ref: SubscriptionRef) -> Subscription | None:
        """It is never read."""
        return None

    def subscription_cancel(self, order: CancelOrder) -> BillingAnswer:
        """Stop the charge, once per key."""
        return self._write("cancel", order)

    def subscription_uncancel(self, order: CancelOrder) -> BillingAnswer:
        """Take the stop back, once per key."""
        return self._write("uncancel", order)

    def _write(self, verb: str, order: CancelOrder) -> BillingAnswer:
        line = f"{verb} {order.request_id} {order.idempotency_key}"
        _line("calls.txt", line)
        with (_stage() / "billing.txt").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            if line not in file.read().splitlines():
                file.write(f"{line}\n")
                file.flush()
                os.fsync(file.fileno())
        hold("billing")  # it is done there, and nobody here knows yet
        threading.Event().wait(_A_CALL_SECONDS)  # how long the outside system takes
        return BillingAnswer(BillingState.DONE, reference="file")


class _WrongDatetime(datetime):
    """Stands for ``datetime`` in the clock's module: now is as wrong as the file says."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return the moment by the wrong clock."""
        try:
            wrong = float((_stage() / "clock").read_text())
        except (OSError, ValueError):
            wrong = 0.0
        return datetime.now(tz) + timedelta(seconds=wrong)
