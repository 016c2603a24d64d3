"""Customers who do not give up, a killer with a seed, and the question: was anything lost or doubled?"""

from __future__ import annotations

import queue
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from tests.faults.houses import House, Person, Postman, until

_FIELD = re.compile(r'<input[^>]*?name="(csrfmiddlewaretoken|state)"[^>]*?value="([^"]*)"')
_PROTOCOL = re.compile(r'class="protocol">([\d ]+)<')
_PASSAGE_SECONDS = 150.0
_SETTLE_SECONDS = 180.0
# What a page answers while the house, or its database, is not there: the same is sent again.
_NOT_NOW = frozenset({500, 502, 503})


class NeverShownError(AssertionError):
    """A customer who did not give up never saw a protocol."""


@dataclass(slots=True)
class Passage:
    """One way out: what the customer read at the end, and how often the same form had to be sent."""

    person: Person
    protocol: str
    sent: int


def pass_way_out(house: House, person: Person, *, seconds: float = _PASSAGE_SECONDS) -> Passage:
    """Pass the plain way out, asking and sending the same again until the protocol stands on the screen."""
    jar = {"atelogo_customer": person.key}
    ends = time.monotonic() + seconds
    form = form_of(_insist(house, ends, lambda: page_of(house, person, jar)))
    sent = 0

    def send() -> str | None:
        nonlocal sent
        try:
            status, headers, text = house.ask("POST", person.path, form, jar)
        except ConnectionRefusedError:
            return None  # nobody took it
        except (OSError, HTTPException):
            sent += 1
            raise
        sent += 1
        if status != 303 and status not in _NOT_NOW:
            raise NeverShownError(f"the form was answered {status}: {text[:300]}")
        return headers.get("location") if status == 303 else None

    where = _insist(house, ends, send)
    return Passage(person, _insist(house, ends, lambda: protocol_of(house, where, jar)), sent)


def _insist(house: House, ends: float, ask: Callable[[], str | None]) -> str:
    while time.monotonic() < ends:
        try:
            found = ask()
        except (OSError, HTTPException):
            found = None  # nobody there, or killed in the middle of the answer
        if found:
            return found
        threading.Event().wait(0.1)
    raise NeverShownError(f"no answer in time; the house said: {house.last_words()}")


def page_of(house: House, person: Person, jar: dict[str, str]) -> str | None:
    """Return the contract's page, or ``None`` while it cannot be shown."""
    status, _headers, text = house.ask("GET", person.path, cookies=jar)
    return text if status == 200 else None


def form_of(page: str) -> str:
    """Return the page's form as a browser sends it, with nothing changed."""
    return urlencode(dict(_FIELD.findall(unescape(page))) | {"when": "now", "on": ""})


def protocol_of(house: House, where: str, jar: dict[str, str]) -> str | None:
    """Return the protocol that the page at ``where`` shows, or ``None`` while it cannot be shown."""
    status, _headers, text = house.ask("GET", where, cookies=jar)
    found = _PROTOCOL.search(text) if status == 200 else None
    return found[1].replace(" ", "") if found else None


# The crowd and the killer -----------------------------------------------------------------------------------
class Crowd:
    """Customers who come as they are called, several at a time, and keep what they read."""

    def __init__(self, house: House, people: list[Person], *, at_once: int = 5) -> None:
        self.passages: list[Passage] = []
        self.errors: list[BaseException] = []
        self.called = 0
        self._house, self._people = house, iter(people)
        self._waiting: queue.Queue[Person | None] = queue.Queue()
        self._threads = [threading.Thread(target=self._come, daemon=True) for _one in range(at_once)]
        for thread in self._threads:
            thread.start()

    def call(self, count: int) -> None:
        """Let the next ``count`` customers come."""
        for _one in range(count):
            self._waiting.put(next(self._people))
            self.called += 1

    def all_gone(self) -> None:
        """Wait until everybody who was called has read a protocol, or fail."""
        for _thread in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(_PASSAGE_SECONDS + 30)
        assert not self.errors, self.errors[0]
        assert len(self.passages) == self.called

    def _come(self) -> None:
        while (person := self._waiting.get()) is not None:
            try:
                self.passages.append(pass_way_out(self._house, person))
            except BaseException as error:  # noqa: BLE001 - told at the end, in the test's own thread
                self.errors.append(error)


@dataclass(slots=True)
class Tally:
    """What one half of the chaos was and what was found: a column of the table."""

    database: str
    kills: Counter[str] = field(default_factory=Counter)
    customers: int = 0
    sent_again: int = 0
    requests: int = 0
    effects: int = 0
    calls: int = 0
    mails: int = 0
    mails_again: int = 0
    facts: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def rage(house: House, postman: Postman, *, seed: str, kills: int, say: Callable[[str], None]) -> Tally:
    """Let customers pass while processes die at moments drawn from ``seed``; return what is found at the end.

    Each kill: three to six customers come, some time passes, one of the processes dies and is started again.
    """
    drawn = random.Random(seed)
    tally = Tally("SQLite" if house.on_sqlite else "PostgreSQL")
    began = time.monotonic()
    victims = ["web", "web child"] if house.on_sqlite else ["web", "web child", "worker"]
    crowd = Crowd(house, house.prepare(kills * 6))
    house.start()
    for number in range(1, kills + 1):
        crowd.call(drawn.randint(3, 6))
        threading.Event().wait(drawn.uniform(0.02, 1.2))
        victim = drawn.choice(victims)
        _kill(house, victim, drawn.randrange(100))
        tally.kills[victim] += 1
        house.start()
        if number % 10 == 0:
            say(f"{tally.database}: {number} of {kills} kills, {len(crowd.passages)} protocols shown")
    crowd.all_gone()
    settle(house)
    house.stop()
    judge(house, postman, crowd.passages, tally)
    tally.seconds = time.monotonic() - began
    return tally


def _kill(house: House, victim: str, number: int) -> None:
    if victim == "web":
        house.kill_web()
    elif victim == "worker":
        house.kill_worker()
    else:
        house.kill_web_child(number)


def settle(house: House) -> None:
    """Wait until nothing is owed any more and everything is sealed."""
    house.start()
    until(lambda: house.owed() == 0, "everything owed is done", _SETTLE_SECONDS)
    until(lambda: house.unsealed() == 0, "everything is sealed", _SETTLE_SECONDS)


# Judging ----------------------------------------------------------------------------------------------------
def judge(house: House, postman: Postman, passages: list[Passage], tally: Tally) -> None:
    """Fill in the tally: what was shown, written, done outside and sent, and whether it is whole."""
    facts = house.examine()
    requests = {one["protocol"]: one for one in facts["requests"]}
    effects = Counter(house.lines("billing.txt"))
    tally.customers, tally.requests = len(passages), len(facts["requests"])
    tally.sent_again = sum(passage.sent - 1 for passage in passages)
    tally.effects, tally.calls = effects.total(), len(house.lines("calls.txt"))
    tally.mails = len(set(postman.messages))
    tally.mails_again = len(postman.messages) - tally.mails
    tally.facts = facts["leaves"]
    tally.lost += [text for passage in passages for text in _lost(passage, requests, postman)]
    tally.doubled += list(_doubled(facts["requests"], effects))
    for one in facts["requests"]:
        if one["rebuilt"]:
            tally.broken.append(f"{one['protocol']}: its events say otherwise: {one['rebuilt']}")
    tally.broken += [f"verify: {code}" for code in facts["findings"]]
    if facts["unsealed"] or set(facts["jobs"]) - {"done"}:
        tally.broken.append(f"left over: {facts['unsealed']} facts unsealed, work {facts['jobs']}")


def _lost(passage: Passage, requests: dict[str, Any], postman: Postman) -> Iterator[str]:
    found = requests.get(passage.protocol)
    if found is None:
        yield f"{passage.protocol}: shown, and there is no such request"
        return
    if found["contract"] != passage.person.contract:
        yield f"{passage.protocol}: is about another contract"
    if (found["state"], found["contract_status"]) != ("completed", "ended"):
        yield f"{passage.protocol}: {found['state']}, its contract {found['contract_status']}"
    if found["receipts"] != {"confirmed": 1, "completed": 1}:
        yield f"{passage.protocol}: receipts {found['receipts']}"
    address = passage.person.email
    if address and (found["mail"] != {"sent": 2} or len(postman.sent_to(address)) < 2):
        yield f"{passage.protocol}: mail {found['mail']}, {len(postman.sent_to(address))} arrived"


def _doubled(requests: list[dict[str, Any]], effects: Counter[str]) -> Iterator[str]:
    of_contract = Counter(one["contract"] for one in requests)
    yield from (f"contract {name}: {count} requests" for name, count in of_contract.items() if count > 1)
    in_billing: Counter[str] = Counter()
    for line, count in effects.items():
        in_billing[line.split()[1]] += count
    for one in requests:
        for name in ("request.opened", "request.confirmed", "request.completed"):
            if one["events"].get(name) != 1:
                yield f"{one['protocol']}: {name} x {one['events'].get(name, 0)}"
        if in_billing[one["id"]] != 1:
            yield f"{one['protocol']}: {in_billing[one['id']]} effects in billing"


_TABLE: dict[str, Callable[[Tally], object]] = {
    "kills of the web server with all its children": lambda t: t.kills["web"],
    "kills of one of its children": lambda t: t.kills["web child"],
    "kills of the worker": lambda t: t.kills["worker"] or "lives in the child",
    "customers who passed, each shown a protocol": lambda t: t.customers,
    "forms sent again after a failure": lambda t: t.sent_again,
    "requests in the register": lambda t: t.requests,
    "facts in the ledger, all sealed": lambda t: t.facts,
    "calls to billing": lambda t: t.calls,
    "effects in billing": lambda t: t.effects,
    "messages to customers": lambda t: t.mails,
    "messages handed over again with the same Message-ID": lambda t: t.mails_again,
    "**lost**": lambda t: len(t.lost),
    "**doubled**": lambda t: len(t.doubled),
    "**rows unlike their events, findings of verify, work left over**": lambda t: len(t.broken),
    "seconds": lambda t: round(t.seconds),
}


def table(tallies: list[Tally], *, seed: int, machine: str) -> str:
    """Return the result as the page that is committed."""
    lines = [
        "# What chaos found last",
        "",
        f"Seed {seed}, {sum(tally.kills.total() for tally in tallies)} kills. {machine}.",
        "How it works and how to repeat it: [chaos](chaos.md).",
        "",
        "| | " + " | ".join(tally.database for tally in tallies) + " |",
        "|---|" + "---:|" * len(tallies),
    ]
    for what, value in _TABLE.items():
        lines.append(f"| {what} | " + " | ".join(f"{value(tally)}" for tally in tallies) + " |")
    return "\n".join(lines) + "\n"
