"""Opening a request: protocol first, one active per contract, retries and channels join."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from atelogo.core import clock, ids
from atelogo.core.tenancy import TenancyError, workspace_scope
from atelogo.events import ledger
from atelogo.register.domain import protocol
from atelogo.register.errors import ContractNotFoundError
from atelogo.register.models import ContractLine, Request, Requester, RequestItem, Touchpoint
from atelogo.register.services import requests
from atelogo.register.services.requests import Declaration, RequesterInput
from tests.cast import company
from tests.register.conftest import MONDAY, Shop, subscriber


def asked(shop: Shop, **changes: Any) -> Declaration:
    """Return the customer's declaration for the shop's contract."""
    plain = Declaration(
        channel="web", identity="signed_link", customer_id=shop.customer, contract_id=shop.contract
    )
    return replace(plain, **changes)


def opened(shop: Shop, **changes: Any) -> requests.Opened:
    """Open the customer's request."""
    return requests.request_open(
        workspace=shop.workspace, actor=shop.person, declaration=asked(shop, **changes)
    )


def test_opening_gives_a_valid_protocol_of_the_day(shop: Shop) -> None:
    """An opened request has a checkable number that begins with the workspace's own day."""
    with clock.clock_at(MONDAY.replace(hour=2)):  # still Sunday in São Paulo
        result = opened(shop)
    assert protocol.is_valid(result.protocol)
    assert result.protocol.startswith("20260301")
    assert (result.state, result.joined) == ("open", False)


def test_the_snapshot_keeps_what_was_true_then(shop: Shop) -> None:
    """Value, product, plan, items and holder are kept as they were when the request came in."""
    request = Request.objects.get(id=opened(shop).id)
    assert request.mrr_minor == 13990
    assert request.product_name == "Internet + TV"
    assert "José da Conceição" in request.personal_snapshot
    assert sorted(RequestItem.objects.values_list("amount_minor", flat=True)) == [4000, 9990]


def test_the_same_key_gives_the_same_request(shop: Shop) -> None:
    """A double click or a retry under one key makes one request and no second event."""
    first = opened(shop, key="k1")
    second = opened(shop, key="k1")
    assert (second.protocol, second.joined) == (first.protocol, True)
    assert Request.objects.count() == 1
    assert [e.name for e in ledger.entries_of(shop.workspace.id, first.id)] == ["request.opened"]


def test_the_same_key_with_other_words_is_a_declaration_of_its_own(shop: Shop) -> None:
    """An old form filled in anew, or another person at the same counter, is never swallowed."""
    first = opened(shop, key="k1")
    customer, contract = subscriber(shop.workspace, "1002")
    second = opened(shop, key="k1", customer_id=customer, contract_id=contract)
    assert second.id != first.id
    assert not second.joined
    again = opened(shop, key="k1", customer_id=customer, contract_id=contract)
    assert (again.id, again.joined) == (second.id, True)


def test_the_same_form_after_undoing_is_a_new_wish(shop: Shop) -> None:
    """Confirm, undo, Back, confirm: the second confirmation counts."""
    said: dict[str, Any] = {
        "workspace": shop.workspace,
        "actor": shop.person,
        "declaration": asked(shop, key="k1"),
    }
    first = requests.request_declare(**said)
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=first.id)
    second = requests.request_declare(**said)
    assert (second.id != first.id, second.state) == (True, "confirmed")
    assert requests.request_declare(**said).id == second.id


def test_a_second_channel_joins_with_a_touchpoint(shop: Shop) -> None:
    """Two channels for one contract give one request, and the second contact is on record."""
    first = opened(shop)
    second = opened(shop, channel="phone", words="quero cancelar mesmo")
    assert (second.id, second.joined) == (first.id, True)
    touch = Touchpoint.objects.get()
    assert (touch.channel, touch.request_id) == ("phone", first.id)


def test_a_second_line_joins_as_an_item(shop: Shop) -> None:
    """TV first, internet later: one request whose items and value grow."""
    lines = {line.label: line for line in _lines(shop)}
    first = opened(shop, line_ids=(lines["TV"].id,))
    opened(shop, line_ids=(lines["Internet"].id,))
    assert Request.objects.get(id=first.id).mrr_minor == 13990
    assert RequestItem.objects.filter(request_id=first.id).count() == 2


def _lines(shop: Shop) -> list[Any]:
    rows = list(ContractLine.objects.filter(contract_id=shop.contract).select_related("product"))
    for row in rows:
        row.label = row.product.name
    return rows


def test_an_earlier_declaration_dates_the_request(shop: Shop) -> None:
    """A letter of last week dates the request; when it was typed stays apart and unchanged."""
    letter = MONDAY - timedelta(days=5)
    request = Request.objects.get(id=opened(shop, declared_at=letter, evidence={"kind": "letter"}).id)
    assert (request.requested_at, request.recorded_at) == (letter, MONDAY)


def test_a_declaration_from_the_future_is_dated_now(shop: Shop) -> None:
    """A wrong clock elsewhere cannot push a declaration past the moment it was recorded."""
    request = Request.objects.get(id=opened(shop, declared_at=MONDAY + timedelta(days=1)).id)
    assert request.requested_at == MONDAY


def test_an_unknown_customer_is_recorded_at_once(shop: Shop) -> None:
    """A declaration without customer or contract has protocol, words, requester and a deadline."""
    result = requests.request_open(
        workspace=shop.workspace,
        actor=shop.person,
        declaration=Declaration(
            channel="web",
            identity="unverified",
            words="quero cancelar a internet da minha mãe",
            requester=RequesterInput(name="Márcia", contact="marcia@example.com"),
        ),
    )
    request = Request.objects.get(id=result.id)
    assert (request.customer_id, request.contract_id, request.next_step) == (None, None, "identify")
    assert request.due_at == MONDAY + timedelta(hours=48)
    assert Requester.objects.get().name == "Márcia"


def test_somebody_elses_contract_is_absent(shop: Shop) -> None:
    """A contract of another customer or another company answers as not there."""
    other, _contract = subscriber(shop.workspace, "1003")
    with pytest.raises(ContractNotFoundError):
        opened(shop, customer_id=other)
    elsewhere = company("academia-sol", "Academia Sol")
    with workspace_scope(elsewhere.id), pytest.raises(ContractNotFoundError):
        requests.request_open(workspace=elsewhere, actor=shop.person, declaration=asked(shop))
    assert Request.objects.count() == 0


def test_tables_cannot_be_read_outside_a_scope() -> None:
    """Without a workspace scope a read of the register raises instead of showing everybody's rows."""
    with pytest.raises(TenancyError):
        Request.objects.count()


def test_personal_words_stay_out_of_the_ledger_body(shop: Shop) -> None:
    """The declaration is personal detail: committed to, encrypted apart, absent from the body."""
    result = opened(shop, words="sou a Ana, CPF 111.444.777-35, quero cancelar")
    entry = ledger.entries_of(shop.workspace.id, result.id)[0]
    assert "111.444" not in str(entry.body)
    assert entry.personal == {"declaration": "sou a Ana, CPF 111.444.777-35, quero cancelar"}


def test_ids_from_outside_are_recognised_by_prefix() -> None:
    """An outside id says what it is, and nothing else is accepted in its place."""
    value = ids.new_id()
    assert ids.parse_public_id("req", ids.public_id("req", value)) == value
    assert ids.parse_public_id("ctr", ids.public_id("req", value)) is None
