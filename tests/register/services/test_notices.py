"""Notices about a request that is only open, and what a receipt says of an end put off to a later day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from atelogo.core.ports.messaging import AddressRefusedError
from atelogo.core.tasks import GiveUpError
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.models import Customer, Receipt, Request
from atelogo.register.services import receipt_words, rendering, requests, sending
from atelogo.register.services.requests import Choice, RequesterInput
from tests.register.conftest import Shop
from tests.register.services.test_deciding import BILLING, declared
from tests.register.services.test_request_open import asked
from tests.register.services.test_sending import Postman, postman

__all__ = ["postman"]


def opened(shop: Shop) -> Request:
    """Open a request that says nothing clear yet."""
    result = requests.request_open(
        workspace=shop.workspace, actor=shop.person, declaration=asked(shop, clear=False)
    )
    found: Request = Request.objects.get(id=result.id)
    return found


def refused_daughter(shop: Shop) -> Request:
    """Open a request by a daughter whose authority was not shown: the holder is to be asked."""
    daughter = RequesterInput(relation="relative", name="Filha", contact="filha@example.com")
    result = requests.request_open(
        workspace=shop.workspace,
        actor=shop.clerk,
        declaration=replace(asked(shop, clear=False), identity="agent", requester=daughter),
    )
    Request.objects.filter(id=result.id).update(next_step="ask_holder")
    found: Request = Request.objects.get(id=result.id)
    return found


def test_an_open_request_is_reminded_of_once_it_waits(shop: Shop, postman: Postman) -> None:
    """Goes to the address on file, under a key that is equal on every retry, in the customer's language."""
    Customer.objects.update(language="es")
    request = opened(shop)
    for _retry in range(2):
        assert sending.ask_to_conclude(workspace=shop.workspace, request_id=request.id)
    assert {(m.to, m.key, m.language) for m in postman.messages} == {
        ("jose1001@example.com", f"conclude:{request.id}", "es")
    }
    assert f"/{shop.workspace.slug}/protocolos" in postman.messages[0].text


def test_a_request_that_moved_on_is_not_reminded_of(shop: Shop, postman: Postman) -> None:
    """Confirmed meanwhile: no message says that it is not cancelled."""
    request = declared(shop)
    assert not sending.ask_to_conclude(workspace=shop.workspace, request_id=request.id)
    assert not sending.ask_holder(workspace=shop.workspace, request_id=request.id)
    assert postman.messages == []


def test_the_holder_is_asked_and_the_requester_hears_nothing(shop: Shop, postman: Postman) -> None:
    """One message, to the holder's own address, that names nobody and says that nothing is cancelled."""
    request = refused_daughter(shop)
    assert sending.ask_holder(workspace=shop.workspace, request_id=request.id)
    (message,) = postman.messages
    assert message.to == "jose1001@example.com"
    assert "Nada foi cancelado." in message.text
    assert "Filha" not in message.text


def test_an_address_that_is_refused_ends_the_attempts(shop: Shop, postman: Postman) -> None:
    """The mail server knows nobody there: no more attempts, a person sees the dead letter."""
    request = refused_daughter(shop)
    postman.fails = [AddressRefusedError("550")]
    with pytest.raises(GiveUpError):
        sending.ask_holder(workspace=shop.workspace, request_id=request.id)


def said(shop: Shop, request: Request, kind: str) -> str:
    """Return the receipt's lead and its next steps as one text, in Portuguese."""
    receipt = Receipt.objects.get(request_id=request.id, kind=kind)
    payload = rendering.receipt_read(shop.workspace, receipt.id).payload
    with translation.override("pt-br"):
        sections = {section.code: section for section in receipt_words.sections_of(payload)}
        rows = [f"{row.label} {row.value} {row.note}" for row in sections["next"].rows]
        return "\n".join([receipt_words.lead_of(payload), *rows])


def test_an_end_put_off_is_not_promised_to_stop_the_charges_before(shop: Shop) -> None:
    """For a chosen day the receipts say that the end is registered in billing, and which day it is."""
    request = declared(shop, Choice(EffectiveChoice.DATE, date(2026, 4, 1)))
    first = said(shop, request, "confirmed")
    assert "Registramos o fim na cobrança até 04/03/2026" in first
    assert "O que você cancelou termina em 01/04/2026." in first
    assert "Paramos as cobranças" not in first
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    second = said(shop, request, "completed")
    assert "registrou na cobrança que o que você cancelou termina em 01/04/2026" in second
    assert "paradas" not in second


def test_an_end_at_once_promises_that_the_charges_stop(shop: Shop) -> None:
    """For "now" the deadline is that of the charges' stop."""
    assert "Paramos as cobranças até 04/03/2026" in said(shop, declared(shop), "confirmed")
