"""Cancellations of a file: whose, which contract, when, why; once, whatever comes twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from atelogo.core.secrets import lookup_hash
from atelogo.events.ledger import entries_of
from atelogo.register.domain.protocol import is_valid
from atelogo.register.domain.replay import rebuild
from atelogo.register.models import (
    Contract,
    ContractLine,
    Customer,
    ImportRow,
    Reason,
    Request,
    RequestItem,
    RequestReason,
    Touchpoint,
)
from atelogo.register.queries.reason_report import reason_report
from tests.register.conftest import MONDAY, Shop
from tests.register.services.imports.files import counts, taken_in, written

pytestmark = pytest.mark.django_db
HEADER = ("codigo do cliente", "nome", "cpf", "data cancelamento", "mensalidade", "motivo", "observação")
RITA = ("R1", "Rita Souza", "390.533.447-05", "19/08/2024", "99,90", "Preço muito alto", "ligou duas vezes")


def test_a_row_becomes_a_completed_request(shop: Shop, tmp_path: Path) -> None:
    """A row leaves a customer, a completed request with protocol and receipt key, its reason and one fact."""
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]))
    assert counts(batch) == (1, 0, 0, 0, 0)
    request = Request.objects.get(batch_id=batch.id)
    assert (request.state, request.identity, request.channel) == ("completed", "import", "import")
    assert request.end_kind == "customer"
    assert (request.effective_on, request.date_precision) == (date(2024, 8, 19), "day")
    assert (request.requested_at, request.declared_at, request.confirmed_at) == (None, None, None)
    assert (request.mrr_minor, request.currency) == (9990, "BRL")
    assert request.free_text == "ligou duas vezes"
    assert is_valid(request.protocol)
    assert request.protocol.startswith("20260302")
    assert len(request.receipt_key) == 26
    customer = Customer.objects.get(id=request.customer_id)
    assert (customer.external_id, customer.name, customer.document) == ("R1", "Rita Souza", "39053344705")
    assert bytes(customer.document_hash) == lookup_hash(shop.workspace.id, "document", "39053344705")
    stated = RequestReason.objects.get(request_id=request.id)
    assert (stated.reason_id, stated.source) == (request.reason_id, "import")


def test_its_stream_rebuilds_to_what_the_register_says(shop: Shop, tmp_path: Path) -> None:
    """The one ledger fact of an imported request holds what the row says; words are personal detail."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]))
    request = Request.objects.get(identity="import")
    (fact,) = entries_of(shop.workspace.id, request.id)
    assert fact.personal == {"free_text": "ligou duas vezes"}
    seen = rebuild([(fact.name, fact.body)])
    assert (seen.state, seen.protocol, seen.customer) == (
        request.state,
        request.protocol,
        str(request.customer_id),
    )
    assert (seen.reasons, seen.mrr_minor) == ([str(request.reason_id)], 9990)
    assert fact.body["effective_on"] == "2024-08-19"
    assert request.last_seq == 1


def test_the_same_file_again_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    """Every row of a file that was imported before is unchanged, and no table grows."""
    path = written(tmp_path, [HEADER, RITA, ("R2", "Ivo Nunes", "", "20/08/2024", "10,00", "", "")])
    taken_in(shop.workspace, path)
    before = [model.objects.count() for model in (Request, Customer, RequestReason, Reason)]
    again = taken_in(shop.workspace, path)
    assert counts(again) == (0, 0, 2, 0, 0)
    assert [model.objects.count() for model in (Request, Customer, RequestReason, Reason)] == before
    assert not ImportRow.objects.filter(batch_id=again.id).exists()


def test_a_row_that_stands_twice_is_unchanged_and_listed(shop: Shop, tmp_path: Path) -> None:
    """An exact repeat, also one spelled otherwise, is counted unchanged and listed with its line."""
    odd = (
        "R1",
        "Rita Souza",
        "39053344705",
        "2024-08-19",
        "R$ 99,90",
        "PREÇO  MUITO ALTO.",
        "ligou duas vezes",
    )
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, RITA, RITA, odd]))
    assert counts(batch) == (1, 0, 2, 0, 0)
    listed = ImportRow.objects.filter(batch_id=batch.id).order_by("line")
    assert [(row.line, row.outcome, row.codes) for row in listed] == [
        (3, "unchanged", [["repeated_row", ""]]),
        (4, "unchanged", [["repeated_row", ""]]),
    ]


def test_two_rows_that_contradict_each_other_are_not_both_taken(shop: Shop, tmp_path: Path) -> None:
    """The second row about one cancellation with another value is rejected, in every run alike."""
    other = (*RITA[:4], "49,90", *RITA[5:])
    path = written(tmp_path, [HEADER, RITA, other])
    assert counts(taken_in(shop.workspace, path)) == (1, 0, 0, 1, 0)
    assert counts(taken_in(shop.workspace, path)) == (0, 0, 1, 1, 0)
    assert Request.objects.get(identity="import").mrr_minor == 9990


def test_a_later_file_corrects_a_request(shop: Shop, tmp_path: Path) -> None:
    """A row known by its identity with another value corrects the request; before and after are on record."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]))
    fixed = taken_in(shop.workspace, written(tmp_path, [HEADER, (*RITA[:4], "109,90", *RITA[5:])]))
    assert counts(fixed) == (0, 1, 0, 0, 0)
    request = Request.objects.get(identity="import")
    assert request.mrr_minor == 10990
    facts = entries_of(shop.workspace.id, request.id)
    assert [fact.name for fact in facts] == ["request.imported", "request.corrected"]
    assert facts[1].personal is not None
    assert facts[1].personal["before"] == {"mrr_minor": 9990}
    assert rebuild([(fact.name, fact.body) for fact in facts]).events == 2
    again = taken_in(shop.workspace, written(tmp_path, [HEADER, (*RITA[:4], "109,90", *RITA[5:])]))
    assert counts(again) == (0, 0, 1, 0, 0)


def test_a_cancellation_with_its_own_code_can_change_its_reason(shop: Shop, tmp_path: Path) -> None:
    """Where the file numbers its cancellations, another reason for the same number is a correction."""
    header = ("id cancelamento", "codigo cliente", "data cancelamento", "motivo")
    taken_in(shop.workspace, written(tmp_path, [header, ("77", "R1", "19/08/2024", "Preço alto")]))
    batch = taken_in(
        shop.workspace, written(tmp_path, [header, ("77", "R1", "19/08/2024", "Mudou de cidade")])
    )
    assert counts(batch) == (0, 1, 0, 0, 0)
    (line,) = [one for one in reason_report(shop.workspace) if one.count]
    assert line.reason == "Mudou de cidade"


def test_blank_reasons_are_not_informed(shop: Shop, tmp_path: Path) -> None:
    """A row without a reason is imported as "não informado", and nothing is stated for it."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, (*RITA[:5], "-", "")]))
    request = Request.objects.get(identity="import")
    assert request.reason.code == "not_informed"
    assert not RequestReason.objects.filter(request_id=request.id).exists()
    assert [(one.reason, one.count) for one in reason_report(shop.workspace)] == [("não informado", 1)]


def test_new_reasons_take_the_commonest_spelling(shop: Shop, tmp_path: Path) -> None:
    """Spellings equal after folding are one new leaf under "a classificar", named as most rows write it."""
    rows = [
        (f"C{n}", "Ana", "", "19/08/2024", "1,00", said, "")
        for n, said in enumerate(["VISITA ATRASOU", "Visita atrasou", "Visita atrasou", "visita  atrasou."])
    ]
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, *rows]))
    (leaf,) = Reason.objects.filter(batch_id=batch.id)
    assert leaf.origin == "import"
    assert [(one.reason, one.count) for one in reason_report(shop.workspace)] == [("Visita atrasou", 4)]


def test_a_contract_is_found_by_number_and_ended(shop: Shop, tmp_path: Path) -> None:
    """The contract named by the row is linked and ended on the day, its lines become the request's items."""
    header = ("contrato", "data cancelamento", "motivo")
    batch = taken_in(shop.workspace, written(tmp_path, [header, ("1001", "19/08/2024", "Preço")]))
    request = Request.objects.get(batch_id=batch.id)
    assert (request.contract_id, request.customer_id) == (shop.contract, shop.customer)
    assert request.mrr_minor == 13990
    assert request.product_name == "Internet + TV"
    contract = Contract.objects.get(id=shop.contract)
    assert (contract.status, contract.end_kind, contract.ended_on) == (
        "ended", "customer", date(2024, 8, 19),
    )  # fmt: skip
    assert set(ContractLine.objects.values_list("status", flat=True)) == {"ended"}
    items = RequestItem.objects.filter(request_id=request.id)
    assert sorted(items.values_list("amount_minor", "outcome")) == [(4000, "cancelled"), (9990, "cancelled")]


def test_a_customers_only_contract_is_theirs(shop: Shop, tmp_path: Path) -> None:
    """Without a contract number the only contract of the customer is meant."""
    header = ("codigo do cliente", "data cancelamento")
    batch = taken_in(shop.workspace, written(tmp_path, [header, ("c1001", "19/08/2024")]))
    assert Request.objects.get(batch_id=batch.id).contract_id == shop.contract


def test_leaving_part_of_a_combo_leaves_the_rest(shop: Shop, tmp_path: Path) -> None:
    """A row that names one product of a contract ends that line, and the contract costs what remains."""
    header = ("contrato", "produto", "data cancelamento", "motivo")
    taken_in(shop.workspace, written(tmp_path, [header, ("1001", "TV", "19/08/2024", "Preço")]))
    contract = Contract.objects.get(id=shop.contract)
    assert (contract.status, contract.amount_minor) == ("active", 9990)
    assert list(ContractLine.objects.filter(status="ended").values_list("amount_minor", flat=True)) == [4000]


def test_a_number_of_somebody_else_is_left_out_of_the_record(shop: Shop, tmp_path: Path) -> None:
    """A known customer with another one's contract number is imported without the contract, and flagged."""
    header = ("codigo do cliente", "contrato", "data cancelamento")
    first = ("codigo do cliente", "nome")
    taken_in(shop.workspace, written(tmp_path, [first, ("R1", "Rita Souza")]), "customers")
    batch = taken_in(shop.workspace, written(tmp_path, [header, ("R1", "1001", "19/08/2024")]))
    request = Request.objects.get(batch_id=batch.id)
    assert request.contract_id is None
    assert request.flags == ["contract_mismatch"]
    assert Contract.objects.get(id=shop.contract).status == "active"


def test_ends_by_the_company_stay_out_of_the_figures(shop: Shop, tmp_path: Path) -> None:
    """An end for non-payment or for administrative reasons is kept as such, and counts in no reason."""
    header = ("codigo do cliente", "tipo cancelamento", "motivo")
    rows = [
        header,
        ("A1", "inadimplência", "Não pagou"),
        ("A2", "migração", "Troca"),
        ("A3", "voluntário", "Preço"),
    ]
    taken_in(shop.workspace, written(tmp_path, rows))
    kinds = Request.objects.filter(identity="import").values_list("end_kind", flat=True)
    assert sorted(kinds) == ["administrative", "company", "customer"]
    assert [(one.reason, one.count) for one in reason_report(shop.workspace)] == [("Preço", 1)]


def test_times_are_no_more_exact_than_the_file(shop: Shop, tmp_path: Path) -> None:
    """A moment becomes a moment in UTC, a month stays a month, an unknown date stays unknown."""
    header = ("codigo do cliente", "data solicitacao", "data cancelamento")
    rows = [header, ("A1", "19/08/2024 14:30", "20/08/2024"), ("A2", "", "08/2024"), ("A3", "19/08/2024", "")]
    taken_in(shop.workspace, written(tmp_path, rows))
    found = {
        request.customer.external_id: request
        for request in Request.objects.filter(identity="import").select_related("customer")
    }
    assert found["A1"].requested_at == datetime(2024, 8, 19, 17, 30, tzinfo=UTC)
    assert (found["A2"].effective_on, found["A2"].date_precision) == (date(2024, 8, 1), "month")
    assert (found["A3"].effective_on, found["A3"].date_precision) == (None, "unknown")
    assert found["A3"].requested_at is None
    assert found["A3"].declared_evidence["declared_on"] == "2024-08-19"


def test_the_old_protocol_finds_the_request(shop: Shop, tmp_path: Path) -> None:
    """The number that the old system gave stands as a contact of the request, where search looks."""
    header = ("codigo do cliente", "protocolo", "motivo")
    taken_in(shop.workspace, written(tmp_path, [header, ("A1", "2024-000123", "Preço")]))
    touch = Touchpoint.objects.get(outside_protocol="2024-000123")
    assert touch.request_id == Request.objects.get(identity="import").id


def test_people_are_one_by_the_surest_sign(shop: Shop, tmp_path: Path) -> None:
    """The code decides, else the CPF, else contact and name; a name alone joins within one source only."""
    header = ("codigo do cliente", "nome", "cpf", "email", "data cancelamento")
    rows = [
        ("R1", "Rita Souza", "390.533.447-05", "", "01/01/2024"),
        ("", "Rita S.", "390.533.447-05", "", "02/01/2024"),
        ("", "Otto Reis", "", "otto@example.com", "03/01/2024"),
        ("", "OTTO  REIS", "", "Otto@example.com", "04/01/2024"),
        ("", "Outro Nome", "", "otto@example.com", "05/01/2024"),
        ("", "Lia Prado", "", "", "06/01/2024"),
        ("", "Lia Prado", "", "", "07/01/2024"),
    ]
    batch = taken_in(shop.workspace, written(tmp_path, [header, *rows]), source="erp")
    assert batch.imported == 7
    names = Customer.objects.filter(batch_id=batch.id).values_list("name", flat=True)
    assert sorted(names) == ["Lia Prado", "Otto Reis", "Outro Nome", "Rita Souza"]
    other = [header, ("", "Lia Prado", "", "", "08/01/2024")]
    taken_in(shop.workspace, written(tmp_path, other), source="outro")
    assert Customer.objects.filter(name="Lia Prado").count() == 2


def test_a_damaged_name_is_imported_and_flagged(shop: Shop, tmp_path: Path) -> None:
    """A name whose letters were lost before it came is kept, and flagged on request and customer."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, ("R1", "Jo\ufffdo Concei\ufffd\ufffdo", *RITA[2:])]))
    request = Request.objects.get(identity="import")
    assert "name_damaged" in request.flags
    assert request.customer.name_damaged


def test_the_import_is_dated_by_the_companys_day(shop: Shop, tmp_path: Path) -> None:
    """The protocol carries the day of the import in the company's zone, not the cancellation's."""
    taken_in(shop.workspace, written(tmp_path, [HEADER, RITA]))
    request = Request.objects.get(identity="import")
    assert request.protocol[:8] == "20260302"
    assert request.recorded_at == MONDAY
