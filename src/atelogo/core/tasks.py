"""Background work by name: a room registers a function, anybody enqueues it by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Work:
    """What a task function is given: which workspace, the payload, and which attempt this is (from 1).

    ``key`` is the idempotency key of the row: equal on every retry, fit to be sent to outside systems.
    """

    workspace_id: UUID | None
    payload: Mapping[str, Any]
    attempt: int
    key: str
    job_id: UUID


class RetryLaterError(Exception):
    """Raised by a task to be run again after ``after``, without counting as a failure of ours."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class GiveUpError(Exception):
    """Raised by a task that no retry can help: the row becomes a dead letter at once."""


@dataclass(frozen=True, slots=True)
class Task:
    """A registered task: its name, function, how often it is tried, and its period when it is periodic.

    ``on_dead`` is called once, in the transaction that makes the row a dead letter.
    """

    name: str
    run: Callable[[Work], None]
    max_attempts: int
    every: timedelta | None
    on_dead: Callable[[Work, str], None] | None


_tasks: dict[str, Task] = {}


def task(
    name: str,
    *,
    max_attempts: int = 12,
    every: timedelta | None = None,
    on_dead: Callable[[Work, str], None] | None = None,
) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    """Register the decorated function as the task ``name`` (dotted, such as ``register.receipt_send``)."""

    def register(run: Callable[[Work], None]) -> Callable[[Work], None]:
        _tasks[name] = Task(name, run, max_attempts, every, on_dead)
        return run

    return register


def task_named(name: str) -> Task | None:
    """Return the task registered under ``name``, or ``None``."""
    return _tasks.get(name)


def periodic_tasks() -> list[Task]:
    """Return the tasks that run by themselves, in the order of their names."""
    return sorted((t for t in _tasks.values() if t.every is not None), key=lambda t: t.name)
