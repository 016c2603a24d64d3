"""The outbox as a backend of Django's task interface: code written for it runs here and on Django 6."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskResult, TaskResultStatus

from atelogo.core import clock, ids
from atelogo.core.tasks import GiveUpError, Work
from atelogo.core.tenancy import current_scope
from atelogo.events import outbox
from atelogo.events.upkeep import DJANGO_TASK


class OutboxBackend(BaseTaskBackend):
    """Enqueues through the outbox, in the transaction in force and for the workspace in scope.

    Work is done at least once and retried like every row of the outbox. Results are not kept.
    """

    supports_defer = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:  # noqa: ANN401
        """Owe one run of ``task``; the result's id is the row's."""
        self.validate_task(task)
        result = _result(task, list(args), dict(kwargs), self.alias)
        scope = current_scope()
        with transaction.atomic():
            job_id = outbox.enqueue(
                DJANGO_TASK,
                workspace_id=scope.workspace_id if scope else None,
                payload={"task": task.module_path, "args": result.args, "kwargs": result.kwargs},
                key=result.id,
                run_at=task.run_after,
            )
        # The result's fields are frozen for its readers; the backend is who fills them in.
        object.__setattr__(result, "id", str(job_id))
        object.__setattr__(result, "enqueued_at", clock.now())
        return result


def run_enqueued(work: Work) -> None:
    """Run a function that was enqueued through Django's task interface."""
    found = import_string(work.payload["task"])
    if not isinstance(found, Task):
        raise GiveUpError("the name enqueued is not a task")
    args, kwargs = list(work.payload["args"]), dict(work.payload["kwargs"])
    if found.takes_context:
        result = _result(found, args, kwargs, found.backend)
        object.__setattr__(result, "id", str(work.job_id))
        result.worker_ids.extend(["outbox"] * work.attempt)
        args.insert(0, TaskContext(task_result=result))
    found.call(*args, **kwargs)


def _result(task: Task[Any, Any], args: list[Any], kwargs: dict[str, Any], alias: str) -> TaskResult[Any]:
    json.dumps([args, kwargs])  # refused here, where the caller sees it, not in the worker
    return TaskResult(
        task=task,
        id=str(ids.new_id()),
        status=TaskResultStatus.READY,
        enqueued_at=None,
        started_at=None,
        finished_at=None,
        last_attempted_at=None,
        args=args,
        kwargs=kwargs,
        backend=alias,
        errors=[],
        worker_ids=[],
    )
