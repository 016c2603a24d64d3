"""A billing system that listens on loopback, set as the shop's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from atelogo.connectors.webhook_out import services
from atelogo.connectors.webhook_out.services import EndpointView
from tests.connectors.webhook_out.house import House
from tests.register.conftest import Shop


@dataclass(frozen=True, slots=True)
class Line:
    """The shop, its billing system, and the address and secret between them."""

    shop: Shop
    house: House
    endpoint: EndpointView
    secret: str


@pytest.fixture
def house(httpserver: HTTPServer, settings: Settings) -> House:
    """Return a billing system that the installation may call."""
    settings.ATELOGO_ALLOW_PRIVATE_TARGETS = True
    return House(httpserver)


@pytest.fixture
def line(shop: Shop, house: House) -> Line:
    """Return the shop with billing by webhook to the house."""
    from atelogo.accounts.services.workspaces import workspace_update

    workspace = workspace_update(
        workspace=shop.workspace, changes={"billing": "webhook_out"}, actor=shop.clerk
    )
    made = services.endpoint_create(workspace=workspace, actor=shop.clerk, url=house.url)
    house.secrets.append(made.secret)
    return Line(replace(shop, workspace=workspace), house, made.endpoint, made.secret)
