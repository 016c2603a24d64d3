"""Customers of a file: made, brought up to date, or known; nothing is erased by a blank cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atelogo.register.models import AuthorisedContact, Customer, ImportRow
from tests.register.conftest import Shop
from tests.register.services.imports.files import counts, taken_in, written

pytestmark = pytest.mark.django_db
HEADER = ("codigo", "nome", "cpf", "email", "telefone", "cidade", "uf", "cliente desde", "segmento")
RITA = (
    "R1",
    "Rita Souza",
    "39053344705",
    "rita@example.com",
    "11 98765-4321",
    "Campinas",
    "sp",
    "04/05/2020",
    "A",
)


def test_a_customer_comes_in_whole(shop: Shop, tmp_path: Path) -> None:
    """Code, name, document, contacts, place and the company's own fields are kept."""
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]), "customers")
    assert counts(batch) == (1, 0, 0, 0, 0)
    rita = Customer.objects.get(external_id="R1")
    assert (rita.name, rita.name_folded, rita.kind) == ("Rita Souza", "rita souza", "person")
    assert (rita.document, rita.document_kind) == ("39053344705", "cpf")
    assert (rita.email, rita.phone) == ("rita@example.com", "+5511987654321")
    assert (rita.city, rita.state, str(rita.since)) == ("Campinas", "SP", "2020-05-04")
    assert rita.attributes == {"segmento": "A"}
    assert rita.batch_id == batch.id


def test_a_file_brings_known_customers_up_to_date(shop: Shop, tmp_path: Path) -> None:
    """What the file says otherwise is changed and listed with before and after; blanks change nothing."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]), "customers")
    moved = ("R1", "", "", "nova@example.com", "", "Santos", "SP", "", "")
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, moved]), "customers")
    assert counts(batch) == (0, 1, 0, 0, 0)
    rita = Customer.objects.get(external_id="R1")
    assert (rita.name, rita.email, rita.city) == ("Rita Souza", "nova@example.com", "Santos")
    row = ImportRow.objects.get(batch_id=batch.id)
    assert [code for code, _field in row.codes] == ["email", "city"]
    assert json.loads(row.before)["city"] == ["Campinas", "Santos"]
    assert counts(taken_in(shop.workspace, written(tmp_path, [HEADER, moved]), "customers")) == (
        0,
        0,
        1,
        0,
        0,
    )


def test_the_first_row_about_a_customer_counts(shop: Shop, tmp_path: Path) -> None:
    """Later rows about the same customer in one file change nothing and are listed, in every run alike."""
    other = (*RITA[:5], "Santos", *RITA[6:])
    path = written(tmp_path, [HEADER, RITA, other])
    assert counts(taken_in(shop.workspace, path, "customers")) == (1, 0, 1, 0, 0)
    assert counts(taken_in(shop.workspace, path, "customers")) == (0, 0, 2, 0, 0)
    assert Customer.objects.get(external_id="R1").city == "Campinas"


def test_a_good_name_is_not_given_up_for_a_damaged_one(shop: Shop, tmp_path: Path) -> None:
    """A row whose name lost letters leaves a whole name as it is."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, ("R1", "José Antônio", *RITA[2:])]), "customers")
    damaged = ("R1", "Jos\ufffd Ant\ufffdnio", *RITA[2:])
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, damaged]), "customers")
    assert counts(batch) == (0, 0, 1, 0, 0)
    assert Customer.objects.get(external_id="R1").name == "José Antônio"


def test_a_customer_known_by_cpf_gets_its_code(shop: Shop, tmp_path: Path) -> None:
    """A customer who came without a code is the one with the same CPF, and takes the code of the file."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, ("", *RITA[1:])]), "customers")
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]), "customers")
    assert counts(batch) == (0, 1, 0, 0, 0)
    assert Customer.objects.get(document_kind="cpf").external_id == "R1"


def test_two_codes_with_one_cpf_are_two_registrations(shop: Shop, tmp_path: Path) -> None:
    """The code of the company's system decides: the same CPF under another code is another customer."""
    rows = [HEADER, RITA, ("R2", *RITA[1:])]
    assert counts(taken_in(shop.workspace, written(tmp_path, rows), "customers")) == (2, 0, 0, 0, 0)


def test_addresses_and_contacts_of_companies_are_kept(shop: Shop, tmp_path: Path) -> None:
    """An address is one encrypted line; a company's contact may act for it, and is not doubled."""
    header = (
        "codigo",
        "razão social",
        "cnpj",
        "rua",
        "numero endereço",
        "bairro",
        "cep",
        "nome contato",
        "email contato",
    )
    row = (
        "E1",
        "Padaria Lua Ltda",
        "11.222.333/0001-81",
        "Rua das Flores",
        "12",
        "Centro",
        "13010-001",
        "Ana Lobo",
        "ana@lua.example",
    )
    path = written(tmp_path, [header, row])
    taken_in(shop.workspace, path, "customers")
    firm = Customer.objects.get(external_id="E1")
    assert firm.kind == "company"
    assert firm.address.startswith("Rua das Flores")
    assert "13010" in firm.address
    contact = AuthorisedContact.objects.get(customer_id=firm.id)
    assert (contact.name, contact.email) == ("Ana Lobo", "ana@lua.example")
    assert counts(taken_in(shop.workspace, path, "customers")) == (0, 0, 1, 0, 0)
    assert AuthorisedContact.objects.count() == 1


def test_text_that_databases_trip_over_survives(shop: Shop, tmp_path: Path) -> None:
    """Backslashes, tabs in quotes, quotes, line ends and control characters come in as text or not at all."""
    nasty = 'a\\b\\N "c" \\. \x01\x1f\x1e d'
    row = ("R1", f'"{nasty.replace(chr(34), chr(34) * 2)}"', *RITA[2:8], "\\N")
    taken_in(shop.workspace, written(tmp_path, [HEADER, row]), "customers")
    rita = Customer.objects.get(external_id="R1")
    assert rita.name == 'a\\b\\N "c" \\. d'
    assert rita.attributes == {"segmento": "\\N"}
