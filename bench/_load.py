"""A light HTTP/1.1 client that passes the plain way out: closed loop (as fast as it goes) and open loop.

Raw asyncio streams with kept connections: the client takes a small part of the time of the pages it asks.
Every answer is checked; a wrong one ends the run.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from bench._stage import Person

PAGES = ("contract page", "confirm", "receipt page")
_HIDDEN = re.compile(r'<input[^>]*?name="(csrfmiddlewaretoken|state|several)"[^>]*?value="([^"]*)"')
_LINES = re.compile(r'<input[^>]*?name="item"[^>]*?value="([^"]*)"[^>]*?checked')
_PROTOCOL = re.compile(r'class="protocol">([\d ]+)<')
_DEADLINE_SECONDS = 60.0


class WrongAnswerError(Exception):
    """A page did not say what it must."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers in lower case, the page."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One way out: the protocol that the customer reads, and the three answers."""

    person: Person
    protocol: str
    answers: tuple[Answer, Answer, Answer]


@dataclass(slots=True)
class Load:
    """What one stretch of load gave: how many ways out in how many seconds, and each page's times."""

    count: int = 0
    seconds: float = 0.0
    cpu: float = 0.0  # processor seconds of the web processes and the database
    times: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})

    @property
    def per_second(self) -> float:
        """Ways out a second."""
        return self.count / self.seconds

    def all_times(self) -> list[float]:
        """Return the times of every page in seconds."""
        return [one for page in PAGES for one in self.times[page]]

    def note(self, passage: Passage, late: float = 0.0) -> None:
        """Count one way out; ``late`` seconds passed between the intended and the real start."""
        self.count += 1
        for page, answer in zip(PAGES, passage.answers, strict=True):
            self.times[page].append(answer.seconds + (late if page == PAGES[0] else 0.0))


class Browser:
    """One kept connection, with the cookies of whoever is using it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._cookies: dict[str, str] = {}

    async def way_out(self, person: Person) -> Passage:
        """Pass the plain way out: the contract's page, the one button, the receipt page."""
        self._cookies = {"atelogo_customer": person.key}
        page = await self._ask("GET", person.path)
        form = _form(page)
        confirmed = await self._ask("POST", person.path, urlencode(form))
        where = confirmed.headers.get("location", "")
        if confirmed.status not in {302, 303} or not where:
            raise WrongAnswerError(f"confirming answered {confirmed.status}")
        receipt = await self._ask("GET", where)
        shown = _PROTOCOL.search(receipt.body.decode())
        protocol = where.rpartition("/")[2]
        if receipt.status != 200 or shown is None or shown[1].replace(" ", "") != protocol:
            raise WrongAnswerError(f"the receipt page answered {receipt.status} without the protocol")
        return Passage(person, protocol, (page, confirmed, receipt))

    async def close(self) -> None:
        """Let the connection go."""
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None

    async def _ask(self, method: str, path: str, body: str = "") -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Cookie: {cookies}",
            "Accept: text/html",
        ]
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        message = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        began = time.perf_counter()
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(message)
        status, headers = self._head(await self._reader.readuntil(b"\r\n\r\n"))
        content = await self._content(self._reader, headers)
        return Answer(status, headers, content, time.perf_counter() - began)

    def _head(self, head: bytes) -> tuple[int, dict[str, str]]:
        first, *rest = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in rest:
            name, _colon, value = line.partition(":")
            if name.lower() == "set-cookie":
                key, _is, content = value.strip().partition(";")[0].partition("=")
                self._cookies[key] = content
            elif name:
                headers[name.lower()] = value.strip()
        return int(first.split(" ", 2)[1]), headers

    @staticmethod
    async def _content(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "") == "chunked":
            parts = []
            while size := int(await reader.readuntil(b"\r\n"), 16):
                parts.append(await reader.readexactly(size))
                await reader.readexactly(2)
            await reader.readexactly(2)
            return b"".join(parts)
        return await reader.readexactly(int(headers.get("content-length", "0")))


def _form(page: Answer) -> list[tuple[str, str]]:
    text = page.body.decode()
    fields = [(name, unescape(value)) for name, value in _HIDDEN.findall(text)]
    if page.status != 200 or {name for name, _value in fields} < {"csrfmiddlewaretoken", "state"}:
        raise WrongAnswerError(f"the contract's page answered {page.status} without its form")
    return [*fields, *(("item", line) for line in _LINES.findall(text)), ("when", "now"), ("on", "")]


# Loads -----------------------------------------------------------------------------------------------------
def closed_loop(port: int, people: Iterator[Person], *, clients: int, seconds: float) -> Load:
    """Let ``clients`` browsers pass one way out after the other for ``seconds``; the last ones are ended."""
    load = Load()

    async def client(ends: float) -> None:
        browser = Browser(port)
        while time.perf_counter() < ends:
            load.note(await browser.way_out(next(people)))
        await browser.close()

    async def run() -> None:
        began = time.perf_counter()
        async with asyncio.timeout(seconds + _DEADLINE_SECONDS):
            await asyncio.gather(*(client(began + seconds) for _client in range(clients)))
        load.seconds = time.perf_counter() - began

    asyncio.run(run())
    return load


def open_loop(port: int, people: Iterator[Person], *, a_minute: float, seconds: float, seed: int = 1) -> Load:
    """Begin ``a_minute`` ways out a minute at random moments (Poisson, from a seed), whatever is still open.

    A page's time counts from the moment when it was to be asked, so that a late start is not forgiven.
    """
    load = Load()
    free: list[Browser] = []

    async def one(meant: float, person: Person) -> None:
        browser = free.pop() if free else Browser(port)
        late = time.perf_counter() - meant
        load.note(await browser.way_out(person), late)
        free.append(browser)

    async def run() -> None:
        began = time.perf_counter()
        async with asyncio.timeout(seconds + _DEADLINE_SECONDS), asyncio.TaskGroup() as group:
            for moment in _starts(a_minute / 60.0, seconds, seed):
                await asyncio.sleep(max(0.0, began + moment - time.perf_counter()))
                group.create_task(one(began + moment, next(people)))
        load.seconds = time.perf_counter() - began
        for browser in free:
            await browser.close()

    asyncio.run(run())
    return load


def _starts(a_second: float, seconds: float, seed: int) -> Iterator[float]:
    drawn = random.Random(seed)
    moment = drawn.expovariate(a_second)
    while moment < seconds:
        yield moment
        moment += drawn.expovariate(a_second)


def passages(port: int, people: Iterable[Person], *, see: Callable[[Passage], None]) -> None:
    """Pass one way out for each of ``people``, one after the other, showing each to ``see``."""

    async def run() -> None:
        browser = Browser(port)
        for person in people:
            see(await browser.way_out(person))
        await browser.close()

    asyncio.run(run())
