"""After cancelling: equipment goes back as chosen, a disputed fee is held, a late charge is looked at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from atelogo.core import clock
from atelogo.core.errors import ValidationFailedError
from atelogo.events import ledger
from atelogo.register.errors import RequestTransitionError
from atelogo.register.models import Contract, EquipmentReturn, ManualTask, Request, Touchpoint
from atelogo.register.services import customers, requests
from atelogo.register.services.after_leaving import (
    charge_report,
    equipment_return_choose,
    fee_dispute,
)
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_deciding import declared


def tasks(request: Request) -> dict[str, str]:
    """Return the request's tasks: kind to state, the newest of a kind."""
    return {task.kind: task.state for task in ManualTask.objects.filter(request=request).order_by("id")}


def test_a_fee_disputed_afterwards_is_held(shop: Shop) -> None:
    """The fee is disputed with an answer by a date, a person gets the step, and the cancellation stands."""
    request = declared(shop)
    fee_dispute(workspace=shop.workspace, actor=shop.person, request_id=request.id, why="not_working")
    fee_dispute(workspace=shop.workspace, actor=shop.person, request_id=request.id, why="no_coverage")
    request.refresh_from_db()
    assert (request.fee_state, request.fee_dispute) == ("disputed", "not_working")
    assert request.fee_answer_due_on == date(2026, 3, 9)
    assert (request.state, tasks(request)["answer_fee"]) == ("confirmed", "open")


def test_there_is_nothing_to_dispute_without_a_fee(shop: Shop) -> None:
    """A request without a fee, and one that was undone, refuse a dispute."""
    Contract.objects.filter(id=shop.contract).update(committed_until=None, commitment_benefit_minor=None)
    request = declared(shop)
    for _state in ("confirmed", "undone"):
        with pytest.raises(RequestTransitionError):
            fee_dispute(workspace=shop.workspace, actor=shop.person, request_id=request.id, why="not_working")
        requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)


def test_a_dispute_needs_one_of_the_reasons(shop: Shop) -> None:
    """A reason that is none of ours is refused by name."""
    request = declared(shop)
    with pytest.raises(ValidationFailedError) as refused:
        fee_dispute(workspace=shop.workspace, actor=shop.person, request_id=request.id, why="because")
    assert [problem.field for problem in refused.value.fields] == ["dispute"]


def chosen(shop: Shop, request: Request, way: str, day: date | None = None, part: str = "") -> int:
    """Choose how equipment goes back."""
    return equipment_return_choose(
        workspace=shop.workspace, actor=shop.person, request_id=request.id, way=way, day=day, part=part
    )


def test_the_return_is_chosen_and_may_be_changed(shop: Shop) -> None:
    """Each piece keeps the latest choice, and one open step says it."""
    for serial in ("A1", "B2"):
        customers.equipment_lend(
            workspace=shop.workspace, contract_id=shop.contract, kind="Roteador", serial=serial
        )
    request = declared(shop)
    assert chosen(shop, request, "counter") == 2
    assert chosen(shop, request, "pickup", date(2026, 3, 5), "afternoon") == 2
    rows = EquipmentReturn.objects.filter(request=request)
    assert {(row.way, row.window["day"], row.due_on) for row in rows} == {
        ("pickup", "2026-03-05", date(2026, 4, 1))
    }
    open_tasks = ManualTask.objects.filter(request=request, kind="equipment_return", state="open")
    assert open_tasks.get().facts == {"way": "pickup", "day": "2026-03-05", "part": "afternoon"}
    names = [entry.name for entry in ledger.entries_of(shop.workspace.id, request.id)]
    assert names.count("request.equipment_return_chosen") == 4


@pytest.mark.parametrize(
    "way,day,part,field",
    [
        ("by_owl", None, "", "way"),
        ("pickup", None, "morning", "day"),
        ("pickup", date(2026, 3, 2), "morning", "day"),
        ("pickup", date(2026, 4, 2), "morning", "day"),
        ("pickup", date(2026, 3, 5), "midnight", "part"),
    ],
)
def test_a_pickup_needs_a_day_that_can_be(
    shop: Shop, way: str, day: date | None, part: str, field: str
) -> None:
    """Today is too soon, beyond the term too late; the field at fault is named and nothing is kept."""
    request = declared(shop)
    with pytest.raises(ValidationFailedError) as refused:
        chosen(shop, request, way, day, part)
    assert [problem.field for problem in refused.value.fields] == [field]
    assert not EquipmentReturn.objects.exists()


def test_equipment_is_no_matter_of_an_undone_request(shop: Shop) -> None:
    """What stays in use does not go back."""
    request = declared(shop)
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    with pytest.raises(RequestTransitionError):
        chosen(shop, request, "counter")


def test_a_charge_afterwards_goes_to_a_person_within_a_day(shop: Shop) -> None:
    """Two reports leave both texts and one urgent step."""
    request = declared(shop)
    for words in ("boleto de 99,90", "de novo"):
        charge_report(workspace=shop.workspace, actor=shop.person, request_id=request.id, words=words)
    touches = Touchpoint.objects.filter(request=request, kind="charged_after")
    assert {touch.summary for touch in touches} == {"boleto de 99,90", "de novo"}
    task = ManualTask.objects.get(request=request, kind="charged_after")
    assert task.due_at == MONDAY + timedelta(days=1)
    with clock.clock_at(MONDAY + timedelta(hours=1)):
        requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    with pytest.raises(RequestTransitionError):
        charge_report(workspace=shop.workspace, actor=shop.person, request_id=request.id, words="x")
