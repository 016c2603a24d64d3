"""SQLite's writing threads take turns; what is written by half is not kept."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction

from atelogo.core.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite"),
]


def add(name: str, gate: threading.Barrier, failures: list[BaseException]) -> None:
    """Write ten people, one transaction each, after everybody is ready."""
    try:
        gate.wait(10)
        for number in range(10):
            with transaction.atomic():
                get_user_model().objects.create(email=f"{name}{number}@example.com")
    except BaseException as error:  # noqa: BLE001 - told to the test's own thread
        failures.append(error)
    finally:
        connections.close_all()


def test_threads_write_in_turn() -> None:
    """Six threads that write at once all succeed, and no turn is left taken."""
    gate, failures = threading.Barrier(6), list[BaseException]()
    threads = [threading.Thread(target=add, args=(f"t{n}-", gate, failures)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert get_user_model().objects.count() == 60
    assert base._turn.acquire(blocking=False)
    base._turn.release()


def fail_halfway() -> None:
    """Write a person and fail before the transaction ends."""
    with transaction.atomic():
        get_user_model().objects.create(email="half@example.com")
        raise RuntimeError


def test_a_failed_transaction_gives_its_turn_back() -> None:
    """After an error the next writer does not wait, and nothing of the failed one is there."""
    with pytest.raises(RuntimeError):
        fail_halfway()
    gate, failures = threading.Barrier(1), list[BaseException]()
    thread = threading.Thread(target=add, args=("next", gate, failures))
    thread.start()
    thread.join(30)
    assert failures == []
    assert not get_user_model().objects.filter(email="half@example.com").exists()


def test_a_closed_connection_gives_its_turn_back() -> None:
    """A connection closed in the middle of a transaction does not keep the others waiting."""
    done = threading.Event()

    def vanish() -> None:
        transaction.set_autocommit(autocommit=False)
        connection.ensure_connection()
        connection.close()
        connections.close_all()
        done.set()

    thread = threading.Thread(target=vanish)
    thread.start()
    assert done.wait(10)
    assert base._turn.acquire(timeout=5)
    base._turn.release()
