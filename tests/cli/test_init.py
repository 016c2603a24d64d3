"""``atelogo init``, ``user`` and ``workspace``, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

PASSWORD = "pao-de-queijo-42"
INIT = ("init", "--workspace", "aurora", "--owner", "ana@aurora.example", "--password-stdin")
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def run(atelogo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a way to run the command on an empty data folder."""
    monkeypatch.setenv("DATABASE_URL", "")

    def command(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        program = "from atelogo.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", program, *words], input=stdin, capture_output=True, check=False, timeout=90
        )

    return command


def made(run: Run, *more: str) -> dict[str, Any]:
    """Run ``init`` with good values and return what it printed as JSON."""
    done = run(*INIT, "--json", *more, stdin=f"{PASSWORD}\n".encode())
    assert done.returncode == 0, done.stderr.decode()
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_an_empty_folder_becomes_a_company_with_an_owner(run: Run, atelogo_home: Path) -> None:
    """On an empty folder init makes the database, the company and an owner whose password opens the login."""
    facts = made(run, "--name", "Padaria Aurora", "--timezone", "America/Manaus", "--sector", "services")
    assert facts["workspace"] == "aurora"
    assert facts["console"].endswith("/aurora/console/")
    assert not facts["owner_existed"]
    assert (atelogo_home / "atelogo.sqlite3").exists()
    assert (atelogo_home / "master.key").stat().st_mode & 0o777 == 0o600
    (listed,) = json.loads(run("workspace", "list", "--json").stdout)
    assert (listed["name"], listed["timezone"]) == ("Padaria Aurora", "America/Manaus")
    check = (
        "import django; django.setup();"
        "from django.contrib.auth import authenticate;"
        f"user = authenticate(username='Ana@aurora.example', password='{PASSWORD}');"
        "from atelogo.accounts.queries import membership_of, workspace_by_slug;"
        "print(membership_of(user.pk, workspace_by_slug('aurora').id).role, user.password.partition('$')[0])"
    )
    opened = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, check=True, text=True, timeout=60
    )
    assert opened.stdout.split() == ["owner", "argon2"]


def test_the_second_time_nothing_changes(run: Run, atelogo_home: Path) -> None:
    """A company that is already there is left alone: exit code 1 and a plain sentence."""
    made(run)
    before = run("workspace", "list", "--json").stdout
    again = run(*INIT, stdin=b"another-password-9\n")
    assert again.returncode == 1
    assert again.stdout == b""
    assert "already here. Nothing was changed" in again.stderr.decode()
    problem = json.loads(run(*INIT, "--json", stdin=b"another-password-9\n").stderr)
    assert problem["code"] == "workspace_exists"
    assert run("workspace", "list", "--json").stdout == before


@pytest.mark.parametrize(
    "words,stdin,named",
    [
        (("--workspace", "Au rora"), PASSWORD.encode(), "--workspace"),
        (("--workspace", "metrics"), PASSWORD.encode(), "--workspace"),
        (("--owner", "ana"), PASSWORD.encode(), "--owner"),
        (("--timezone", "Moon/Base"), PASSWORD.encode(), "--timezone"),
        (("--sector", "moon"), PASSWORD.encode(), "--sector"),
        (("--language", "fr"), PASSWORD.encode(), "--language"),
        ((), b"", "password"),
        ((), b"short\n", "password"),
        ((), b"ana@aurora.example\n", "password"),
        ((), b"\xff\xfe\n", "--password-stdin"),
    ],
)
def test_bad_values_are_named_and_nothing_is_made(
    run: Run, atelogo_home: Path, words: tuple[str, ...], stdin: bytes, named: str
) -> None:
    """A bad value leaves with 2, names its option, shows no traceback, and makes no database."""
    done = run(*INIT, *words, stdin=stdin)
    assert done.returncode == 2
    said = done.stderr.decode()
    assert said.startswith(named)
    assert "Traceback" not in said
    assert not (atelogo_home / "atelogo.sqlite3").exists()


def test_without_a_password_it_says_how_to_give_one(run: Run) -> None:
    """Without a terminal and without the option, init says how the password is given."""
    done = run(*INIT[:-1])
    assert done.returncode == 2
    assert "--password-stdin" in done.stderr.decode()


def test_the_password_may_hold_spaces_and_accents(run: Run) -> None:
    """Only the line's end is taken off a password: spaces and accents belong to it."""
    password = "  pão de queijo  "
    done = run(*INIT, stdin=f"{password}\r\n".encode())
    assert done.returncode == 0, done.stderr.decode()
    check = (
        "import django; django.setup(); from django.contrib.auth import authenticate;"
        f"print(authenticate(username='ana@aurora.example', password={password!r}) is not None)"
    )
    opened = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, check=True, text=True, timeout=60
    )
    assert opened.stdout.strip() == "True"


def test_a_forgotten_password_needs_no_mail(run: Run) -> None:
    """The operator prints a link or sets a password; an unknown e-mail or an empty folder is told plainly."""
    nothing = run("user", "reset", "ana@aurora.example")
    assert nothing.returncode == 2
    assert "atelogo init" in nothing.stderr.decode()
    made(run)
    link = json.loads(run("user", "reset", "ANA@aurora.example", "--json").stdout)["link"]
    assert "/aurora/console/set-password?k=" in link
    assert "ana@" not in link
    assert run("user", "reset", "ana@aurora.example", "--password-stdin", stdin=b"short").returncode == 2
    changed = run("user", "reset", "ana@aurora.example", "--password-stdin", stdin=b"um-cafe-com-leite\n")
    assert changed.returncode == 0
    assert run("user", "reset", "eva@aurora.example").returncode == 1


def test_people_are_added_without_mail(run: Run) -> None:
    """The operator adds a person with a link, changes a role, and is told of a company that is not there."""
    made(run)
    words = ("user", "add", "bruno@aurora.example", "--workspace", "aurora", "--name", "Bruno")
    assert "set-password?k=" in run(*words).stdout.decode()
    changed = run(*words, "--role", "auditor", "--json")
    assert json.loads(changed.stdout)["role"] == "auditor"
    assert run(*words, "--role", "king").returncode == 2
    missing = run("user", "add", "bruno@aurora.example", "--workspace", "nowhere")
    assert missing.returncode == 1
    assert "nowhere" in missing.stderr.decode()


@pytest.mark.parametrize(
    "variable,value",
    [("DATABASE_URL", "mysql://x"), ("ATELOGO_HOME", "/proc/nowhere"), ("ATELOGO_DEMO", "perhaps")],
)
def test_bad_settings_are_told_plainly(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """A setting that cannot be used is told in one sentence, with 2 and no traceback."""
    monkeypatch.setenv(variable, value)
    done = run("workspace", "list")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr.decode()
    assert "settings cannot be used" in done.stderr.decode()


def test_a_database_that_is_away_is_told_plainly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PostgreSQL that does not answer is told in one sentence, with 2 and no traceback."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    done = run(*INIT, stdin=f"{PASSWORD}\n".encode())
    assert done.returncode == 2
    assert done.stderr.decode().startswith("The database does not answer")
    assert "Traceback" not in done.stderr.decode()


@pytest.fixture
def empty_postgres() -> Iterator[str]:
    """Give the address of an empty database on the tests' PostgreSQL; drop it afterwards."""
    import psycopg

    given = os.environ["DATABASE_URL"]
    name = f"atelogo_init_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(given, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_init_on_an_empty_postgres(
    empty_postgres: str, run: Run, atelogo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With DATABASE_URL the same command fills an empty PostgreSQL database and makes no SQLite file."""
    monkeypatch.setenv("DATABASE_URL", empty_postgres)
    assert made(run)["workspace"] == "aurora"
    assert run(*INIT, stdin=f"{PASSWORD}\n".encode()).returncode == 1
    assert not (atelogo_home / "atelogo.sqlite3").exists()
