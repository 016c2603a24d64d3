"""Clientes: the list, a customer's page, returns, and contracts that go on in others."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from atelogo.accounts.domain.permissions import Role
from atelogo.events.ledger import Actor
from atelogo.register.models import Contract
from atelogo.register.services import customers, requests
from atelogo.register.services.customers import ContractInput, LineInput
from atelogo.register.services.staff_entry import inquiry_typed
from tests.register.views.conftest import CPF, Desk

pytestmark = pytest.mark.django_db
SHELL = 4


def _left(desk: Desk) -> None:
    """Let José leave today."""
    made = desk.confirmed()
    requests.request_complete(workspace=desk.workspace, actor=Actor("billing"), request_id=made.id)


@pytest.mark.parametrize("term", ["conceicao", CPF, "jose@example.com", "11987654321", "1001"])
def test_customers_are_found_by_anything_and_named_in_no_address(desk: Desk, term: str) -> None:
    """Name, document, contact and contract find the customer; the address holds a token."""
    desk.subscriber("1002", "Rita Souza")
    browser = desk.browser()
    answer = browser.post(desk.url("clientes/busca"), {"q": term})
    asked = urlsplit(answer.headers["Location"]).query
    assert term.lower() not in asked.lower()
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "José da Conceição" in page
    assert "Rita" not in page


def test_the_list_shows_what_runs_and_who_is_leaving(desk: Desk) -> None:
    """Contracts, monthly value and a request in progress are on each line; nothing found is said."""
    desk.confirmed()
    page = desk.get("clientes/").content.decode().replace("\xa0", " ")
    for words in ("1001", "R$ 139,90", "Saindo", "Campinas", "04/05/2020", "1 cliente"):
        assert words in page, words
    nobody = desk.browser().post(desk.url("clientes/busca"), {"q": "zzzz"}, follow=True)
    assert "Ninguém encontrado" in nobody.content.decode()


def test_a_customers_page_has_the_whole_story(desk: Desk) -> None:
    """Contracts with lines and minimum term, equipment, requests, contacts and questions are on one page."""
    customers.equipment_lend(
        workspace=desk.workspace, contract_id=desk.contract, kind="Roteador", serial="Z1"
    )
    made = desk.confirmed()
    requests.touchpoint_add(
        workspace=desk.workspace, actor=desk.bruno, request_id=made.id, kind="contact", channel="phone",
        summary="Pediu prazo", outside_protocol="PABX-9",
    )  # fmt: skip
    inquiry_typed(
        workspace=desk.workspace, actor=desk.bruno, channel="phone", topic="fee", question="Quanto é?",
        answer="R$ 300", customer_id=desk.customer,
    )  # fmt: skip
    page = desk.get(f"clientes/{desk.customer}/").content.decode().replace("\xa0", " ")
    for words in (
        "Contrato 1001", "Fidelidade até", "10/09/2026", "Internet · 500 mega", "Roteador", "PABX-9",
        "Pediu prazo", "Pergunta: Quanto dá a multa?", "Rua das Flores, 12", f"?customer={desk.customer}",
    ):  # fmt: skip
        assert words in page, words
    assert made.protocol[12:] in page


def test_an_analyst_sees_masks(desk: Desk) -> None:
    """Without personal data, list and page show initials and masks, and no address."""
    for path in ("clientes/", f"clientes/{desk.customer}/"):
        page = desk.get(path, Role.ANALYST).content.decode()
        for words in ("José", "111.444.777-35", "jose@example.com", "98765", "Rua das Flores"):
            assert words not in page, (path, words)
        assert "J. D. C." in page


def test_a_returned_customer_reopens_the_contract_and_keeps_the_past(desk: Desk) -> None:
    """Coming back makes the contract run again; the completed cancellation stays as it was."""
    _left(desk)
    assert "O cliente voltou" in desk.get(f"clientes/{desk.customer}/").content.decode()
    path = f"clientes/{desk.customer}/contratos/{desk.contract}/voltou"
    assert desk.post(path, Role.ANALYST).status_code == 403
    assert desk.post(path).status_code == 302
    contract = Contract.objects.get(id=desk.contract)
    assert (contract.status, contract.returned_at is not None) == ("active", True)
    _other, theirs = desk.subscriber("1002")
    assert desk.post(f"clientes/{desk.customer}/contratos/{theirs}/voltou").status_code == 404


def test_a_contract_that_goes_on_is_proposed_and_accepted_by_a_person(desk: Desk) -> None:
    """A new contract of the same person near the old one's end is proposed; accepted, the end is no loss."""
    _left(desk)
    new = customers.contract_add(
        workspace=desk.workspace,
        customer_id=desk.customer,
        given=ContractInput(
            number="1010", lines=(LineInput("Internet", "1 giga", 15990),), started_on=date(2026, 3, 10)
        ),
    )
    far = customers.contract_add(
        workspace=desk.workspace,
        customer_id=desk.customer,
        given=ContractInput(
            number="1011", lines=(LineInput("Internet", "X", 1000),), started_on=date(2026, 6, 1)
        ),
    )
    page = desk.get("clientes/continuidade/").content.decode()
    assert "1010" in page
    assert "1011" not in page
    assert "Mesmo cliente" in page
    path = f"clientes/continuidade/{desk.contract}/{new}"
    assert desk.post(path, Role.AUDITOR).status_code == 403
    assert desk.post(f"clientes/continuidade/{desk.contract}/{far}").status_code == 302
    assert Contract.objects.get(id=desk.contract).successor_id is None
    assert desk.post(path).status_code == 302
    old = Contract.objects.get(id=desk.contract)
    assert (old.successor_id, old.end_kind) == (new, "administrative")
    assert "Nenhum par a conferir" in desk.get("clientes/continuidade/").content.decode()


def test_the_same_address_under_another_name_is_proposed(desk: Desk) -> None:
    """A change of holder at the same address is found even with other spelling of the address."""
    _left(desk)
    other = customers.customer_add(
        workspace=desk.workspace, given=customers.CustomerInput(name="Rita da Conceição", city="Campinas")
    )
    customers.contract_add(
        workspace=desk.workspace,
        customer_id=other,
        given=ContractInput(
            number="2020", lines=(LineInput("Internet", "500 mega", 9990),), started_on=date(2026, 3, 5),
            address="RUA DAS FLORES, 12",
        ),
    )  # fmt: skip
    assert "Mesmo endereço" in desk.get("clientes/continuidade/").content.decode()


def test_a_stranger_changes_nothing(desk: Desk, stranger: Client) -> None:
    """Another company's owner neither sees nor reopens anything here, nor from her own console."""
    _left(desk)
    path = f"clientes/{desk.customer}/contratos/{desk.contract}/voltou"
    assert stranger.post(desk.url(path)).status_code == 404
    assert stranger.post(f"/{desk.cast.elsewhere.slug}/console/{path}").status_code == 404
    assert Contract.objects.get(id=desk.contract).status == "ended"


def test_list_and_page_cost_the_same_however_much_there_is(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The list takes three queries beside the shell's and one to count more; the page a fixed number too."""
    browser = desk.browser()
    browser.get(desk.url("clientes/"))
    with django_assert_num_queries(SHELL + 3):
        browser.get(desk.url("clientes/"))
    for number in range(3000, 3060):
        desk.subscriber(str(number))
    with django_assert_num_queries(SHELL + 4):
        browser.get(desk.url("clientes/"))
    path = desk.url(f"clientes/{desk.customer}/")
    with django_assert_num_queries(SHELL + 9):
        browser.get(path)
    for number in range(4000, 4005):
        customers.contract_add(
            workspace=desk.workspace,
            customer_id=desk.customer,
            given=ContractInput(number=str(number), lines=(LineInput("Internet", "300", 8990),)),
        )
    with django_assert_num_queries(SHELL + 9):
        browser.get(path)
