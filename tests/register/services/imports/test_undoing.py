"""Taking a batch back: out of every figure, records as they were, the ledger whole, in again if wished."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from atelogo.events.ledger import entries_of
from atelogo.register.domain.replay import rebuild
from atelogo.register.errors import BatchStateError
from atelogo.register.models import (
    Contract,
    ContractLine,
    Customer,
    ImportBatch,
    ReasonRevision,
    Request,
    RequestItem,
)
from atelogo.register.queries.reason_report import reason_report
from atelogo.register.services.imports.background import batch_undo_ask, undo_work
from atelogo.register.services.imports.undoing import batch_undo
from atelogo.register.services.mending import request_correct, request_void
from tests.register.conftest import Shop
from tests.register.services.imports.files import IMPORTER, counts, staged, taken_in, written

pytestmark = pytest.mark.django_db
HEADER = ("codigo do cliente", "nome", "contrato", "data cancelamento", "mensalidade", "motivo")
ROWS = [
    HEADER,
    ("R1", "Rita Souza", "", "19/08/2024", "99,90", "Visita atrasou"),
    ("c1001", "", "1001", "20/08/2024", "139,90", "Preço muito alto"),
]


def undone(shop: Shop, batch: ImportBatch) -> dict[str, int]:
    """Take a batch back and return what was done."""
    return dict(batch_undo(workspace=shop.workspace, actor=IMPORTER, batch_id=batch.id))


def test_cancellations_leave_every_figure(shop: Shop, tmp_path: Path) -> None:
    """Undone requests are voided, their new customers and reasons go, the contract lives again."""
    batch = taken_in(shop.workspace, written(tmp_path, ROWS))
    done = undone(shop, batch)
    assert (done["voided"], done["deleted"], done["retired"]) == (2, 1, 2)
    assert reason_report(shop.workspace) == []
    assert set(Request.objects.values_list("state", flat=True)) == {"voided"}
    assert not Customer.objects.filter(external_id="R1").exists()
    contract = Contract.objects.get(id=shop.contract)
    assert (contract.status, contract.end_kind, contract.ended_on) == ("active", "", None)
    assert (contract.amount_minor, set(ContractLine.objects.values_list("status", flat=True))) == (
        13990,
        {"active"},
    )
    assert set(RequestItem.objects.values_list("outcome", flat=True)) == {"kept"}
    batch.refresh_from_db()
    assert batch.state == "undone"


def test_every_stream_still_rebuilds(shop: Shop, tmp_path: Path) -> None:
    """After the undo each request's facts rebuild to what its row says, customer and state included."""
    batch = taken_in(shop.workspace, written(tmp_path, ROWS))
    undone(shop, batch)
    for request in Request.objects.filter(batch_id=batch.id):
        facts = entries_of(shop.workspace.id, request.id)
        assert [fact.name for fact in facts] == ["request.imported", "request.voided"]
        seen = rebuild([(fact.name, fact.body) for fact in facts])
        assert seen.state == request.state
        assert seen.customer == (str(request.customer_id) if request.customer_id else None)
        assert request.last_seq == 2
    facts = entries_of(shop.workspace.id, batch.id)
    assert facts[-1].name == "import.undone"
    assert facts[-1].body["counts"]["voided"] == 2


def test_the_file_can_come_in_again(shop: Shop, tmp_path: Path) -> None:
    """After an undo the same file is imported anew, and its reasons are chosen again."""
    path = written(tmp_path, ROWS)
    undone(shop, taken_in(shop.workspace, path))
    again = taken_in(shop.workspace, path)
    assert counts(again) == (2, 0, 0, 0, 0)
    assert {one.reason for one in reason_report(shop.workspace)} == {"Visita atrasou", "Preço muito alto"}
    newest = {row.reason_id: row.retired for row in ReasonRevision.objects.order_by("since")}
    stated = Request.objects.filter(batch_id=again.id).values_list("reason_id", flat=True)
    assert not any(newest[reason] for reason in stated)


def test_what_a_person_ended_since_stays_as_it_is(shop: Shop, tmp_path: Path) -> None:
    """A request that a supervisor voided meanwhile is not voided twice."""
    batch = taken_in(shop.workspace, written(tmp_path, ROWS))
    request = Request.objects.get(contract_id=shop.contract)
    request_void(workspace=shop.workspace, actor=shop.clerk, request_id=request.id, why="wrong file")
    assert undone(shop, batch)["voided"] == 1
    assert len(entries_of(shop.workspace.id, request.id)) == 2


def test_changed_customers_get_back_what_they_said(shop: Shop, tmp_path: Path) -> None:
    """Fields that the import changed return, except one that somebody has changed since."""
    header = ("codigo", "nome", "email", "cidade", "cliente desde")
    first = [header, ("R1", "Rita Souza", "rita@example.com", "Campinas", "01/02/2020")]
    taken_in(shop.workspace, written(tmp_path, first), "customers")
    changed = [header, ("R1", "Rita S. Souza", "nova@example.com", "Santos", "05/06/2021")]
    batch = taken_in(shop.workspace, written(tmp_path, changed), "customers")
    Customer.objects.filter(external_id="R1").update(city="Guarujá")
    assert undone(shop, batch)["restored"] == 1
    rita = Customer.objects.get(external_id="R1")
    assert (rita.name, rita.name_folded, rita.email) == ("Rita Souza", "rita souza", "rita@example.com")
    assert rita.city == "Guarujá"
    assert rita.since == date(2020, 2, 1)
    assert counts(taken_in(shop.workspace, written(tmp_path, first), "customers"))[0] == 0


def test_customers_and_contracts_of_a_batch_go(shop: Shop, tmp_path: Path) -> None:
    """What a batch made goes with it, unless something else needs it by now."""
    people = [("codigo", "nome"), ("R1", "Rita Souza"), ("R2", "Ivo Nunes")]
    customers = taken_in(shop.workspace, written(tmp_path, people), "customers")
    rows = [("contrato", "codigo cliente", "mensalidade"), ("7", "R1", "10,00")]
    contracts = taken_in(shop.workspace, written(tmp_path, rows), "contracts")
    done = undone(shop, customers)
    assert (done["deleted"], done["kept"]) == (1, 1)
    assert undone(shop, contracts)["deleted"] == 1
    assert not Contract.objects.filter(number="7").exists()
    assert Customer.objects.filter(external_id="R1").exists()


def test_changed_contracts_get_back_price_plan_and_lines(shop: Shop, tmp_path: Path) -> None:
    """A changed line returns, an added one goes, and the contract costs again what it did."""
    header = ("contrato", "codigo cliente", "produto", "plano", "mensalidade", "status")
    first = [header, ("7", "R1", "Internet", "300 mega", "89,90", "ativo")]
    taken_in(shop.workspace, written(tmp_path, first), "contracts")
    more = [
        header,
        ("7", "R1", "Internet", "500 mega", "99,90", "suspenso"),
        ("7", "R1", "TV", "Básico", "40,00", ""),
    ]
    batch = taken_in(shop.workspace, written(tmp_path, more), "contracts")
    assert Contract.objects.get(number="7").amount_minor == 13990
    undone(shop, batch)
    contract = Contract.objects.get(number="7")
    assert (contract.amount_minor, contract.status) == (8990, "active")
    line = ContractLine.objects.get(contract_id=contract.id)
    assert (line.plan.name, line.amount_minor) == ("300 mega", 8990)


def test_corrected_requests_get_back_their_values(shop: Shop, tmp_path: Path) -> None:
    """A correction by a later file is taken back by a correction; one by hand since then stays."""
    taken_in(shop.workspace, written(tmp_path, ROWS[:2]))
    fixed = ("R1", "Rita Souza", "", "19/08/2024", "109,90", "Visita atrasou")
    header = (*HEADER, "cidade")
    batch = taken_in(
        shop.workspace, written(tmp_path, [header, (*fixed, "Santos")]), source=_source(tmp_path)
    )
    request = Request.objects.get(identity="import")
    assert (request.mrr_minor, request.city) == (10990, "Santos")
    request_correct(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=request.id,
        changes={"city": "Guarujá"},
        why="o cliente disse",
    )
    assert undone(shop, batch)["restored"] == 1
    request.refresh_from_db()
    assert (request.mrr_minor, request.city, request.state) == (9990, "Guarujá", "completed")


def _source(folder: Path) -> str:
    """Return the source of the file that stood there before: the shape of its header."""
    batch = ImportBatch.objects.order_by("created_at", "id")[0]
    assert folder.exists()
    return str(batch.source)


def test_a_contract_that_another_request_ended_stays_ended(shop: Shop, tmp_path: Path) -> None:
    """Undoing one of two cancellations of a contract leaves it ended, on the other one's day."""
    first = taken_in(shop.workspace, written(tmp_path, [HEADER, ROWS[2]]))
    later = [HEADER, ("c1001", "", "1001", "05/09/2025", "139,90", "Preço muito alto")]
    second = taken_in(shop.workspace, written(tmp_path, later))
    assert Contract.objects.get(id=shop.contract).ended_on == date(2025, 9, 5)
    undone(shop, first)
    contract = Contract.objects.get(id=shop.contract)
    assert (contract.status, contract.ended_on) == ("ended", date(2025, 9, 5))
    undone(shop, second)


def test_a_date_given_to_an_ended_contract_is_taken_back(shop: Shop, tmp_path: Path) -> None:
    """A contract that was ended already gets back the day it had before the batch."""
    Contract.objects.filter(id=shop.contract).update(status="ended", ended_on=date(2024, 1, 31))
    batch = taken_in(shop.workspace, written(tmp_path, [HEADER, ROWS[2]]))
    assert Contract.objects.get(id=shop.contract).ended_on == date(2024, 8, 20)
    undone(shop, batch)
    assert Contract.objects.get(id=shop.contract).ended_on == date(2024, 1, 31)


def test_what_wrote_nothing_or_is_undone_is_refused(shop: Shop, tmp_path: Path) -> None:
    """A batch that waits, or was taken back before, cannot be undone."""
    waiting = staged(shop.workspace, written(tmp_path, ROWS), "cancellations")
    with pytest.raises(BatchStateError):
        undone(shop, waiting)
    batch = taken_in(shop.workspace, written(tmp_path, ROWS))
    undone(shop, batch)
    with pytest.raises(BatchStateError):
        batch_undo_ask(workspace=shop.workspace, actor=shop.clerk, batch_id=batch.id)


def test_an_undo_in_the_background_goes_on_until_done(shop: Shop, tmp_path: Path) -> None:
    """The worker takes a batch back in as many slices as it needs, for the person who asked."""
    batch = taken_in(shop.workspace, written(tmp_path, ROWS))
    batch_undo_ask(workspace=shop.workspace, actor=shop.clerk, batch_id=batch.id)
    assert undo_work(workspace=shop.workspace, batch_id=batch.id)
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == ("undone", shop.clerk.id)
    assert entries_of(shop.workspace.id, batch.id)[-1].actor == shop.clerk
