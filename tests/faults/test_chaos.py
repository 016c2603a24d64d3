"""Processes killed outright: once in each transition in hand, and at random moments from a seed."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.chaos import Passage, Tally, judge, pass_way_out, rage, settle, table
from tests.faults.houses import House, Person, Postman, house_on, until

RESULT = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "chaos-result.md"
KILLS = int(os.environ.get("ATELOGO_CHAOS_KILLS") or "200")
SEED = int(os.environ.get("ATELOGO_CHAOS_SEED") or "20261122")
# With fewer kills than this nothing is claimed: the committed result stays.
WHOLE = 200


# Once in each -----------------------------------------------------------------------------------------------
@pytest.fixture
def postman() -> Postman:
    """Return the mail server's keeper."""
    return Postman()


@pytest.fixture
def house(tmp_path: Path, postman: Postman) -> Iterator[House]:
    """Return a house on the kind of database that this run uses."""
    with ExitStack() as stack:
        yield house_on(connection.vendor, tmp_path, postman, stack)


class Visit:
    """One customer on the way out, in a thread of their own."""

    def __init__(self, house: House, person: Person) -> None:
        self.passage: Passage | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._pass, args=(house, person), daemon=True)
        self._thread.start()

    def _pass(self, house: House, person: Person) -> None:
        try:
            self.passage = pass_way_out(house, person, seconds=60)
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            self.error = error

    def end(self) -> Passage:
        """Wait until the protocol was read, and return the passage."""
        self._thread.join(90)
        assert self.error is None, self.error
        assert self.passage is not None
        return self.passage


def held(house: House, postman: Postman, point: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Hold whoever comes to ``point``; return how to see that somebody is there, and how to let go."""
    if point == "mail":
        postman.has_one.clear()
        postman.holding.set()
        return postman.has_one.is_set, postman.holding.clear
    hold, at = house.prop(f"hold-{point}"), house.prop(f"at-{point}")
    at.unlink(missing_ok=True)
    hold.touch()
    return at.exists, hold.unlink


@pytest.mark.db
@pytest.mark.slow
def test_web_and_worker_are_killed_once_in_each_transition(house: House, postman: Postman) -> None:
    """Killed with a POST, a call to billing and a mail in hand: nothing is lost and nothing is doubled."""
    people = house.prepare(6 * 3)[::3]  # every third has an e-mail
    house.start()
    passages = []
    for point in ("post", "billing", "mail"):
        for kill in (house.kill_web, house.kill_worker):
            somebody_is_there, let_go = held(house, postman, point)
            visit = Visit(house, people.pop())
            until(somebody_is_there, f"somebody is held at {point}")
            kill()
            let_go()
            house.start()
            passages.append(visit.end())
            until(lambda: house.owed() == 0, "everything owed is done")
    settle(house)
    house.stop()
    tally = Tally(connection.vendor)
    judge(house, postman, passages, tally)
    assert (tally.lost, tally.doubled, tally.broken) == ([], [], [])
    assert (tally.customers, tally.requests, tally.effects) == (6, 6, 6)
    # The kills fell where they were meant to: the form, the call and the mail were each sent again.
    assert min(tally.sent_again, tally.calls - tally.effects, tally.mails_again) >= 1


# At random --------------------------------------------------------------------------------------------------
@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_random_kills_lose_and_double_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two hundred kills from a seed, half on each database: every protocol shown stands, and stands once."""
    tallies = []

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"    {text}", flush=True)  # noqa: T201 - it takes minutes, and somebody waits

    for vendor in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder, postman = tmp_path / vendor, Postman()
            folder.mkdir()
            house = house_on(vendor, folder, postman, stack)
            tallies.append(rage(house, postman, seed=f"{SEED} {vendor}", kills=KILLS // 2, say=say))
    page = table(tallies, seed=SEED, machine=machine())
    with capsys.disabled():
        print(f"\n{page}", flush=True)  # noqa: T201 - the result, also when it is not kept
    for tally in tallies:
        assert (tally.lost, tally.doubled, tally.broken) == ([], [], []), tally.database
        assert tally.customers == tally.requests == tally.effects
    if KILLS >= WHOLE:
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(page)


def machine() -> str:
    """Describe the machine in a sentence without its full stop."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end"
    )
