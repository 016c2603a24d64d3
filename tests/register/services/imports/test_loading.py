"""Bulk writing and drawing: every value comes back as it went in; drawn numbers are free and distinct."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atelogo.core import clock, ids
from atelogo.events.catalogue.register import RequestImported
from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.import_rows import clean
from atelogo.register.models import Product, Request
from atelogo.register.services.imports.drawing import new_keys, new_protocols, receipt_keys
from atelogo.register.services.imports.ends import ContractAt
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import Shape, found, key_text, uuid_of
from atelogo.register.services.imports.moments import when_of
from atelogo.register.services.imports.request_rows import Finding, RequestRows
from tests.register.conftest import Shop
from tests.register.services.imports.files import IMPORTER

pytestmark = pytest.mark.django_db
TEXT = st.text(max_size=40).map(lambda text: clean(text) or "").map(lambda text: text.replace("\r", ""))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(TEXT, min_size=1, max_size=8))
def test_any_text_comes_back_as_it_went_in(shop: Shop, names: list[str]) -> None:
    """Text with tabs, backslashes, quotes, line ends and any letters is stored unchanged."""
    shape = Shape(Product, ("id", "name", "folded"), {"workspace_id": shop.workspace.id})
    keys = new_keys(len(names))
    shape.write([(key, name, key) for key, name in zip(keys, names, strict=True)])
    stored = dict(Product.objects.filter(folded__in=keys).values_list("folded", "name"))
    assert [stored[key] for key in keys] == names
    Product.objects.filter(folded__in=keys).delete()


def test_a_shape_knows_its_columns(shop: Shop) -> None:
    """A column that the table does not have is refused; one that is not named gets its default."""
    with pytest.raises(LookupError):
        Shape(Product, ("id", "colour"))
    (key,) = new_keys(1)
    Shape(Product, ("id", "name", "folded"), {"workspace_id": shop.workspace.id}).write([(key, "A", "a")])
    assert Product.objects.get(id=uuid_of(key)).code == ""


def test_many_values_are_found_at_once(shop: Shop) -> None:
    """Looking up thousands of values gives exactly the rows that have one of them."""
    shape = Shape(Product, ("id", "name", "folded"), {"workspace_id": shop.workspace.id})
    keys = new_keys(3000)
    shape.write([(key, f"p{n}", f"p {n}") for n, key in enumerate(keys)])
    rows = found(
        "SELECT folded, id FROM register_product WHERE workspace_id = %s AND folded",
        [f"p {n}" for n in range(0, 6000, 2)],
        kind="text",
        before=[key_text(shop.workspace.id)],
    )
    assert sorted(rows) == sorted((f"p {n}", keys[n]) for n in range(0, 3000, 2))


def test_drawn_ids_are_uuids_of_this_moment() -> None:
    """Ids drawn in bulk are distinct version 7 UUIDs whose time is now."""
    keys = [UUID(key) for key in new_keys(500)]
    assert len(set(keys)) == 500
    assert {key.version for key in keys} == {7}
    millis = int(clock.now().timestamp() * 1000)
    assert all(abs((key.int >> 80) - millis) < 60_000 for key in keys)


def test_drawn_receipt_keys_are_random_letters() -> None:
    """Receipt keys drawn in bulk are distinct and of the alphabet of single ones."""
    keys = receipt_keys(2000)
    alphabet = set("".join(ids.random_key() for _ in range(200)))
    assert len(set(keys)) == 2000
    assert all(len(key) == 26 for key in keys)
    assert set("".join(keys)) == alphabet


def test_protocols_are_free_valid_and_move_to_another_day_when_one_is_full(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers avoid those that exist; a day without free ones gives way to the day before."""
    monkeypatch.setitem(protocols.SERIES_RANGE, "request", range(40))
    today = date(2026, 3, 2)
    drawn = new_protocols(shop.workspace.id, today, 35)
    assert len(set(drawn)) == 35
    assert all(map(protocols.is_valid, drawn))
    for number in drawn:
        Request.objects.create(
            workspace_id=shop.workspace.id, protocol=number, receipt_key="x", recorded_at=clock.now()
        )
    more = new_protocols(shop.workspace.id, today, 20)
    assert not set(more) & set(drawn)
    assert {number[:8] for number in more} == {"20260302", "20260301"}


@pytest.mark.parametrize("contract", [None, uuid4()])
@pytest.mark.parametrize("when", [None, "instant:2024-08-19T14:30:00", "day:2024-08-19"])
def test_the_written_fact_is_the_event(shop: Shop, contract: UUID | None, when: str | None) -> None:
    """The ledger text that imports write is, byte for byte, the canonical body of ``request.imported``."""
    job = Job(shop.workspace, ids.new_id(), "x", "BRL", IMPORTER)
    row: Any = type(
        "Row", (), {"channel": 'lo"ja\\ç', "end_kind": None, "amount_minor": 990, "flags": (), "notes": None}
    )()
    finding = Finding(row, None, when_of(None, when, when, "America/Sao_Paulo"))  # type: ignore[arg-type]
    finding.customer, finding.reason = new_keys(2)
    if contract is not None:
        finding.contract = ContractAt(
            "1", key_text(contract), finding.customer, ended=False, monthly=1, ended_on=None
        )
    (key,) = new_keys(1)
    (written,) = RequestRows(job)._entries([finding], [key], ["2026030212345678"], 3)
    asked = datetime(2024, 8, 19, 17, 30, tzinfo=UTC) if when and when.startswith("instant") else None
    event = RequestImported(
        protocol="2026030212345678",
        batch=job.batch_id,
        state="completed",
        end_kind="customer",
        channel='lo"ja\\ç',
        requested_at=asked,
        customer=UUID(finding.customer),
        contract=contract,
        effective_on=date(2024, 8, 19) if when else None,
        date_precision=when.partition(":")[0] if when else "unknown",
        reason=UUID(finding.reason),
        reason_version=3,
        currency="BRL",
        mrr_minor=990,
    )
    assert written.event.body_json() == event.body_json()
    assert (written.event.name, written.event.schema) == (event.name, event.schema)
    assert re.fullmatch(r"[0-9a-f]{32}", written.stream.hex)


def test_a_name_for_drawing_is_not_reused(shop: Shop) -> None:
    """Protocol numbers drawn one after another for one chunk never repeat, however few are free."""
    space = protocols.SERIES_RANGE["request"]
    assert len(space) == 9_000_000
    numbers = new_protocols(shop.workspace.id, date(2026, 3, 2), 5_000)
    assert len(set(numbers)) == 5_000
