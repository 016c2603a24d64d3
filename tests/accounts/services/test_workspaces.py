"""Companies: made, changed, and their link keys."""

from __future__ import annotations

import json

import pytest
from joserfc.jwk import OKPKey
from pytest_django import DjangoAssertNumQueries

from atelogo.accounts.domain.workspace import Brand, Contacts, Windows, WorkspaceInfo
from atelogo.accounts.errors import LinkKeyPrivateError, LinkKeyRefusedError, WorkspaceExistsError
from atelogo.accounts.queries import all_workspaces, workspace_by_id, workspace_by_slug
from atelogo.accounts.services.workspaces import (
    link_key_add,
    link_key_remove,
    workspace_create,
    workspace_update,
)
from atelogo.core.errors import NotFoundError, ValidationFailedError
from atelogo.events.ledger import SYSTEM, EntryView, entries_of
from tests.cast import Cast, actor_of, company

pytestmark = pytest.mark.django_db


def facts(workspace: WorkspaceInfo) -> list[EntryView]:
    """Return what the ledger says about the company itself."""
    return entries_of(workspace.id, workspace.id)


def public_pem() -> str:
    """Return a new company key as its owner would paste it."""
    return OKPKey.generate_key("Ed25519").as_pem(private=False).decode()


def test_a_company_is_made_with_its_own_link_key() -> None:
    """A new company has what was given, the defaults for the rest, a link key, and one ledger fact."""
    made = workspace_create(
        slug="aurora", name="Padaria  Aurora", actor=SYSTEM, settings={"sector": "services", "undo_hours": 12}
    )
    assert (made.name, made.sector, made.windows) == ("Padaria Aurora", "services", Windows(48, 12, 7))
    assert [key.own for key in made.link_keys] == [True]
    assert workspace_by_slug("aurora") == workspace_by_id(made.id) == made
    (fact,) = facts(made)
    assert (fact.name, fact.body["slug"], fact.actor.kind) == ("workspace.created", "aurora", "system")
    assert fact.personal == {"name": "Padaria Aurora"}


@pytest.mark.parametrize("slug,code", [("Aurora", "shape"), ("a", "length"), ("metrics", "reserved")])
def test_a_bad_address_is_refused_with_why(slug: str, code: str) -> None:
    """A slug that cannot stand in an address is refused by field, code and sentence."""
    with pytest.raises(ValidationFailedError) as error:
        workspace_create(slug=slug, name="Aurora", actor=SYSTEM)
    (problem,) = error.value.fields
    assert (problem.field, problem.code) == ("slug", code)
    assert str(problem.message)
    assert all_workspaces() == []


def test_every_fault_is_named_at_once() -> None:
    """A company with several faults is refused with all of them."""
    with pytest.raises(ValidationFailedError) as error:
        workspace_create(
            slug="A B", name="", actor=SYSTEM, settings={"timezone": "Moon/Base", "tax_id": "123"}
        )
    assert {problem.field for problem in error.value.fields} == {"slug", "name", "timezone", "tax_id"}


def test_an_address_is_given_once() -> None:
    """A second company cannot take an address that is in use, and nothing of it is written."""
    first = company("aurora", "Aurora")
    with pytest.raises(WorkspaceExistsError):
        company("aurora", "Another")
    assert all_workspaces() == [first]
    assert len(facts(first)) == 1


def test_a_workspace_is_one_select(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Finding a company by its address costs one SELECT, link keys and texts included."""
    company("aurora", "Aurora")
    with django_assert_num_queries(1):
        assert workspace_by_slug("aurora") is not None
    with django_assert_num_queries(1):
        assert workspace_by_slug("nowhere") is None


def test_settings_change_and_say_so(cast: Cast) -> None:
    """A change is kept, and the ledger says which settings changed, and the new windows openly."""
    after = workspace_update(
        workspace=cast.workspace,
        changes={
            "name": "Padaria Aurora II",
            "brand_colour": "#112233",
            "lapse_days": "10",
            "email": "sac@aurora.example",
            "how_to_cancel": {"pt-br": {"hours": "8h às 18h"}},
        },
        actor=actor_of(cast.ana),
    )
    assert after.brand == Brand("#112233", None)
    assert after.windows.lapse_days == 10
    assert after.contacts == Contacts("0800 000 0000", "", "sac@aurora.example", "")
    assert after.how_to_cancel["pt-br"]["hours"] == "8h às 18h"
    assert after.link_keys == cast.workspace.link_keys
    assert workspace_by_id(cast.workspace.id) == after
    fact = facts(after)[-1]
    assert fact.name == "workspace.settings_changed"
    assert fact.body == {
        "changed": ["brand_colour", "email", "how_to_cancel", "lapse_days", "name"],
        "after": {"lapse_days": 10},
    }
    assert fact.actor == actor_of(cast.ana)
    assert fact.personal is not None
    assert fact.personal["before"] == {"name": "Padaria Aurora"}


def test_a_refused_change_changes_nothing(cast: Cast) -> None:
    """One bad value keeps the whole form from being half saved."""
    with pytest.raises(ValidationFailedError) as error:
        workspace_update(workspace=cast.workspace, changes={"name": "New", "undo_hours": "-1"}, actor=SYSTEM)
    assert [problem.field for problem in error.value.fields] == ["undo_hours"]
    assert workspace_by_id(cast.workspace.id) == cast.workspace


def test_an_equal_change_writes_nothing(cast: Cast) -> None:
    """Saving a form without changing it leaves no fact."""
    before = len(facts(cast.workspace))
    workspace_update(workspace=cast.workspace, changes={"name": "Padaria Aurora"}, actor=SYSTEM)
    assert len(facts(cast.workspace)) == before


def test_a_link_key_is_added_once_and_removed(cast: Cast) -> None:
    """A company's key is registered under its id, twice is once, and removing it is a fact too."""
    pem = public_pem()
    actor = actor_of(cast.ana)
    added = link_key_add(workspace=cast.workspace, public_key=pem, label=" our  site ", actor=actor)
    again = link_key_add(workspace=cast.workspace, public_key=pem, actor=actor)
    assert again == added
    assert (added.label, added.own) == ("our site", False)
    now = workspace_by_id(cast.workspace.id)
    assert now is not None
    assert now.link_key(added.kid) == added
    link_key_remove(workspace=now, kid=added.kid, actor=actor)
    later = workspace_by_id(cast.workspace.id)
    assert later is not None
    assert later.link_keys == cast.workspace.link_keys
    assert [fact.name for fact in facts(later)[1:]] == ["link_key.added", "link_key.removed"]


def test_a_key_id_is_never_given_to_another_key(cast: Cast) -> None:
    """A second key under a known id is refused: what was signed before must not change hands."""
    for refused in (False, True):
        jwk = {**OKPKey.generate_key("Ed25519").as_dict(private=False), "kid": "site"}
        if refused:
            with pytest.raises(LinkKeyRefusedError):
                link_key_add(workspace=cast.workspace, public_key=json.dumps(jwk), actor=SYSTEM)
        else:
            link_key_add(workspace=cast.workspace, public_key=json.dumps(jwk), actor=SYSTEM)


def test_a_private_key_is_named_and_not_kept(cast: Cast) -> None:
    """A private key pasted by mistake is refused with that reason, and no trace of it stays."""
    private = OKPKey.generate_key("Ed25519").as_pem(private=True).decode()
    with pytest.raises(LinkKeyPrivateError):
        link_key_add(workspace=cast.workspace, public_key=private, actor=SYSTEM)
    assert workspace_by_id(cast.workspace.id) == cast.workspace


def test_the_own_key_stays(cast: Cast) -> None:
    """The installation's own key cannot be removed; nor can one that is not there."""
    own = cast.workspace.link_keys[0].kid
    for kid in (own, "unknown"):
        with pytest.raises(NotFoundError):
            link_key_remove(workspace=cast.workspace, kid=kid, actor=SYSTEM)
