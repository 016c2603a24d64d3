"""The completeness score is kept true to the record."""

from __future__ import annotations

from uuid import uuid4

from atelogo.register.models import Reason, Request
from atelogo.register.services.completeness import completeness_refresh
from atelogo.register.services.requests import Declaration, request_declare, request_reason_set
from tests.register.conftest import Shop


def test_the_score_follows_the_record(shop: Shop) -> None:
    """A stated reason raises the score; “not informed” does not count as one; an unknown request has none."""
    opened = request_declare(
        workspace=shop.workspace,
        actor=shop.person,
        declaration=Declaration(channel="web", identity="signed_link", contract_id=shop.contract),
    )

    def scored() -> int | None:
        return completeness_refresh(workspace=shop.workspace, request_id=opened.id)

    def states(code: str) -> None:
        reason = Reason.objects.get(code=code).id
        request_reason_set(
            workspace=shop.workspace,
            actor=shop.person,
            request_id=opened.id,
            reason_id=reason,
            source="agent",
        )

    bare = scored()
    states("not_informed")
    assert scored() == bare
    states("price_too_high")
    assert scored() == (bare or 0) + 20
    assert Request.objects.get().completeness == scored()
    assert completeness_refresh(workspace=shop.workspace, request_id=uuid4()) is None
