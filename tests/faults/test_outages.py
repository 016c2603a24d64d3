"""What breaks under the house, and what the customer sees of it: disk, mail server, clock, database."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.test import Client

from atelogo.core import clock
from atelogo.core.tenancy import system_scope, workspace_scope
from atelogo.events import outbox
from atelogo.events.models import LedgerDetail, LedgerEntry, OutboxJob
from atelogo.register.models import ManualTask, Receipt, Request, RequestItem
from atelogo.register.services import customers
from atelogo.register.services.customers import ContractInput, LineInput
from tests.faults.chaos import Crowd, Tally, form_of, judge, page_of, pass_way_out, protocol_of, settle
from tests.faults.houses import House, Person, Postman, post_office, until
from tests.web.portal.conftest import Provider, field, furnish, text
from tools.private_postgres import PrivatePostgres, free_port, private_postgres

WRITTEN = (Request, RequestItem, LedgerEntry, LedgerDetail, Receipt, OutboxJob)
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


# A full disk ------------------------------------------------------------------------------------------------
@pytest.fixture
def provider(transactional_db: None) -> Provider:
    """Return a provider with customers, committed."""
    return furnish()


def rows_written() -> list[int]:
    """Return how many rows the tables of a way out have."""
    with system_scope("counting what a fault left"):
        return [model.objects.count() for model in WRITTEN]


@contextmanager
def disk_full_from(write: int) -> Iterator[list[int]]:
    """Let every write fail from the ``write``-th on; the list tells how many failed."""
    seen, failed = 0, [0]

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        nonlocal seen
        if sql.lstrip().upper().startswith(_WRITES):
            seen += 1
            if seen >= write:
                failed[0] += 1
                raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield failed


def test_a_full_disk_at_any_write_is_said_and_leaves_nothing_half(provider: Provider) -> None:
    """Wherever the disk fills up, the page says "not recorded" and offers the same form; then it works."""
    browser = provider.browser(provider.jose)
    where = provider.contract(provider.plain)
    sent = {"state": field(browser.get(where), "state"), "when": "now", "dispute": "not_working"}
    before = rows_written()
    write, failed = 0, True
    while failed:
        write += 1
        with disk_full_from(write) as refused:
            answer = browser.post(where, sent)
        failed = bool(refused[0])
        if failed:
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10"), write
            assert "nada do que você preencheu se perdeu" in text(answer).lower(), write
            assert [field(answer, name) for name in sent] == list(sent.values())
            assert rows_written() == before, write
    assert write > 6
    (row,) = provider.requests()
    assert row.state == "confirmed"
    assert browser.get(provider.path(f"protocolos/{row.protocol}")).status_code == 200


def test_a_declaration_on_a_full_disk_keeps_what_was_typed(provider: Provider) -> None:
    """The bare declaration, too, is offered again as it was typed, and recorded once there is room."""
    browser, where = Client(), provider.path("cancelar/declarar")
    sent = {"state": field(browser.get(where), "state"), "name": "Ana Lima", "words": "Quero sair"}
    for write in (1, 2, 3, 5):
        with disk_full_from(write):
            answer = browser.post(where, sent)
        assert answer.status_code == 503
        assert (field(answer, "name"), field(answer, "words")) == ("Ana Lima", "Quero sair")
        assert provider.requests() == []
    assert browser.post(where, sent).status_code == 303
    assert len(provider.requests()) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be given a small disk from here")
def test_a_disk_that_is_really_full(provider: Provider) -> None:
    """SQLite out of pages: honest page, nothing half written; with room again the same form is recorded."""
    browser = provider.browser(provider.jose)
    forms = {}
    for where in (provider.contract(one) for one in _contracts(provider, 12)):
        forms[where] = {"state": field(browser.get(where), "state"), "when": "now"}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # no free page is left inside the file
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        where, sent, answer = _press_until_full(browser, forms)
        assert "nada do que você preencheu se perdeu" in text(answer).lower()
        assert field(answer, "state") == sent["state"]
        assert browser.get(where).status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {most}")
    recorded = len(provider.requests())
    assert browser.post(where, sent).status_code == 303
    assert [row.state for row in provider.requests()] == ["confirmed"] * (recorded + 1)


def _contracts(provider: Provider, count: int) -> list[UUID]:
    """Make more contracts of José: what has room in half-filled pages is recorded all the same."""
    with workspace_scope(provider.workspace.id):
        return [
            customers.contract_add(
                workspace=provider.workspace,
                customer_id=provider.jose,
                given=ContractInput(number=f"3{number:03}", lines=(LineInput("Internet", "500 mega", 9990),)),
            )
            for number in range(count)
        ]


def _press_until_full(browser: Client, forms: dict[str, dict[str, str]]) -> tuple[str, dict[str, str], Any]:
    """Press one button after the other until the disk is full; nothing of that one may be written."""
    for where, sent in forms.items():
        before = rows_written()
        answer = browser.post(where, sent)
        if answer.status_code == 303:
            continue
        assert answer.status_code == 503
        assert rows_written() == before
        return where, sent, answer
    pytest.fail("the disk never was full")


def test_a_worker_on_a_full_disk_goes_on_when_there_is_room(provider: Provider) -> None:
    """What is owed waits while nothing can be written, and is done once afterwards."""
    browser = provider.browser(provider.jose)
    provider.confirmed(browser, provider.plain)
    later = clock.now()
    for write in (1, 2, 3):  # taking the work, beginning it, and in the middle of it
        with clock.clock_at(later), disk_full_from(write) as refused, suppress(OperationalError):
            outbox.drain()
        assert refused[0], write
        later += timedelta(minutes=5)  # what it had in hand is free again
    with clock.clock_at(later):
        outbox.drain()
    (row,) = provider.requests()
    tasks = [one.kind for one in _tasks_of(row)]
    assert (row.state, tasks) == ("confirmed", ["billing_stop"])


def _tasks_of(row: Request) -> list[ManualTask]:
    """Return the steps that wait for a person."""
    with workspace_scope(row.workspace_id):
        return list(ManualTask.objects.filter(request_id=row.id, state="open"))


# Mail server and clock --------------------------------------------------------------------------------------
@pytest.fixture
def postman() -> Postman:
    """Return the mail server's keeper."""
    return Postman()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house on this run's kind of database, whose mail server is down."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'house.sqlite3'}"
        if connection.vendor == "postgresql":
            server = PrivatePostgres()
            stack.callback(server.remove)
            server.create()
            url = server.url
        made = House(tmp_path / "home", url, mail_port=free_port())
        stack.callback(made.close)
        yield made


def whole(house: House, postman: Postman, passages: list[Any]) -> Tally:
    """Stop the house and see that nothing is lost, doubled or broken."""
    house.stop()
    tally = Tally(connection.vendor)
    judge(house, postman, passages, tally)
    assert (tally.lost, tally.doubled, tally.broken) == ([], [], [])
    return tally


@pytest.mark.db
@pytest.mark.slow
def test_a_mail_server_that_is_down_holds_up_nothing(house: House, postman: Postman) -> None:
    """The protocol comes at once and the charge stops; mail arrives when the server is up, each once."""
    (person,) = house.prepare(1)
    house.start()
    began = time.monotonic()
    passage = pass_way_out(house, person)
    assert passage.sent == 1
    assert time.monotonic() - began < 15
    tried = "SELECT count(*) FROM events_outboxjob WHERE task = 'register.receipt_send' AND attempts > 1"
    until(lambda: house.look(tried)[0][0] == 2, "both receipts were tried more than once")
    assert house.look("SELECT state FROM register_request") == [("completed",)]
    assert postman.messages == []
    office = post_office(postman, house.mail_port)
    try:
        settle(house)
    finally:
        office.stop()
    tally = whole(house, postman, [passage])
    assert (tally.mails, tally.mails_again) == (2, 0)


@pytest.mark.db
@pytest.mark.slow
def test_a_clock_set_back_an_hour_between_the_steps(house: House, postman: Postman) -> None:
    """Page before, form after, receipt and billing after that, then forward again: one request, in order."""
    first, second, third = house.prepare(3)
    office = post_office(postman, house.mail_port)
    try:
        house.start()
        jar = {"atelogo_customer": first.key}
        page = page_of(house, first, jar)
        assert page is not None
        house.prop("clock").write_text("-3600")
        status, headers, _text = house.ask("POST", first.path, form_of(page), jar)
        assert status == 303
        shown = protocol_of(house, headers["location"], jar)
        passages = [pass_way_out(house, second)]
        completed = "SELECT count(*) FROM register_request WHERE state = 'completed'"
        until(lambda: house.look(completed)[0][0] == 2, "both are completed by the clock that is late")
        house.prop("clock").unlink()
        passages.append(pass_way_out(house, third))
        settle(house)
    finally:
        office.stop()
    whole(house, postman, passages)
    (found,) = [one for one in house.examine()["requests"] if one["contract"] == first.contract]
    assert (found["protocol"], found["state"], found["rebuilt"]) == (shown, "completed", [])
    order = "SELECT declared_at <= confirmed_at AND confirmed_at <= completed_at FROM register_request"
    assert {bool(right) for (right,) in house.look(order)} == {True}


# The database -----------------------------------------------------------------------------------------------
@pytest.fixture
def own_database() -> Iterator[PrivatePostgres]:
    """Return a PostgreSQL that the test may crash: what it has committed is on disk, as by default."""
    with private_postgres(durable=True) as server:
        yield server


@pytest.fixture
def served(tmp_path: Path, own_database: PrivatePostgres, postman: Postman) -> Iterator[House]:
    """Return a house that runs on it."""
    office = post_office(postman)
    made = House(tmp_path / "home", own_database.url, mail_port=office.port)
    yield made
    made.close()
    office.stop()


@pytest.mark.postgres
@pytest.mark.slow
def test_postgresql_restarted_between_and_during_requests(
    served: House, own_database: PrivatePostgres, postman: Postman
) -> None:
    """Away, the web says 503 kindly; back, web and worker go on without being started anew."""
    people = served.prepare(14)
    served.start()
    passages = [pass_way_out(served, people.pop())]
    until(lambda: served.owed() == 0, "the worker is at work")
    running = (served.web_children(), served.worker.pid if served.worker else 0)
    own_database.stop()
    _away(served, people[0])
    own_database.start()
    passages.append(pass_way_out(served, people.pop()))
    passages.append(_crashed_in_hand(served, own_database, people.pop()))
    crowd = Crowd(served, people)
    crowd.call(10)
    until(lambda: len(crowd.passages) >= 2, "the first of them have passed")
    own_database.restart()
    crowd.all_gone()
    settle(served)
    assert (served.web_children(), served.worker.pid if served.worker else 0) == running
    tally = whole(served, postman, passages + crowd.passages)
    assert tally.customers == tally.requests == 13


def _away(house: House, person: Person) -> None:
    """See what the pages say while the database is away."""
    jar = {"atelogo_customer": person.key}
    for path in (person.path, "/palco/como-cancelar", "/palco/cancelar/declarar"):
        status, headers, page = house.ask("GET", path, cookies=jar)
        assert (status, headers["retry-after"]) == (503, "10")
        assert "Tente de novo daqui a pouco" in page or "tente de novo" in page.lower()
    assert house.answers("/livez") == 200
    assert house.answers("/readyz") == 503


def _crashed_in_hand(house: House, server: PrivatePostgres, person: Person) -> Any:
    """Crash the database while a form is being recorded; the same form is recorded afterwards."""
    jar = {"atelogo_customer": person.key}
    page = page_of(house, person, jar)
    assert page is not None
    house.prop("hold-post").touch()
    with ExitStack() as stack:
        from concurrent.futures import ThreadPoolExecutor

        pool = stack.enter_context(ThreadPoolExecutor(1))
        sent = pool.submit(house.ask, "POST", person.path, form_of(page), jar)
        until(house.prop("at-post").exists, "the form is being recorded")
        server.restart(signal.SIGQUIT)
        house.prop("hold-post").unlink()
        status, _headers, answer = sent.result(60)
    assert status == 503
    assert "nada do que você preencheu se perdeu" in answer.lower()
    assert house.look(
        "SELECT count(*) FROM register_request WHERE contract_id = '" + person.contract + "'"
    ) == [(0,)]
    return pass_way_out(house, person)
