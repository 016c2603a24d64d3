"""How the spine says it is doing: queue, lag, workers, and what Prometheus is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from prometheus_client import CollectorRegistry, generate_latest

from atelogo.core import clock, ids
from atelogo.events import leases, log, metrics, outbox, status
from atelogo.events.models import WorkerBeat
from tests.events.facts import happen

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)


def owe(key: str, run_at: datetime | None = None) -> None:
    """Owe one run of a task that nobody has."""
    outbox.enqueue("sample.none", workspace_id=ids.new_id(), payload={}, key=key, run_at=run_at)


def test_an_idle_spine() -> None:
    """Without anything to do every number is zero."""
    assert status.spine_status() == status.SpineStatus(0, 0, 0, 0, 0.0, 0.0, 0)


def test_the_queue_is_counted_by_state() -> None:
    """Due, waiting, leased and dead rows are counted apart, and the oldest due row's age is given."""
    with clock.clock_at(NOON):
        owe("leased")
        assert len(leases.claim(ids.new_id())) == 1
        owe("due")
        owe("waiting", NOON + timedelta(hours=1))
        owe("dead")
    with clock.clock_at(NOON + timedelta(seconds=20)):
        (job, *_rest) = [job for job in leases.claim(ids.new_id()) if job.key == "dead"]
        leases.bury(job, "no", None)
        leases.give_back(job.lease)
    with clock.clock_at(NOON + timedelta(seconds=25)):
        found = status.spine_status()
    assert (found.due, found.waiting, found.leased, found.dead) == (1, 1, 1, 1)
    assert found.oldest_due_seconds == 5.0


def test_the_sealing_lag_is_the_age_of_the_oldest_unsealed_row() -> None:
    """The lag counts from the oldest row without a place, and ends with the seal."""
    workspace = ids.new_id()
    with clock.clock_at(NOON):
        happen(workspace)
    with clock.clock_at(NOON + timedelta(seconds=7)):
        happen(workspace)
        assert status.sealing_lag() == 7.0
        log.seal(workspace)
        assert status.sealing_lag() == 0.0


def test_workers_are_alive_while_they_beat() -> None:
    """A worker counts for thirty seconds after its last sign of life."""
    WorkerBeat.objects.create(name="one:1", started_at=NOON, seen_at=NOON)
    for seconds, alive in ((10, 1), (31, 0)):
        with clock.clock_at(NOON + timedelta(seconds=seconds)):
            assert status.workers_alive() == alive


def test_prometheus_is_given_the_numbers() -> None:
    """A scrape carries depth, age, lag and workers, with few labels."""
    owe("due")
    registry = CollectorRegistry()
    registry.register(metrics.SpineCollector())
    text = generate_latest(registry).decode()
    assert 'atelogo_outbox_rows{state="due"} 1.0' in text
    assert 'atelogo_outbox_rows{state="dead"} 0.0' in text
    for name in ("atelogo_outbox_oldest_due_seconds", "atelogo_sealing_lag_seconds", "atelogo_workers"):
        assert f"\n{name} " in text


def test_a_lost_database_leaves_the_numbers_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the database does not answer a scrape still succeeds, without these numbers."""

    def lost() -> status.SpineStatus:
        raise OperationalError

    monkeypatch.setattr(status, "spine_status", lost)
    registry = CollectorRegistry()
    registry.register(metrics.SpineCollector())
    assert b"atelogo_workers" not in generate_latest(registry)


def test_runs_are_counted_with_few_labels() -> None:
    """The process counts runs by task and outcome, and sealed rows."""
    metrics.job_ran("sample.send", "done", 0.01)
    metrics.entries_sealed(3)
    text = generate_latest().decode()
    assert 'atelogo_jobs_total{outcome="done",task="sample.send"}' in text
    assert "atelogo_sealed_entries_total" in text
