"""A process of its own for the tests: python -m tests.events.child COMMAND [ARGUMENTS]; answers in JSON.

Tasks leave their marks in the folder `ATELOGO_HOME`/marks: `began` gets a line for each run that begins, and
a slow run goes on when the file `go` is there.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import django

WORKSPACE = UUID("018f0000-0000-7000-8000-00000000aaaa")
MARKS = Path(os.environ["ATELOGO_HOME"]) / "marks"
PATIENCE = 60.0


def mark(name: str, text: str) -> None:
    """Add a line to one of the marks."""
    with (MARKS / name).open("a") as file:
        file.write(f"{text}\n")


def wait_for(path: Path) -> None:
    """Wait until the file is there."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(path.name)
        threading.Event().wait(0.01)


def register() -> None:
    """Register the tasks that the tests owe, and no others: only the tables of the spine are there."""
    from atelogo.core import tasks
    from atelogo.core.tasks import Work, task

    tasks._tasks.clear()

    @task("child.slow")
    def slow(work: Work) -> None:
        mark("began", f"{work.key} {work.attempt} {os.getpid()}")
        wait_for(MARKS / "go")
        mark("ended", work.key)

    @task("child.quick")
    def quick(work: Work) -> None:
        mark("began", f"{work.key} {work.attempt} {os.getpid()}")
        mark("ended", work.key)

    @task("child.tick", every=timedelta(seconds=1))
    def tick(work: Work) -> None:
        mark("ticks", str(os.getpid()))


def owe(name: str, *keys: str) -> None:
    """Owe one run of a task for each key."""
    from atelogo.events import outbox

    for key in keys:
        outbox.enqueue(name, workspace_id=WORKSPACE, payload={}, key=key)


def happen(count: str) -> None:
    """Load facts in bulk."""
    from django.db import transaction

    from atelogo.events import ledger
    from tests.events.facts import rows

    with transaction.atomic():
        ledger.append_bulk(rows(int(count)), workspace_id=WORKSPACE)


def seal(pause_at: str = "0") -> dict[str, int]:
    """Seal everything; stop for the file `go` once `pause_at` rows are sealed."""
    from atelogo.events import log

    def progress(sealed: int) -> None:
        if int(pause_at) and sealed >= int(pause_at):
            mark("sealing", str(sealed))
            wait_for(MARKS / "go")

    return {"sealed": log.seal(WORKSPACE, progress=progress)}


def verify() -> dict[str, object]:
    """Check the workspace."""
    from atelogo.events.verify import verify_workspace

    report = verify_workspace(WORKSPACE)
    return {"exit": report.exit_code, "leaves": report.leaves, "findings": [f.code for f in report.findings]}


def worker(lanes: str = "1") -> None:
    """Be the worker."""
    from atelogo.events import worker as running

    running.run(lanes=int(lanes))


def thread(key: str) -> dict[str, object]:
    """Run a worker in a thread beside this process's own writing, and stop it when its row is done."""
    from atelogo.events import log
    from atelogo.events import worker as running

    at_work = running.start_in_thread(lanes=1)
    owe("child.quick", key)
    happen("5")
    wait_for(MARKS / "ended")
    deadline = time.monotonic() + PATIENCE
    while log.proof_of(WORKSPACE, _newest()) is None and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    return {"stopped": at_work.stop(timeout=20)}


def _newest() -> UUID:
    from atelogo.core.tenancy import workspace_scope
    from atelogo.events.models import LedgerEntry

    with workspace_scope(WORKSPACE):
        newest: UUID = LedgerEntry.objects.order_by("-seq").values_list("entry_id", flat=True)[0]
    return newest


def main() -> None:
    """Run the command named on the command line."""
    MARKS.mkdir(parents=True, exist_ok=True)
    django.setup()
    register()
    if sys.argv[1] == "migrate":
        from django.core.management import call_command

        call_command("migrate", "events", verbosity=0, skip_checks=True)
        return
    answer = globals()[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
