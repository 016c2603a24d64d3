"""The customer's word is recorded whatever else is broken, once, and nobody else's contract is touched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from atelogo.core import clock, ids
from atelogo.events import ledger
from atelogo.events.ledger import SYSTEM
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.errors import ContractNotFoundError, EffectiveDateError
from atelogo.register.models import ContractLine, ManualTask, Request, Requester, RequestItem
from atelogo.register.services import deciding, requests, way_out
from atelogo.register.services.opening import Opened
from atelogo.register.services.requests import Choice
from atelogo.register.services.way_out import PlainWish, Wish, plain_declare, way_out_declare
from tests.register.conftest import MONDAY, Shop, subscriber


def wished(shop: Shop, **changes: Any) -> Opened:
    """Pass the plain way out."""
    given: dict[str, Any] = {
        "customer_id": shop.customer,
        "contract_id": shop.contract,
        "identity": "signed_link",
        "words": "Quero cancelar.",
        "key": "form-1",
    }
    return way_out_declare(workspace=shop.workspace, wish=Wish(**given | changes))


def declared(shop: Shop, **given: Any) -> Request:
    """Declare without a page and return the row."""
    opened = plain_declare(workspace=shop.workspace, wish=PlainWish(**given))
    row: Request = Request.objects.get(id=opened.id)
    return row


def broken(*_args: object, **_named: object) -> None:
    """Fail as nothing should."""
    msg = "broken on purpose"
    raise RuntimeError(msg)


def test_the_word_is_confirmed_at_once(shop: Shop) -> None:
    """One call leaves a confirmed request with the identity, the words and the moment of intent."""
    opened = wished(shop, intent_at=MONDAY - timedelta(minutes=3))
    row = Request.objects.get(id=opened.id)
    assert (row.state, row.identity, row.channel) == ("confirmed", "signed_link", "web")
    assert (row.declaration, row.intent_at) == ("Quero cancelar.", MONDAY - timedelta(minutes=3))


@pytest.mark.parametrize("second_key", ["form-1", "form-2"])
def test_a_second_press_is_the_same_request(shop: Shop, second_key: str) -> None:
    """A double click and a second tab both show the first protocol."""
    first = wished(shop)
    again = wished(shop, key=second_key)
    assert (again.protocol, again.joined) == (first.protocol, True)
    assert Request.objects.count() == 1


def test_a_press_after_completion_shows_the_request_that_ended_the_contract(shop: Shop) -> None:
    """A tab left open until billing has stopped makes no second request."""
    first = wished(shop)
    requests.request_complete(workspace=shop.workspace, actor=SYSTEM, request_id=first.id)
    assert wished(shop, key="late").protocol == first.protocol
    assert Request.objects.count() == 1


def test_lines_cancelled_in_another_tab_show_their_request(shop: Shop) -> None:
    """The same line asked for again after it ended leads to the request that ended it."""
    line = ContractLine.objects.get(product__name="TV")
    first = wished(shop, line_ids=(line.id,))
    requests.request_complete(workspace=shop.workspace, actor=SYSTEM, request_id=first.id)
    assert wished(shop, key="late", line_ids=(line.id,)).protocol == first.protocol


def test_only_the_chosen_line_is_asked_for(shop: Shop) -> None:
    """Leaving part of a combo names only that line."""
    line = ContractLine.objects.get(product__name="TV")
    opened = wished(shop, line_ids=(line.id,))
    assert [item.line_id for item in RequestItem.objects.filter(request_id=opened.id)] == [line.id]


def test_a_wish_after_undoing_follows_the_earlier_one(shop: Shop) -> None:
    """A later wish is a new request that names the one it follows."""
    first = wished(shop)
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=first.id)
    second = Request.objects.get(id=wished(shop, key="again").id)
    assert (second.follows_id, second.state) == (first.id, "confirmed")


def test_somebody_elses_contract_answers_as_absent(shop: Shop) -> None:
    """A contract of another customer is refused like one that does not exist."""
    _other, foreign = subscriber(shop.workspace, "2002")
    for contract in (foreign, ids.new_id()):
        with pytest.raises(ContractNotFoundError):
            wished(shop, contract_id=contract)
    assert not Request.objects.exists()


def test_a_bad_date_is_refused(shop: Shop) -> None:
    """A last day in the past changes nothing."""
    with pytest.raises(EffectiveDateError):
        wished(shop, choice=Choice(EffectiveChoice.DATE, date(2026, 3, 1)))
    assert not Request.objects.exists()


@pytest.mark.parametrize("part", ["ending_of", "draft_of_contract", "receipts", "billing"])
def test_whatever_breaks_the_word_is_recorded(shop: Shop, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """With consequences, contract, receipt or billing orders broken the wish stands, with its protocol."""
    if part == "ending_of":
        monkeypatch.setattr(deciding, "ending_of", broken)
    elif part == "draft_of_contract":
        monkeypatch.setattr("atelogo.register.services.subjects._contract_snapshot", broken)
    elif part == "receipts":
        monkeypatch.setattr("atelogo.register.services.receipts.payload_of", broken)
    else:
        monkeypatch.setattr("atelogo.register.services.billing_orders.order_cancel", broken)
    opened = wished(shop)
    row = Request.objects.get(id=opened.id)
    assert row.requested_at == MONDAY
    assert (row.customer_id, row.contract_id) == (shop.customer, None)
    assert row.declaration == "Quero cancelar."
    assert row.next_step == "identify"
    assert Requester.objects.get(request_id=row.id).contract_hint == "1001"
    assert next(e.name for e in ledger.entries_of(shop.workspace.id, row.id)) == "request.opened"


def test_even_an_unreadable_customer_is_no_obstacle(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the customer's own row cannot be described, the declaration is kept without it."""
    monkeypatch.setattr("atelogo.register.services.subjects.customer_named", broken)
    monkeypatch.setattr("atelogo.register.services.opening.subjects.describe", _fails_with_customer)
    row = Request.objects.get(id=wished(shop).id)
    assert (row.customer_id, row.identity, row.state) == (None, "unverified", "open")
    hint = Requester.objects.get(request_id=row.id).contract_hint
    assert hint == f"1001 · {ids.public_id('cus', shop.customer)}"


def _fails_with_customer(request: Request, subject: Any) -> None:
    if subject.customer is not None:
        broken()


def test_a_fallback_retried_is_one_request(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two presses while something is broken leave one declaration."""
    monkeypatch.setattr("atelogo.register.services.billing_orders.order_cancel", broken)
    assert wished(shop).protocol == wished(shop).protocol
    assert Request.objects.count() == 1


def test_a_database_that_does_not_answer_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be recorded without a database: the failure reaches the caller, who keeps the form."""

    def down(**_named: object) -> None:
        raise OperationalError

    monkeypatch.setattr(way_out, "request_declare", down)
    with pytest.raises(OperationalError):
        wished(shop)


# Without a contract's page ---------------------------------------------------------------------------------
def test_a_declaration_stands_at_once(shop: Shop) -> None:
    """Name, number, contact and words make a confirmed request that waits to be matched."""
    row = declared(
        shop, name="Ana", identifier="1001", contact="ana@example.com", words="Cancelem, por favor"
    )
    who = Requester.objects.get(request_id=row.id)
    assert (row.state, row.identity, row.next_step) == ("confirmed", "unverified", "identify")
    assert (who.name, who.contract_hint, who.contact) == ("Ana", "1001", "ana@example.com")
    assert (row.declaration, row.requested_at) == ("Cancelem, por favor", MONDAY)


def test_a_document_is_told_from_a_contract_number(shop: Shop) -> None:
    """A valid CPF is kept as the document, in its plain form."""
    who = Requester.objects.get(request_id=declared(shop, identifier="111.444.777-35").id)
    assert (who.document, who.contract_hint) == ("11144477735", "")


@pytest.mark.parametrize("relation", ["relative", "attorney", "heir", "third_party", "invented"])
def test_somebody_elses_word_waits_only_for_authority(shop: Shop, relation: str) -> None:
    """A third party's request is recorded and dated at once; only its effect waits."""
    row = declared(shop, name="Bia", relation=relation)
    assert (row.state, row.next_step, row.requested_at) == ("open", "check_authority", MONDAY)
    assert ManualTask.objects.get(request_id=row.id).kind == "check_authority"


def test_a_lost_contact_opens_an_assisted_check(shop: Shop) -> None:
    """The request is recorded and a person is asked to check who it is."""
    row = declared(shop, identifier="1001", lost_contact=True, key="k")
    task = ManualTask.objects.get(request_id=row.id)
    assert (task.kind, task.facts) == ("identify", {"lost_contact": True})
    assert Requester.objects.get(request_id=row.id).identity_check == "lost_contact"
    declared(shop, identifier="1001", lost_contact=True, key="k")
    assert ManualTask.objects.count() == 1


def test_a_failing_check_does_not_take_the_declaration_with_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The assisted check is extra: without it the declaration stands."""
    monkeypatch.setattr(way_out, "open_task", broken)
    assert declared(shop, identifier="1001", lost_contact=True).state == "confirmed"


def test_a_failing_confirmation_keeps_the_declaration(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When confirming is broken the declaration alone is kept, clear and dated, so that it cannot lapse."""
    monkeypatch.setattr("atelogo.register.services.receipts.payload_of", broken)
    row = declared(shop, name="Ana")
    assert (row.state, row.declared_at, row.next_step) == ("open", MONDAY, "identify")
    with clock.clock_at(MONDAY + timedelta(days=30)):
        monkeypatch.undo()
        requests.request_lapse(workspace=shop.workspace, actor=SYSTEM, request_id=row.id)
    assert Request.objects.get(id=row.id).state == "confirmed"


@pytest.mark.parametrize("given", [{"name": "A"}, {"identifier": "1"}, {"contact": "@"}])
def test_anything_to_go_on_is_enough(given: dict[str, str]) -> None:
    """One of name, identifier and contact makes a wish; words alone do not."""
    assert not PlainWish(**given).is_empty  # type: ignore[arg-type]
    assert PlainWish(words="cancelem").is_empty
