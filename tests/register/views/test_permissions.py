"""Every address of the register, by every method and role, and for somebody of another company."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern

from atelogo.accounts.domain.permissions import Role, allows
from atelogo.events.ledger import entries_of
from atelogo.register import urls
from atelogo.register.models import ManualTask, Receipt
from tests.register.views.conftest import Desk

pytestmark = pytest.mark.django_db
PATTERNS: list[URLPattern] = urls.urlpatterns


def _walked(desk: Desk) -> dict[str, str]:
    """Return one real address for each name of mine: everything that an address can name exists."""
    made = desk.confirmed(dispute="not_working")
    _customer, other = desk.subscriber("1002", "Rita Souza")
    receipt = Receipt.objects.get(request_id=made.id, kind="confirmed")
    task = ManualTask.objects.filter(request_id=made.id).first()
    assert task is not None
    known = {
        "pk": made.id,
        "receipt_id": receipt.id,
        "entry_id": entries_of(desk.workspace.id, made.id)[0].id,
        "protocol": made.protocol,
        "job_id": uuid4(),
        "contract_id": desk.contract,
        "successor_id": other,
    }
    own = {"task": task.id, "customer": desk.customer}
    addresses = {}
    for pattern in PATTERNS:
        name = str(pattern.name)
        given = dict(known)
        if name.startswith("task_") and name != "task_request_take":
            given["pk"] = own["task"]
        if name in {"customer_detail", "contract_back"}:
            given["pk"] = own["customer"]
        path = str(pattern.pattern)
        for part, value in given.items():
            for kind in ("uuid", "str"):
                path = path.replace(f"<{kind}:{part}>", str(value))
        addresses[name] = path
    return addresses


def _mine(name: str) -> bool:
    return str(name).split("_")[0] in {
        "request", "filter", "receipt", "inquiry", "task", "sending", "customer", "succession", "contract",
    }  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_the_matrix_says(desk: Desk, role: Role) -> None:
    """A role passes the guard exactly where the matrix gives it the permission that the view names."""
    walked = _walked(desk)
    browser = desk.browser(role)
    browser.raise_request_exception = False
    seen = {"let in": 0, "refused": 0}
    for pattern in PATTERNS:
        if not _mine(str(pattern.name)):
            continue
        permissions = pattern.callback.permissions  # type: ignore[attr-defined]
        for method in ("GET", "POST"):
            answer = browser.generic(method, desk.url(walked[str(pattern.name)]))
            where = f"{method} {pattern.name} as {role}"
            if method not in permissions:
                assert answer.status_code == 405, where
            elif allows(role, permissions[method]):
                assert answer.status_code not in {403, 405, 500}, where
                seen["let in"] += 1
            else:
                assert answer.status_code == 403, where
                seen["refused"] += 1
    assert seen["let in"] > 10
    assert (seen["refused"] == 0) is (role in {Role.OWNER, Role.MANAGER})


def test_another_company_finds_nothing_there(desk: Desk, stranger: Client, client: Client) -> None:
    """For somebody of another company every address is "not found"; the signed out are led to the login."""
    walked = _walked(desk)
    for pattern in PATTERNS:
        if not _mine(str(pattern.name)):
            continue
        for method in pattern.callback.permissions:  # type: ignore[attr-defined]
            path = desk.url(walked[str(pattern.name)])
            assert stranger.generic(method, path).status_code == 404, pattern.name
            assert client.generic(method, path).status_code == 302, pattern.name


@pytest.mark.parametrize("role", [Role.OWNER, Role.AUDITOR])
def test_what_is_not_theirs_is_as_absent(desk: Desk, role: Role) -> None:
    """From one's own console, another company's request and one that never was answer alike."""
    from atelogo.core.tenancy import workspace_scope
    from atelogo.register.services import requests
    from atelogo.register.services.requests import Declaration, RequesterInput

    with workspace_scope(desk.cast.elsewhere.id):
        theirs = requests.request_open(
            workspace=desk.cast.elsewhere,
            actor=desk.bruno,
            declaration=Declaration(
                channel="phone", identity="unverified", requester=RequesterInput(name="Alguém")
            ),
        )
    browser = desk.browser(role)
    answers = [
        browser.get(desk.url(f"{place}/{which}/"))
        for place in ("cancelamentos", "pendencias", "clientes")
        for which in (theirs.id, uuid4())
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert all("Alguém" not in answer.content.decode() for answer in answers)
