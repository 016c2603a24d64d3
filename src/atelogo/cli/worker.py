"""``atelogo worker``: the process that carries out what is owed and seals the register."""

from __future__ import annotations

from typing import Annotated

import typer

from atelogo.cli.answers import answering


def add_commands(app: typer.Typer) -> None:
    """Add ``worker`` to the app."""

    @app.command("worker")
    def worker(
        *,
        lanes: Annotated[
            int, typer.Option("--lanes", min=0, max=32, help="Jobs at once; 0 lets the database decide.")
        ] = 0,
        once: Annotated[bool, typer.Option("--once", help="Do what is due now, seal, and end.")] = False,
        metrics_port: Annotated[
            int,
            typer.Option("--metrics-port", min=0, max=65535, help="Serve Prometheus on this loopback port."),
        ] = 0,
    ) -> None:
        """Run the worker until Ctrl+C or SIGTERM; the job in hand is finished first."""
        with answering():
            if once:
                _once()
            else:
                _run(lanes, metrics_port)


def _once() -> None:
    from atelogo.events import log, outbox

    ran = 0
    while done := outbox.drain(limit=1000):
        ran += done
    sealed = log.seal_all()
    typer.echo(f"{ran} jobs run, {sealed} entries sealed.")


def _run(lanes: int, metrics_port: int) -> None:
    from django.db import connection

    from atelogo.events import worker

    with connection.cursor() as cursor:  # a database that is not there is said now, not in a log line
        cursor.execute("SELECT 1 FROM events_outboxjob LIMIT 1")
    if metrics_port:
        from prometheus_client import start_http_server

        start_http_server(metrics_port, addr="127.0.0.1")
    typer.echo("The worker runs (Ctrl+C stops it after the job in hand).", err=True)
    worker.run(lanes=lanes or None)
