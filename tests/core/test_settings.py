"""Settings are read from the environment by typed readers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from atelogo import settings

ROOT = Path(settings.PACKAGE).parent


def read(tmp_path: Path, expression: str, **environment: str) -> object:
    """Return an expression over the settings of a process of its own."""
    code = f"import json; from atelogo import settings as s; print(json.dumps({expression}, default=str))"
    named = {
        name: value for name, value in os.environ.items() if not name.startswith(("ATELOGO_", "DATABASE_"))
    }
    named |= {"ATELOGO_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **environment}
    result = subprocess.run(
        [sys.executable, "-c", code], env=named, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise ImproperlyConfigured(result.stderr.strip().splitlines()[-1])
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    "value,expected", [("1", True), ("yes", True), ("off", False), ("0", False), ("", True)]
)
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:  # noqa: FBT001
    """Flags are on or off in plain words; nothing given is the default."""
    monkeypatch.setenv("ATELOGO_X", value)
    assert settings._flag("ATELOGO_X", default=True) is expected


@pytest.mark.parametrize("reader", ["_flag", "_number"])
def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch, reader: str) -> None:
    """A value that cannot be read is refused at once, with the name of the setting in the message."""
    monkeypatch.setenv("ATELOGO_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="ATELOGO_X"):
        settings._flag("ATELOGO_X", default=True) if reader == "_flag" else settings._number("ATELOGO_X", 1)


def test_sqlite_is_the_default(tmp_path: Path) -> None:
    """Without a URL the database is a SQLite file in the data folder, WAL, immediate transactions."""
    found = settings._database("", tmp_path)
    assert found["NAME"] == tmp_path / "atelogo.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]
    assert settings._database("sqlite:///tmp/x.db", tmp_path)["NAME"] == Path("/tmp/x.db")


def test_postgresql_by_url(tmp_path: Path) -> None:
    """A URL gives every part of the connection, percent signs resolved, and a password with an at-sign."""
    found = settings._database("postgresql://ana:p%40ss@db.example:5433/ate%20logo?sslmode=require", tmp_path)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "ana", "p@ss", "db.example", "5433", "ate logo"
    )  # fmt: skip
    assert found["OPTIONS"] == {"sslmode": "require", "server_side_binding": True}


@pytest.mark.parametrize("url", ["mysql://x", "postgres:x", "nonsense"])
def test_other_databases_are_refused(tmp_path: Path, url: str) -> None:
    """A database that the product does not run on is refused in words."""
    if url == "postgres:x":
        assert settings._database(url, tmp_path)["ENGINE"].endswith("postgresql")
        return
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        settings._database(url, tmp_path)


@pytest.mark.parametrize(
    "url,port,tls,ssl",
    [("smtp://h", 25, False, False), ("smtp+tls://u:p@h", 587, True, False), ("smtps://h", 465, False, True)],
)
def test_mail_by_url(url: str, port: int, tls: bool, ssl: bool) -> None:  # noqa: FBT001
    """The scheme of the mail URL says port and protection."""
    found = settings._email(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)


def test_no_mail_server_is_no_error() -> None:
    """Without a mail server nothing is sent and nothing fails; another scheme is refused."""
    assert settings._email("")["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
    assert settings._email("console:")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    with pytest.raises(ImproperlyConfigured, match="ATELOGO_EMAIL_URL"):
        settings._email("http://x")


def test_cookies_are_secure_on_https(tmp_path: Path) -> None:
    """With an https address cookies go over https alone and browsers are told to stay there."""
    secure = "[s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.ALLOWED_HOSTS[0]]"
    assert read(tmp_path, secure, ATELOGO_BASE_URL="https://sair.example/") == [
        True,
        True,
        True,
        "sair.example",
    ]
    assert read(tmp_path, secure) == [False, False, False, "127.0.0.1"]


def test_the_key_is_made_once_and_may_come_from_outside(tmp_path: Path) -> None:
    """The same data folder gives the same secret key; a key of the wrong length is refused."""
    first = read(tmp_path, "s.SECRET_KEY")
    assert read(tmp_path, "s.SECRET_KEY") == first
    assert (tmp_path / "master.key").exists()
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        read(tmp_path, "1", ATELOGO_MASTER_KEY="c2hvcnQ=")


def test_passwords_are_kept_by_argon2(tmp_path: Path) -> None:
    """The product's own hasher is Argon2 (tests use a quick one)."""
    assert "Argon2" in str(read(tmp_path, "s.PASSWORD_HASHERS[0]"))


def test_sqlite_is_newer_than_its_reset_bug(tmp_path: Path) -> None:
    """The SQLite in use is 3.51.3 or newer: older ones may corrupt a file with two writers."""
    version = read(tmp_path, "__import__('sqlite3').sqlite_version_info")
    assert isinstance(version, list)
    assert tuple(version) >= (3, 51, 3)
