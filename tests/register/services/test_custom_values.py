"""The company's own fields on requests: kept when one is made, corrected later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from atelogo.accounts.domain.custom_fields import CustomField, CustomKind
from atelogo.accounts.services.workspaces import custom_field_set
from atelogo.events.ledger import entries_of
from atelogo.register.errors import CustomFieldError, NotCorrectableError
from atelogo.register.models import Request
from atelogo.register.services import requests as services
from atelogo.register.services.opening import Declaration
from tests.register.conftest import Shop


@pytest.fixture
def tailored(shop: Shop) -> Shop:
    """Return the shop with two fields of its own."""
    workspace = shop.workspace
    for one in (
        CustomField("loja", {"pt-br": "Loja"}, CustomKind.CHOICE, ("Centro", "Mooca")),
        CustomField("visitas", {"pt-br": "Visitas"}, CustomKind.NUMBER),
    ):
        workspace = custom_field_set(workspace=workspace, given=one, actor=shop.clerk)
    return replace(shop, workspace=workspace)


def wish(shop: Shop, **custom: object) -> Declaration:
    """Return the subscriber's wish with values of the company's own fields."""
    return Declaration(
        channel="phone", identity="agent", customer_id=shop.customer, contract_id=shop.contract, custom=custom
    )


def test_values_are_kept_with_the_request(tailored: Shop) -> None:
    """What fits is kept in its one form, and stands in the opening's personal detail alone."""
    opened = services.request_open(
        workspace=tailored.workspace,
        actor=tailored.clerk,
        declaration=wish(tailored, loja="Mooca", visitas=2),
    )
    row = Request.objects.get(id=opened.id)
    assert row.custom == {"loja": "Mooca", "visitas": "2"}
    fact = entries_of(tailored.workspace.id, opened.id)[0]
    assert fact.personal is not None
    assert fact.personal["custom"] == row.custom
    assert "custom" not in fact.body


def test_without_values_nothing_is_asked(tailored: Shop) -> None:
    """A request without any of them is recorded all the same."""
    opened = services.request_open(
        workspace=tailored.workspace, actor=tailored.clerk, declaration=wish(tailored)
    )
    assert Request.objects.get(id=opened.id).custom == {}


def test_a_misfit_is_refused_before_anything_is_written(tailored: Shop) -> None:
    """Every field that does not fit is named by its code, with a sentence; no request is made."""
    with pytest.raises(CustomFieldError) as error:
        services.request_open(
            workspace=tailored.workspace,
            actor=tailored.clerk,
            declaration=wish(tailored, loja="Lapa", visitas="muitas", nada="x"),
        )
    assert {problem.field: problem.code for problem in error.value.fields} == {
        "loja": "not_offered",
        "visitas": "not_a_number",
        "nada": "unknown",
    }
    assert "Loja" in str(error.value)
    assert not Request.objects.exists()


def test_values_are_corrected_one_by_one(tailored: Shop) -> None:
    """A correction changes the fields given, empties those emptied, and leaves what an import brought."""
    opened = services.request_open(
        workspace=tailored.workspace,
        actor=tailored.clerk,
        declaration=wish(tailored, loja="Mooca", visitas=2),
    )
    row = Request.objects.get(id=opened.id)
    row.custom |= {"coluna antiga": "7"}
    row.save(update_fields=["custom"])
    services.request_correct(
        workspace=tailored.workspace,
        actor=tailored.clerk,
        request_id=opened.id,
        changes={"custom": {"loja": "Centro", "visitas": ""}},
        why="typed wrongly",
    )
    assert Request.objects.get(id=opened.id).custom == {"loja": "Centro", "coluna antiga": "7"}
    fact = entries_of(tailored.workspace.id, opened.id)[-1]
    assert fact.name == "request.corrected"
    assert fact.body["fields"] == ["custom"]
    assert fact.personal is not None
    assert fact.personal["after"] == {"custom": {"loja": "Centro", "coluna antiga": "7"}}


@pytest.mark.parametrize(
    "value,refusal", [({"loja": "Lapa"}, CustomFieldError), ("Centro", NotCorrectableError)]
)
def test_a_wrong_correction_changes_nothing(tailored: Shop, value: object, refusal: type[Exception]) -> None:
    """A value that does not fit, or no mapping at all, is refused and the request stays as it was."""
    opened = services.request_open(
        workspace=tailored.workspace, actor=tailored.clerk, declaration=wish(tailored, loja="Mooca")
    )
    with pytest.raises(refusal):
        services.request_correct(
            workspace=tailored.workspace,
            actor=tailored.clerk,
            request_id=opened.id,
            changes={"custom": value},
            why="typed wrongly",
        )
    assert Request.objects.get(id=opened.id).custom == {"loja": "Mooca"}
