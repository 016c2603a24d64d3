"""The lease queue: what is owed to customers and outside systems, written in the fact's own transaction.

Work is done at least once. A row is claimed for a lease; a worker that dies leaves its rows to be claimed
again when the lease ends. Failures wait 2**n seconds with full jitter; what keeps failing becomes a dead
letter that a person sees and can replay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from atelogo.core import clock, ids
from atelogo.core.secrets import encrypt
from atelogo.core.tenancy import system_scope, workspace_scope
from atelogo.events import running
from atelogo.events.leases import NO_WORKSPACE
from atelogo.events.models import OutboxJob
from atelogo.events.rows import adapt_time, adapt_uuid

_ENQUEUE = (
    "INSERT INTO events_outboxjob (id, workspace_id, task, key, payload, state, attempts, due_at,"
    " last_error, created_at) VALUES (%s, %s, %s, %s, %s, 'waiting', 0, %s, '', %s)"
    " ON CONFLICT (workspace_id, task, key) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class DeadJob:
    """Work that was given up: what, since when, after how many attempts, and the last error."""

    id: UUID
    task: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    last_error: str
    created_at: datetime
    died_at: datetime


def enqueue(
    task_name: str,
    *,
    workspace_id: UUID | None,
    payload: Mapping[str, Any],
    key: str,
    run_at: datetime | None = None,
) -> UUID | None:
    """Owe one run of the task ``task_name``, in the transaction in force; return the job's id.

    ``key`` makes it once only: a second call with the same task and key in a workspace writes nothing and
    returns ``None``. ``payload`` is plain JSON, kept encrypted. ``run_at`` is the earliest moment, now by
    default. ``workspace_id=None`` is work of the whole installation.
    """
    job_id = ids.new_id()
    moment = clock.now()
    values = (
        adapt_uuid(job_id),
        adapt_uuid(workspace_id or NO_WORKSPACE),
        task_name,
        key,
        encrypt(json.dumps(dict(payload), ensure_ascii=False)),
        adapt_time(run_at or moment),
        adapt_time(moment),
    )
    with connection.cursor() as cursor:
        cursor.execute(_ENQUEUE, values)
        return job_id if cursor.rowcount == 1 else None


def dead_jobs(workspace_id: UUID | None) -> list[DeadJob]:
    """Return the dead letters of a workspace, the newest first."""
    with workspace_scope(workspace_id or NO_WORKSPACE):
        rows = OutboxJob.objects.filter(state=OutboxJob.State.DEAD).order_by("-finished_at", "-id")
        return [
            DeadJob(
                id=row.id,
                task=row.task,
                key=row.key,
                payload=json.loads(row.payload),
                attempts=row.attempts,
                last_error=row.last_error,
                created_at=row.created_at,
                died_at=row.finished_at or row.created_at,
            )
            for row in rows
        ]


def replay(job_id: UUID, *, workspace_id: UUID | None = None) -> bool:
    """Put a dead letter back in the queue, due at once, attempts counted anew; say whether it was dead.

    With ``workspace_id`` only a job of that workspace is touched.
    """
    scope = workspace_scope(workspace_id) if workspace_id else system_scope("replay of a dead letter")
    with scope:
        dead = OutboxJob.objects.filter(id=job_id, state=OutboxJob.State.DEAD)
        changed: int = dead.update(
            state=OutboxJob.State.WAITING, attempts=0, due_at=clock.now(), finished_at=None, lease=None
        )
    return changed == 1


def due_count() -> int:
    """Return how many jobs are due now, over every workspace."""
    with system_scope("depth of the queue"):
        active = (OutboxJob.State.WAITING, OutboxJob.State.LEASED)
        count: int = OutboxJob.objects.filter(state__in=active, due_at__lte=clock.now()).count()
    return count


def drain(*, limit: int = 1000) -> int:
    """Run what is due, in this thread, until nothing is or ``limit`` jobs ran; return how many ran."""
    return running.drain(limit=limit)
