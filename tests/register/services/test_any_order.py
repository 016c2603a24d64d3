"""Any acts in any order: states stay in their table, the ledger rebuilds the row, one contract one active."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atelogo.core import clock
from atelogo.core.errors import AppError
from atelogo.events import ledger
from atelogo.events.ledger import SYSTEM, Actor
from atelogo.register.domain.replay import rebuild
from atelogo.register.models import Contract, Reason, Request
from atelogo.register.services import requests
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_request_open import asked

pytestmark = pytest.mark.django_db

ACTS = (
    "open",
    "declare",
    "confirm",
    "withdraw",
    "complete",
    "undo",
    "void",
    "lapse",
    "reason",
    "correct",
    "note",
    "merge",
    "owner",
)


def _act(shop: Shop, act: str, made: list[requests.Opened]) -> None:
    workspace, person, clerk = shop.workspace, shop.person, shop.clerk
    if act in {"open", "declare"}:
        verb = requests.request_open if act == "open" else requests.request_declare
        made.append(verb(workspace=workspace, actor=person, declaration=asked(shop)))
        return
    if not made:
        return
    here: dict[str, Any] = {"workspace": workspace, "request_id": made[-1].id}
    reason = Reason.objects.order_by("code").last()
    assert reason is not None
    verbs: dict[str, Callable[[], object]] = {
        "confirm": lambda: requests.request_confirm(actor=person, **here),
        "withdraw": lambda: requests.request_withdraw(actor=person, why="explicit_stay", **here),
        "complete": lambda: requests.request_complete(actor=Actor("billing"), **here),
        "undo": lambda: requests.request_undo(actor=person, **here),
        "void": lambda: requests.request_void(actor=clerk, why="engano", **here),
        "lapse": lambda: requests.request_lapse(actor=SYSTEM, **here),
        "reason": lambda: requests.request_reason_set(
            actor=person, reason_id=reason.id, source="customer", **here
        ),
        "correct": lambda: requests.request_correct(
            actor=clerk, changes={"competitor": "X"}, why="dito ao telefone", **here
        ),
        "note": lambda: requests.note_add(actor=clerk, text="anotado", **here),
        "merge": lambda: requests.request_merge(actor=clerk, into_id=made[0].id, **here),
        "owner": lambda: requests.owner_set(actor=clerk, owner_id=clerk.id, **here),
    }
    verbs[act]()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 30)), max_size=14))
def test_whatever_people_do_the_register_stays_whole(shop: Shop, acts: list[tuple[str, int]]) -> None:
    """After any acts: the stream is gapless and rebuilds each row, at most one request is active."""
    moment = MONDAY
    with transaction.atomic():
        made: list[requests.Opened] = []
        for act, hours in acts:
            moment += timedelta(hours=hours)
            with clock.clock_at(moment):
                refused = _tried(shop, act, made)
            assert refused is None or refused.status in {404, 409, 422}
        _check(shop)
        transaction.set_rollback(True)


def _tried(shop: Shop, act: str, made: list[requests.Opened]) -> AppError | None:
    try:
        with transaction.atomic():
            _act(shop, act, made)
    except AppError as refusal:
        return refusal
    return None


def _check(shop: Shop) -> None:
    rows = list(Request.objects.all())
    active = [row for row in rows if row.state in {"open", "confirmed"}]
    assert len(active) <= 1
    for row in rows:
        entries = ledger.entries_of(shop.workspace.id, row.id)
        assert [entry.stream_seq for entry in entries] == list(range(1, row.last_seq + 1))
        seen = rebuild((entry.name, entry.body) for entry in entries)
        assert (seen.state.value, seen.protocol) == (row.state, row.protocol)
        assert seen.fee_minor == row.fee_minor
        assert seen.confirmed_at == (clock.iso(row.confirmed_at) if row.confirmed_at else None)
        assert seen.reasons[:1] == ([str(row.reason_id)] if row.reason_id else [])
        assert not (row.state in {"open", "confirmed", "completed"} and row.ended_at)
    standing = [row for row in rows if row.state == "completed"]
    contract = Contract.objects.get(id=shop.contract)
    if not standing:
        assert contract.status == "active"
