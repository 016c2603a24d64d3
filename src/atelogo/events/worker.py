"""The worker: lanes that run the outbox, a sealer a second behind at most, a pulse for the leases.

Each runs in a thread of its own with its own database connection, so that a slow outside system holds up
neither the sealing nor the leases. ``run`` is a process; ``start_in_thread`` serves beside the web where
SQLite allows one process only. A lost database is waited for. SIGTERM and SIGINT end the worker after the
job in hand.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.util import Finalize
from uuid import UUID

import structlog
from django.db import Error as DatabaseFailure
from django.db import close_old_connections, connection, connections

from atelogo.core import clock, ids
from atelogo.events import leases, metrics, running, sealer
from atelogo.events.models import WorkerBeat
from atelogo.events.tiles import LogBrokenError

_IDLE_SECONDS = 0.25
_SEAL_SECONDS = 0.5
_BATCH_SECONDS = 2.0  # rows behind a slow job are better off with another lane
_BROKEN_SECONDS = 60.0
_PULSE_SECONDS = 5.0
_TEND_SECONDS = 60.0
_LOST_SECONDS = 1.0
_GRACE_SECONDS = 10.0
_LOST_BEATS = timedelta(days=1)
_log = structlog.get_logger("atelogo.worker")


class _StoppingError(Exception):
    """The worker is asked to stop between two batches of a long sealing."""


class Worker:
    """One worker process: start it, ask it to stop, wait for it."""

    def __init__(self, *, lanes: int | None = None) -> None:
        self.id = ids.new_id()
        self.stopping = threading.Event()
        self._over = threading.Event()  # the pulse beats on until the job in hand is finished
        self._lanes = lanes or (1 if connection.vendor == "sqlite" else 2)
        self._left = False
        self._held: dict[int, UUID] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads and return at once."""
        self._begin("sealer", _Sealer(self).turn, _SEAL_SECONDS, self.stopping)
        for number in range(self._lanes):
            self._begin(f"lane-{number}", _Lane(self, number).batch, _IDLE_SECONDS, self.stopping)
        self._begin("pulse", _Pulse(self).beat, self._pulse_seconds(), self._over)
        _log.info("worker_started", lanes=self._lanes)

    def stop(self, timeout: float | None = None) -> bool:
        """Ask the threads to end after the job in hand; say whether all did within ``timeout`` seconds."""
        if self._left:
            return True
        self.stopping.set()
        deadline = None if timeout is None else time.monotonic() + timeout
        *workers, pulse = self._threads
        for thread in workers:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        self._over.set()
        pulse.join(timeout)
        ended = not any(thread.is_alive() for thread in self._threads)
        if ended:
            self._left = True
            self._leave()
        return ended

    def held(self) -> list[UUID]:
        """Return the leases of the batches in hand."""
        return list(self._held.values())

    def hold(self, lane: int, lease: UUID | None) -> None:
        """Remember which lease a lane works under, for the pulse."""
        if lease is None:
            self._held.pop(lane, None)
        else:
            self._held[lane] = lease

    def _pulse_seconds(self) -> float:
        return min(_PULSE_SECONDS, leases.lease_length().total_seconds() / 3)

    def _begin(self, name: str, turn: Callable[[], object], pause: float, end: threading.Event) -> None:
        args = (turn, pause, end)
        thread = threading.Thread(target=self._loop, args=args, name=f"atelogo-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _loop(self, turn: Callable[[], object], pause: float, end: threading.Event) -> None:
        """Call ``turn`` until ``end``; a true answer means that more waits and no pause is needed."""
        while not end.is_set():
            try:
                close_old_connections()
                more = turn()
            except _StoppingError:
                break
            except DatabaseFailure as error:
                _log.warning("database_lost", error=type(error).__name__)
                connections.close_all()
                end.wait(_LOST_SECONDS)
                continue
            except Exception as error:  # noqa: BLE001 - one bad turn must not end the worker
                _log.error("worker_turn_failed", error=running.safe_error(error))
                connections.close_all()
                more = False
            if not more:
                end.wait(pause)
        connections.close_all()

    def _leave(self) -> None:
        try:
            WorkerBeat.objects.filter(id=self.id).delete()
        except DatabaseFailure as error:
            _log.warning("database_lost", error=type(error).__name__)
        _log.info("worker_stopped")


class _Lane:
    """Claims a batch and runs it row by row."""

    def __init__(self, worker: Worker, number: int) -> None:
        self._worker, self._number = worker, number

    def batch(self) -> bool:
        """Run one batch; what was not begun is given back at a stop, or when the others take long."""
        lease = ids.new_id()
        self._worker.hold(self._number, lease)
        began = time.monotonic()
        try:
            jobs = leases.claim(lease)
            for done, job in enumerate(jobs):
                slow = done and time.monotonic() - began > _BATCH_SECONDS
                if self._worker.stopping.is_set() or slow:
                    leases.give_back(lease)
                    break
                running.run(job)
        finally:
            self._worker.hold(self._number, None)
        return bool(jobs)


class _Sealer:
    """Seals what is unsealed; a workspace whose tree is broken is left alone for a minute."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._horizon = sealer.Horizon()
        self._broken: dict[UUID, float] = {}

    def turn(self) -> bool:
        """Seal every workspace once."""
        for workspace_id in sealer.workspaces_to_seal():
            if self._broken.get(workspace_id, 0.0) > time.monotonic():
                continue
            try:
                sealed = sealer.seal(workspace_id, horizon=self._horizon, progress=self._between_batches)
            except LogBrokenError as error:
                _log.error("log_broken", workspace=str(workspace_id), error=str(error))
                self._broken[workspace_id] = time.monotonic() + _BROKEN_SECONDS
            else:
                metrics.entries_sealed(sealed)
        return False

    def _between_batches(self, _sealed: int) -> None:
        # The pause lets a waiting writer have SQLite's one write turn.
        if self._worker.stopping.wait(0.002):
            raise _StoppingError


class _Pulse:
    """Renews leases and the worker's sign of life; once a minute sees to the periodic rows."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._started_at = clock.now()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._tend_at = 0.0

    def beat(self) -> bool:
        """Beat once."""
        leases.extend(self._worker.held())
        now = clock.now()
        row = {"name": self._name, "started_at": self._started_at, "seen_at": now}
        WorkerBeat.objects.update_or_create(id=self._worker.id, defaults=row)
        if time.monotonic() >= self._tend_at:
            self._tend_at = time.monotonic() + _TEND_SECONDS
            leases.tend()
            WorkerBeat.objects.filter(seen_at__lt=now - _LOST_BEATS).delete()
        return False


def run(*, lanes: int | None = None) -> None:
    """Be the worker process until SIGTERM or SIGINT; returns when the job in hand is finished."""
    worker = Worker(lanes=lanes)

    def ask_to_stop(_signal: int, _frame: object) -> None:
        worker.stopping.set()
        # A second signal ends the process at once: leases see to the rest.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    worker.start()
    while not worker.stopping.wait(1.0):
        pass
    worker.stop()


def start_in_thread(*, lanes: int | None = None) -> Worker:
    """Start a worker inside this process, beside the web, and return it.

    It is asked to stop when the process ends, and given ten seconds for the job in hand.
    """
    worker = Worker(lanes=lanes)
    worker.start()
    # A process started by multiprocessing runs its own finalizers and leaves without those of atexit.
    Finalize(None, worker.stop, args=(_GRACE_SECONDS,), exitpriority=1)
    atexit.register(worker.stop, _GRACE_SECONDS)
    return worker
