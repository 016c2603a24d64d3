"""What every test stands on: its own data folder, a quiet network, both databases, the shared test data.

This file chooses the settings module (not pyproject.toml): settings read the environment when they are
imported, so the environment must be ready first.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tools.private_postgres import PostgresError, PrivatePostgres, private_postgres

if TYPE_CHECKING:
    from tests.cast import Cast

# Before any import of Django's settings -----------------------------------------------------------------
if "PYTEST_XDIST_WORKER" in os.environ:
    _HOME = Path(os.environ["ATELOGO_HOME"])  # the first process made it and removes it
else:
    _HOME = Path(tempfile.mkdtemp(prefix="atelogo-test-home-"))
    atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
_TOLD = {"ATELOGO_TEST_DATA", "ATELOGO_CHAOS_KILLS", "ATELOGO_CHAOS_SEED"}
for _name in [name for name in os.environ if name.startswith("ATELOGO_") and name not in _TOLD]:
    del os.environ[_name]  # a developer's own installation must not show in the tests
os.environ.update(ATELOGO_HOME=str(_HOME), DJANGO_SETTINGS_MODULE="atelogo.settings")
os.environ.setdefault("TZ", "UTC")
ON_CI = os.environ.get("CI", "").lower() in {"1", "true"}

from django.conf import settings  # noqa: E402

# Argon2 is slow on purpose; which hasher the product uses is asserted from the settings file itself.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # A file, as in production: in memory, the threads of one process would share one connection.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(_HOME / "test.sqlite3")

import django  # noqa: E402
from django.db import connections, models, transaction  # noqa: E402, F401 - models first: Django's own order
from django.db.backends.base.operations import BaseDatabaseOperations  # noqa: E402
from django.db.backends.sqlite3.base import DatabaseWrapper  # noqa: E402

# Conftests further down import models: the applications must be loaded before pytest-django would do it.
django.setup()

hypothesis.settings.register_profile("dev", deadline=None, max_examples=50)
hypothesis.settings.register_profile(
    "ci",
    deadline=None,
    max_examples=200,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("ci" if ON_CI else "dev")

_DATABASE_FIXTURES = frozenset(
    {
        "db",
        "transactional_db",
        "django_db_reset_sequences",
        "django_db_serialized_rollback",
        "live_server",
        "admin_client",
        "admin_user",
    }
)


def uses_database(item: pytest.Item) -> bool:
    """Say whether a collected test opens the database, by its marks, fixtures or Django test class."""
    if item.get_closest_marker("django_db"):
        return True
    if _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    from django.test import TransactionTestCase

    owner = getattr(item, "cls", None)
    return owner is not None and issubclass(owner, TransactionTestCase)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses a database, leave chaos to `make chaos`, and name what this machine cannot run."""
    on_postgres = connections.settings["default"]["ENGINE"].endswith("postgresql")
    kept, dropped = [], []
    for item in items:
        if uses_database(item):
            item.add_marker(pytest.mark.db)
        if item.get_closest_marker("chaos") and "chaos" not in config.option.markexpr:
            dropped.append(item)
            continue
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set DATABASE_URL, or use `make test`"))
        kept.append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder of real files that the tests share, named by ATELOGO_TEST_DATA."""
    named = os.environ.get("ATELOGO_TEST_DATA", "")
    if named and Path(named).is_dir():
        return Path(named)
    reason = "the shared real files are not here: set ATELOGO_TEST_DATA to their folder"
    if ON_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def atelogo_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder, named in the environment for processes that the test starts."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("ATELOGO_HOME", str(home))
    return home


@pytest.fixture
def cast(db: None) -> Cast:
    """Return the people of every story (tests/cast.py), freshly made."""
    from tests.cast import assemble

    return assemble()


@pytest.fixture
def own_postgres() -> Iterator[PrivatePostgres]:
    """Return a throw-away PostgreSQL of this test alone, which it may stop, crash and restart."""
    try:
        with private_postgres() as server:
            yield server
    except PostgresError as error:
        if ON_CI:
            raise
        pytest.skip(str(error))


@pytest.fixture
def no_network(socket_disabled: None) -> None:
    """Refuse every socket, loopback included (the default refuses all but loopback)."""


# Flushing append-only tables ----------------------------------------------------------------------------
# A transactional test ends with a flush. On SQLite Django flushes by DELETE, which the `append_only_*`
# triggers refuse, as they should. The flush, and nothing else, takes them away and puts them back.
_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
_plain_flush: Callable[..., None] = BaseDatabaseOperations.execute_sql_flush


def _flush_past_guards(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
    with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
        )
        guards: list[tuple[str, str]] = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        _plain_flush(self, sql_list)
        for _name, sql in guards:
            cursor.execute(sql)


@pytest.fixture(scope="session", autouse=True)
def _flush_append_only_tables() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseWrapper.ops_class, "execute_sql_flush", _flush_past_guards, raising=False)
    yield
    patch.undo()


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database the tests use."""
    engine: Any = connections.settings["default"]["ENGINE"]
    return f"database: {'PostgreSQL' if engine.endswith('postgresql') else 'SQLite'}; test data: " + (
        os.environ.get("ATELOGO_TEST_DATA") or "none"
    )
