from __future__ import annotations

import datetime as dt
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from atelogo.register.domain.importing.records import (
    KINDS,
    RECORD_CLASSES,
    CancellationRecord,
    ContractRecord,
    CustomerRecord,
    Document,
    Kind,
    LocalDate,
    Record,
    content_key,
    identity_key,
    record_builder,
)

DAY = LocalDate(dt.date(2024, 8, 19), "day")
CANCELLED = CancellationRecord(2, customer_id="7", date=DAY, reason="Preço alto", amount_minor=100)


@pytest.mark.parametrize("kind", KINDS)
def test_built_records_are_frozen_records(kind: Kind) -> None:
    """The quick builder gives the very class, equal and as closed as the slow one."""
    record_class = RECORD_CLASSES[kind]
    values = [one.default for one in fields(record_class)][1:]
    built = record_builder(kind)(9, *values)
    assert type(built) is record_class
    assert built == record_class(9)
    with pytest.raises(FrozenInstanceError):
        built.line = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "other",
    [
        replace(CANCELLED, line=99),
        replace(CANCELLED, reason="PRECO  ALTO."),
        replace(CANCELLED, amount_minor=200),
        replace(CANCELLED, name="Ana", city="Recife"),
    ],
)
def test_the_same_cancellation(other: CancellationRecord) -> None:
    """Line, value, spelling of the reason and other facts do not make another cancellation."""
    assert identity_key(other, "erp") == identity_key(CANCELLED, "erp")


@pytest.mark.parametrize(
    "other",
    [
        replace(CANCELLED, customer_id="8"),
        replace(CANCELLED, contract_number="100"),
        replace(CANCELLED, reason="Mudança"),
        replace(CANCELLED, reason=None),
        replace(CANCELLED, date=LocalDate(dt.date(2024, 8, 20), "day")),
        replace(CANCELLED, date=LocalDate(dt.date(2024, 8, 19), "month")),
        replace(CANCELLED, external_id="c1"),
    ],
)
def test_another_cancellation(other: CancellationRecord) -> None:
    """Customer, contract, date, reason or an own id make another cancellation."""
    assert identity_key(other, "erp") != identity_key(CANCELLED, "erp")


def test_the_source_counts_only_without_an_own_id() -> None:
    """Two systems may number customers alike; an own id is the identity by itself."""
    assert identity_key(CANCELLED, "a") != identity_key(CANCELLED, "b")
    own = replace(CANCELLED, external_id="c1")
    assert identity_key(own, "a") == identity_key(replace(own, reason="Mudança"), "b")


PERSON = Document("45945515647", "person")


@pytest.mark.parametrize(
    "one, other, same",
    [
        (CustomerRecord(1, external_id="7"), CustomerRecord(2, external_id="7", name="Ana"), True),
        (CustomerRecord(1, external_id="7"), CustomerRecord(1, external_id="8"), False),
        (CustomerRecord(1, document=PERSON), CustomerRecord(1, document=PERSON, name="Ana"), True),
        (CustomerRecord(1, name="Ana Sá"), CustomerRecord(1, name="ANA SA"), True),
        (CustomerRecord(1, name="Ana"), CustomerRecord(1, name="Ana", email="a@b.com"), False),
        (ContractRecord(1, "100"), ContractRecord(2, "100", plan="A"), True),
        (ContractRecord(1, "7", "7", plan="A"), ContractRecord(1, "7", "7", plan="B"), False),
        (ContractRecord(1, "7", "7", plan="A"), CustomerRecord(1, external_id="7"), False),
        (CancellationRecord(1, document=PERSON), CancellationRecord(1, document=PERSON, name="Ana"), True),
        (
            CancellationRecord(1, contract_number="1"),
            CancellationRecord(1, contract_number="1", name="A"),
            True,
        ),
        (CancellationRecord(1, name="Ana Sá"), CancellationRecord(1, name="ana sa"), True),
    ],
)
def test_who_is_who(one: Record, other: Record, *, same: bool) -> None:
    """People and contracts are known by their surest sign."""
    assert (identity_key(one) == identity_key(other)) is same


def test_content_tells_an_exact_repeat_from_an_update() -> None:
    """Only line and flags are outside the content."""
    assert content_key(replace(CANCELLED, line=99, flags=("name_missing",))) == content_key(CANCELLED)
    for other in (
        replace(CANCELLED, amount_minor=200),
        replace(CANCELLED, extra={"a": "b"}),
        replace(CANCELLED, document=PERSON),
        replace(CANCELLED, reason="PRECO ALTO"),
    ):
        assert content_key(other) != content_key(CANCELLED)
