"""The spine's own tasks: upkeep, and running what came through Django's task interface."""

from __future__ import annotations

from datetime import timedelta

from atelogo.core import clock
from atelogo.core.tasks import Work, task
from atelogo.events.models import OutboxJob

KEPT = timedelta(days=90)
_CHUNK = 1000
DJANGO_TASK = "events.django_task"


@task("events.outbox_prune", every=timedelta(days=1))
def outbox_prune(_work: Work) -> None:
    """Delete finished rows of the outbox older than 90 days in small steps; their keys are forgotten."""
    old = OutboxJob.objects.filter(state=OutboxJob.State.DONE, finished_at__lt=clock.now() - KEPT)
    while found := list(old.values_list("id", flat=True)[:_CHUNK]):
        OutboxJob.objects.filter(id__in=found).delete()


@task(DJANGO_TASK)
def django_task(work: Work) -> None:
    """Run a function that was enqueued through Django's task interface."""
    from atelogo.events.task_backend import run_enqueued  # noqa: PLC0415 - only who uses it loads it

    run_enqueued(work)
