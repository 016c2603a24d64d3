"""Orders as signed messages to a real HTTP receiver, which fails in many ways."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings
from werkzeug import Response

from atelogo.connectors.webhook_out import adapter, services, signatures
from atelogo.connectors.webhook_out.adapter import WebhookBilling
from atelogo.core import clock
from atelogo.core.ports.billing import (
    BillingAnswer,
    BillingState,
    BillingUnavailableError,
    CancelOrder,
    CancelWhen,
    SubscriptionRef,
)
from atelogo.events import ledger
from tests.connectors.webhook_out.conftest import Line
from tests.register.conftest import MONDAY

ORDER = CancelOrder(
    request_id=UUID(int=1),
    protocol="2026030212345678",
    subscription=SubscriptionRef(UUID(int=2), "ctr-1001", ("line-1", "line-2")),
    when=CancelWhen.DATE,
    on=date(2026, 4, 1),
    idempotency_key="cancel:0001",
)


def tell(line: Line, order: CancelOrder = ORDER) -> BillingAnswer:
    """Send the order by the adapter."""
    return WebhookBilling(line.shop.workspace.id).subscription_cancel(order)


class TestMessage:
    """What goes out."""

    def test_it_says_what_to_stop_and_when_and_where_to_call_back(self, line: Line) -> None:
        """Protocol, references, last day, key and call-back address: nothing of the person."""
        tell(line)
        (message,) = line.house.orders.values()
        assert message == {
            "type": "cancellation.requested",
            "timestamp": "2026-03-02T15:00:00.000000Z",
            "data": {
                "protocol": "2026030212345678",
                "request": f"req_{UUID(int=1).hex}",
                "contract": {
                    "id": f"ctr_{UUID(int=2).hex}",
                    "billing_ref": "ctr-1001",
                    "line_refs": ["line-1", "line-2"],
                },
                "when": "date",
                "on": "2026-04-01",
                "idempotency_key": "cancel:0001",
                "callback_url": line.endpoint.callback_url,
            },
        }

    def test_the_signature_is_that_of_the_specification(self, line: Line) -> None:
        """The receiver reckons it by hand over the raw body; the headers are those of Standard Webhooks."""
        assert tell(line).state is BillingState.DONE
        (headers,) = line.house.headers
        assert headers["webhook-id"] == "cancel:0001"
        assert headers["webhook-timestamp"] == str(int(MONDAY.timestamp()))
        assert headers["content-type"] == "application/json"

    def test_signing_agrees_with_the_published_example(self) -> None:
        """Secret, id, time and body of the specification's own example give its signature."""
        headers = signatures.signed_headers(
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            datetime.fromtimestamp(1614265330, UTC),
            b'{"test": 2432232314}',
        )
        assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_a_retry_has_the_same_id_and_a_new_time(self, line: Line) -> None:
        """The receiver drops repeats by id; the new time keeps the retry inside its tolerance."""
        line.house.replies = [Response(status=500)]
        with pytest.raises(BillingUnavailableError):
            tell(line)
        with clock.clock_at(MONDAY + timedelta(hours=3)):
            tell(line)
        first, second = line.house.headers
        assert first["webhook-id"] == second["webhook-id"]
        assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 3 * 3600

    def test_taking_back_is_a_message_of_its_own(self, line: Line) -> None:
        """The word that the stop no longer holds has its own type and no last day."""
        order = replace(ORDER, idempotency_key="uncancel:0001")
        WebhookBilling(line.shop.workspace.id).subscription_uncancel(order)
        (message,) = line.house.orders.values()
        assert message["type"] == "undo.requested"
        assert "on" not in message["data"]

    def test_during_a_rotation_old_and_new_secret_both_fit(self, line: Line) -> None:
        """The receiver still has the old secret, or has the new one already: both accept the message."""
        made = services.endpoint_rotate(
            workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id
        )
        assert tell(line).state is BillingState.DONE
        line.house.secrets = [made.secret]
        assert tell(line, replace(ORDER, idempotency_key="cancel:0002")).state is BillingState.DONE

    def test_after_the_rotation_the_old_secret_no_longer_signs(self, line: Line) -> None:
        """A day later only the new secret counts."""
        services.endpoint_rotate(
            workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id
        )
        with clock.clock_at(MONDAY + timedelta(hours=25)):
            assert tell(line).state is BillingState.REFUSED
        assert len(line.house.headers[0]["webhook-signature"].split(" ")) == 1


class TestAnswers:
    """What the receiver says."""

    def test_done_at_once_with_its_own_time_and_number(self, line: Line) -> None:
        """Billing's time and reference are taken over."""
        line.house.usual = {
            "status": "done",
            "stopped_at": "2026-03-02T11:59:00-03:00",
            "reference": "C-77\n",
        }
        answer = tell(line)
        assert answer.state is BillingState.DONE
        assert (answer.reference, answer.stopped_at) == ("C-77", MONDAY - timedelta(minutes=1))

    @pytest.mark.parametrize("said", ["2026-03-02T11:00:00", "tomorrow", "2027-01-01T00:00:00Z", None, 7])
    def test_a_time_that_cannot_be_believed_is_left_out(self, line: Line, said: object) -> None:
        """Without a zone, malformed or in the future: done all the same, at our own time."""
        line.house.usual = {"status": "done", "stopped_at": said}
        answer = tell(line)
        assert (answer.state, answer.stopped_at) == (BillingState.DONE, None)

    @pytest.mark.parametrize(
        "status, body",
        [
            (202, ""),
            (202, '{"status": "done"}'),
            (200, "not json"),
            (204, ""),
            (200, "[]"),
            (200, '{"status": 5}'),
        ],
    )
    def test_taken_in_without_saying_done_waits_for_the_call_back(
        self, line: Line, status: int, body: str
    ) -> None:
        """Any 2xx is a delivery; only an explicit "done" under 200 is an end."""
        line.house.replies = [Response(body, status=status)]
        assert tell(line).state is BillingState.PENDING

    def test_refused_in_words(self, line: Line) -> None:
        """A 200 that says refused goes to a person with what it said."""
        line.house.usual = {"status": "refused", "detail": "contract unknown"}
        answer = tell(line)
        assert (answer.state, answer.detail) == (BillingState.REFUSED, "contract unknown")

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
    def test_a_client_error_is_a_refusal(self, line: Line, status: int) -> None:
        """The same message would be refused again: a person looks at it."""
        line.house.replies = [Response(status=status)]
        answer = tell(line)
        assert (answer.state, answer.detail) == (BillingState.REFUSED, f"http_{status}")

    @pytest.mark.parametrize("status", [301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504])
    def test_faults_redirects_and_later_are_tried_again(self, line: Line, status: int) -> None:
        """Redirects are not followed, which would hand the message to somebody else."""
        headers = {"Location": line.house.server.url_for("/elsewhere")} if status < 400 else {}
        line.house.replies = [Response(status=status, headers=headers)]
        with pytest.raises(BillingUnavailableError, match=f"http_{status}"):
            tell(line)
        assert len(line.house.headers) == 1

    def test_gone_turns_the_address_off_and_asks_a_person(self, line: Line) -> None:
        """410: this order and the next ones go to people until a new address is set."""
        line.house.replies = [Response(status=410)]
        answer = tell(line)
        assert answer.state is BillingState.NEEDS_PERSON
        assert answer.steps
        view = services.endpoint_of(line.shop.workspace)
        assert view is not None
        assert (view.disabled_at, view.disabled_why) == (MONDAY, "gone")
        assert tell(line).state is BillingState.NEEDS_PERSON
        assert len(line.house.headers) == 1

    def test_a_receiver_that_hangs_is_left_and_tried_again(
        self, line: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The call ends at its time limit; the order goes out again later."""
        monkeypatch.setattr(adapter, "SECONDS", 0.3)
        release = threading.Event()
        line.house.replies = [release]
        with pytest.raises(BillingUnavailableError):
            tell(line)
        release.set()

    def test_a_flood_for_an_answer_is_cut_off(self, line: Line) -> None:
        """A body without end is not read to its end."""
        line.house.replies = [Response(b"x" * 400_000)]
        with pytest.raises(BillingUnavailableError, match="too_large"):
            tell(line)

    def test_nobody_listens(self, line: Line) -> None:
        """A closed port is a fault that passes."""
        services.endpoint_move(
            workspace=line.shop.workspace,
            actor=line.shop.clerk,
            endpoint_id=line.endpoint.id,
            url="http://127.0.0.1:9/",
        )
        with pytest.raises(BillingUnavailableError):
            tell(line)

    def test_an_address_inside_the_network_is_not_called(self, line: Line, settings: Settings) -> None:
        """Private targets forbidden again: nothing is called, a person is asked and told why."""
        settings.ATELOGO_ALLOW_PRIVATE_TARGETS = False
        answer = tell(line)
        assert answer.state is BillingState.NEEDS_PERSON
        assert line.house.headers == []

    def test_without_an_address_a_person_is_asked(self, line: Line) -> None:
        """Turned off by hand: every order becomes a person's task with steps."""
        services.endpoint_disable(
            workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id
        )
        answer = tell(line)
        assert answer.state is BillingState.NEEDS_PERSON
        assert answer.steps


def test_the_secret_is_nowhere_in_clear(line: Line) -> None:
    """Neither the table nor the ledger holds the secret or the address as they are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM webhook_out_webhookendpoint")
        ((url, secret),) = cursor.fetchall()
    assert line.house.url not in url
    assert line.secret not in secret
    events = ledger.entries_of(line.shop.workspace.id, line.endpoint.id)
    assert [event.name for event in events] == ["billing_endpoint.created"]
    assert line.secret not in json.dumps([dict(event.body) for event in events])
