"""`atelogo serve`: fitted to the database, clear about what is missing, stopped cleanly."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from atelogo.cli import serve

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(atelogo_home: Path) -> dict[str, str]:
    """Return the environment of an installation of its own on SQLite."""
    named = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return named | {"ATELOGO_HOME": str(atelogo_home)}


def atelogo(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [sys.executable, "-c", "from atelogo.cli import main; main()", *words],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture
def busy() -> Iterator[int]:
    """Return a port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_free_port_is_taken_as_asked() -> None:
    """A port that nobody uses is the one that is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert serve.port_to_use("127.0.0.1", free, find=False) == free


def test_a_busy_port(busy: int) -> None:
    """A busy port is refused, or, when asked for, the next free one is taken."""
    assert serve.port_to_use("127.0.0.1", busy, find=False) is None
    found = serve.port_to_use("127.0.0.1", busy, find=True)
    assert found is not None
    assert busy < found < busy + serve.PORTS_TRIED


def test_a_full_street(busy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no port of the range is free there is none to use."""
    monkeypatch.setattr(serve, "PORTS_TRIED", 1)
    assert serve.port_to_use("127.0.0.1", busy, find=True) is None


@pytest.mark.parametrize(
    "vendor,cores,expected", [("sqlite", 8, (1, 1)), ("postgresql", 8, (8, 4)), ("postgresql", 1, (1, 4))]
)
def test_processes_follow_the_database(vendor: str, cores: int, expected: tuple[int, int]) -> None:
    """SQLite has one writer, so one process and one thread; PostgreSQL one process a core, four threads."""
    assert serve.processes_for(vendor, cores) == expected


def test_files_are_packed_once(tmp_path: Path) -> None:
    """Styles, scripts and pictures get compressed copies; a second start makes none, a newer file anew."""
    style = tmp_path / "a" / "style.css"
    style.parent.mkdir()
    style.write_text("a { color: red; }\n" * 500)
    (tmp_path / "tiny.js").write_text("1")
    (tmp_path / "notes.txt").write_text("x" * 5000)
    assert serve.pack_static(tmp_path) == 1
    assert gzip.decompress((style.parent / "style.css.gz").read_bytes()) == style.read_bytes()
    assert serve.pack_static(tmp_path) == 0
    style.write_text("b { color: red; }\n" * 500)
    os.utime(style, (time.time() + 10, time.time() + 10))
    assert serve.pack_static(tmp_path) == 1


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that may not be written to is served as it is."""
    (tmp_path / "style.css").write_text("a { color: red; }\n" * 500)

    def refuse(_self: object, _path: str) -> None:
        raise PermissionError

    monkeypatch.setattr("whitenoise.compress.Compressor.compress", refuse)
    assert serve.pack_static(tmp_path) == 0


def test_a_database_without_migrations(environment: dict[str, str]) -> None:
    """Before the first migration the command says what to run, and ends with 2."""
    result = atelogo("serve", environment=environment)
    assert result.returncode == 2
    assert "atelogo manage migrate" in result.stderr


def test_a_busy_port_is_said(environment: dict[str, str], busy: int) -> None:
    """A busy port is named with what to do about it, and the command ends with 2."""
    assert atelogo("manage", "migrate", "-v0", environment=environment).returncode == 0
    result = atelogo("serve", "--port", str(busy), environment=environment)
    assert result.returncode == 2
    assert f"Port {busy} is in use on 127.0.0.1." in result.stderr
    assert "--find-port" in result.stderr


def get(address: str) -> tuple[int, dict[str, str], bytes]:
    """Ask once; a connection that is refused is status 0."""
    call = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(call, timeout=5) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {}, error.read()
    except OSError:
        return 0, {}, b""


def until(address: str, wanted: str, seconds: float = 30) -> bool:
    """Ask until the answer holds ``wanted``, or the time is over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if wanted in get(address)[2].decode(errors="replace"):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serving_from_start_to_stop(environment: dict[str, str], busy: int, how: signal.Signals) -> None:
    """On SQLite it serves on the next free port with the worker inside, and a signal ends it all cleanly."""
    assert atelogo("manage", "migrate", "-v0", environment=environment).returncode == 0
    with ExitStack() as after:
        process = subprocess.Popen(
            [sys.executable, "-c", "from atelogo.cli import main; main()",
             "serve", "--port", str(busy), "--find-port"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        after.callback(process.stderr.close if process.stderr else lambda: None)
        after.callback(process.wait)
        after.callback(process.kill)
        assert process.stderr is not None
        said = [process.stderr.readline(), process.stderr.readline()]
        assert said[0].startswith(f"Port {busy} is in use; taking ")
        address = said[1].split()[2].rstrip("/")
        assert until(f"{address}/readyz", '"worker": "ok"')
        state = json.loads(get(f"{address}/readyz")[2])
        assert state["status"] == "ok"
        status, headers, body = get(f"{address}/static/vendor/tabler/tabler.min.css")
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert len(body) < 100_000
        process.send_signal(how)
        assert process.wait(30) == 0
        assert get(f"{address}/livez")[0] == 0
