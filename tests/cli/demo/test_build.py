"""The demonstration built small: everything in it went through the register's services."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from django.conf import settings

from atelogo.accounts.queries import people_of, workspace_by_slug
from atelogo.cli.demo.build import PEOPLE, SLUG, build
from atelogo.core.tenancy import workspace_scope
from atelogo.events import ledger
from atelogo.events.models import OutboxJob
from atelogo.events.verify import verify_workspace
from atelogo.register.domain.replay import rebuild
from atelogo.register.models import Customer, Receipt, Request

pytestmark = pytest.mark.django_db


def test_a_small_company_is_whole() -> None:
    """Customers, requests in many states, a sealed ledger that verifies, rows that rebuild, no mail owed."""
    seen: list[tuple[str, int, int]] = []
    build(customers_count=250, requests_count=90, progress=lambda *step: seen.append(step))
    workspace = workspace_by_slug(SLUG)
    assert workspace is not None
    assert len(people_of(workspace.id)) == len(PEOPLE)
    with workspace_scope(workspace.id):
        assert Customer.objects.count() == 250
        rows = list(Request.objects.all())
        assert len(rows) > 40
        assert Counter(row.state for row in rows)["completed"] > len(rows) / 2
        for row in rows[:25]:
            events = [(e.name, e.body) for e in ledger.entries_of(workspace.id, row.id)]
            assert rebuild(events).state.value == row.state
        # Nothing of the past is sent to anybody: only receipts made after the build may be owed.
        assert not Receipt.objects.filter(mail_state="owed").exists()
        assert not OutboxJob.objects.filter(task="register.receipt_send").exists()
    report = verify_workspace(workspace.id)
    assert (report.findings, report.unsealed) == ([], 0)
    links = json.loads((settings.ATELOGO_HOME / "demo.json").read_text())["links"]
    assert len(links) == 3
    assert seen[-1] == ("seal", 1, 1)
