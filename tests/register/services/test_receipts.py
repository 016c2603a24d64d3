"""In which language a receipt is written, and to which address it goes."""

from __future__ import annotations

import pytest
from django.utils import translation

from atelogo.register.models import Customer, Receipt, Request, Requester
from atelogo.register.services.receipts import address_of, first_email, payload_of
from atelogo.register.services.subjects import Subject
from tests.register.conftest import Shop
from tests.register.services.test_deciding import declared


def language(shop: Shop, request: Request, shown: str | None = None) -> str:
    """Return the language of a receipt made now, while a member of staff reads in English."""
    subject = Subject(customer=Customer.objects.get(id=shop.customer))
    with translation.override("en"):
        made = payload_of(shop.workspace, request, subject, kind="completed", locale=shown)
    return str(made["locale"])


class TestLanguage:
    """The customer's language, never the staff's."""

    def test_without_any_sign_it_is_the_companys(self, shop: Shop) -> None:
        """No language on file, no page, no receipt yet: the company's own."""
        request = declared(shop)
        Receipt.objects.all().delete()
        assert language(shop, request) == shop.workspace.locale

    def test_the_first_receipt_sets_it_for_the_next(self, shop: Shop) -> None:
        """Confirmed in Spanish, completed by staff who read English: the second receipt is in Spanish."""
        request = declared(shop)
        Receipt.objects.filter(request_id=request.id).update(locale="es")
        assert language(shop, request) == "es"

    def test_the_page_that_the_customer_reads_goes_before_an_earlier_receipt(self, shop: Shop) -> None:
        """The language of the page wins over the first receipt's; an unknown one is passed over."""
        request = declared(shop)
        Receipt.objects.filter(request_id=request.id).update(locale="es")
        assert language(shop, request, shown="en") == "en"
        assert language(shop, request, shown="tlh") == "es"

    def test_the_language_on_file_wins(self, shop: Shop) -> None:
        """The customer asked for Spanish once; the page was English."""
        Customer.objects.update(language="ES")
        assert language(shop, declared(shop), shown="en") == "es"


@pytest.mark.parametrize(
    "typed, address",
    [
        ("ana@x.com ou 11 99999-0000", "ana@x.com"),
        ("11 99999-0000 / Ana <ana@x.com>;bia@x.com", "ana@x.com"),
        ("e-mail:ana.lima+net@x.com.br.", "ana.lima+net@x.com.br"),
        ("mailto:ana@x.com", "ana@x.com"),
        ("@ana no instagram", ""),
        ("ana@ x.com", ""),
        ("ana@x.com\nBcc: outra@x.com", "ana@x.com"),
        ("", ""),
    ],
)
def test_the_first_whole_address_is_taken_from_what_was_typed(typed: str, address: str) -> None:
    """A contact is whatever a person wrote; only a valid address in it is written to."""
    assert first_email(typed) == address


def test_a_requester_without_a_contract_gets_the_receipt_at_the_address_in_their_contact(
    shop: Shop,
) -> None:
    """The whole text is no address; the e-mail inside it is."""
    request = declared(shop)
    Request.objects.update(personal_snapshot="")
    Requester.objects.create(
        workspace_id=shop.workspace.id,
        request_id=request.id,
        relation="holder",
        contact="ana@x.com ou 11 99999-0000",
    )
    request.refresh_from_db()
    assert address_of(request) == "ana@x.com"
