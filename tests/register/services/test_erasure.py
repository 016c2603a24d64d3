"""Erasing a person: nothing that identifies them is left, and nothing else changes."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from atelogo.core.errors import AppError
from atelogo.core.secrets import decrypt
from atelogo.events import ledger, sealer
from atelogo.events.verify import verify_workspace
from atelogo.insights.queries.reasons import reasons_pareto
from atelogo.register import privacy
from atelogo.register.domain.replay import rebuild
from atelogo.register.errors import ErasureRefusedError
from atelogo.register.models import Customer, Receipt, Request
from atelogo.register.queries.requests import RequestFilter, request_count
from atelogo.register.services import requests
from tests.register.conftest import Shop, subscriber
from tests.register.services.test_deciding import BILLING, declared
from tests.register.services.test_request_open import asked

SECRETS = ("José da Conceição", "jose1001@example.com", "tenho saudade do sinal", "ligou chorando")


def gone(shop: Shop) -> Request:
    """Let the shop's customer leave, with words and notes on record."""
    request = declared(shop, words=SECRETS[2])
    requests.note_add(workspace=shop.workspace, actor=shop.clerk, request_id=request.id, text=SECRETS[3])
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    sealer.seal(shop.workspace.id)
    return request


def everything_stored() -> str:
    """Return every value of every table of the register and the ledger, ciphertexts opened."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(("register_", "events_ledger")):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [_opened(str(value)) for value in row]
    return "\n".join(found)


def _opened(value: str) -> str:
    try:
        return decrypt(value)
    except Exception:  # noqa: BLE001 - most values are no ciphertext
        return value


def test_nothing_that_identifies_the_person_is_left(shop: Shop) -> None:
    """Name, e-mail, words and notes stand in no table afterwards, not even encrypted."""
    gone(shop)
    before = everything_stored()
    assert all(secret in before for secret in SECRETS)
    assert privacy.erase(shop.workspace, shop.clerk, shop.customer) > 0
    after = everything_stored()
    assert not any(secret in after for secret in SECRETS)


def test_counts_proofs_and_history_stay(shop: Shop) -> None:
    """The same figures, a ledger that verifies, a request that still rebuilds from its facts."""
    request = gone(shop)
    bars = reasons_pareto(shop.workspace, RequestFilter(), language="pt-br")
    privacy.erase(shop.workspace, shop.clerk, shop.customer)
    assert reasons_pareto(shop.workspace, RequestFilter(), language="pt-br") == bars
    assert request_count(shop.workspace, RequestFilter(standing="left")) == 1
    sealer.seal(shop.workspace.id)
    report = verify_workspace(shop.workspace.id)
    assert (report.findings, report.unsealed) == ([], 0)
    events = [(e.name, e.body) for e in ledger.entries_of(shop.workspace.id, request.id)]
    assert rebuild(events).state.value == "completed"


def test_other_people_keep_everything(shop: Shop) -> None:
    """A neighbour's row, receipt and ledger detail are untouched."""
    gone(shop)
    customer, contract = subscriber(shop.workspace, "2002")
    other = requests.request_declare(
        workspace=shop.workspace,
        actor=shop.person,
        declaration=asked(shop, customer_id=customer, contract_id=contract),
    )
    privacy.erase(shop.workspace, shop.clerk, shop.customer)
    assert Customer.objects.get(id=customer).email == "jose2002@example.com"
    assert json.loads(Receipt.objects.get(request_id=other.id).payload)["holder"]["name"]
    details = [e.personal for e in ledger.entries_of(shop.workspace.id, other.id) if e.commitment]
    assert all(details)


def test_a_current_customer_is_not_erased(shop: Shop) -> None:
    """While the contract runs, erasing is refused with what to do first."""
    with pytest.raises(ErasureRefusedError):
        privacy.erase(shop.workspace, shop.clerk, shop.customer)
    assert Customer.objects.get(id=shop.customer).erased_at is None


def test_erasing_twice_changes_nothing(shop: Shop) -> None:
    """The second time there is nothing left to shred and no second fact."""
    gone(shop)
    privacy.erase(shop.workspace, shop.clerk, shop.customer)
    count = len(ledger.entries_of(shop.workspace.id, shop.customer))
    assert privacy.erase(shop.workspace, shop.clerk, shop.customer) == 0
    assert len(ledger.entries_of(shop.workspace.id, shop.customer)) == count


def test_a_person_gets_everything_held_on_them(shop: Shop) -> None:
    """The export holds the person's data, requests, receipts and notes, and no key of ours."""
    gone(shop)
    given = privacy.customer_export(shop.workspace, shop.customer)
    text = json.dumps(given, ensure_ascii=False)
    assert all(secret in text for secret in SECRETS)
    assert "receipt_key" not in given["requests"][0]


def test_an_erased_receipt_answers_as_erased(shop: Shop) -> None:
    """Asking for the receipt of an erased person is refused in words, not by a crash."""
    from atelogo.register.services import rendering

    request = gone(shop)
    receipt = Receipt.objects.filter(request_id=request.id).first()
    assert receipt is not None
    privacy.erase(shop.workspace, shop.clerk, shop.customer)
    with pytest.raises(AppError):
        rendering.receipt_context(shop.workspace, receipt.id)
