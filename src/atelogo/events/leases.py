"""Claiming and settling rows of the outbox: each function is one short transaction and one fact about a row.

A row in hand carries its worker's lease id; every later change asks for that id, so that a worker whose
lease has ended can no longer touch what another one has taken.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from atelogo.core import clock, ids
from atelogo.core.secrets import decrypt, encrypt
from atelogo.core.tasks import Task, periodic_tasks
from atelogo.events.rows import adapt_time, adapt_uuid, is_postgresql, uuid_of

BATCH = 20
LONGEST_WAIT = timedelta(hours=1)
PERIODIC_KEY = "periodic"
NO_WORKSPACE = UUID(int=0)

_jitter = random.SystemRandom()
_ACTIVE = "state IN ('waiting', 'leased')"  # written out, so that the planner sees the partial index
_DUE = f"SELECT id FROM events_outboxjob WHERE {_ACTIVE} AND due_at <= %s ORDER BY due_at LIMIT %s"  # noqa: S608
_TAKEN = "job.id, job.workspace_id, job.task, job.key, job.payload, job.attempts"
_CLAIM_POSTGRESQL = (
    f"WITH due AS MATERIALIZED ({_DUE} FOR UPDATE SKIP LOCKED)"  # noqa: S608 - our own names
    " UPDATE events_outboxjob AS job SET state = 'leased', due_at = %s, lease = %s FROM due"
    " WHERE job.id = due.id"
    f" RETURNING {_TAKEN}"
)
_CLAIM_SQLITE = (
    "UPDATE events_outboxjob AS job SET state = 'leased', due_at = %s, lease = %s"  # noqa: S608 - our own names
    f" WHERE id IN ({_DUE}) RETURNING {_TAKEN.replace('job.', '')}"
)
_OURS = " WHERE id = %s AND lease = %s AND state = 'leased'"


@dataclass(frozen=True, slots=True)
class Job:
    """A row in this worker's hands. ``attempts`` counts the runs begun before this one."""

    id: UUID
    workspace_id: UUID
    task: str
    key: str
    cipher: str
    attempts: int
    lease: UUID

    def payload(self) -> Mapping[str, Any]:
        """Open and read the payload."""
        found: dict[str, Any] = json.loads(decrypt(self.cipher) or "{}")
        return found


def lease_length() -> timedelta:
    """Return how long a claimed row stays with a worker that gives no sign of life."""
    return timedelta(seconds=settings.ATELOGO_LEASE_SECONDS)


def claim(lease: UUID, limit: int = BATCH) -> list[Job]:
    """Take up to ``limit`` due rows, never begun ones first: a row that kills its worker goes last."""
    now = clock.now()
    due: list[Any] = [adapt_time(now), limit]
    terms: list[Any] = [adapt_time(now + lease_length()), adapt_uuid(lease)]
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [adapt_time(now), 1])  # an idle worker takes no lock
        if cursor.fetchone() is None:
            return []
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(_CLAIM_POSTGRESQL, due + terms)
        else:
            cursor.execute(_CLAIM_SQLITE, terms + due)
        rows = cursor.fetchall()
    jobs = [
        Job(uuid_of(job_id), uuid_of(workspace), task, key, cipher, attempts, lease)
        for job_id, workspace, task, key, cipher, attempts in rows
    ]
    return sorted(jobs, key=lambda job: (job.attempts, job.id))


def begin(job: Job) -> bool:
    """Count one attempt and renew the lease; say whether the row is still ours."""
    return _change(job, "attempts = attempts + 1, due_at = %s", adapt_time(clock.now() + lease_length()))


def finish(job: Job) -> bool:
    """Close a row whose work is done. Its payload is dropped, its key stays."""
    return _change(
        job,
        "state = 'done', finished_at = %s, payload = '', last_error = '', lease = NULL",
        adapt_time(clock.now()),
    )


def again(job: Job, after: timedelta, error: str, *, counted: bool = True) -> bool:
    """Put a row back to be due ``after`` from now, its attempt counted or not."""
    attempts = "attempts" if counted else "attempts - 1"
    return _change(
        job,
        f"state = 'waiting', due_at = %s, last_error = %s, lease = NULL, attempts = {attempts}",
        adapt_time(clock.now() + after),
        error,
    )


def next_period(job: Job, every: timedelta, error: str = "") -> bool:
    """Make a periodic row due again one period from now, with its attempts counted anew."""
    return _change(
        job,
        "state = 'waiting', due_at = %s, last_error = %s, lease = NULL, attempts = 0, finished_at = %s",
        adapt_time(clock.now() + every),
        error,
        adapt_time(clock.now()),
    )


def bury(job: Job, error: str, on_dead: Callable[[], None] | None) -> bool:
    """Make a row a dead letter; ``on_dead`` runs in the same transaction, and its failure undoes neither."""
    with transaction.atomic():
        ours = _change(
            job,
            "state = 'dead', finished_at = %s, last_error = %s, lease = NULL",
            adapt_time(clock.now()),
            error,
        )
        if ours and on_dead is not None:
            on_dead()
    return ours


def backoff(attempt: int) -> timedelta:
    """Return the wait after failed attempt ``attempt``: up to 2**n seconds or an hour, full jitter."""
    ceiling = min(LONGEST_WAIT.total_seconds(), float(2 ** min(attempt, 12)))
    return timedelta(seconds=_jitter.uniform(0, ceiling))


def extend(leases: Iterable[UUID]) -> None:
    """Renew every row of these leases: the sign of life of a worker."""
    until = adapt_time(clock.now() + lease_length())
    with connection.cursor() as cursor:
        for lease in leases:
            cursor.execute(
                "UPDATE events_outboxjob SET due_at = %s WHERE lease = %s AND state = 'leased'",
                [until, adapt_uuid(lease)],
            )


def give_back(lease: UUID) -> int:
    """Make the rows of a lease due at once again: the worker stops before it began them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_outboxjob SET state = 'waiting', due_at = %s, lease = NULL"
            " WHERE lease = %s AND state = 'leased'",
            [adapt_time(clock.now()), adapt_uuid(lease)],
        )
        return int(cursor.rowcount)


def tend() -> None:
    """See that every periodic task has its row, and that no wait is longer than it can rightly be.

    A clock that was set back leaves rows due far in the future; here they are brought near again.
    """
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        for task in periodic_tasks():
            _tend_periodic(cursor, task)
        cursor.execute(
            "UPDATE events_outboxjob SET due_at = %s WHERE state = 'leased' AND due_at > %s",
            [adapt_time(now + lease_length()), adapt_time(now + 2 * lease_length())],
        )


def _tend_periodic(cursor: Any, task: Task) -> None:  # noqa: ANN401 - Django's cursor wrapper
    now = clock.now()
    workspace = adapt_uuid(NO_WORKSPACE)
    cursor.execute(
        "INSERT INTO events_outboxjob (id, workspace_id, task, key, payload, state, attempts,"
        " due_at, last_error, created_at) VALUES (%s, %s, %s, %s, %s, 'waiting', 0, %s, '', %s)"
        " ON CONFLICT (workspace_id, task, key) DO NOTHING",
        [
            adapt_uuid(ids.new_id()),
            workspace,
            task.name,
            PERIODIC_KEY,
            encrypt("{}"),
            adapt_time(now),
            adapt_time(now),
        ],
    )
    latest = adapt_time(now + (task.every or timedelta()))
    cursor.execute(
        "UPDATE events_outboxjob SET due_at = %s WHERE workspace_id = %s AND task = %s AND key = %s"
        " AND state = 'waiting' AND due_at > %s",
        [latest, workspace, task.name, PERIODIC_KEY, latest],
    )


def _change(job: Job, change: str, *values: str | datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE events_outboxjob SET {change}{_OURS}",  # noqa: S608 - our own columns
            [*values, adapt_uuid(job.id), adapt_uuid(job.lease)],
        )
        return bool(cursor.rowcount == 1)
