from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tools.debian_packages import postgres_bin
from tools.private_postgres import PrivatePostgres, private_postgres, sweep_leftovers

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "private_postgres.py"
pytestmark = pytest.mark.skipif(postgres_bin() is None, reason="PostgreSQL is not installed")


@pytest.fixture
def server() -> Iterator[PrivatePostgres]:
    """Return a running throw-away server."""
    with private_postgres() as running:
        yield running


def is_listening(port: int) -> bool:
    """Say whether a server answers on the loopback port."""
    try:
        psycopg.connect(f"postgresql://atelogo@127.0.0.1:{port}/atelogo", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_the_server_lives_as_long_as_its_block() -> None:
    """Inside the block the address answers; after it neither the server nor its folder is left."""
    with private_postgres() as running:
        with psycopg.connect(running.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert urlsplit(running.url).hostname == "127.0.0.1"
        folder, port = running.folder, running.port
    assert not folder.exists()
    assert not is_listening(port)


def test_the_server_is_removed_when_the_block_fails() -> None:
    """An error inside the block does not leave a server behind."""
    seen: list[PrivatePostgres] = []

    def fail() -> None:
        with private_postgres() as running:
            seen.append(running)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not seen[0].folder.exists()
    assert not is_listening(seen[0].port)


def test_a_restart_keeps_address_and_rows(server: PrivatePostgres) -> None:
    """After a restart, orderly or by crash, committed rows are there at the same address."""
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    for how in (signal.SIGINT, signal.SIGQUIT):
        server.restart(how)
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_command_gets_the_address_and_gives_its_exit_code() -> None:
    """The script runs a command with DATABASE_URL set, and ends as the command ends."""
    code = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']); raise SystemExit(7)"
    done = subprocess.run(
        [sys.executable, SCRIPT, sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 7


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_stopped_or_killed_owner_takes_its_server_along(number: signal.Signals) -> None:
    """Ctrl+C and a polite stop remove all at once; after a kill the server ends and the folder is swept."""
    with subprocess.Popen([sys.executable, SCRIPT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        url = urlsplit(owner.stdout.readline().strip().removeprefix("DATABASE_URL="))
        assert url.port is not None
        owner.send_signal(number)
        owner.wait(timeout=30)
    deadline = time.monotonic() + 20
    while is_listening(url.port):
        assert time.monotonic() < deadline, "the server outlived its owner"
        time.sleep(0.05)
    left = list(Path(tempfile.gettempdir()).glob(f"atelogo-pg-{owner.pid}-*"))
    if number is signal.SIGKILL:
        assert left
        assert set(left) <= set(sweep_leftovers())
    assert not any(folder.exists() for folder in left)
