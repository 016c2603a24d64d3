"""``atelogo demo``: an invented internet provider with two years of requests, served on this machine only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

_LABELS = {
    "customers": "Customers and contracts",
    "requests": "Requests of 24 months",
    "contacts": "Contacts",
    "seal": "Sealing the ledger",
}
_WAIT_SECONDS = 60.0


def add_commands(app: typer.Typer) -> None:
    """Add ``demo`` to the app."""

    @app.command("demo")
    def demo(
        port: Annotated[int, typer.Option(min=1, max=65535, help="Port to begin looking at.")] = 8000,
        customers: Annotated[int, typer.Option(help="How many customers to invent.")] = 8000,
        requests: Annotated[int, typer.Option(help="About how many requests to invent.")] = 2500,
        build_only: Annotated[
            bool, typer.Option("--build-only", help="Build the data, do not serve.")
        ] = False,
    ) -> None:
        """Build the demonstration if it is not there yet, serve it, and say where to look."""
        _own_home()
        _prepare(customers, requests)
        if not build_only:
            _serve(port)


def _own_home() -> None:
    """Check that the demonstration has a data folder of its own, never a company's."""
    from django.conf import settings

    if not settings.ATELOGO_DEMO:
        typer.echo(
            "The demonstration needs ATELOGO_DEMO=1 and its own ATELOGO_HOME: use make demo.", err=True
        )
        raise typer.Exit(2)


def _prepare(customers: int, requests: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    if (settings.ATELOGO_HOME / "demo.json").exists():
        return
    from atelogo.accounts.queries import workspace_by_slug
    from atelogo.cli.demo.build import SLUG, build

    if workspace_by_slug(SLUG) is not None:
        typer.echo(
            f"The demonstration in {settings.ATELOGO_HOME} is half built. Remove it and start again.",
            err=True,
        )
        raise typer.Exit(2)
    typer.echo("Building an invented internet provider (once; later starts take seconds).", err=True)
    began = time.monotonic()
    build(customers_count=customers, requests_count=requests, progress=_progress)
    typer.echo(f"\nBuilt in {time.monotonic() - began:.0f} s.", err=True)


def _progress(what: str, done: int, total: int) -> None:
    end = "\n" if done == total else ""
    typer.echo(f"\r  {_LABELS[what]}: {done} of {total}   {end}", nl=False, err=True)


def _serve(port: int) -> None:
    from django.conf import settings
    from django.db import connection

    from atelogo.cli.serve import port_to_use

    taken = port_to_use("127.0.0.1", port, find=True)
    if taken is None:
        typer.echo(f"No free port from {port} on. Stop something, or choose another with --port.", err=True)
        raise typer.Exit(2)
    if taken != port:
        typer.echo(f"Port {port} is in use; taking {taken}.", err=True)
    address = f"http://127.0.0.1:{taken}"
    connection.close()
    environment = os.environ | {"ATELOGO_BASE_URL": address, "ATELOGO_LOG_LEVEL": "WARNING"}
    command = [str(Path(sys.executable).with_name("atelogo")), "serve", "--port", str(taken)]
    server = subprocess.Popen(command, env=environment)  # noqa: S603 - our own command
    try:
        if _answers(address, server):
            typer.echo(_guide(address, settings.ATELOGO_HOME))
        _wait(server)
    finally:
        _stop(server)


def _answers(address: str, server: subprocess.Popen[bytes]) -> bool:
    """Wait until the site answers; return False when it ended instead."""
    import urllib.error
    import urllib.request

    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/livez", timeout=2):  # noqa: S310 - loopback
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return server.poll() is None


def _guide(address: str, home: Path) -> str:
    from atelogo.cli.demo.build import PASSWORD, PEOPLE, SLUG

    roles = {
        "owner": "owner",
        "manager": "manager",
        "analyst": "analyst",
        "agent": "agent",
        "auditor": "auditor",
    }
    people = "\n".join(f"    {email:<28} {roles[role.value]}" for _name, email, role in PEOPLE)
    links = "\n".join(f"    {address}/demo/as/{number}" for number in (1, 2, 3))
    return f"""
The demonstration is ready (an invented company, on this machine only).

  Console   {address}/{SLUG}/console/
{people}
    password for all: {PASSWORD}

  Customers' own links (each click makes a fresh one)
{links}

  Public pages
    {address}/{SLUG}/como-cancelar
    {address}/{SLUG}/cancelar

  Data in {home} (remove the folder to begin anew)
  Stop with Ctrl+C
"""


def _wait(server: subprocess.Popen[bytes]) -> None:
    def ask(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ask)
    try:
        server.wait()
    except KeyboardInterrupt:
        typer.echo("\nStopping.", err=True)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
