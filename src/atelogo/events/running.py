"""Running one claimed row: in its workspace's scope, with every outcome turned into a state of the row."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import structlog
from django.db import Error as DatabaseFailure
from django.db import transaction

from atelogo.core import ids
from atelogo.core.errors import AppError
from atelogo.core.tasks import GiveUpError, RetryLaterError, Task, Work, task_named
from atelogo.core.tenancy import system_scope, workspace_scope
from atelogo.events import leases, metrics


class UnknownTaskError(LookupError):
    """The row names a task that this version does not have."""


_WAIT_WHEN_ASKED = timedelta(minutes=1)
_UNKNOWN_ATTEMPTS = 12  # a task this version does not know may belong to a newer one that is being rolled out
_ERROR_CHARACTERS = 300
_OURS = f"{Path(__file__).resolve().parent.parent}{os.sep}"
_log = structlog.get_logger("atelogo.outbox")


def drain(*, limit: int) -> int:
    """Run what is due, in this thread, until nothing is or ``limit`` rows were run; return how many ran."""
    ran = 0
    while ran < limit:
        jobs = leases.claim(ids.new_id(), min(leases.BATCH, limit - ran))
        if not jobs:
            break
        for job in jobs:
            run(job)
        ran += len(jobs)
    return ran


def run(job: leases.Job) -> str:
    """Run a claimed row and settle it; return the outcome: done, again, later, dead or lost."""
    task = task_named(job.task)
    allowed = task.max_attempts if task else _UNKNOWN_ATTEMPTS
    if job.attempts >= allowed:
        return _give_up(job, task, "the worker stopped each time in the middle of it")
    if not leases.begin(job):
        return "lost"
    began = time.perf_counter()
    outcome = _attempt(job, task, last=job.attempts + 1 >= allowed)
    metrics.job_ran(task.name if task else "unknown", outcome, time.perf_counter() - began)
    return outcome


def safe_error(error: BaseException) -> str:
    """Describe an error without personal data: its class, its code or our own words, the place."""
    if isinstance(error, AppError):
        words = error.code
    elif isinstance(error, (GiveUpError, RetryLaterError)):
        words = str(error)
    else:
        words = ""
    place = ""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(_OURS) and frame.filename != __file__:
            place = f" at {frame.filename.removeprefix(_OURS)}:{frame.lineno}"
            break
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name}{': ' if words else ''}{words}{place}"[:_ERROR_CHARACTERS]


def _attempt(job: leases.Job, task: Task | None, *, last: bool) -> str:
    try:
        with _scope(job):
            _run_of(task)(_work(job))
    except RetryLaterError as later:
        settled = leases.again(job, later.after or _WAIT_WHEN_ASKED, safe_error(later), counted=False)
        outcome = "later"
    except GiveUpError as hopeless:
        return _give_up(job, task, safe_error(hopeless))
    except Exception as error:  # noqa: BLE001 - whatever a task raises, the others go on
        return _failed(job, task, error, last=last)
    else:
        every = _period(job, task)
        settled = leases.next_period(job, every) if every else leases.finish(job)
        outcome = "done"
    return outcome if settled else "lost"


def _run_of(task: Task | None) -> Callable[[Work], None]:
    if task is None:
        raise UnknownTaskError("no task of this name is installed")
    return task.run


def _failed(job: leases.Job, task: Task | None, error: Exception, *, last: bool) -> str:
    words = safe_error(error)
    _log.warning("job_failed", task=job.task, job=str(job.id), attempt=job.attempts + 1, error=words)
    if last:
        return _give_up(job, task, words)
    settled = leases.again(job, leases.backoff(job.attempts + 1), words)
    return "again" if settled else "lost"


def _give_up(job: leases.Job, task: Task | None, words: str) -> str:
    if every := _period(job, task):
        # Periodic work is never given up: it has its next turn.
        return "again" if leases.next_period(job, every, words) else "lost"
    _log.error("job_dead", task=job.task, job=str(job.id), error=words)

    def tell() -> None:
        if task is None or task.on_dead is None:
            return
        try:
            with transaction.atomic(), _scope(job):
                task.on_dead(_work(job), words)
        except DatabaseFailure:
            raise
        except Exception as error:  # noqa: BLE001 - the row is dead whatever the listener does
            _log.error("on_dead_failed", task=job.task, job=str(job.id), error=safe_error(error))

    return "dead" if leases.bury(job, words, tell) else "lost"


def _period(job: leases.Job, task: Task | None) -> timedelta | None:
    return task.every if task is not None and job.key == leases.PERIODIC_KEY else None


def _work(job: leases.Job) -> Work:
    workspace = None if job.workspace_id == leases.NO_WORKSPACE else job.workspace_id
    return Work(workspace, job.payload(), job.attempts + 1, job.key, job.id)


def _scope(job: leases.Job) -> AbstractContextManager[None]:
    if job.workspace_id == leases.NO_WORKSPACE:
        return system_scope(f"task {job.task}")
    return workspace_scope(job.workspace_id)
