"""The lease queue: once only by key, at least once by lease, backoff, dead letters, periodic rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from atelogo.core import clock, ids, tasks
from atelogo.core.errors import TooManyAttemptsError
from atelogo.core.tasks import GiveUpError, RetryLaterError, Work
from atelogo.core.tenancy import Scope, current_scope, system_scope
from atelogo.events import leases, metrics, outbox, running, worker
from atelogo.events.models import LedgerEntry, OutboxJob
from atelogo.events.upkeep import outbox_prune
from tests.events.facts import happen

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
Register = Callable[..., list[Work]]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Return a function that registers a task for this test and gives the list of its runs."""
    monkeypatch.setattr(tasks, "_tasks", dict(tasks._tasks))

    def make(name: str, act: Callable[[Work], None] | None = None, **options: object) -> list[Work]:
        runs: list[Work] = []

        def run(work: Work) -> None:
            runs.append(work)
            if act is not None:
                act(work)

        tasks.task(name, **options)(run)  # type: ignore[arg-type]
        return runs

    return make


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.clock_at(NOON):
        yield


def rows() -> list[OutboxJob]:
    """Return every row of the outbox, in the order they were made."""
    with system_scope("test"):
        return list(OutboxJob.objects.order_by("id"))


def owe(task: str, workspace: UUID | None = None, *, key: str = "k", **payload: object) -> UUID | None:
    """Enqueue one run of ``task``."""
    return outbox.enqueue(task, workspace_id=workspace, payload=payload, key=key)


def fail(error: BaseException) -> Callable[[Work], None]:
    """Return a task that raises ``error``."""

    def act(_work: Work) -> None:
        raise error

    return act


def test_work_is_done_once_with_what_was_owed(register: Register) -> None:
    """A due row is run with its workspace, payload, key and first attempt, and is then done."""
    runs = register("sample.send")
    workspace = ids.new_id()
    job_id = owe("sample.send", workspace, key="receipt-1", request="abc", n=2)
    assert outbox.due_count() == 1
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    (work,) = runs
    assert work == Work(workspace, {"request": "abc", "n": 2}, 1, "receipt-1", job_id or ids.new_id())
    (row,) = rows()
    assert (row.state, row.finished_at, row.payload, row.lease) == ("done", NOON, "", None)


def test_the_same_key_is_owed_once(register: Register) -> None:
    """A second enqueue with the same task and key in a workspace is a no-op, even after the work is done."""
    runs = register("sample.send")
    workspace, other = ids.new_id(), ids.new_id()
    assert owe("sample.send", workspace) is not None
    assert owe("sample.send", workspace) is None
    assert owe("sample.send", other) is not None
    assert owe("sample.other", workspace) is not None
    outbox.drain()
    assert owe("sample.send", workspace) is None
    assert len(runs) == 2


def test_what_is_owed_goes_with_the_fact() -> None:
    """When the fact's transaction is undone, the row of the outbox is undone with it."""
    workspace = ids.new_id()

    def service() -> None:
        with transaction.atomic():
            happen(workspace)
            owe("sample.send", workspace)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        service()
    assert rows() == []


def test_payloads_are_not_readable_in_the_database(register: Register) -> None:
    """A payload lies encrypted, since it may hold a code or an address."""
    owe("sample.send", ids.new_id(), code="483920")
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM events_outboxjob")
        assert "483920" not in cursor.fetchone()[0]


def test_nothing_runs_before_its_time(register: Register) -> None:
    """A row with `run_at` waits for that moment."""
    runs = register("sample.send")
    later = NOON + timedelta(hours=3)
    outbox.enqueue("sample.send", workspace_id=ids.new_id(), payload={}, key="k", run_at=later)
    assert outbox.drain() == 0
    with clock.clock_at(later):
        assert outbox.drain() == 1
    assert len(runs) == 1


def test_a_task_sees_its_own_workspace_only(register: Register) -> None:
    """A task runs in the scope of its row's workspace; one without workspace gets the stated escape."""
    scopes: list[Scope | None] = []
    register("sample.look", lambda _work: scopes.append(current_scope()))
    workspace = ids.new_id()
    owe("sample.look", workspace)
    outbox.drain()
    owe("sample.look", None)
    outbox.drain()
    assert [scope and scope.workspace_id for scope in scopes] == [workspace, None]
    assert scopes[1] is not None
    assert scopes[1].why == "task sample.look"
    assert current_scope() is None


def test_a_failure_is_tried_again_later(register: Register) -> None:
    """A failed run waits at most 2**n seconds, counts its attempts, and succeeds when it can."""
    broken = [True, True, False]
    runs = register(
        "sample.send", lambda work: fail(OSError("x"))(work) if broken[work.attempt - 1] else None
    )
    owe("sample.send", ids.new_id())
    outbox.drain(limit=1)
    (row,) = rows()
    assert (row.state, row.attempts, row.lease) == ("waiting", 1, None)
    assert NOON <= row.due_at <= NOON + timedelta(seconds=2)
    with clock.clock_at(NOON + timedelta(seconds=10)):
        outbox.drain(limit=1)
        (row,) = rows()
        assert row.due_at <= NOON + timedelta(seconds=14)
    with clock.clock_at(NOON + timedelta(seconds=20)):
        outbox.drain()
    assert [work.attempt for work in runs] == [1, 2, 3]
    assert rows()[0].state == "done"


def test_backoff_doubles_with_full_jitter_up_to_an_hour() -> None:
    """Waits are spread between nothing and 2**n seconds, never beyond an hour."""
    for attempt in (1, 3, 8, 12, 30):
        ceiling = min(3600, 2**attempt)
        waits = [leases.backoff(attempt).total_seconds() for _ in range(300)]
        assert 0 <= min(waits) < ceiling * 0.2
        assert ceiling * 0.8 < max(waits) <= ceiling


def test_asking_for_later_is_no_failure(register: Register) -> None:
    """RetryLaterError puts the row back for the time it names and counts no attempt."""
    runs = register(
        "sample.send", fail(RetryLaterError("billing is busy", after=timedelta(minutes=5))), max_attempts=2
    )
    owe("sample.send", ids.new_id())
    for minutes in (0, 5, 10, 15):
        with clock.clock_at(NOON + timedelta(minutes=minutes)):
            assert outbox.drain() == 1
    (row,) = rows()
    assert (row.state, row.attempts, row.due_at) == ("waiting", 0, NOON + timedelta(minutes=20))
    assert "billing is busy" in row.last_error
    assert [work.attempt for work in runs] == [1, 1, 1, 1]


def test_what_keeps_failing_becomes_a_dead_letter(register: Register) -> None:
    """After the last attempt the row is dead, the listener is told once, and a person can replay it."""
    told: list[tuple[int, str]] = []
    broken = [True]
    runs = register(
        "sample.send",
        lambda work: fail(ValueError("maria@example.com"))(work) if broken[0] else None,
        max_attempts=2,
        on_dead=lambda work, error: told.append((work.attempt, error)),
    )
    workspace = ids.new_id()
    job_id = owe("sample.send", workspace, request="abc")
    for hour in (0, 1, 2):
        with clock.clock_at(NOON + timedelta(hours=hour)):
            outbox.drain(limit=1)
    assert len(runs) == 2
    (letter,) = outbox.dead_jobs(workspace)
    assert (letter.id, letter.task, letter.attempts, letter.payload) == (
        job_id,
        "sample.send",
        2,
        {"request": "abc"},
    )
    assert letter.last_error == "ValueError"
    assert told == [(2, letter.last_error)]
    assert outbox.dead_jobs(ids.new_id()) == []

    broken[0] = False
    assert outbox.replay(letter.id, workspace_id=ids.new_id()) is False
    assert outbox.replay(letter.id, workspace_id=workspace) is True
    assert outbox.replay(letter.id) is False
    assert outbox.drain() == 1
    assert outbox.dead_jobs(workspace) == []
    assert runs[-1].attempt == 1


def test_giving_up_is_at_once(register: Register) -> None:
    """GiveUpError makes a dead letter at the first attempt, in its own words."""
    register("sample.send", fail(GiveUpError("the subscription does not exist")))
    workspace = ids.new_id()
    owe("sample.send", workspace)
    outbox.drain()
    (letter,) = outbox.dead_jobs(workspace)
    assert letter.attempts == 1
    assert "the subscription does not exist" in letter.last_error


def test_the_listener_writes_in_the_transaction_of_the_death(register: Register) -> None:
    """What `on_dead` writes is there with the dead letter; when it fails, the letter is dead all the same."""
    workspace = ids.new_id()
    register("sample.one", fail(GiveUpError("no")), on_dead=lambda _work, _error: happen(workspace))
    register("sample.two", fail(GiveUpError("no")), on_dead=lambda work, _error: fail(KeyError("x"))(work))
    owe("sample.one", workspace)
    owe("sample.two", workspace)
    outbox.drain()
    assert len(outbox.dead_jobs(workspace)) == 2
    with system_scope("test"):
        assert LedgerEntry.objects.count() == 1


def test_a_poisoned_row_never_stops_the_others(register: Register) -> None:
    """Rows whose payload, task or transaction is broken leave the others of the batch untouched."""
    workspace = ids.new_id()
    runs = register("sample.send")

    def break_transaction(_work: Work) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    register("sample.break", break_transaction)
    owe("sample.unknown", workspace)
    owe("sample.break", workspace)
    unreadable = owe("sample.send", workspace, key="unreadable")
    owe("sample.send", workspace, key="good")
    with system_scope("test"), connection.cursor() as cursor:
        cursor.execute("UPDATE events_outboxjob SET payload = 'garbage' WHERE key = 'unreadable'")
    assert outbox.drain(limit=4) == 4
    assert [work.key for work in runs] == ["good"]
    by_key = {row.key: row for row in _raw_states()}
    assert by_key["good"].state == "done"
    assert "UnknownTaskError" in next(row.last_error for row in _raw_states() if row.task == "sample.unknown")
    assert "SecretError" in next(row.last_error for row in _raw_states() if row.id == unreadable)


def _raw_states() -> list[OutboxJob]:
    with system_scope("test"):
        return list(OutboxJob.objects.defer("payload"))


def test_errors_tell_no_personal_data() -> None:
    """The words of a foreign exception are left out: class, code and place are enough to find the fault."""
    refusal = running.safe_error(TooManyAttemptsError(minutes=5))
    assert refusal == "atelogo.core.errors.TooManyAttemptsError: too_many_attempts"
    with pytest.raises(ValueError, match="aware") as caught, clock.clock_at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
    assert running.safe_error(caught.value).startswith("ValueError at core/clock.py:")
    assert running.safe_error(DatabaseError("CPF 529.982.247-25")) == "django.db.utils.DatabaseError"


def test_a_row_left_in_hand_is_taken_again_when_the_lease_ends(register: Register) -> None:
    """A worker that vanishes keeps its rows until its lease ends; then another one runs them."""
    runs = register("sample.send")
    owe("sample.send", ids.new_id())
    (job,) = leases.claim(ids.new_id())
    assert leases.begin(job)
    assert outbox.drain() == 0
    with clock.clock_at(NOON + leases.lease_length() + timedelta(seconds=1)):
        assert outbox.drain() == 1
        assert [work.attempt for work in runs] == [2]
        assert not leases.finish(job), "the first worker has lost the row"
    assert rows()[0].state == "done"


def test_the_pulse_keeps_a_row_in_hand() -> None:
    """As long as the worker gives signs of life its rows are nobody else's."""
    owe("sample.send", ids.new_id())
    lease = ids.new_id()
    (job,) = leases.claim(lease)
    with clock.clock_at(NOON + leases.lease_length() * 0.9):
        leases.extend([lease])
    with clock.clock_at(NOON + leases.lease_length() * 1.5):
        assert leases.claim(ids.new_id()) == []
        assert leases.begin(job)


def test_given_back_rows_are_due_at_once(register: Register) -> None:
    """A worker that stops gives back what it did not begin, without an attempt counted."""
    runs = register("sample.send")
    owe("sample.send", ids.new_id(), key="a")
    owe("sample.send", ids.new_id(), key="b")
    lease = ids.new_id()
    assert len(leases.claim(lease)) == 2
    assert leases.give_back(lease) == 2
    assert outbox.drain() == 2
    assert [work.attempt for work in runs] == [1, 1]


def test_a_row_that_kills_its_worker_ends_as_a_dead_letter(register: Register) -> None:
    """A row whose worker vanished each time is given up at its limit, and rows never begun go before it."""
    runs = register("sample.kill", max_attempts=3)
    others = register("sample.send")
    workspace = ids.new_id()
    owe("sample.kill", workspace)
    moment = NOON
    for attempt in range(3):
        with clock.clock_at(moment):
            owe("sample.send", workspace, key=f"k{attempt}")
            jobs = leases.claim(ids.new_id())
            assert jobs[-1].task == "sample.kill" or attempt == 0
            leases.begin(next(job for job in jobs if job.task == "sample.kill"))
        moment += leases.lease_length() * 2
    with clock.clock_at(moment):
        outbox.drain()
    assert runs == []
    assert len(others) == 3
    (letter,) = outbox.dead_jobs(workspace)
    assert letter.attempts == 3


def test_batches_are_of_twenty(register: Register) -> None:
    """One claim takes at most twenty rows; a drain goes on until nothing is due or its limit is reached."""
    runs = register("sample.send")
    for number in range(45):
        owe("sample.send", ids.new_id(), key=str(number))
    assert len(leases.claim(ids.new_id())) == 20
    assert outbox.drain(limit=5) == 5
    assert outbox.drain() == 20
    assert len(runs) == 25


def test_periodic_work_has_one_row_and_its_next_turn(register: Register) -> None:
    """A periodic task has one row, runs once a period, and a failure never kills it."""
    broken = [False]
    runs = register(
        "sample.tick",
        lambda work: fail(OSError())(work) if broken[0] else None,
        every=timedelta(minutes=10),
        max_attempts=1,
    )
    leases.tend()
    leases.tend()
    assert [row.task for row in rows()].count("sample.tick") == 1
    assert _drain_tick(runs) == 1
    assert _drain_tick(runs) == 1
    with clock.clock_at(NOON + timedelta(minutes=10)):
        broken[0] = True
        assert _drain_tick(runs) == 2
    (row,) = [row for row in rows() if row.task == "sample.tick"]
    assert (row.state, row.due_at, row.attempts) == ("waiting", NOON + timedelta(minutes=20), 0)
    assert "OSError" in row.last_error


def _drain_tick(runs: list[Work]) -> int:
    outbox.drain()
    return len(runs)


def test_a_clock_set_back_strands_no_row(register: Register) -> None:
    """After the clock was set back, leases and periods are brought near again."""
    register("sample.tick", every=timedelta(minutes=10))
    owe("sample.send", ids.new_id())
    leases.tend()
    leases.claim(ids.new_id())
    earlier = NOON - timedelta(days=1)
    with clock.clock_at(earlier):
        leases.tend()
        due = {row.task: row.due_at for row in rows()}
    assert due["sample.send"] == earlier + leases.lease_length()


def test_a_period_made_shorter_counts_from_now(register: Register) -> None:
    """When a new version shortens a period, the waiting row does not keep the old one."""
    register("sample.tick", every=timedelta(days=30))
    leases.tend()
    outbox.drain()
    register("sample.tick", every=timedelta(minutes=1))
    leases.tend()
    (row,) = [row for row in rows() if row.task == "sample.tick"]
    assert row.due_at == NOON + timedelta(minutes=1)


def test_finished_rows_are_forgotten_after_ninety_days(register: Register) -> None:
    """Finished rows go after 90 days; dead letters and waiting rows stay until somebody deals with them."""
    register("sample.send")
    register("sample.bad", fail(GiveUpError("no")))
    workspace = ids.new_id()
    owe("sample.send", workspace)
    owe("sample.bad", workspace)
    outbox.drain()
    outbox.enqueue(
        "sample.send", workspace_id=workspace, payload={}, key="w", run_at=NOON + timedelta(days=400)
    )
    work = Work(None, {}, 1, "periodic", ids.new_id())
    for days, left in ((89, 3), (91, 2)):
        with clock.clock_at(NOON + timedelta(days=days)), system_scope("test"):
            outbox_prune(work)
        assert len(rows()) == left


def test_outcomes_are_counted(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run is counted by task and outcome; an unknown task adds no label of its own."""
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(metrics, "job_ran", lambda task, outcome, _seconds: seen.append((task, outcome)))
    register("sample.send")
    register("sample.bad", fail(GiveUpError("no")))
    register("sample.wait", fail(RetryLaterError("no")))
    register("sample.fail", fail(OSError()))
    for task in ("sample.send", "sample.bad", "sample.wait", "sample.fail", "sample.unknown"):
        owe(task, ids.new_id())
    outbox.drain(limit=5)
    assert sorted(seen) == sorted(
        [
            ("sample.send", "done"),
            ("sample.bad", "dead"),
            ("sample.wait", "later"),
            ("sample.fail", "again"),
            ("unknown", "again"),
        ]
    )


def test_rows_behind_a_slow_job_are_given_back(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a batch takes long, what was not begun is due for any lane again, without an attempt counted."""
    monkeypatch.setattr(worker, "_BATCH_SECONDS", 0.0)
    runs = register("sample.send")
    for number in range(3):
        owe("sample.send", ids.new_id(), key=str(number))
    lane = worker._Lane(worker.Worker(lanes=1), 0)
    assert lane.batch()
    assert len(runs) == 1
    assert sorted(row.state for row in rows()) == ["done", "waiting", "waiting"]
    assert sorted(row.attempts for row in rows()) == [0, 0, 1]
    assert lane.batch()
    assert lane.batch()
    assert not lane.batch()
    assert len(runs) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_workers_beside_each_other_never_share_a_row(register: Register) -> None:
    """Several workers claiming at once get every row exactly once, and none waits for another."""
    for number in range(200):
        owe("sample.send", ids.new_id(), key=str(number))
    start = threading.Barrier(4, timeout=30)
    claimed: list[UUID] = []

    def claim_all() -> None:
        try:
            start.wait()
            with clock.clock_at(NOON):
                while jobs := leases.claim(ids.new_id()):
                    claimed.extend(job.id for job in jobs)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 200
