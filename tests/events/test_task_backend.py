"""Django's task interface on our outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django_tasks import TaskContext, TaskResultStatus, task, task_backends
from django_tasks.exceptions import InvalidTaskError

from atelogo.core import clock, ids
from atelogo.core.tasks import GiveUpError, Work
from atelogo.core.tenancy import current_scope, system_scope, workspace_scope
from atelogo.events import outbox
from atelogo.events.models import OutboxJob
from atelogo.events.task_backend import OutboxBackend, run_enqueued

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
seen: list[tuple[object, ...]] = []


@task()
def note_down(word: str, *, times: int = 1) -> None:
    """Note what was given, and for whom."""
    scope = current_scope()
    seen.append((word, times, scope.workspace_id if scope else "none"))


@task(takes_context=True)
def note_attempt(context: TaskContext, word: str) -> None:
    """Note which attempt this is."""
    seen.append((word, context.attempt))


def not_a_task() -> None:
    """Be a plain function."""


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    seen.clear()
    with clock.clock_at(NOON):
        yield


def test_the_default_backend_is_ours() -> None:
    """Settings name the outbox as the backend of tasks."""
    assert isinstance(task_backends["default"], OutboxBackend)


def test_an_enqueued_task_runs_through_the_outbox() -> None:
    """A task enqueued in a workspace is a row of the outbox and runs in that workspace."""
    workspace = ids.new_id()
    with workspace_scope(workspace):
        result = note_down.enqueue("olá", times=2)
    assert result.status == TaskResultStatus.READY
    with system_scope("test"):
        assert str(OutboxJob.objects.get().id) == result.id
    assert seen == []
    assert outbox.drain() == 1
    assert seen == [("olá", 2, workspace)]


def test_without_a_workspace_it_is_work_of_the_installation() -> None:
    """A task enqueued outside any workspace runs in the stated escape."""
    note_down.enqueue("olá")
    outbox.drain()
    assert seen == [("olá", 1, None)]


def test_a_task_can_wait() -> None:
    """`run_after` is the earliest moment."""
    note_down.using(run_after=NOON + timedelta(hours=1)).enqueue("later")
    assert outbox.drain() == 0
    with clock.clock_at(NOON + timedelta(hours=1)):
        assert outbox.drain() == 1


def test_a_task_may_ask_for_its_context() -> None:
    """A task that takes the context learns its attempt."""
    note_attempt.enqueue("olá")
    outbox.drain()
    assert seen == [("olá", 1)]


def test_what_cannot_be_carried_is_refused_at_once() -> None:
    """Arguments that are no JSON and priorities are refused where the task is enqueued."""
    with pytest.raises(TypeError):
        note_down.enqueue(object())  # type: ignore[arg-type]
    with pytest.raises(InvalidTaskError):
        note_down.using(priority=5)
    assert outbox.due_count() == 0


def test_only_tasks_are_run_by_name() -> None:
    """A row that names a plain function is given up, never called."""
    work = Work(None, {"task": f"{__name__}.not_a_task", "args": [], "kwargs": {}}, 1, "k", ids.new_id())
    with pytest.raises(GiveUpError):
        run_enqueued(work)
