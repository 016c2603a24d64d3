from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

GUARD = "CREATE TRIGGER append_only_probe BEFORE DELETE ON probe BEGIN SELECT RAISE(ABORT, 'only grows'); END"


def test_the_network_is_refused() -> None:
    """A test that reaches for another machine fails at once."""
    with pytest.raises(RuntimeError, match=r"192\.0\.2\.1"), socket.socket() as client:
        client.connect(("192.0.2.1", 443))


def test_the_loopback_address_is_allowed() -> None:
    """A test may talk to a server that it started itself."""
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()


def test_the_data_folder_belongs_to_the_run() -> None:
    """Tests keep their files in a folder of their own, never in the developer's."""
    assert Path(os.environ["ATELOGO_HOME"]).name.startswith("atelogo-test-home-")
    assert Path(settings.ATELOGO_HOME) == Path(os.environ["ATELOGO_HOME"]).resolve()


@pytest.mark.django_db
def test_a_test_with_a_database_is_marked(request: pytest.FixtureRequest) -> None:
    """What opens a database carries the mark by which it is run again on PostgreSQL."""
    assert request.node.get_closest_marker("db") is not None


def test_a_test_without_a_database_is_not_marked(request: pytest.FixtureRequest) -> None:
    """What opens no database runs once."""
    assert request.node.get_closest_marker("db") is None


@pytest.mark.django_db(transaction=True)
def test_a_flush_passes_the_guards_and_leaves_them_standing() -> None:
    """Between transactional tests append-only tables are emptied, and refuse a DELETE again afterwards."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL flushes by TRUNCATE, which the row guards do not see")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (id integer)")
        cursor.execute(GUARD)
        cursor.execute("INSERT INTO probe VALUES (1)")
        try:
            connection.ops.execute_sql_flush(["DELETE FROM probe"])
            cursor.execute("SELECT count(*) FROM probe")
            assert cursor.fetchone() == (0,)
            cursor.execute("INSERT INTO probe VALUES (2)")
            with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
                cursor.execute("DELETE FROM probe")
        finally:
            cursor.execute("DROP TRIGGER append_only_probe")
            cursor.execute("DROP TABLE probe")
