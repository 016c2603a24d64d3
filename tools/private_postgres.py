"""A throw-away PostgreSQL: free loopback port, temporary folder, gone when the block or the command ends.

    with private_postgres() as server: ...            server.url
    python tools/private_postgres.py COMMAND ...      runs COMMAND with DATABASE_URL set
    python tools/private_postgres.py                  prints DATABASE_URL and waits for Ctrl+C

PostgreSQL refuses to run as root: as root it runs as the user `postgres`, or else as `nobody`. If this
process is killed outright, the kernel ends the server, and the next start removes the folder left behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.debian_packages import postgres_bin

_PREFIX = "atelogo-pg-"
_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
_START_SECONDS = 60.0
_ATTEMPTS = 5
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum_naptime=10s")
_libc = ctypes.CDLL(None, use_errno=True)


class PostgresError(Exception):
    """PostgreSQL is absent or did not start; the message says which, with the end of its log."""


def server_account() -> pwd.struct_passwd | None:
    """Return the account that the server must run as, None when the present one will do."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sweep_leftovers() -> list[Path]:
    """Remove folders whose owner was killed; return them."""
    swept = []
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)
            swept.append(folder)
    return swept


class PrivatePostgres:
    """One server: :meth:`create` and :meth:`remove`; between them it may stop and start at the same ``url``.

    ``durable`` keeps fsync on, for measurements; the default trades it for speed. ``settings`` are
    further `name=value` pairs of postgresql.conf.
    """

    def __init__(self, *, durable: bool = False, settings: Sequence[str] = ()) -> None:
        programs = postgres_bin()
        if programs is None:
            raise PostgresError("PostgreSQL is not installed (Debian package `postgresql`)")
        self._programs = programs
        self._settings = (*(() if durable else _QUICK), *settings)
        self._account = server_account()
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self.port = 0

    @property
    def url(self) -> str:
        """The DATABASE_URL of an empty database, over TCP as a role that may do everything."""
        return f"postgresql://atelogo@127.0.0.1:{self.port}/atelogo"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "server.log"

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _program(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._programs / name), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
            **self._as_account(),
        )

    def create(self) -> None:
        """Make the cluster's files, start the server and make the database."""
        if self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        made = self._program(
            "initdb",
            "-D",
            "cluster",
            "-U",
            "atelogo",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        if made.returncode:
            raise PostgresError(f"initdb failed: {made.stderr.strip()}")
        for attempt in range(_ATTEMPTS):
            self.port = free_port()
            try:
                self.start()
            except PostgresError:  # another process may have taken the port in between
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                break
        database = self._program(
            "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "atelogo", "atelogo"
        )
        if database.returncode:
            raise PostgresError(f"createdb failed: {database.stderr.strip()}")

    def start(self) -> None:
        """Start the server on its port and wait until it answers."""
        options = (
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.folder}",
            "max_connections=100",
            "timezone=UTC",
            *self._settings,
        )
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "cluster")]
        for option in options:
            command += ["-c", option]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl+C reaches us first, so that we stop it in order
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl(2) call, before any thread
                **self._as_account(),
            )
        deadline = time.monotonic() + _START_SECONDS
        ready = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "atelogo", "-d", "postgres", "-t", "1", "-q")
        while self._program("pg_isready", *ready).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresError(f"PostgreSQL did not start: {self._log_end()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server and wait: SIGINT ends connections in order, SIGQUIT is a crash."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=30)
        self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop and start on the same port with the same files."""
        self.stop(how)
        self.start()

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _log_end(self) -> str:
        with contextlib.suppress(OSError):
            return " | ".join(self.log.read_text(errors="replace").splitlines()[-5:])
        return "no log"


def _die_with_parent() -> None:
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGINT))


@contextlib.contextmanager
def private_postgres(*, durable: bool = False, settings: Sequence[str] = ()) -> Iterator[PrivatePostgres]:
    """Give a running throw-away server, removed at the end of the block whatever happens in it."""
    sweep_leftovers()
    server = PrivatePostgres(durable=durable, settings=settings)
    try:
        server.create()
        yield server
    finally:
        server.remove()


def _raise_interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(command: Sequence[str]) -> int:
    """Run ``command`` beside a private server, or wait for Ctrl+C; return the command's exit code."""
    # Said aloud for Ctrl+C too: a shell starts background commands with it ignored.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _raise_interrupt)
    try:
        with private_postgres() as server:
            if command:
                environment = {**os.environ, "DATABASE_URL": server.url}
                return subprocess.run(list(command), env=environment, check=False).returncode
            print(f"DATABASE_URL={server.url}", flush=True)
            signal.pause()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
