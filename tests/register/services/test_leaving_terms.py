"""The page before the button: each choice with its sum, and nothing that cannot be reckoned in the way."""

from __future__ import annotations

from datetime import date

import pytest

from atelogo.core import ids
from atelogo.events.ledger import SYSTEM
from atelogo.register.errors import ContractNotFoundError, EffectiveDateError
from atelogo.register.models import Contract, ContractLine
from atelogo.register.services import customers, requests
from atelogo.register.services import leaving_terms as module
from atelogo.register.services.leaving_terms import LeavingTerms, charges_of, leaving_terms
from tests.register.conftest import Shop, subscriber
from tests.register.services.test_deciding import declared
from tests.register.services.test_way_out import broken


def shown(shop: Shop, *lines: object, chosen: date | None = None) -> LeavingTerms:
    """Return what the page says."""
    return leaving_terms(
        workspace=shop.workspace,
        customer_id=shop.customer,
        contract_id=shop.contract,
        line_ids=lines,  # type: ignore[arg-type]
        chosen=chosen,
    )


def test_every_choice_comes_with_its_sum(shop: Shop) -> None:
    """Today, the period's end and a date each say days, price of the days and fee."""
    terms = shown(shop, chosen=date(2026, 6, 10))
    assert terms.now is not None
    assert terms.period_end is not None
    assert terms.date is not None
    # 10 February to 9 March: 28 days; 2 March is the 21st of them, of R$ 139,90.
    assert (terms.now.last_day, terms.now.days_used, terms.now.used_minor) == (date(2026, 3, 2), 21, 10493)
    assert (terms.period_end.last_day, terms.period_end.used_minor) == (date(2026, 3, 9), 13990)
    assert (terms.now.fee_minor, terms.date.fee_minor) == (30000, 15000)  # 6 and 3 whole months of 12 left
    assert (terms.now.benefit_minor, terms.now.months_left, terms.now.months_total) == (60000, 6, 12)
    assert terms.fee == terms.now


def test_part_of_a_combo_shows_the_price_of_what_stays(shop: Shop) -> None:
    """Choosing one line tells what it costs, what remains, and the days used of that line alone."""
    television = ContractLine.objects.get(product__name="TV")
    terms = shown(shop, television.id)
    assert (terms.chosen_minor, terms.remains_minor, terms.is_part) == (4000, 9990, True)
    assert terms.now is not None
    assert terms.now.used_minor == 3000  # 21 of 28 days of R$ 40,00
    assert [line.chosen for line in terms.lines if line.label.startswith("Internet")] == [False]


def test_lines_of_others_are_passed_over(shop: Shop) -> None:
    """An id that is no line of the contract leaves the whole contract chosen."""
    assert not shown(shop, ids.new_id()).is_part


def test_a_commitment_with_a_gap_is_under_check(shop: Shop) -> None:
    """Where data are missing the fee says so, with no sum, and can be disputed."""
    Contract.objects.filter(id=shop.contract).update(commitment_benefit_minor=None)
    fee = shown(shop).fee
    assert fee is not None
    assert (fee.fee_state, fee.fee_minor) == ("checking", None)


def test_without_a_commitment_there_is_no_fee(shop: Shop) -> None:
    """No choice has a fee, so that none is shown."""
    Contract.objects.filter(id=shop.contract).update(committed_until=None, commitment_benefit_minor=None)
    assert shown(shop).fee is None


def test_an_unknown_period_leaves_out_that_choice(shop: Shop) -> None:
    """Without a renewal date there is no period's end to choose and no price of days."""
    Contract.objects.filter(id=shop.contract).update(renews_on=None)
    terms = shown(shop)
    assert terms.period_end is None
    assert terms.now is not None
    assert terms.now.used_minor is None


def test_a_broken_sum_leaves_the_facts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the reckoning fails, plan and value are still there and no choice has a sum."""
    monkeypatch.setattr(module, "consequences", broken)
    terms = shown(shop)
    assert (terms.number, terms.amount_minor, terms.ways) == ("1001", 13990, ())


def test_a_bad_date_is_refused(shop: Shop) -> None:
    """Yesterday cannot be the last day."""
    with pytest.raises(EffectiveDateError):
        shown(shop, chosen=date(2026, 3, 1))


def test_somebody_elses_contract_is_absent(shop: Shop) -> None:
    """Another customer's contract is not found."""
    stranger, _contract = subscriber(shop.workspace, "2002")
    with pytest.raises(ContractNotFoundError):
        leaving_terms(workspace=shop.workspace, customer_id=stranger, contract_id=shop.contract)


def test_a_request_under_way_is_shown(shop: Shop) -> None:
    """Confirmed, completed and not undone: the page names the protocol instead of asking again."""
    assert shown(shop).standing is None
    request = declared(shop)
    standing = shown(shop).standing
    assert standing is not None
    assert (standing.protocol, standing.state) == (request.protocol, "confirmed")
    requests.request_complete(workspace=shop.workspace, actor=SYSTEM, request_id=request.id)
    ended = shown(shop)
    assert ended.ended
    assert ended.standing is not None
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    assert shown(shop).standing is None


def test_lent_equipment_is_listed(shop: Shop) -> None:
    """What is lent is named with its serial."""
    customers.equipment_lend(workspace=shop.workspace, contract_id=shop.contract, kind="Modem", serial="X9")
    assert [(item.kind, item.serial) for item in shown(shop).equipment] == [("Modem", "X9")]


def test_open_charges_have_a_fate() -> None:
    """Due by the last day it stays, due later it is replaced; a fate given wins; odd rows are passed over."""
    stored = [
        {"kind": "boleto", "due_on": "2026-03-01", "amount_minor": 100},
        {"kind": "pix", "due_on": "2026-04-01", "amount_minor": "?"},
        {"kind": "card", "due_on": "soon", "fate": "contested"},
        "nonsense",
    ]
    found = list(charges_of(stored, date(2026, 3, 2)))
    assert [(c.kind, c.fate, c.amount_minor) for c in found] == [
        ("boleto", "kept", 100),
        ("pix", "replaced", None),
        ("card", "contested", None),
    ]
