"""Two tabs, two channels, retries: real threads and connections on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection

from atelogo.core.tenancy import workspace_scope
from atelogo.events.models import LedgerEntry, OutboxJob
from atelogo.register.models import Receipt, Request
from atelogo.register.services import requests, setup
from atelogo.register.services.requests import Opened
from tests.cast import company
from tests.register.conftest import Shop, subscriber
from tests.register.services.test_request_open import asked

from atelogo.events.ledger import Actor  # isort: skip

THREADS = 8


@pytest.fixture
def open_shop(transactional_db: None) -> Shop:
    """Return a shop whose rows other connections see."""
    workspace = company()
    setup.workspace_prepare(workspace=workspace)
    with workspace_scope(workspace.id):
        customer, contract = subscriber(workspace)
    return Shop(workspace, customer, contract, Actor("staff"), Actor("customer", customer))


def at_once(shop: Shop, act: Callable[[int], Opened]) -> list[Opened]:
    """Run ``act`` in many threads that start together, each with its own connection."""
    start = threading.Barrier(THREADS)

    def one(number: int) -> Opened:
        with closing(connection), workspace_scope(shop.workspace.id):
            start.wait(timeout=20)
            return act(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_many_tabs_make_one_request_one_receipt_and_one_order(open_shop: Shop) -> None:
    """Eight plain ways out for one contract at once: one request, one confirmation, one effect."""
    shop = open_shop
    results = at_once(
        shop,
        lambda number: requests.request_declare(
            workspace=shop.workspace,
            actor=shop.person,
            declaration=asked(shop, channel="web" if number % 2 else "phone", key=f"tab{number}"),
        ),
    )
    with workspace_scope(shop.workspace.id):
        assert len({result.protocol for result in results}) == 1
        assert sum(not result.joined for result in results) == 1
        assert Request.objects.count() == 1
        assert Receipt.objects.count() == 1
        assert OutboxJob.objects.filter(task="register.billing_cancel").count() == 1
        entries = LedgerEntry.objects.filter(stream=results[0].id)
        assert entries.filter(name="request.confirmed").count() == 1
        assert entries.filter(name="request.touched").count() == THREADS - 1


def test_one_key_in_many_threads_is_one_declaration(open_shop: Shop) -> None:
    """Retries of one unverified declaration under its key never make a second one."""
    shop = open_shop
    results = at_once(
        shop,
        lambda _number: requests.request_declare(
            workspace=shop.workspace,
            actor=shop.person,
            declaration=asked(shop, contract_id=None, customer_id=None, identity="unverified", key="same"),
        ),
    )
    assert len({result.id for result in results}) == 1
    with workspace_scope(shop.workspace.id):
        assert Request.objects.count() == 1


def test_confirm_and_undo_at_once_leave_one_consistent_end(open_shop: Shop) -> None:
    """Whoever comes first, the stream can be rebuilt and ends where the row ends."""
    from atelogo.events import ledger
    from atelogo.register.domain.replay import rebuild
    from atelogo.register.errors import RequestTransitionError

    shop = open_shop
    with workspace_scope(shop.workspace.id):
        opened = requests.request_open(workspace=shop.workspace, actor=shop.person, declaration=asked(shop))

    def act(number: int) -> Opened:
        verb = requests.request_confirm if number % 2 else requests.request_undo
        try:
            verb(workspace=shop.workspace, actor=shop.person, request_id=opened.id)
        except RequestTransitionError:
            return opened
        return opened

    at_once(shop, act)
    with workspace_scope(shop.workspace.id):
        row = Request.objects.get(id=opened.id)
        events = [(e.name, e.body) for e in ledger.entries_of(shop.workspace.id, opened.id)]
        assert rebuild(events).state.value == row.state
        assert [e.stream_seq for e in ledger.entries_of(shop.workspace.id, opened.id)] == list(
            range(1, row.last_seq + 1)
        )
