"""Setting up the billing address: one in use, its secret shown once, turned over, turned off."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from atelogo.connectors.webhook_out import services
from atelogo.connectors.webhook_out.errors import (
    EndpointExistsError,
    EndpointNotFoundError,
    EndpointUrlError,
)
from atelogo.core import clock
from atelogo.events import ledger
from tests.cast import company
from tests.connectors.webhook_out.conftest import Line
from tests.register.conftest import MONDAY, Shop

URL = "https://billing.aurora.example/hook?key=1"


def test_a_secret_is_long_random_and_its_own(shop: Shop) -> None:
    """Each secret has 32 random bytes in the written form of the specification."""
    made = services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    again = services.endpoint_rotate(workspace=shop.workspace, actor=shop.clerk, endpoint_id=made.endpoint.id)
    assert made.secret.startswith("whsec_")
    assert len(base64.b64decode(made.secret.removeprefix("whsec_"), validate=True)) == 32
    assert again.secret != made.secret
    assert again.endpoint.rotating_until == MONDAY + timedelta(hours=24)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://billing.example/",
        "https://127.0.0.1/",
        "https://u:p@billing.example/",
        "ftp://x/",
        "https://" + "a" * 600,
    ],
)
def test_an_address_that_may_not_be_called_is_refused(shop: Shop, url: str) -> None:
    """Plain http, private, with a password or no address at all: refused, nothing written."""
    with pytest.raises(EndpointUrlError):
        services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=url)
    assert services.endpoint_of(shop.workspace) is None


def test_there_is_one_address_in_use(shop: Shop) -> None:
    """A second one waits until the first is turned off."""
    first = services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    with pytest.raises(EndpointExistsError):
        services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    services.endpoint_disable(workspace=shop.workspace, actor=shop.clerk, endpoint_id=first.endpoint.id)
    second = services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    assert services.endpoint_of(shop.workspace) == second.endpoint


def test_every_act_is_in_the_ledger_by_host_only(shop: Shop) -> None:
    """Created, moved, rotated, disabled: the host is named, the path and its keys are not."""
    made = services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    given: dict[str, Any] = {
        "workspace": shop.workspace,
        "actor": shop.clerk,
        "endpoint_id": made.endpoint.id,
    }
    services.endpoint_move(**given, url="https://other.aurora.example/x")
    services.endpoint_move(**given, url="https://other.aurora.example/x")
    services.endpoint_rotate(**given)
    services.endpoint_disable(**given)
    services.endpoint_disable(**given)
    events = ledger.entries_of(shop.workspace.id, made.endpoint.id)
    assert [(e.name, e.body.get("host")) for e in events] == [
        ("billing_endpoint.created", "billing.aurora.example"),
        ("billing_endpoint.moved", "other.aurora.example"),
        ("billing_endpoint.rotated", None),
        ("billing_endpoint.disabled", None),
    ]


def test_another_company_cannot_touch_or_see_it(shop: Shop) -> None:
    """An address belongs to its company: elsewhere it does not exist."""
    made = services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    elsewhere = company("outra-casa", "Outra Casa")
    with pytest.raises(EndpointNotFoundError):
        services.endpoint_rotate(workspace=elsewhere, actor=shop.clerk, endpoint_id=made.endpoint.id)
    assert services.endpoint_of(elsewhere) is None
    assert services.callback_secrets(elsewhere, made.endpoint.id) == ()


def test_the_call_back_address_is_public_and_not_to_be_guessed(shop: Shop, settings: Settings) -> None:
    """It stands under the company's slug and ends in the address's own id."""
    settings.ATELOGO_BASE_URL = "https://sair.aurora.example"
    made = services.endpoint_create(workspace=shop.workspace, actor=shop.clerk, url=URL)
    assert made.endpoint.callback_url == (
        f"https://sair.aurora.example/padaria-aurora/hooks/billing/hook_{made.endpoint.id.hex}"
    )


def test_after_the_overlap_only_the_new_secret_counts(line: Line) -> None:
    """During the overlap both secrets may sign call-backs; after it the old one is dead."""
    made = services.endpoint_rotate(
        workspace=line.shop.workspace, actor=line.shop.clerk, endpoint_id=line.endpoint.id
    )
    assert services.callback_secrets(line.shop.workspace, line.endpoint.id) == (made.secret, line.secret)
    with clock.clock_at(MONDAY + timedelta(hours=24)):
        assert services.callback_secrets(line.shop.workspace, line.endpoint.id) == (made.secret,)
