"""``atelogo serve``: the web server, fitted to the database that is in use."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from whitenoise.compress import Compressor

PORTS_TRIED: Final = 50
BLOCKING_THREADS: Final = 4
STOP_SECONDS: Final = 15
PACKED: Final = frozenset({".css", ".js", ".svg"})
SMALLEST_PACKED: Final = 1024


def add_commands(app: typer.Typer) -> None:
    """Add ``serve`` to the app."""

    @app.command("serve")
    def serve(
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
        find_port: Annotated[
            bool, typer.Option("--find-port", help="Take the next free port if it is busy.")
        ] = False,
    ) -> None:
        """Serve the site until Ctrl+C or SIGTERM; on SQLite the background worker runs inside."""
        _check_database()
        taken = port_to_use(host, port, find=find_port)
        if taken is None:
            where = (
                f"ports {port} to {min(65535, port + PORTS_TRIED - 1)} are"
                if find_port
                else f"port {port} is"
            )
            _stop(
                f"{where[0].upper()}{where[1:]} in use on {host}.\n"
                "Stop what listens there, or choose another: atelogo serve --port N (or --find-port)"
            )
        if taken != port:
            typer.echo(f"Port {port} is in use; taking {taken}.", err=True)
        _run(host, taken)


def port_to_use(host: str, port: int, *, find: bool) -> int | None:
    """Return ``port`` if free on ``host``, else, with ``find``, the next free one of 50; else ``None``."""
    last = min(65535, port + PORTS_TRIED - 1) if find else port
    return next((one for one in range(port, last + 1) if _is_free(host, one)), None)


def processes_for(vendor: str, cores: int) -> tuple[int, int]:
    """Return (processes, blocking threads each): one of each on SQLite, which has one writer."""
    return (1, 1) if vendor == "sqlite" else (max(1, cores), BLOCKING_THREADS)


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, proto, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        _stop(f"{host} is not an address of this machine ({error.strerror}).")
    with socket.socket(family, kind, proto) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except PermissionError:
            _stop(f"This user may not listen on port {port}. Take one above 1023.")
        except OSError:
            return False
    return True


def _check_database() -> None:
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        _stop(
            f"The database does not answer ({type(error).__name__}).\n"
            "Check DATABASE_URL, and that the database is running."
        )
    finally:
        connection.close()
    if waiting:
        _stop(f"The database is not up to date: {len(waiting)} migrations wait.\nRun: atelogo manage migrate")


def command_for(host: str, port: int, *, workers: int, threads: int) -> list[str]:
    """Return the command line of the server itself."""
    return [
        *(sys.executable, "-m", "granian", "atelogo.wsgi:application", "--interface", "wsgi"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--workers-kill-timeout", str(STOP_SECONDS), "--respawn-failed-workers"),
        *("--no-ws", "--no-log"),  # requests are logged by the application, without addresses of people
    ]


def pack_static(folder: Path) -> int:
    """Write compressed copies beside styles, scripts and pictures; return how many were missing or old.

    Done once after an installation or upgrade; a folder that may not be written is served as it is.
    """
    compressor = Compressor(quiet=True)
    packed = 0
    for path in sorted(folder.rglob("*")):
        if path.suffix not in PACKED or path.stat().st_size < SMALLEST_PACKED:
            continue
        copy = path.with_name(f"{path.name}.gz")
        if copy.exists() and copy.stat().st_mtime >= path.stat().st_mtime:
            continue
        try:
            compressor.compress(str(path))
        except OSError:
            return packed
        packed += 1
    return packed


def _run(host: str, port: int) -> NoReturn:
    from django.conf import settings
    from django.db import connection

    workers, threads = processes_for(connection.vendor, os.cpu_count() or 1)
    shown = f"[{host}]" if ":" in host else host
    # The server is a new program in this process's place: what it needs to know goes by the environment.
    os.environ.setdefault("ATELOGO_BASE_URL", f"http://{shown}:{port}")
    if connection.vendor == "sqlite":
        os.environ.setdefault("ATELOGO_WORKER_IN_PROCESS", "1")
    if workers > 1:
        folder = settings.ATELOGO_HOME / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    pack_static(settings.PACKAGE / "web" / "static")
    typer.echo(f"Serving at http://{shown}:{port}/ (Ctrl+C stops)", err=True)
    if connection.vendor != "sqlite":
        typer.echo("Background work needs its own process beside this one: atelogo worker", err=True)
    command = command_for(host, port, workers=workers, threads=threads)
    os.execv(command[0], command)  # noqa: S606 - this interpreter, with arguments of our own


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(2)
