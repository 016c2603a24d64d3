"""Whole installations as processes see them: a data folder, a database, and the command line on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tools.private_postgres import PrivatePostgres

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "pao-de-queijo-42"


class Installation:
    """One installation; :meth:`run` is what a person types after ``atelogo``."""

    def __init__(self, home: Path, url: str) -> None:
        self.home, self.url = home, url
        home.mkdir(parents=True, exist_ok=True)

    def environment(self) -> dict[str, str]:
        """Return the environment of its processes, free of the developer's own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ATELOGO_")}
        return {
            **kept,
            "ATELOGO_HOME": str(self.home),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "atelogo.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }

    def run(self, *words: str | Path, code: int = 0, stdin: str = "", **more: str) -> str:
        """Run one command, see that it leaves with ``code``, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", "from atelogo.cli import main; main()", *map(str, words)],
            env={**self.environment(), **more},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + (done.stderr if code else "")

    def python(self, program: str) -> str:
        """Run lines of Python inside the installation and return what they printed."""
        lines = f"import django; django.setup()\n{program}"
        done = subprocess.run(
            [sys.executable, "-c", lines], env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str | Path, code: int = 0) -> Any:
        """Run one command with ``--json`` and return its answer."""
        return json.loads(self.run(*words, "--json", code=code).splitlines()[0])

    def init(self, slug: str = "aurora") -> None:
        """Make the database and one company with an owner."""
        self.run(
            "init",
            "--workspace",
            slug,
            "--owner",
            "ana@aurora.example",
            "--password-stdin",
            stdin=f"{PASSWORD}\n",
        )

    def happen(self, count: int, slug: str = "aurora") -> None:
        """Write ``count`` facts with personal detail and seal everything."""
        self.python(
            "from atelogo.accounts.queries import workspace_by_slug\n"
            "from atelogo.events import log\n"
            "from tests.events.facts import happen\n"
            f"workspace = workspace_by_slug({slug!r}).id\n"
            f"happen(workspace, {count}, personal={{'name': 'Maria'}})\n"
            "log.seal_all()"
        )


@contextmanager
def database_urls(vendor: str, folder: Path) -> Iterator[list[str]]:
    """Give the addresses of two empty databases of the kind this run uses."""
    if vendor != "postgresql":
        yield [f"sqlite:///{folder / name / 'atelogo.sqlite3'}" for name in ("one", "two")]
        return
    server = PrivatePostgres()
    try:
        server.create()
        with psycopg.connect(server.url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE second")
        yield [server.url, server.url.rpartition("/")[0] + "/second"]
    finally:
        server.remove()
