"""What the tests of connectors share: a shop with one subscriber, and a confirmed request of hers."""

from __future__ import annotations

import pytest

from atelogo.register.models import Request
from atelogo.register.services import requests
from tests.register.conftest import Shop, shop
from tests.register.services.test_request_open import asked

__all__ = ["shop"]


@pytest.fixture
def confirmed(shop: Shop) -> Request:
    """Return a request confirmed on the plain way out, its order to billing owed and not sent."""
    opened = requests.request_declare(workspace=shop.workspace, actor=shop.person, declaration=asked(shop))
    found: Request = Request.objects.get(id=opened.id)
    return found
