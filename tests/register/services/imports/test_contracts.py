"""Contracts of a file: lines of one number together, brought up to date, never given to somebody else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from atelogo.register.models import Contract, ContractLine, Customer, Equipment, ImportRow, Plan, Product
from tests.register.conftest import Shop
from tests.register.services.imports.files import counts, taken_in, written

pytestmark = pytest.mark.django_db
HEADER = (
    "contrato",
    "codigo cliente",
    "nome",
    "produto",
    "plano",
    "mensalidade",
    "data inicio",
    "status",
    "vendedor",
)


def row(number: str, product: str, plan: str, amount: str, **more: str) -> tuple[str, ...]:
    """Return a row of a contract of customer R1."""
    said = {"customer": "R1", "name": "Rita Souza", "start": "01/02/2024", "status": "", "seller": ""} | more
    return (
        number,
        said["customer"],
        said["name"],
        product,
        plan,
        amount,
        said["start"],
        said["status"],
        said["seller"],
    )


def contract(number: str = "7") -> Contract:
    """Return the contract of a number."""
    found: Contract = Contract.objects.get(number=number)
    return found


def test_rows_of_one_number_are_one_contract(shop: Shop, tmp_path: Path) -> None:
    """Two rows with the same number make a contract of two lines that costs their sum."""
    rows = [
        HEADER,
        row("7", "Internet", "300 mega", "89,90"),
        row("7", "TV", "Básico", "40,00", seller="Caio"),
    ]
    batch = taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    assert counts(batch) == (2, 0, 0, 0, 0)
    made = contract()
    assert (made.amount_minor, made.interval, made.status) == (12990, "month", "active")
    assert made.started_on == date(2024, 2, 1)
    assert Customer.objects.get(id=made.customer_id).external_id == "R1"
    lines = ContractLine.objects.filter(contract_id=made.id).select_related("product", "plan")
    assert sorted((line.product.name, line.plan.name, line.amount_minor) for line in lines) == [
        ("Internet", "300 mega", 8990),
        ("TV", "Básico", 4000),
    ]
    assert counts(taken_in(shop.workspace, written(tmp_path, rows), "contracts")) == (0, 0, 2, 0, 0)


def test_a_later_file_changes_prices_plans_and_adds_lines(shop: Shop, tmp_path: Path) -> None:
    """The same product at another price or plan is that line changed; another product is one more line."""
    taken_in(
        shop.workspace, written(tmp_path, [HEADER, row("7", "Internet", "300 mega", "89,90")]), "contracts"
    )
    rows = [HEADER, row("7", "Internet", "500 mega", "109,90"), row("7", "TV", "Básico", "40,00")]
    batch = taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    assert counts(batch) == (0, 2, 0, 0, 0)
    assert contract().amount_minor == 14990
    assert ContractLine.objects.filter(contract_id=contract().id).count() == 2
    assert Plan.objects.filter(name="500 mega").exists()
    assert counts(taken_in(shop.workspace, written(tmp_path, rows), "contracts")) == (0, 0, 2, 0, 0)


def test_one_line_told_two_ways_in_one_file_is_rejected(shop: Shop, tmp_path: Path) -> None:
    """The same line twice is a repeat; with another price it is rejected, with all its columns."""
    once = row("7", "Internet", "300 mega", "89,90")
    rows = [HEADER, once, once, row("7", "Internet", "300 mega", "99,90")]
    batch = taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    assert counts(batch) == (1, 0, 1, 1, 0)
    assert contract().amount_minor == 8990
    listed = ImportRow.objects.get(batch_id=batch.id, outcome="rejected")
    assert listed.codes == [["repeated_differs", "amount"]]
    assert "99,90" in listed.raw


def test_a_number_of_another_customer_is_rejected(shop: Shop, tmp_path: Path) -> None:
    """A contract number that belongs to somebody else here changes nothing of theirs."""
    taken_in(
        shop.workspace, written(tmp_path, [HEADER, row("7", "Internet", "300 mega", "89,90")]), "contracts"
    )
    first = [("codigo", "nome"), ("R2", "Ivo Nunes")]
    taken_in(shop.workspace, written(tmp_path, first), "customers")
    theirs = row("7", "Internet", "300 mega", "10,00", customer="R2", name="Ivo Nunes")
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, theirs]), "contracts")
    assert counts(batch) == (0, 0, 0, 1, 0)
    assert ImportRow.objects.get(batch_id=batch.id).codes == [["contract_other_customer", "contract_number"]]
    assert contract().amount_minor == 8990


def test_a_contract_of_nobody_is_rejected(shop: Shop, tmp_path: Path) -> None:
    """A new contract needs a customer; a row that names none is rejected."""
    rows = [("contrato", "mensalidade"), ("77", "10,00")]
    batch = taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    assert counts(batch) == (0, 0, 0, 1, 0)
    assert ImportRow.objects.get(batch_id=batch.id).codes == [["customer_missing", ""]]


def test_states_follow_the_file_but_never_bring_anybody_back(shop: Shop, tmp_path: Path) -> None:
    """A contract is suspended or ended by the file; one that has ended stays so whatever the file says."""
    path = written(tmp_path, [HEADER, row("7", "Internet", "300 mega", "89,90", status="suspenso")])
    taken_in(shop.workspace, path, "contracts")
    assert contract().status == "suspended"
    for status, wanted in (("cancelado", "ended"), ("ativo", "ended")):
        rows = [HEADER, row("7", "Internet", "300 mega", "89,90", status=status)]
        taken_in(shop.workspace, written(tmp_path, rows), "contracts")
        assert contract().status == wanted


def test_intervals_are_turned_into_those_the_register_knows(shop: Shop, tmp_path: Path) -> None:
    """A yearly price stays yearly, half-years are named as the register does, weeks become months."""
    header = ("contrato", "codigo cliente", "valor", "periodicidade")
    rows = [
        header,
        ("1", "R1", "1200,00", "anual"),
        ("2", "R1", "600,00", "semestral"),
        ("3", "R1", "12,00", "semanal"),
    ]
    taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    assert [
        (c.amount_minor, c.interval) for c in Contract.objects.filter(number__in="123").order_by("number")
    ] == [
        (120000, "year"),
        (60000, "semester"),
        (5200, "month"),
    ]


def test_lent_equipment_is_kept_once(shop: Shop, tmp_path: Path) -> None:
    """Equipment named by a row hangs on the contract; the same file again does not double it."""
    header = ("contrato", "codigo cliente", "mensalidade", "equipamento", "numero de serie")
    path = written(tmp_path, [header, ("7", "R1", "10,00", "Roteador", "SN-1")])
    taken_in(shop.workspace, path, "contracts")
    taken_in(shop.workspace, path, "contracts")
    lent = Equipment.objects.get(contract_id=contract().id)
    assert (lent.kind, lent.serial) == ("Roteador", "SN-1")


def test_products_and_plans_are_one_after_folding(shop: Shop, tmp_path: Path) -> None:
    """A product in capitals in the file is the product that is here."""
    before = Product.objects.count()
    rows = [HEADER, row("7", "INTERNET ", "500 MEGA", "89,90")]
    taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    assert Product.objects.count() == before
