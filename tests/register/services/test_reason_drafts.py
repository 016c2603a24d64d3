"""Working on the reason tree: one draft, one version, earlier reports untouched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from atelogo.core.errors import UnavailableError
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import entries_of
from atelogo.insights.queries.reasons import reasons_pareto
from atelogo.register.domain.reason_draft import Entry, leaves_of, unsorted_leaves
from atelogo.register.errors import ReasonChangeRefusedError, ReasonDraftEmptyError, ReasonNotFoundError
from atelogo.register.models import Reason, ReasonDraft, ReasonVersion
from atelogo.register.queries.reason_settings import draft_in_hand, reason_book
from atelogo.register.queries.reasons import reason_nodes
from atelogo.register.queries.requests import RequestFilter
from atelogo.register.services import reason_drafts as service
from atelogo.register.services import requests as services
from atelogo.register.services import setup
from atelogo.register.services.opening import Declaration
from atelogo.register.services.reason_tree import reasons_for_spellings
from atelogo.register.services.reasons import version_now
from tests.cast import company
from tests.register.conftest import Shop


def by_code(shop: Shop, code: str) -> Entry:
    """Return the reason called ``code``."""
    return next(one for one in reason_book(shop.workspace.id).values() if one.code == code)


def who(shop: Shop) -> dict[str, Any]:
    """Return in whose name the draft is worked on."""
    return {"workspace": shop.workspace, "actor": shop.clerk}


def imported(shop: Shop, *spellings: str) -> list[UUID]:
    """Return the leaves that a file's unknown spellings became."""
    made = reasons_for_spellings(workspace=shop.workspace, actor=shop.clerk, spellings=spellings)
    return [made[one] for one in spellings]


def stated(shop: Shop, reason: UUID) -> None:
    """Record a cancellation with its reason."""
    opened = services.request_declare(
        workspace=shop.workspace,
        actor=shop.clerk,
        declaration=Declaration(
            channel="phone", identity="agent", customer_id=shop.customer, contract_id=shop.contract
        ),
        choice=services.Choice(),
    )
    services.request_reason_set(
        workspace=shop.workspace,
        actor=shop.clerk,
        request_id=opened.id,
        reason_id=reason,
        source="agent",
    )


def test_many_changes_are_one_version(shop: Shop) -> None:
    """Renaming, adding, moving, retiring and reordering gather unseen and come into force together."""
    high, rise = by_code(shop, "price_too_high"), by_code(shop, "price_increase")
    group = by_code(shop, "price_market")
    service.draft_set(
        **who(shop), reason_id=high.id, fields={"labels": {**high.labels, "pt-br": "Caro demais"}}
    )
    new_group = service.draft_add(**who(shop), group_id=None, fields={"labels": {"pt-br": "Obra no prédio"}})
    fresh = service.draft_add(**who(shop), group_id=new_group, fields={"labels": {"pt-br": "Sem energia"}})
    service.draft_set(**who(shop), reason_id=rise.id, fields={}, group_id=new_group)
    service.draft_retire(**who(shop), reason_id=by_code(shop, "covered_elsewhere").id, retired=True)
    assert version_now(shop.workspace.id) == 1
    assert reason_nodes(shop.workspace.id, language="pt-br")[high.id].label == high.label("pt-br")
    assert service.draft_publish(**who(shop), note="  revisão  de março ") == 2
    book = reason_book(shop.workspace.id)
    assert book[high.id].label("pt-br") == "Caro demais"
    assert [one.id for one in leaves_of(book, new_group)] == [fresh, rise.id]
    assert rise.id not in [one.id for one in leaves_of(book, group.id)]
    assert by_code(shop, "covered_elsewhere").retired
    version = ReasonVersion.objects.get(number=2)
    assert (version.note, version.published_by) == ("revisão de março", shop.clerk.id)
    (fact,) = entries_of(shop.workspace.id, version.id)
    assert fact.name == "reason_tree.published"
    assert len(fact.body["changes"]) == 5
    assert draft_in_hand(shop.workspace.id) is None
    assert reason_book(shop.workspace.id, version=1)[high.id] == high


def test_a_join_counts_now_there_and_then_as_then(shop: Shop) -> None:
    """After a join reports of now count the request at the target; asked as then, they read as before."""
    (raw,) = imported(shop, "achou caro")
    stated(shop, raw)
    before = version_now(shop.workspace.id)
    target = by_code(shop, "price_too_high")
    service.draft_classify(**who(shop), joins={raw: target.id})
    service.draft_publish(**who(shop))

    def top(version: int | None) -> UUID | None:
        return reasons_pareto(shop.workspace, RequestFilter(), language="pt-br", as_version=version)[
            0
        ].reason_id

    assert (top(None), top(before)) == (target.id, raw)
    assert imported(shop, "Achou caro!") == [target.id]


def test_a_leaf_of_its_own_takes_what_is_usual_in_its_group(shop: Shop) -> None:
    """A spelling that gets a group stands last in it with the group's kind and area, and leaves the tray."""
    (raw,) = imported(shop, "obra no apartamento")
    group = by_code(shop, "price_market")
    service.draft_classify(**who(shop), own={raw: group.id})
    service.draft_publish(**who(shop))
    book = reason_book(shop.workspace.id)
    assert unsorted_leaves(book) == []
    assert leaves_of(book, group.id)[-1].id == raw
    assert (book[raw].kind, book[raw].area) == ("voluntary", "market")


def test_order_is_changed_step_by_step(shop: Shop) -> None:
    """Two steps down in the draft are two places in the published order; back again leaves no draft."""
    group = by_code(shop, "price_market")
    first, second, third = (one.id for one in leaves_of(reason_book(shop.workspace.id), group.id)[:3])
    service.draft_shift(**who(shop), reason_id=first, step=1)
    service.draft_shift(**who(shop), reason_id=first, step=-1)
    assert draft_in_hand(shop.workspace.id) is None
    service.draft_shift(**who(shop), reason_id=first, step=1)
    service.draft_shift(**who(shop), reason_id=first, step=1)
    service.draft_publish(**who(shop))
    order = [one.id for one in leaves_of(reason_book(shop.workspace.id), group.id)]
    assert order[:3] == [second, third, first]


def test_what_was_added_and_dropped_was_never_there(shop: Shop) -> None:
    """Retiring an addition of the same draft, dropping a change and discarding leave the tree as it is."""
    group = by_code(shop, "price_market")
    fresh = service.draft_add(**who(shop), group_id=group.id, fields={"labels": {"pt-br": "Novo"}})
    service.draft_retire(**who(shop), reason_id=fresh, retired=True)
    assert draft_in_hand(shop.workspace.id) is None
    service.draft_set(**who(shop), reason_id=group.id, fields={"labels": {"pt-br": "Preços"}})
    service.draft_drop(**who(shop), reason_id=group.id)
    assert draft_in_hand(shop.workspace.id) is None
    service.draft_set(**who(shop), reason_id=group.id, fields={"labels": {"pt-br": "Preços"}})
    service.draft_discard(workspace=shop.workspace)
    with pytest.raises(ReasonDraftEmptyError):
        service.draft_publish(**who(shop))
    assert version_now(shop.workspace.id) == 1
    assert Reason.objects.filter(id=fresh).count() == 0


@pytest.mark.parametrize(
    "code,fields,why",
    [
        ("price_too_high", {"labels": {}}, "no_label"),
        ("price_too_high", {"labels": {"pt-br": "Reajuste ou fim do desconto."}}, "twin"),
        ("price_market", {"retired": True}, "group_in_use"),
        ("not_informed", {"retired": True}, "needed"),
    ],
)
def test_disorder_is_refused_in_words(shop: Shop, code: str, fields: dict[str, object], why: str) -> None:
    """A change that cannot stand is refused with its code and a sentence, and the draft stays as it was."""
    with translation.override("pt-br"), pytest.raises(ReasonChangeRefusedError) as error:
        service.draft_set(**who(shop), reason_id=by_code(shop, code).id, fields=fields)
    assert [problem.code for problem in error.value.fields] == [why]
    assert "“" in str(error.value)
    assert not ReasonDraft.objects.exists()


def test_a_spelling_of_another_reason_is_no_name(shop: Shop) -> None:
    """A name that files already use for another reason is refused: its rows would go there."""
    target = by_code(shop, "price_too_high")
    reasons_for_spellings(
        workspace=shop.workspace, actor=shop.clerk, spellings=["salgado"], accepted={"salgado": target.id}
    )
    with pytest.raises(ReasonChangeRefusedError) as error:
        service.draft_add(**who(shop), group_id=target.parent, fields={"labels": {"pt-br": "Salgado"}})
    assert error.value.fields[0].code == "twin"
    service.draft_set(**who(shop), reason_id=target.id, fields={"labels": {"pt-br": "Salgado"}})


def test_a_name_no_longer_in_use_can_be_given_anew(shop: Shop) -> None:
    """The name of a retired reason may go to a new one, and files then mean the new one."""
    old = by_code(shop, "price_too_high")
    service.draft_retire(**who(shop), reason_id=old.id, retired=True)
    service.draft_publish(**who(shop))
    fresh = service.draft_add(**who(shop), group_id=old.parent, fields={"labels": dict(old.labels)})
    service.draft_publish(**who(shop))
    assert imported(shop, old.label("pt-br")) == [fresh]
    with pytest.raises(ReasonChangeRefusedError):
        service.draft_retire(**who(shop), reason_id=old.id, retired=False)


def test_a_tree_that_changed_meanwhile_is_judged_again(shop: Shop) -> None:
    """A draft over a tree that an import has changed is published over it; what no longer fits is refused."""
    group = by_code(shop, "price_market")
    service.draft_add(**who(shop), group_id=group.id, fields={"labels": {"pt-br": "Obra na rua"}})
    imported(shop, "outra grafia")
    assert service.draft_publish(**who(shop)) == 3
    service.draft_add(**who(shop), group_id=group.id, fields={"labels": {"pt-br": "Barulho"}})
    imported(shop, "barulho")
    with pytest.raises(ReasonChangeRefusedError):
        service.draft_publish(**who(shop))
    assert draft_in_hand(shop.workspace.id) is not None


def test_two_publications_at_one_moment_lose_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody else takes the version's number at this moment, the draft stays to be published again."""
    service.draft_retire(**who(shop), reason_id=by_code(shop, "price_increase").id, retired=True)
    with monkeypatch.context() as patch:
        patch.setattr("atelogo.register.services.reason_tree.version_now", lambda _workspace_id: 0)
        with pytest.raises(UnavailableError):
            service.draft_publish(**who(shop))
    assert not by_code(shop, "price_increase").retired
    assert service.draft_publish(**who(shop)) == 2


@pytest.mark.parametrize("act", ["set", "shift", "retire", "join"])
def test_an_unknown_reason_is_not_found(shop: Shop, act: str) -> None:
    """A reason that does not exist, or is another company's, cannot be worked on."""
    foreign = company("academia-lua", "Academia Lua")
    setup.workspace_prepare(workspace=foreign)
    with workspace_scope(foreign.id):
        theirs = next(one.id for one in reason_book(foreign.id).values() if not one.is_group)
    acts = {
        "set": lambda: service.draft_set(**who(shop), reason_id=theirs, fields={"position": 1}),
        "shift": lambda: service.draft_shift(**who(shop), reason_id=theirs, step=1),
        "retire": lambda: service.draft_retire(**who(shop), reason_id=theirs, retired=True),
        "join": lambda: service.draft_classify(
            **who(shop), joins={theirs: by_code(shop, "price_too_high").id}
        ),
    }
    with pytest.raises(ReasonNotFoundError):
        acts[act]()
    assert not ReasonDraft.objects.exists()


def test_what_was_joined_does_not_come_back(shop: Shop) -> None:
    """A joined reason cannot be offered again: its spellings mean the other one."""
    (raw,) = imported(shop, "achou caro")
    service.draft_classify(**who(shop), joins={raw: by_code(shop, "price_too_high").id})
    service.draft_publish(**who(shop))
    with pytest.raises(ReasonChangeRefusedError):
        service.draft_retire(**who(shop), reason_id=raw, retired=False)
