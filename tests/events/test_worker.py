"""The worker as a process: killed, stopped, beside another one, with the database restarted under it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3
import pytest
from django.db import connection

from tools.private_postgres import PrivatePostgres, private_postgres

PATIENCE = 60.0
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


class Installation:
    """A data folder and a database of its own, and the processes on them. The lease is one second."""

    def __init__(self, home: Path, url: str) -> None:
        self.marks = home / "marks"
        self._url = url
        self._processes: list[subprocess.Popen[str]] = []
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ATELOGO_")},
            "ATELOGO_HOME": str(home),
            "ATELOGO_LEASE_SECONDS": "1",
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "atelogo.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        self.do("migrate")

    def do(self, *command: str) -> Any:
        """Run one command to its end and return its answer."""
        done = subprocess.run(
            self._command(command), env=self._env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def look(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database says, past the product."""
        if self._url.startswith("postgresql"):
            with psycopg.connect(self._url) as link:
                return link.execute(sql).fetchall()
        with closing(pysqlite3.connect(self._url.removeprefix("sqlite:///"), timeout=20)) as link:
            return list(link.execute(sql).fetchall())

    def row(self, key: str) -> tuple[str, int]:
        """Return state and attempts of the row with ``key``."""
        ((state, attempts),) = self.look(f"SELECT state, attempts FROM events_outboxjob WHERE key = '{key}'")
        return state, attempts

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        return int(self.look(f"SELECT COUNT(*) FROM {table}")[0][0])

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start one command and return its process."""
        process = subprocess.Popen(self._command(command), env=self._env, stderr=subprocess.PIPE, text=True)
        self._processes.append(process)
        return process

    def lines(self, name: str) -> list[str]:
        """Return the lines of a mark."""
        path = self.marks / name
        return path.read_text().splitlines() if path.exists() else []

    def go(self) -> None:
        """Let slow runs go on."""
        (self.marks / "go").touch()

    def close(self) -> None:
        """End every process that is left."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.communicate()

    @staticmethod
    def _command(command: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "tests.events.child", *command]


def until(fact: Callable[[], object], what: str) -> None:
    """Wait until ``fact`` holds, or fail with ``what``."""
    deadline = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < deadline, f"never happened: {what}"
        threading.Event().wait(0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[PrivatePostgres | None]:
    """Return a PostgreSQL that may be restarted, when this run is on PostgreSQL."""
    if connection.vendor == "postgresql":
        with private_postgres() as made:
            yield made
    else:
        yield None


@pytest.fixture
def installation(tmp_path: Path, server: PrivatePostgres | None) -> Iterator[Installation]:
    """Return an installation on the kind of database that this run uses."""
    url = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    if server is not None:
        name = f"worker_{tmp_path.name.lower().replace('-', '_')}"[-60:]
        with psycopg.connect(server.url, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        url = server.url.rpartition("/")[0] + f"/{name}"
    made = Installation(tmp_path / "home", url)
    yield made
    made.close()


def test_work_in_hand_at_a_kill_is_taken_again(installation: Installation) -> None:
    """After `kill -9` in the middle of a task, another worker runs it again when the lease has ended."""
    installation.do("owe", "child.slow", "a")
    first = installation.start("worker")
    until(lambda: installation.lines("began"), "the first worker begins")
    first.send_signal(signal.SIGKILL)
    first.wait()
    installation.go()
    second = installation.start("worker")
    until(lambda: installation.lines("ended"), "the second worker ends it")
    assert [line.split()[:2] for line in installation.lines("began")] == [["a", "1"], ["a", "2"]]
    until(lambda: installation.row("a")[0] == "done", "the row is done")
    assert installation.row("a") == ("done", 2)
    second.terminate()
    assert second.wait(PATIENCE) == 0


def test_a_stop_finishes_the_job_in_hand_and_gives_the_rest_back(installation: Installation) -> None:
    """On SIGTERM the running job ends well, the rest waits untouched, and the exit code is 0."""
    installation.do("owe", "child.slow", "a")
    worker = installation.start("worker")
    until(lambda: installation.lines("began"), "the worker begins")
    installation.do("owe", "child.slow", "b", "c")
    worker.terminate()
    installation.go()
    assert worker.wait(PATIENCE) == 0
    assert installation.row("a") == ("done", 1)
    assert installation.row("b") == installation.row("c") == ("waiting", 0)
    assert installation.count("events_workerbeat") == 0


def test_a_long_job_is_not_run_twice(installation: Installation) -> None:
    """A job that takes longer than its lease stays with its worker, whose pulse renews the lease."""
    installation.do("owe", "child.slow", "a")
    installation.start("worker")
    until(lambda: installation.lines("began"), "a worker begins")
    installation.start("worker")
    until(lambda: installation.count("events_workerbeat") == 2, "both workers live")
    leases: set[str] = set()

    def renewed() -> int:
        ((due,),) = installation.look("SELECT due_at FROM events_outboxjob WHERE key = 'a'")
        leases.add(str(due))
        return len(leases)

    # The pulse of a one-second lease beats three times a second.
    until(lambda: renewed() >= 10, "the lease was renewed for three times its length")
    assert len(installation.lines("began")) == 1
    installation.go()
    until(lambda: installation.row("a")[0] == "done", "the row is done")
    assert installation.row("a") == ("done", 1)


def test_periodic_work_survives_a_kill(installation: Installation) -> None:
    """Periodic work goes on in the next worker after the first was killed outright."""
    first = installation.start("worker")
    until(lambda: len(installation.lines("ticks")) >= 2, "two ticks of the first worker")
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = installation.start("worker")
    until(lambda: str(second.pid) in installation.lines("ticks"), "a tick of the second worker")


def test_the_worker_seals_while_a_slow_job_runs(installation: Installation) -> None:
    """The sealer is not held up by a job that hangs: new facts get their place within moments."""
    installation.do("owe", "child.slow", "a")
    installation.start("worker")
    until(lambda: installation.lines("began"), "the worker begins the slow job")
    installation.do("happen", "10")
    until(lambda: installation.count("events_sealedleaf") == 10, "the facts are sealed")
    assert installation.lines("ended") == []


def test_a_sealer_killed_in_the_middle_resumes_with_an_equal_tree(installation: Installation) -> None:
    """`kill -9` between two batches leaves a sound tree; the next sealer completes it, and verify agrees."""
    installation.do("happen", "12000")
    sealer = installation.start("seal", "3000")
    until(lambda: installation.lines("sealing"), "the first batches are sealed")
    sealer.send_signal(signal.SIGKILL)
    sealer.wait()
    before = installation.count("events_sealedleaf")
    assert 3000 <= before < 12000
    assert installation.do("seal") == {"sealed": 12000 - before}
    assert installation.do("verify") == {"exit": 0, "leaves": 12000, "findings": []}


def test_a_worker_beside_the_web(installation: Installation) -> None:
    """A worker in a thread of the process that writes does its work, seals, and stops when asked."""
    answer = installation.do("thread", "a")
    assert answer == {"stopped": True}
    assert installation.row("a") == ("done", 1)
    assert (installation.count("events_sealedleaf"), installation.count("events_workerbeat")) == (5, 0)


@pytest.mark.postgres
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_database_restarted_under_the_worker(
    installation: Installation, server: PrivatePostgres | None, how: signal.Signals
) -> None:
    """When PostgreSQL is restarted, in order or by a crash, the worker reconnects and goes on."""
    assert server is not None
    worker = installation.start("worker")
    installation.do("owe", "child.quick", "a")
    until(lambda: installation.lines("ended"), "the first row is done")
    server.restart(how)
    installation.do("owe", "child.quick", "b")
    installation.do("happen", "3")
    # The crash may fall between the end of the first row and its mark: then it runs twice.
    until(lambda: "b" in installation.lines("ended"), "the row after the restart is done")
    until(lambda: installation.count("events_sealedleaf") == 3, "the facts after the restart are sealed")
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
