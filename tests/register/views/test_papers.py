"""Papers of a request: receipts in each form, and the proof of each fact."""

from __future__ import annotations

import json

import pytest

from atelogo.accounts.domain.permissions import Role
from atelogo.events import log
from atelogo.events.ledger import entries_of
from atelogo.events.proofs import Proof
from atelogo.register.models import Receipt
from atelogo.register.services import rendering
from tests.register.views.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def _receipt(desk: Desk) -> tuple[str, Receipt]:
    made = desk.confirmed()
    receipt = Receipt.objects.get(request_id=made.id, kind="confirmed")
    return f"cancelamentos/{made.id}/comprovantes/{receipt.id}/", receipt


def test_a_receipt_is_shown_and_given_as_json(desk: Desk) -> None:
    """The receipt opens as a page and comes as JSON; a role without personal data gets neither."""
    path, receipt = _receipt(desk)
    page = desk.get(path).content.decode()
    assert "José da Conceição" in page
    given = desk.get(f"{path}json")
    assert json.loads(given.content)["receipt"]["protocol"] in given.headers["Content-Disposition"]
    assert given.headers["Cache-Control"] == "no-store"
    assert desk.get(path, Role.ANALYST).status_code == 403
    other = desk.unidentified()
    assert desk.get(f"cancelamentos/{other.id}/comprovantes/{receipt.id}/").status_code == 404


def test_a_pdf_that_cannot_be_made_leads_to_the_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no PDF can be made the page that prints as well is shown, with a word about it."""
    path, _receipt_row = _receipt(desk)
    monkeypatch.setattr(rendering, "receipt_pdf", lambda _workspace, _receipt: b"%PDF-1.7")
    assert desk.get(f"{path}pdf").content == b"%PDF-1.7"
    monkeypatch.setattr(rendering, "receipt_pdf", lambda _workspace, _receipt: None)
    answer = desk.browser().get(desk.url(f"{path}pdf"), follow=True)
    assert "O PDF não pode ser feito nesta máquina" in answer.content.decode()


def test_the_proof_of_a_fact_can_be_taken_along_once_sealed(desk: Desk) -> None:
    """Before the seal the proof is said to follow; after it, it checks against the public key."""
    made = desk.confirmed()
    entry = next(e for e in entries_of(desk.workspace.id, made.id) if e.name == "request.confirmed")
    path = f"cancelamentos/{made.id}/prova/{entry.id}"
    assert desk.get(path, Role.AUDITOR).status_code == 409
    assert "estão sendo selados" in desk.get(f"cancelamentos/{made.id}/", Role.AUDITOR).content.decode()
    log.seal(desk.workspace.id)
    given = desk.get(path, Role.AUDITOR)
    proof = Proof.parse(given.content.decode())
    leaf = log.leaf_of(desk.workspace.id, entry.id)
    assert leaf is not None
    head = proof.checkpoint_of(log.public_key(desk.workspace.id))
    assert proof.holds(leaf.hash(), head)
    assert "da linha selada" in desk.get(f"cancelamentos/{made.id}/", Role.AUDITOR).content.decode()
    assert desk.get(path, Role.AGENT).status_code == 403
    other = desk.unidentified()
    assert desk.get(f"cancelamentos/{other.id}/prova/{entry.id}", Role.AUDITOR).status_code == 404
