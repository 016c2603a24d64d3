"""A whole house as a system manager sees it: web and worker as processes, killed and started again."""

from __future__ import annotations

import email.parser
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pysqlite3
from aiosmtpd.controller import Controller

from tests.cli.installations import Installation
from tools.private_postgres import free_port, private_postgres

PATIENCE = 60.0


def until(fact: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until ``fact`` holds, or fail with ``what``."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"never happened: {what}"
        threading.Event().wait(0.02)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer who is in: the cookie's key, the page of their contract, the contract, maybe an e-mail."""

    key: str
    path: str
    contract: str
    email: str


class House(Installation):
    """An installation on the stage, its web server, and on PostgreSQL its worker. The lease is one second."""

    def __init__(self, home: Path, url: str, *, mail_port: int = 0) -> None:
        super().__init__(home, url)
        self.port = free_port()
        self.mail_port = mail_port
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.run("manage", "migrate", "-v0")

    @property
    def on_sqlite(self) -> bool:
        """Whether web and worker are one process."""
        return self.url.startswith("sqlite")

    def environment(self) -> dict[str, str]:
        """Return the environment of the house's processes."""
        more = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.staged.settings",
            "ATELOGO_LEASE_SECONDS": "1",
            "ATELOGO_BASE_URL": f"http://127.0.0.1:{self.port}",
            "ATELOGO_EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}" if self.mail_port else "",
        }
        return {**super().environment(), **more}

    # People and facts ---------------------------------------------------------------------------------------
    def prepare(self, count: int) -> list[Person]:
        """Make the company and return its customers."""
        return [Person(**one) for one in self._stage("prepare", str(count))]

    def examine(self) -> dict[str, Any]:
        """Return what must hold at the end."""
        found: dict[str, Any] = self._stage("examine")
        return found

    def _stage(self, *command: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.staged", *command],
            env=self.environment(), capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def look(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what the database says, past the product."""
        if not self.on_sqlite:
            with psycopg.connect(self.url) as link:
                return link.execute(sql).fetchall()
        with closing(pysqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20)) as link:
            return list(link.execute(sql).fetchall())

    def owed(self) -> int:
        """Return how many pieces of work wait or are in hand, periodic ones apart."""
        active = "state IN ('waiting', 'leased') AND key <> 'periodic'"
        return int(self.look(f"SELECT count(*) FROM events_outboxjob WHERE {active}")[0][0])

    def unsealed(self) -> int:
        """Return how many facts have no place in the line yet."""
        facts, leaves = (f"(SELECT count(*) FROM events_{table})" for table in ("ledgerentry", "sealedleaf"))
        return int(self.look(f"SELECT {facts} - {leaves}")[0][0])

    def last_words(self) -> str:
        """Return the end of what the processes said."""
        log = self.home / "processes.log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def prop(self, name: str) -> Path:
        """Return a file of the stage."""
        folder = self.home / "stage"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def lines(self, name: str) -> list[str]:
        """Return the lines of a file of the stage."""
        path = self.prop(name)
        return path.read_text().splitlines() if path.exists() else []

    # Processes ----------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Start what does not run, and wait until the house answers."""
        self.start_web()
        self.start_worker()

    def start_web(self) -> None:
        """Start the web server unless it runs, and wait until it answers."""
        if self.web is None or self.web.poll() is not None:
            self.web = self._process("serve", "--port", str(self.port))
        until(self._alive_or_start_again, "the web server answers")

    def _alive_or_start_again(self) -> bool:
        # A server that loses a child twice within seconds gives up; whoever watches over it starts it anew.
        if self.web is None or self.web.poll() is not None:
            self.web = self._process("serve", "--port", str(self.port))
        return self.answers("/livez") == 200

    def start_worker(self) -> None:
        """Start the worker unless it runs or lives in the web server."""
        if not self.on_sqlite and (self.worker is None or self.worker.poll() is not None):
            self.worker = self._process("worker")

    def kill_web(self) -> None:
        """Kill the web server with all its children."""
        if self.web is not None:
            _kill_group(self.web)

    def kill_web_child(self, number: int = 0) -> None:
        """Kill one of the web server's own children; the server replaces it by itself."""
        children = self.web_children()
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[number % len(children)], signal.SIGKILL)

    def kill_worker(self) -> None:
        """Kill whatever carries out what is owed: the worker, or on SQLite the process it lives in."""
        if self.on_sqlite:
            self.kill_web_child()
        elif self.worker is not None:
            _kill_group(self.worker)

    def web_children(self) -> list[int]:
        """Return the processes that answer the pages."""
        if self.web is None:
            return []
        try:
            tasks = list(Path(f"/proc/{self.web.pid}/task").iterdir())
            return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
        except OSError:
            return []

    def stop(self) -> None:
        """Ask everything to end, as a system manager does, and see that it does."""
        for process in (self.web, self.worker):
            if process is not None and process.poll() is None:
                process.terminate()
                assert process.wait(40) == 0
        self.web = self.worker = None

    def close(self) -> None:
        """End whatever is left."""
        for process in (self.web, self.worker):
            if process is not None:
                _kill_group(process)

    def _process(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.home / "processes.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", "from atelogo.cli import main; main()", *words],
                env=self.environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    # Pages --------------------------------------------------------------------------------------------------
    def answers(self, path: str) -> int:
        """Return the status of one page, 0 when nobody answers."""
        try:
            return self.ask("GET", path)[0]
        except (OSError, HTTPException):
            return 0

    def ask(
        self, method: str, path: str, body: str = "", cookies: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Ask one page on a connection of its own; what breaks under way raises."""
        jar = {} if cookies is None else cookies
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as link:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _is, value = line.partition(";")[0].partition("=")
            jar[name] = value
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is not None:
        return  # it was waited for: its number may be somebody else's by now
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass
class Postman:
    """A mail server that keeps what it is given, and can hold a sender in the middle of handing over."""

    messages: list[tuple[str, str]] = field(default_factory=list)  # (to, Message-ID), in the order of arrival
    holding: threading.Event = field(default_factory=threading.Event)
    has_one: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - its name
        """Take a message; while ``holding``, keep the sender waiting for the word that it was taken."""
        import asyncio

        content = email.parser.BytesHeaderParser().parsebytes(envelope.content)
        self.messages.append((envelope.rcpt_tos[0], str(content["Message-ID"])))
        self.has_one.set()
        while self.holding.is_set():  # noqa: ASYNC110 - set and cleared in another thread
            await asyncio.sleep(0.01)
        return "250 taken"

    def sent_to(self, address: str) -> set[str]:
        """Return the different messages to an address."""
        return {reference for to, reference in self.messages if to == address}


def post_office(postman: Postman, port: int = 0) -> Controller:
    """Open a mail server on a loopback port; whoever opens it stops it."""
    office = Controller(postman, hostname="127.0.0.1", port=port or free_port())
    office.start()
    return office


def house_on(vendor: str, folder: Path, postman: Postman, stack: ExitStack) -> House:
    """Return a house on a database of its own, with a mail server; ``stack`` takes everything down."""
    url = f"sqlite:///{folder / 'house.sqlite3'}"
    if vendor == "postgresql":
        url = stack.enter_context(private_postgres()).url
    office = post_office(postman)
    stack.callback(office.stop)
    house = House(folder / "home", url, mail_port=office.port)
    stack.callback(house.close)
    return house
