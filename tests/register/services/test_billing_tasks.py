"""A person's proof, and billing's later word: what each closes, completes or leaves alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from atelogo.core import clock
from atelogo.core.errors import ValidationFailedError
from atelogo.core.ports.billing import BillingAnswer, BillingState
from atelogo.events import ledger, outbox
from atelogo.events.ledger import Actor
from atelogo.register.errors import (
    EvidenceRequiredError,
    RequestNotFoundError,
    RequestTransitionError,
    TaskNotFoundError,
)
from atelogo.register.models import ManualTask, Receipt, Request
from atelogo.register.services import requests
from atelogo.register.services.billing_tasks import billing_reported, billing_task_done
from tests.cast import company
from tests.register.conftest import MONDAY, Shop
from tests.register.services.test_deciding import declared, names
from tests.register.services.test_request_open import asked

DONE = BillingAnswer(BillingState.DONE, reference="C-1")


@pytest.fixture
def request_(shop: Shop) -> Request:
    """Return a confirmed request whose stop waits for a person."""
    request = declared(shop)
    outbox.drain()
    return request


def the_task(request: Request, kind: str = "billing_stop") -> ManualTask:
    """Return the request's task of ``kind``."""
    found: ManualTask = ManualTask.objects.get(request_id=request.id, kind=kind)
    return found


def close(shop: Shop, task_id: UUID, evidence: str = "OS 4711", at: datetime | None = None) -> bool:
    """Close a task on its proof."""
    return billing_task_done(
        workspace=shop.workspace, actor=shop.clerk, task_id=task_id, evidence=evidence, stopped_at=at
    )


def report(shop: Shop, protocol: str, verb: str = "cancel", answer: BillingAnswer = DONE) -> bool:
    """Report billing's later word."""
    return billing_reported(
        workspace=shop.workspace,
        actor=Actor("billing"),
        protocol=protocol,
        verb=verb,
        answer=answer,
        adapter="webhook_out",
    )


class TestByHand:
    """Closing the step is what completes the request."""

    def test_the_proof_closes_the_task_and_completes_the_request(self, shop: Shop, request_: Request) -> None:
        """One act, one transaction: task done, charge stopped when billing says, second receipt issued."""
        stopped = MONDAY - timedelta(minutes=5)
        assert close(shop, the_task(request_).id, at=stopped)
        request_.refresh_from_db()
        assert (request_.state, request_.billing_stopped_at) == ("completed", stopped)
        assert the_task(request_).state == "done"
        assert Receipt.objects.filter(request_id=request_.id, kind="completed").exists()
        assert names(shop, request_.id)[-4:] == [
            "task.done",
            "billing.asked",
            "request.completed",
            "receipt.issued",
        ]

    def test_the_proof_is_personal_detail_and_not_in_the_open_body(
        self, shop: Shop, request_: Request
    ) -> None:
        """What a person types may hold names: it is encrypted and can be shredded."""
        close(shop, the_task(request_).id, evidence="falei com a Maria, OS 4711")
        entries = ledger.entries_of(shop.workspace.id, request_.id)
        done = next(e for e in entries if e.name == "task.done")
        assert done.personal == {"evidence": "falei com a Maria, OS 4711"}
        assert not any("Maria" in str(e.body) for e in entries)

    def test_without_proof_nothing_is_closed(self, shop: Shop, request_: Request) -> None:
        """An empty proof leaves task and request as they were."""
        with pytest.raises(EvidenceRequiredError):
            close(shop, the_task(request_).id, evidence="  ")
        request_.refresh_from_db()
        assert (request_.state, the_task(request_).state) == ("confirmed", "open")

    @pytest.mark.parametrize("at", [MONDAY + timedelta(seconds=1), MONDAY.replace(tzinfo=None)])
    def test_a_stop_in_the_future_or_without_a_zone_is_refused(
        self, shop: Shop, request_: Request, at: datetime
    ) -> None:
        """A typing error in the time leaves everything as it was."""
        with pytest.raises(ValidationFailedError) as refused:
            close(shop, the_task(request_).id, at=at)
        assert [problem.field for problem in refused.value.fields] == ["stopped_at"]
        assert the_task(request_).state == "open"

    def test_a_second_click_finds_the_task_closed(self, shop: Shop, request_: Request) -> None:
        """Closing twice completes once."""
        task = the_task(request_)
        close(shop, task.id)
        with pytest.raises(TaskNotFoundError):
            close(shop, task.id)
        assert names(shop, request_.id).count("request.completed") == 1

    def test_another_companys_task_is_not_found(self, shop: Shop, request_: Request) -> None:
        """A task's id under another company is as if it did not exist."""
        with pytest.raises(TaskNotFoundError):
            billing_task_done(
                workspace=company("outra-casa", "Outra Casa"),
                actor=shop.clerk,
                task_id=the_task(request_).id,
                evidence="OS 4711",
            )

    def test_a_task_of_another_kind_completes_nothing(self, shop: Shop, request_: Request) -> None:
        """The answer to a fee is closed on its proof; the request stays where it is."""
        fee = ManualTask.objects.create(
            workspace_id=shop.workspace.id, request_id=request_.id, kind="answer_fee", created_at=clock.now()
        )
        assert not close(shop, fee.id)
        request_.refresh_from_db()
        assert request_.state == "confirmed"


class TestReported:
    """Billing speaks later."""

    def test_done_completes_once(self, shop: Shop, request_: Request) -> None:
        """The first report completes and closes the person's task; the second changes nothing."""
        assert report(shop, request_.protocol)
        assert not report(shop, request_.protocol)
        assert names(shop, request_.id).count("request.completed") == 1
        assert the_task(request_).state == "dropped"

    def test_a_protocol_of_nobody(self, shop: Shop) -> None:
        """An unknown protocol is said to be unknown."""
        with pytest.raises(RequestNotFoundError):
            report(shop, "2026030299999999")

    def test_an_open_request_is_left_open(self, shop: Shop) -> None:
        """Billing cannot confirm in the customer's place."""
        opened = requests.request_open(
            workspace=shop.workspace, actor=shop.person, declaration=asked(shop, clear=False)
        )
        with pytest.raises(RequestTransitionError):
            report(shop, opened.protocol)

    def test_a_taking_back_that_nobody_asked_for_is_left_alone(self, shop: Shop, request_: Request) -> None:
        """Billing reports an undo of a request that stands: nothing happens to it."""
        assert not report(shop, request_.protocol, verb="uncancel")
        request_.refresh_from_db()
        assert request_.state == "confirmed"
