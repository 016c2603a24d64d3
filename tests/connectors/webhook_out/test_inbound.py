"""Call-backs over HTTP: what completes a request, and everything that must not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from atelogo.accounts.domain.workspace import WorkspaceInfo
from atelogo.connectors.webhook_out import services
from atelogo.connectors.webhook_out.services import EndpointView
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger, outbox
from atelogo.register.models import ManualTask, Receipt, Request
from atelogo.register.services import requests
from tests.cast import company
from tests.connectors.webhook_out.conftest import Line
from tests.connectors.webhook_out.house import signed
from tests.register.conftest import MONDAY, subscriber
from tests.register.services.test_request_open import asked

NOW = int(MONDAY.timestamp())


@pytest.fixture
def pending(line: Line) -> Request:
    """Return a confirmed request whose order the billing system has taken in and not carried out yet."""
    opened = requests.request_declare(
        workspace=line.shop.workspace, actor=line.shop.person, declaration=asked(line.shop)
    )
    line.house.usual_status = 202
    outbox.drain()
    found: Request = Request.objects.get(id=opened.id)
    assert (found.state, found.processed_at) == ("confirmed", MONDAY)
    return found


def completed(request: Request, **data: object) -> dict[str, Any]:
    """Return the message that says that the charge stopped."""
    return {"type": "cancellation.completed", "data": {"protocol": request.protocol, **data}}


def post(
    line: Line,
    message: Mapping[str, Any],
    *,
    message_id: str = "msg_1",
    at: int = NOW,
    secret: str = "",
    workspace: WorkspaceInfo | None = None,
    endpoint: EndpointView | None = None,
    spoil: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Call back as the company's system would, or as a forger."""
    body, headers = signed(secret or line.secret, message_id, at, dict(message))
    return raw(line, body, headers | dict(spoil or {}), workspace=workspace, endpoint=endpoint)


def raw(
    line: Line,
    body: bytes,
    headers: Mapping[str, str],
    *,
    workspace: WorkspaceInfo | None = None,
    endpoint: EndpointView | None = None,
) -> HttpResponse:
    """Post a body with headers to the call-back address."""
    slug = (workspace or line.shop.workspace).slug
    public = (endpoint or line.endpoint).public_id
    client = Client(enforce_csrf_checks=True)
    return client.post(  # type: ignore[return-value]
        f"/{slug}/hooks/billing/{public}", body, content_type="application/json", headers=dict(headers)
    )


def state_of(request: Request) -> str:
    """Return the request's state as it is now."""
    return str(Request.objects.values_list("state", flat=True).get(id=request.id))


def names(line: Line, request: Request) -> list[str]:
    """Return the names of the request's events."""
    return [entry.name for entry in ledger.entries_of(line.shop.workspace.id, request.id)]


class TestTakenIn:
    """Signed, fresh, of this company."""

    def test_it_completes_the_request_with_billings_time_and_number(
        self, line: Line, pending: Request
    ) -> None:
        """Completed, second receipt issued, the reference in the ledger, acted by billing."""
        answer = post(line, completed(pending, stopped_at="2026-03-02T14:30:00Z", reference="C-9"))
        assert (answer.status_code, json.loads(answer.content)) == (200, {"changed": True})
        pending.refresh_from_db()
        assert pending.state == "completed"
        assert pending.billing_stopped_at == MONDAY - timedelta(minutes=30)
        assert Receipt.objects.filter(request_id=pending.id, kind="completed").count() == 1
        last = next(
            e for e in ledger.entries_of(line.shop.workspace.id, pending.id) if e.name == "request.completed"
        )
        assert (last.body["reference"], last.body["by"], last.actor.id) == (
            "C-9",
            "billing",
            line.endpoint.id,
        )

    def test_the_same_message_again_changes_nothing(self, line: Line, pending: Request) -> None:
        """A replayed call-back is answered kindly and leaves no trace."""
        post(line, completed(pending))
        before = names(line, pending)
        for _again in range(3):
            answer = post(line, completed(pending))
            assert json.loads(answer.content) == {"changed": False}
        assert names(line, pending) == before

    def test_another_message_about_a_completed_request_changes_nothing(
        self, line: Line, pending: Request
    ) -> None:
        """A second "completed" under another id finds nothing to complete."""
        post(line, completed(pending))
        before = names(line, pending)
        answer = post(line, completed(pending), message_id="msg_2")
        assert json.loads(answer.content) == {"changed": False}
        assert names(line, pending) == before

    def test_a_refusal_gives_the_stop_to_a_person(self, line: Line, pending: Request) -> None:
        """Billing says no afterwards: an open task before the deadline, the request still confirmed."""
        message = {"type": "cancellation.refused", "data": {"protocol": pending.protocol, "detail": "debt"}}
        assert post(line, message).status_code == 200
        task = ManualTask.objects.get(request_id=pending.id, kind="billing_stop")
        assert (task.state, task.due_at, task.facts["refused"]) == ("open", pending.stop_due_at, True)
        assert state_of(pending) == "confirmed"

    def test_a_completion_after_a_refusal_closes_the_persons_task(self, line: Line, pending: Request) -> None:
        """Billing changed its mind: completed once, and the person is rid of the task."""
        post(line, {"type": "cancellation.refused", "data": {"protocol": pending.protocol}})
        post(line, completed(pending), message_id="msg_2")
        assert state_of(pending) == "completed"
        assert not ManualTask.objects.filter(state="open", kind="billing_stop").exists()

    def test_during_a_rotation_either_secret_may_sign(self, line: Line, pending: Request) -> None:
        """The company's system still signs with the old secret: accepted until the overlap ends."""
        services.endpoint_rotate(
            workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id
        )
        assert post(line, completed(pending)).status_code == 200

    def test_an_address_turned_off_still_takes_answers_to_earlier_orders(
        self, line: Line, pending: Request
    ) -> None:
        """The order went out before: its end is still welcome."""
        services.endpoint_disable(
            workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id
        )
        assert post(line, completed(pending)).status_code == 200
        assert state_of(pending) == "completed"

    def test_a_stop_reported_after_the_undo_is_taken_back(self, line: Line, pending: Request) -> None:
        """The customer undid meanwhile: it stays undone and billing is told that the stop does not hold."""
        requests.request_undo(workspace=line.shop.workspace, actor=line.shop.person, request_id=pending.id)
        outbox.drain()
        post(line, completed(pending))
        outbox.drain()
        assert state_of(pending) == "undone"
        kinds = [order["type"] for order in line.house.orders.values()]
        assert kinds == ["cancellation.requested", "undo.requested", "undo.requested"]

    def test_an_undo_that_billing_refuses_goes_to_a_person(self, line: Line, pending: Request) -> None:
        """Taking the stop back failed at the company: a person resumes the charge."""
        requests.request_undo(workspace=line.shop.workspace, actor=line.shop.person, request_id=pending.id)
        outbox.drain()
        post(line, {"type": "undo.refused", "data": {"protocol": pending.protocol}})
        assert (
            ManualTask.objects.filter(request_id=pending.id, kind="billing_resume", state="open").count() == 1
        )


class TestRefused:
    """Everything else leaves the request as it was."""

    @pytest.mark.parametrize(
        "spoil",
        [
            {"webhook-signature": "v1,AAAA"},
            {"webhook-signature": ""},
            {"webhook-signature": "v1a,AAAA v2,BBBB nonsense"},
            {"webhook-signature": "v1,###"},
            {"webhook-id": "msg_other"},
            {"webhook-id": ""},
            {"webhook-id": "x" * 300},
            {"webhook-timestamp": str(NOW + 1)},
            {"webhook-timestamp": ""},
            {"webhook-timestamp": "now"},
            {"webhook-timestamp": "9" * 40},
        ],
    )
    def test_a_wrong_signature_or_header(self, line: Line, pending: Request, spoil: dict[str, str]) -> None:
        """A header changed in any way: 401 in one shape, nothing changed."""
        answer = post(line, completed(pending), spoil=spoil)
        assert answer.status_code == 401
        assert json.loads(answer.content)["code"] == "webhook_signature_invalid"
        assert state_of(pending) == "confirmed"

    def test_a_changed_byte_of_the_body(self, line: Line, pending: Request) -> None:
        """The raw body is what is signed: a space more and it is another message."""
        body, headers = signed(line.secret, "msg_1", NOW, completed(pending))
        assert raw(line, body + b" ", headers).status_code == 401

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_a_message_that_is_not_fresh(self, line: Line, pending: Request, seconds: int) -> None:
        """More than five minutes old or ahead: a replay from somebody's log does nothing."""
        assert post(line, completed(pending), at=NOW + seconds).status_code == 401
        assert state_of(pending) == "confirmed"

    @pytest.mark.parametrize("seconds", [-299, 299])
    def test_a_clock_a_little_off_is_forgiven(self, line: Line, pending: Request, seconds: int) -> None:
        """Up to five minutes either way."""
        assert post(line, completed(pending), at=NOW + seconds).status_code == 200

    def test_the_secret_of_another_company(self, line: Line, pending: Request) -> None:
        """A neighbour signs with its own secret: refused."""
        elsewhere = company("outra-casa", "Outra Casa")
        other = services.endpoint_create(workspace=elsewhere, actor=line.shop.clerk, url=line.house.url)
        assert post(line, completed(pending), secret=other.secret).status_code == 401

    def test_the_address_of_another_company(self, line: Line, pending: Request) -> None:
        """Rightly signed, posted under another company's slug: nobody listens there."""
        elsewhere = company("outra-casa", "Outra Casa")
        assert post(line, completed(pending), workspace=elsewhere).status_code == 401
        assert state_of(pending) == "confirmed"

    def test_a_request_of_another_company(self, line: Line, pending: Request) -> None:
        """A neighbour, rightly signed at its own address, names our protocol: unknown to it."""
        elsewhere = company("outra-casa", "Outra Casa")
        other = services.endpoint_create(workspace=elsewhere, actor=line.shop.clerk, url=line.house.url)
        answer = post(
            line, completed(pending), secret=other.secret, workspace=elsewhere, endpoint=other.endpoint
        )
        assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "request_not_found")
        assert state_of(pending) == "confirmed"

    def test_an_unknown_address_looks_like_a_wrong_signature(self, line: Line, pending: Request) -> None:
        """Whether an address exists cannot be learned from the answer."""
        body, headers = signed(line.secret, "msg_1", NOW, completed(pending))
        client = Client()
        for public in (f"hook_{UUID(int=1).hex}", "hook_x", "nonsense"):
            url = f"/{line.shop.workspace.slug}/hooks/billing/{public}"
            answer = client.post(url, body, content_type="application/json", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "webhook_signature_invalid")

    def test_an_open_request_is_not_completed(self, line: Line) -> None:
        """Nobody confirmed yet: 409, and billing's word confirms nothing."""
        opened = requests.request_open(
            workspace=line.shop.workspace,
            actor=line.shop.person,
            declaration=asked(line.shop, clear=False),
        )
        request = Request.objects.get(id=opened.id)
        answer = post(line, completed(request))
        assert (answer.status_code, json.loads(answer.content)["code"]) == (409, "request_transition_refused")
        assert state_of(request) == "open"

    def test_a_refused_message_may_be_sent_again(self, line: Line, pending: Request) -> None:
        """What was refused was not noted: the same id is taken in once it is right."""
        assert (
            post(
                line, {"type": "cancellation.completed", "data": {"protocol": "2026030299999999"}}
            ).status_code
            == 404
        )
        assert post(line, completed(pending)).status_code == 200

    @pytest.mark.parametrize(
        "message",
        [
            {"type": "cancellation.wanted", "data": {"protocol": "1"}},
            {"type": "cancellation.completed"},
            {"type": "cancellation.completed", "data": []},
            {"type": "cancellation.completed", "data": {"protocol": 2026}},
            {"type": "cancellation.completed", "data": {"protocol": "' OR 1=1"}},
            {"type": ["cancellation.completed"], "data": {"protocol": "1"}},
            {},
        ],
    )
    def test_what_cannot_be_understood(self, line: Line, pending: Request, message: dict[str, Any]) -> None:
        """Signed nonsense gets a clear answer and changes nothing."""
        answer = post(line, message)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "webhook_body_invalid")
        assert state_of(pending) == "confirmed"

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 5000, b"null"])
    def test_bodies_of_no_shape(self, line: Line, pending: Request, body: bytes) -> None:
        """Any bytes get an answer, never a crash."""
        from tests.connectors.webhook_out.house import signature_by_hand

        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(NOW),
            "webhook-signature": signature_by_hand(line.secret, "msg_1", str(NOW), body),
        }
        assert raw(line, body, headers).status_code in {401, 422}

    def test_a_body_beyond_twenty_kilobytes(self, line: Line, pending: Request) -> None:
        """Larger than any message of this kind: refused unread."""
        answer = post(line, completed(pending, detail="x" * 21_000))
        assert (answer.status_code, json.loads(answer.content)["code"]) == (413, "webhook_body_too_large")

    def test_other_methods(self, line: Line) -> None:
        """The address takes POST only."""
        assert Client().get(f"/{line.shop.workspace.slug}/hooks/billing/hook_1").status_code == 405

    def test_guessing_is_slowed_down(self, line: Line, pending: Request) -> None:
        """After sixty wrong signatures from one place the answer is to wait; a right one still passes."""
        for _guess in range(60):
            assert post(line, completed(pending), spoil={"webhook-signature": "v1,AAAA"}).status_code == 401
        assert post(line, completed(pending), spoil={"webhook-signature": "v1,AAAA"}).status_code == 429
        assert post(line, completed(pending)).status_code == 200


def test_two_companies_with_the_same_message_id_do_not_meet(line: Line, pending: Request) -> None:
    """Ids are the sender's own: an equal one of another company is another message."""
    post(line, completed(pending), message_id="msg_1")
    elsewhere = company("outra-casa", "Outra Casa", billing="webhook_out")
    other = services.endpoint_create(workspace=elsewhere, actor=line.shop.clerk, url=line.house.url)
    line.house.secrets.append(other.secret)
    with workspace_scope(elsewhere.id):
        customer, contract = subscriber(elsewhere)
        opened = requests.request_declare(
            workspace=elsewhere,
            actor=line.shop.clerk,
            declaration=asked(line.shop, customer_id=customer, contract_id=contract),
        )
        outbox.drain()
        request = Request.objects.get(id=opened.id)
    with clock.clock_at(MONDAY):
        answer = post(
            line,
            completed(request),
            message_id="msg_1",
            secret=other.secret,
            workspace=elsewhere,
            endpoint=other.endpoint,
        )
    assert json.loads(answer.content) == {"changed": True}
