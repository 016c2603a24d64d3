"""What the simulated billing system knows, in this process's memory, per workspace."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from atelogo.core.ports.billing import BillingAnswer


class Act(StrEnum):
    """How the simulator behaves in one call.

    ``LOST`` carries the order out and loses the answer, the failure that matters most; ``LATER`` takes the
    order in and reports after ``after``, ``times`` over.
    """

    DONE = "done"
    LATER = "later"
    REFUSED = "refused"
    DOWN = "down"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One scripted call; ``after`` and ``times`` are for ``LATER``."""

    act: Act = Act.DONE
    after: timedelta = timedelta(minutes=5)
    times: int = 1


@dataclass(slots=True)
class Books:
    """The simulated system of one workspace: what is charged, what was answered, what comes next.

    ``effects`` counts how often each order took effect, by its key: more than once is a fault of a test's
    subject. ``calls`` lists every call as (verb, key).
    """

    stopped: dict[str, date | None] = field(default_factory=dict)
    answers: dict[str, BillingAnswer] = field(default_factory=dict)
    effects: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    script: deque[Behaviour] = field(default_factory=deque)
    usual: Behaviour = Behaviour()
    down_until: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_books: dict[UUID, Books] = {}
_guard = threading.Lock()


def books_of(workspace_id: UUID) -> Books:
    """Return the simulated system of a workspace, made on first need."""
    with _guard:
        return _books.setdefault(workspace_id, Books())


def script(workspace_id: UUID, *behaviours: Behaviour, usual: Behaviour | None = None) -> Books:
    """Say how the next calls go, one behaviour each, and how all later ones do (``usual``)."""
    books = books_of(workspace_id)
    books.script.extend(behaviours)
    if usual is not None:
        books.usual = usual
    return books


def forget_all() -> None:
    """Begin anew: nothing stopped, nothing scripted."""
    with _guard:
        _books.clear()
