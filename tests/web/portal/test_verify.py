"""Anybody may check a receipt; nobody learns whose it is, nor whether a number exists."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from atelogo.core.signing import NoteKey
from atelogo.core.tenancy import workspace_scope
from atelogo.events import log
from atelogo.events.proofs import Proof
from atelogo.register.models import Request
from tests.web.portal.conftest import Provider, text

NOBODYS = "2026030212345674"


@pytest.fixture
def row(provider: Provider) -> Request:
    """Return José's confirmed request."""
    provider.confirmed(provider.browser(provider.jose), provider.plain)
    return provider.requests()[0]


def checked(provider: Provider, number: str, key: str | None) -> Any:
    """Open the address of a check."""
    return Client().get(provider.path(f"v/{number}"), {} if key is None else {"k": key})


def test_a_genuine_receipt_shows_state_dates_and_company(provider: Provider, row: Request) -> None:
    """The key brings state and times with their zone, and the company's name."""
    answer = checked(provider, row.protocol, row.receipt_key)
    page = text(answer)
    assert answer.status_code == 200
    for words in (
        "Este comprovante é autêntico",
        "Cancelamento confirmado",
        "02/03/2026 às 12:00 (horário de Brasília)",
        "Nova Rede",
    ):
        assert words in page


def test_no_personal_data_stands_there(provider: Provider, row: Request) -> None:
    """Neither name, document, contact, contract, plan nor money of the customer is on page or file."""
    page = text(checked(provider, row.protocol, row.receipt_key)).replace("ajuda@nova-rede.example", "")
    proof = Client().get(provider.path(f"v/{row.protocol}/prova.json"), {"k": row.receipt_key})
    for content in (page, proof.content.decode()):
        for hidden in ("José", "Conceição", "111.444", "11144477735", "jose@", ">1001<", "500 mega", "R$"):
            assert hidden not in content
    assert set(json.loads(proof.content)) == {
        "genuine",
        "company",
        "tax_id",
        "protocol",
        "state",
        "requested_at",
        "confirmed_at",
        "last_day",
        "billing_stopped_at",
        "completed_at",
        "ended_at",
        "leaf_hash",
        "proof",
        "public_key",
    }


@pytest.mark.parametrize("grouping", ["{a} {b} {c} {d}", "{a}.{b}.{c}.{d}", "{a}-{b}/{c}-{d}"])
def test_the_number_is_read_in_any_grouping(provider: Provider, row: Request, grouping: str) -> None:
    """Spaces, dots, dashes and slashes do not matter."""
    a, b, c, d = (row.protocol[at : at + 4] for at in range(0, 16, 4))
    number = grouping.format(a=a, b=b, c=c, d=d)
    assert checked(provider, number, row.receipt_key).status_code == 200


def test_the_answer_never_varies_with_existence(provider: Provider, row: Request) -> None:
    """No key, a wrong key and a number that does not exist give the same page by the same statements."""
    found = []
    for number, key in ((row.protocol, None), (row.protocol, "x" * 26), (NOBODYS, "x" * 26), (NOBODYS, None)):
        with CaptureQueriesContext(connection) as captured:
            answer = checked(provider, number, key)
        shapes = [re.sub(r"'[^']*'", "?", q["sql"]) for q in captured if "SAVEPOINT" not in q["sql"]]
        grouped = " ".join(number[at : at + 4] for at in range(0, 16, 4))
        page = text(answer).replace(grouped, "N").replace(number, "N").replace("k=" + "x" * 26, "")
        found.append((answer.status_code, re.sub(r'href="\?[^"]*"', "", page), shapes[-2:]))
    assert found[0][0] == 404
    assert found[0] == found[1] == found[2] == found[3]


def test_a_key_of_another_request_opens_nothing(provider: Provider, row: Request) -> None:
    """Each receipt has its own key."""
    provider.confirmed(provider.browser(provider.rita), provider.ritas)
    other = next(one for one in provider.requests() if one.id != row.id)
    assert checked(provider, row.protocol, other.receipt_key).status_code == 404


def test_another_company_does_not_confirm_it(provider: Provider, row: Request) -> None:
    """A genuine number and key under another company's address is not confirmed."""
    from tests.cast import company

    company("outra", "Outra")
    assert Client().get(f"/outra/v/{row.protocol}", {"k": row.receipt_key}).status_code == 404


def test_the_check_is_kept_out_of_search_engines_and_referrers(provider: Provider, row: Request) -> None:
    """The address holds a key: it is not indexed, not cached, and not told to other sites."""
    headers = checked(provider, row.protocol, row.receipt_key).headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_checking_is_limited(provider: Provider, row: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit the answer is 429, for a genuine receipt and for a guess alike."""
    monkeypatch.setattr("atelogo.web.portal.views.verify._PER_HOUR", 1)
    assert checked(provider, row.protocol, row.receipt_key).status_code == 200
    for number, key in ((row.protocol, row.receipt_key), (NOBODYS, "y")):
        answer = checked(provider, number, key)
        assert answer.status_code == 429
        assert "0800 111 2222" in text(answer)


def test_the_proof_can_be_checked_without_us(provider: Provider, row: Request) -> None:
    """The file's leaf hash, proof and public key verify offline; another hash does not."""
    log.seal(provider.workspace.id)
    answer = Client().get(provider.path(f"v/{row.protocol}/prova.json"), {"k": row.receipt_key})
    content = json.loads(answer.content)
    assert (content["genuine"], content["state"], content["company"]) == (True, "confirmed", "Nova Rede")
    key = NoteKey.parse(content["public_key"])
    proof = Proof.parse(content["proof"])
    head = proof.checkpoint_of(key)
    assert proof.holds(base64.b64decode(content["leaf_hash"]), head)
    assert not proof.holds(bytes(32), head)


def test_the_proof_of_nothing_is_no_proof(provider: Provider, row: Request) -> None:
    """A wrong key and a number that does not exist give the same short answer."""
    wrong = Client().get(provider.path(f"v/{row.protocol}/prova.json"), {"k": "x"})
    nobody = Client().get(provider.path(f"v/{NOBODYS}/prova.json"), {"k": "x"})
    assert wrong.status_code == nobody.status_code == 404
    assert wrong.content == nobody.content == b'{"genuine": false}'


def test_a_silent_log_leaves_the_facts(
    provider: Provider, row: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the register's line does not answer, the file still says what is public."""

    def silent(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(log, "leaf_of", silent)
    answer = Client().get(provider.path(f"v/{row.protocol}/prova.json"), {"k": row.receipt_key})
    content = json.loads(answer.content)
    assert (content["genuine"], content["proof"]) == (True, None)


def test_number_and_key_can_be_typed(provider: Provider, row: Request) -> None:
    """The form leads to the address that the code on the receipt holds."""
    assert 'name="protocolo"' in text(Client().get(provider.path("v")))
    a, rest = row.protocol[:8], row.protocol[8:]
    answer = Client().get(provider.path("v"), {"protocolo": f"{a} {rest}", "k": f" {row.receipt_key} "})
    assert answer.headers["Location"] == f"/nova-rede/v/{row.protocol}?k={row.receipt_key}"


def test_an_undone_request_says_so(provider: Provider, row: Request) -> None:
    """A receipt of a cancellation that was taken back is genuine, and shows that it was undone."""
    from atelogo.events.ledger import SYSTEM
    from atelogo.register.services import requests

    with workspace_scope(provider.workspace.id):
        requests.request_undo(workspace=provider.workspace, actor=SYSTEM, request_id=row.id)
    assert "Cancelamento desfeito" in text(checked(provider, row.protocol, row.receipt_key))
