"""Matching, joining duplicates, voiding, correcting, reasons and notes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from atelogo.core import clock
from atelogo.events import ledger
from atelogo.events.models import OutboxJob
from atelogo.register.errors import (
    EvidenceRequiredError,
    ExplanationRequiredError,
    MergeRefusedError,
    NotCorrectableError,
    ReasonNotFoundError,
    RequestTransitionError,
    TaskNotFoundError,
)
from atelogo.register.models import Contract, Inquiry, ManualTask, Note, Reason, Request, RequestReason
from atelogo.register.services import manual_tasks, requests
from atelogo.register.services.reasons import version_now
from atelogo.register.services.requests import Declaration, RequesterInput
from tests.register.conftest import MONDAY, Shop, subscriber
from tests.register.services.test_deciding import BILLING, declared, names


def unverified(shop: Shop, at_hours: int = 0) -> Request:
    """Leave a declaration without identification, some hours after Monday noon."""
    with clock.clock_at(MONDAY + timedelta(hours=at_hours)):
        result = requests.request_declare(
            workspace=shop.workspace,
            actor=shop.person,
            declaration=Declaration(
                channel="web", identity="unverified", requester=RequesterInput(name="José", contact="9999")
            ),
        )
    found: Request = Request.objects.get(id=result.id)
    return found


def reason(code: str) -> Reason:
    """Return a reason of the default tree."""
    found: Reason = Reason.objects.get(code=code)
    return found


def test_a_match_to_a_contract_with_an_active_request_joins_it(shop: Shop) -> None:
    """The earlier declaration, matched later, is merged and moves the deadline back to its own time."""
    early = unverified(shop, at_hours=-3)
    standing = declared(shop)
    into = requests.request_identify(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=early.id,
        customer_id=shop.customer,
        contract_id=shop.contract,
    )
    early.refresh_from_db()
    standing.refresh_from_db()
    assert (into, early.state, early.merged_into_id) == (standing.id, "merged", standing.id)
    assert standing.requested_at == MONDAY - timedelta(hours=3)
    assert standing.stop_due_at == MONDAY + timedelta(hours=45)


def test_a_matched_request_cannot_be_matched_again(shop: Shop) -> None:
    """Once its contract is known, a request is corrected or voided, never quietly moved."""
    request = declared(shop)
    with pytest.raises(RequestTransitionError):
        requests.request_identify(
            workspace=shop.workspace,
            actor=shop.clerk,
            request_id=request.id,
            customer_id=shop.customer,
            contract_id=shop.contract,
        )


def test_a_request_is_never_merged_into_itself_or_into_one_that_ended(shop: Shop) -> None:
    """Both refusals leave both requests as they were."""
    first, second = unverified(shop), unverified(shop)
    with pytest.raises(MergeRefusedError):
        requests.request_merge(
            workspace=shop.workspace, actor=shop.clerk, request_id=first.id, into_id=first.id
        )
    requests.request_void(workspace=shop.workspace, actor=shop.clerk, request_id=second.id, why="engano")
    with pytest.raises(MergeRefusedError):
        requests.request_merge(
            workspace=shop.workspace, actor=shop.clerk, request_id=first.id, into_id=second.id
        )
    first.refresh_from_db()
    assert first.state == "confirmed"


def test_voiding_gives_the_contract_back_and_tells_billing(shop: Shop) -> None:
    """The wrong homonym: contract active again, the stop taken back in billing, the why in the ledger."""
    request = declared(shop)
    from atelogo.core.ports.billing import BillingAnswer, BillingState
    from atelogo.register.services.billing_orders import billing_answered

    billing_answered(
        workspace=shop.workspace,
        request_id=request.id,
        verb="cancel",
        answer=BillingAnswer(BillingState.DONE, reference="b1"),
        adapter="simulator",
    )
    assert Contract.objects.get(id=shop.contract).status == "ended"
    requests.request_void(
        workspace=shop.workspace, actor=shop.clerk, request_id=request.id, why="homônimo errado"
    )
    assert Contract.objects.get(id=shop.contract).status == "active"
    assert OutboxJob.objects.filter(task="register.billing_uncancel").count() == 1
    last = ledger.entries_of(shop.workspace.id, request.id)[-1]
    assert (last.name, last.personal) == ("request.voided", {"why": "homônimo errado"})


def test_voiding_needs_its_why(shop: Shop) -> None:
    """A supervisor's act without a word is refused."""
    request = declared(shop)
    with pytest.raises(ExplanationRequiredError):
        requests.request_void(workspace=shop.workspace, actor=shop.clerk, request_id=request.id, why=" ")


def test_a_correction_keeps_before_after_and_why(shop: Shop) -> None:
    """The wrong field is put right and both values stay, as personal detail, with the reason."""
    request = declared(shop)
    requests.request_correct(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=request.id,
        changes={"mrr_minor": "12000", "competitor": "Vizinha Net"},
        why="valor digitado errado",
    )
    entry = ledger.entries_of(shop.workspace.id, request.id)[-1]
    assert entry.name == "request.corrected"
    assert entry.personal == {
        "before": {"mrr_minor": 13990, "competitor": ""},
        "after": {"mrr_minor": 12000, "competitor": "Vizinha Net"},
        "why": "valor digitado errado",
    }


def test_an_earlier_declaration_corrected_in_moves_the_deadline(shop: Shop) -> None:
    """A letter found later dates the request, and billing's deadline runs from it."""
    request = declared(shop)
    requests.request_correct(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=request.id,
        changes={"declared_at": (MONDAY - timedelta(days=1)).isoformat()},
        why="carta de domingo",
    )
    request.refresh_from_db()
    assert request.requested_at == MONDAY - timedelta(days=1)
    assert request.stop_due_at == MONDAY + timedelta(days=1)


@pytest.mark.parametrize("field", ["state", "protocol", "confirmed_at", "contract_id"])
def test_what_the_services_own_is_not_corrected_by_hand(shop: Shop, field: str) -> None:
    """State, protocol, legal times and ids have their own services."""
    request = declared(shop)
    with pytest.raises(NotCorrectableError):
        requests.request_correct(
            workspace=shop.workspace, actor=shop.clerk, request_id=request.id, changes={field: "x"}, why="abc"
        )


def test_the_reason_is_saved_in_every_state_with_its_version(shop: Shop) -> None:
    """Asked after the fact, the reason is kept once, in order, under the tree's version in force."""
    request = declared(shop)
    requests.request_undo(workspace=shop.workspace, actor=shop.person, request_id=request.id)
    first, second = list(Reason.objects.exclude(code="not_informed")[3:5])
    for _tap in range(2):
        requests.request_reason_set(
            workspace=shop.workspace,
            actor=shop.person,
            request_id=request.id,
            reason_id=first.id,
            source="customer",
            secondary=(second.id,),
        )
    request.refresh_from_db()
    assert (request.reason_id, request.reason_version) == (first.id, version_now(shop.workspace.id))
    assert list(RequestReason.objects.order_by("position").values_list("reason_id", flat=True)) == [
        first.id,
        second.id,
    ]
    assert names(shop, request.id).count("request.reason_set") == 2


def test_an_unknown_reason_changes_nothing(shop: Shop) -> None:
    """A reason of another company, or none at all, is refused before anything is replaced."""
    request = declared(shop)
    with pytest.raises(ReasonNotFoundError):
        requests.request_reason_set(
            workspace=shop.workspace,
            actor=shop.person,
            request_id=request.id,
            reason_id=uuid4(),
            source="customer",
        )
    assert RequestReason.objects.count() == 0


def test_the_verified_cause_stands_beside_the_stated_reason(shop: Shop) -> None:
    """What the data say may disagree with what was said; both stay."""
    request = declared(shop)
    stated, found = list(Reason.objects.all()[3:5])
    requests.request_reason_set(
        workspace=shop.workspace,
        actor=shop.person,
        request_id=request.id,
        reason_id=stated.id,
        source="customer",
    )
    requests.cause_verify(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=request.id,
        reason_id=found.id,
        evidence="5 chamados, 2 quedas em 30 dias",
    )
    request.refresh_from_db()
    assert (request.reason_id, request.verified_cause_id) == (stated.id, found.id)


def test_a_note_is_kept_apart_from_the_ledger_body(shop: Shop) -> None:
    """A note is readable to staff, personal in the ledger, refused when empty."""
    request = declared(shop)
    requests.note_add(workspace=shop.workspace, actor=shop.clerk, request_id=request.id, text="ligou brava")
    assert Note.objects.get().text == "ligou brava"
    assert "brava" not in str(ledger.entries_of(shop.workspace.id, request.id)[-1].body)
    with pytest.raises(ExplanationRequiredError):
        requests.note_add(workspace=shop.workspace, actor=shop.clerk, request_id=request.id, text="  ")


def test_asking_is_not_cancelling(shop: Shop) -> None:
    """A question about the fee has its own protocol in its own series and makes no request."""
    from atelogo.register.domain import protocol

    number = requests.inquiry_open(
        workspace=shop.workspace,
        actor=shop.clerk,
        channel="phone",
        topic="fee",
        question="quanto dá a multa?",
        customer_id=shop.customer,
        contract_id=shop.contract,
    )
    assert protocol.series_of(number) == "inquiry"
    assert Inquiry.objects.get().question == "quanto dá a multa?"
    assert Request.objects.count() == 0


def test_a_task_closes_only_on_proof_and_once(shop: Shop) -> None:
    """Without evidence it stays open; closed, it is gone for the next click."""
    declared(shop, requester=RequesterInput(relation="relative", name="Rosa"))
    task = ManualTask.objects.get()
    with pytest.raises(EvidenceRequiredError):
        manual_tasks.task_done(workspace=shop.workspace, actor=shop.clerk, task_id=task.id, evidence="")
    manual_tasks.task_done(workspace=shop.workspace, actor=shop.clerk, task_id=task.id, evidence="doc 1")
    with pytest.raises(TaskNotFoundError):
        manual_tasks.task_done(workspace=shop.workspace, actor=shop.clerk, task_id=task.id, evidence="doc 1")


def test_renaming_and_merging_reasons_leaves_earlier_versions_as_they_were(shop: Shop) -> None:
    """A revision from version 2 on: what version 1 said of a reason is still there to be read."""
    from atelogo.register.models import ReasonRevision
    from atelogo.register.services.reason_tree import ReasonChange, tree_change

    leaf, other = list(ReasonRevision.objects.filter(parent__isnull=False)[:2])
    before = dict(leaf.labels)
    number = tree_change(
        workspace=shop.workspace,
        actor=shop.clerk,
        changes=[
            ReasonChange(reason_id=leaf.reason_id, fields={"labels": {"pt-br": "Outro nome"}}),
            ReasonChange(reason_id=other.reason_id, merge_into=leaf.reason_id),
        ],
    )
    assert number == 2
    assert ReasonRevision.objects.get(reason_id=leaf.reason_id, since=1).labels == before
    assert ReasonRevision.objects.get(reason_id=leaf.reason_id, since=2).labels == {"pt-br": "Outro nome"}
    assert Reason.objects.get(id=other.reason_id).merged_into_id == leaf.reason_id


def test_a_spelling_joins_a_reason_only_when_equal_after_folding(shop: Shop) -> None:
    """Accents, case and spaces fold; anything else becomes a new leaf in the file's own spelling."""
    from atelogo.register.models import ReasonRevision
    from atelogo.register.services.reason_tree import reasons_for_spellings

    leaf = ReasonRevision.objects.filter(parent__isnull=False).first()
    assert leaf is not None
    label = leaf.labels["pt-br"]
    found = reasons_for_spellings(
        workspace=shop.workspace,
        actor=shop.clerk,
        spellings=[f"  {label.upper()}. ", "Concorrente fez melhor oferta", "concorrente fez melhor oferta"],
    )
    assert found[f"  {label.upper()}. "] == leaf.reason_id
    assert found["Concorrente fez melhor oferta"] == found["concorrente fez melhor oferta"]
    fresh = ReasonRevision.objects.get(reason_id=found["Concorrente fez melhor oferta"])
    assert fresh.labels["pt-br"] == "Concorrente fez melhor oferta"
    assert fresh.parent is not None
    assert fresh.parent.code == "to_classify"


def test_the_other_contract_of_the_customer_is_untouched(shop: Shop) -> None:
    """Cancelling one contract leaves every other one active."""
    _customer, other = subscriber(shop.workspace, "1009")
    request = declared(shop)
    requests.request_complete(workspace=shop.workspace, actor=BILLING, request_id=request.id)
    assert Contract.objects.get(id=other).status == "active"
