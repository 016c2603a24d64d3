"""The test message: signed like an order, changing nothing, and honest about what came back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from werkzeug import Response

from atelogo.connectors.webhook_out import services
from atelogo.connectors.webhook_out.errors import EndpointNotFoundError
from atelogo.connectors.webhook_out.trial import endpoint_try
from atelogo.core.errors import TooManyAttemptsError
from tests.cast import Cast, actor_of, signed_in
from tests.connectors.webhook_out.conftest import Line
from tests.connectors.webhook_out.house import House

CLOSED = "http://127.0.0.1:9/nobody"
PAGE = "/padaria-aurora/console/settings/billing/webhook"


@dataclass(frozen=True, slots=True)
class Set:
    """Padaria Aurora with its billing system set, and its owner's browser."""

    house: House
    owner: Client


@pytest.fixture
def ready(cast: Cast, house: House) -> Set:
    """Return Padaria Aurora with the house as its billing system."""
    made = services.endpoint_create(workspace=cast.workspace, actor=actor_of(cast.ana), url=house.url)
    house.secrets.append(made.secret)
    return Set(house, signed_in(cast.ana))


def test_it_is_signed_and_about_nothing(line: Line) -> None:
    """The receiver accepts the signature; the message names no protocol, and the address stays as it is."""
    assert endpoint_try(workspace=line.shop.workspace).outcome == "taken"
    (message,) = line.house.orders.values()
    assert message["type"] == "test.message"
    assert set(message["data"]) == {"callback_url"}
    assert services.endpoint_of(line.shop.workspace) == line.endpoint


@pytest.mark.parametrize("status", [401, 410, 500, 302])
def test_any_other_answer_is_told_by_its_number(line: Line, status: int) -> None:
    """A refusal, a fault or a redirect is told as it is; even "gone" turns nothing off."""
    line.house.replies.append(Response("no", status=status))
    trial = endpoint_try(workspace=line.shop.workspace)
    assert (trial.outcome, trial.status) == ("refused", status)
    view = services.endpoint_of(line.shop.workspace)
    assert view is not None
    assert view.disabled_at is None


def test_where_nobody_listens(line: Line) -> None:
    """An address at which nobody listens is told as no answer."""
    services.endpoint_move(
        workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id, url=CLOSED
    )
    assert endpoint_try(workspace=line.shop.workspace).outcome == "no_answer"


def test_into_the_own_network_nothing_is_sent(line: Line, settings: Settings) -> None:
    """An address in a private network is not called where that is not allowed."""
    settings.ATELOGO_ALLOW_PRIVATE_TARGETS = False
    assert endpoint_try(workspace=line.shop.workspace).outcome == "address_refused"
    assert line.house.orders == {}


def test_it_is_no_drum(line: Line) -> None:
    """The eleventh message within ten minutes is refused."""
    for _turn in range(10):
        endpoint_try(workspace=line.shop.workspace)
    with pytest.raises(TooManyAttemptsError):
        endpoint_try(workspace=line.shop.workspace)
    assert len(line.house.orders) == 10


def test_without_an_address_there_is_nothing_to_test(cast: Cast) -> None:
    """No address in use: not found."""
    with pytest.raises(EndpointNotFoundError):
        endpoint_try(workspace=cast.workspace)


def test_the_page_says_what_came_back(ready: Set) -> None:
    """The button sends it and the page says the answer in words: taken, or the number that came."""
    taken = ready.owner.post(PAGE, {"act": "test"}, follow=True).content.decode()
    assert "recebeu a mensagem de teste: HTTP 200" in taken
    ready.house.replies.append(Response("no", status=503))
    assert "HTTP 503" in ready.owner.post(PAGE, {"act": "test"}, follow=True).content.decode()
    ready.owner.post(PAGE, {"act": "move", "url": CLOSED})
    assert "Ninguém respondeu" in ready.owner.post(PAGE, {"act": "test"}, follow=True).content.decode()


def test_who_may_not_change_may_not_test(cast: Cast, ready: Set) -> None:
    """A manager and a stranger send nothing."""
    assert signed_in(cast.marina).post(PAGE, {"act": "test"}).status_code == 403
    assert signed_in(cast.clara).post(PAGE, {"act": "test"}).status_code == 404
    assert ready.house.orders == {}
