"""Drafts of the reason tree: laid over what is in force, judged, compared."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.register.domain import reason_draft as drafts
from atelogo.register.domain.reason_draft import Change, Entry

PRICE, SERVICE, TRAY = UUID(int=1), UUID(int=2), UUID(int=3)
HIGH, RISE, SLOW, OTHER, RAW = (UUID(int=n) for n in range(11, 16))
NEW = UUID(int=99)


def entry(key: UUID, label: str, parent: UUID | None = None, position: int = 0, **more: object) -> Entry:
    """Return a reason with a Portuguese label."""
    return Entry(key, parent=parent, position=position, labels={"pt-br": label}, **more)  # type: ignore[arg-type]


BOOK = {
    one.id: one
    for one in (
        entry(PRICE, "Preço", position=0),
        entry(SERVICE, "Serviço", position=1),
        entry(TRAY, "A classificar", position=2, code="to_classify"),
        entry(HIGH, "Preço alto", PRICE, 0, ask_customer=True),
        entry(RISE, "Reajuste", PRICE, 1),
        entry(SLOW, "Lentidão", SERVICE, 0),
        entry(OTHER, "Outro motivo", SERVICE, 1, code="other"),
        entry(RAW, "achou caro", TRAY, 0, origin="import"),
    )
}


def test_a_draft_survives_being_stored() -> None:
    """Every kind of change is the same after a turn through JSON."""
    draft = {
        HIGH: Change({"labels": {"pt-br": "Caro"}}),
        RISE: Change(moved=True, parent=SERVICE),
        RAW: Change(merge_into=HIGH),
        NEW: Change({"labels": {"pt-br": "Novo"}}, moved=True, parent=PRICE, new=True),
        SERVICE: Change(moved=True, parent=None),
    }
    stored = json.loads(json.dumps({str(key): change.stored() for key, change in draft.items()}))
    assert drafts.draft_of(stored) == draft


def test_a_draft_is_laid_over_the_tree() -> None:
    """Fields, place and joining show in the proposed tree; the tree in force is not touched."""
    tree = drafts.laid(
        BOOK,
        {
            HIGH: Change({"labels": {"pt-br": "Caro"}, "unknown": 1}),
            RISE: Change(moved=True, parent=SERVICE),
            RAW: Change(merge_into=HIGH),
            NEW: Change({"labels": {"pt-br": "Novo"}}, moved=True, parent=PRICE, new=True),
            UUID(int=77): Change({"labels": {"pt-br": "gone"}}),
        },
    )
    assert tree[HIGH].label("pt-br") == "Caro"
    assert tree[RISE].parent == SERVICE
    assert (tree[RAW].merged_into, tree[RAW].retired) == (HIGH, True)
    assert tree[NEW].parent == PRICE
    assert UUID(int=77) not in tree
    assert BOOK[HIGH].label("pt-br") == "Preço alto"


def test_what_changes_nothing_falls_away() -> None:
    """A change back to what is in force, or of something gone, leaves nothing in the draft."""
    draft = {
        HIGH: Change({"labels": {"pt-br": "Preço alto"}, "position": 0}),
        RISE: Change({"position": 5, "sensitive": False}, moved=True, parent=PRICE),
        UUID(int=77): Change({"position": 1}),
    }
    assert drafts.trimmed(BOOK, draft) == {RISE: Change({"position": 5})}


def test_a_published_addition_is_no_addition_any_more() -> None:
    """An addition that is already in the tree becomes a plain change, or nothing."""
    draft = {HIGH: Change({"position": 0, "sensitive": True}, moved=True, parent=PRICE, new=True)}
    assert drafts.trimmed(BOOK, draft) == {HIGH: Change({"sensitive": True})}


@pytest.mark.parametrize(
    "key,step,order", [(RISE, -1, [RISE, HIGH]), (HIGH, 1, [RISE, HIGH]), (HIGH, -1, [HIGH, RISE])]
)
def test_neighbours_change_places(key: UUID, step: int, order: list[UUID]) -> None:
    """A reason moves one place; at the edge everything stays."""
    tree = dict(BOOK)
    for one, place in drafts.swapped(BOOK, key, step).items():
        tree[one] = replace(tree[one], position=place)
    assert [one.id for one in drafts.leaves_of(tree, PRICE)] == order


@pytest.mark.parametrize(
    "key,change,code,other",
    [
        (HIGH, Change({"labels": {}}), "no_label", None),
        (HIGH, Change({"labels": {"pt-br": " REAJUSTE. "}}), "twin", RISE),
        (HIGH, Change({"labels": {"pt-br": "Caro", "es": "reajuste"}}), "twin", RISE),
        (PRICE, Change({"retired": True}), "group_in_use", None),
        (OTHER, Change({"retired": True}), "needed", None),
        (OTHER, Change(merge_into=SLOW), "needed", None),
        (TRAY, Change({"retired": True}), "needed", None),
        (HIGH, Change(moved=True, parent=RISE), "no_group", RISE),
        (HIGH, Change(moved=True, parent=UUID(int=77)), "no_group", None),
        (RAW, Change(merge_into=RAW), "bad_merge", RAW),
        (RAW, Change(merge_into=PRICE), "bad_merge", PRICE),
        (RAW, Change(merge_into=UUID(int=77)), "bad_merge", None),
        (PRICE, Change(merge_into=HIGH), "bad_merge", HIGH),
    ],
)
def test_disorder_is_named(key: UUID, change: Change, code: str, other: UUID | None) -> None:
    """A change that would leave the tree in disorder is named with its reason and what stands against it."""
    draft = {key: change}
    (trouble,) = drafts.troubles(drafts.laid(BOOK, draft), draft)
    assert (trouble.code, trouble.entry.id) == (code, key)
    assert (trouble.other.id if trouble.other else None) == other


def test_what_is_right_has_no_trouble() -> None:
    """Renaming what is needed, a group and a leaf of one name, and emptying then retiring are right."""
    draft = {
        OTHER: Change({"labels": {"pt-br": "Outra coisa"}}),
        SLOW: Change({"labels": {"pt-br": "Preço"}}),
        HIGH: Change(moved=True, parent=SERVICE),
        RISE: Change(merge_into=HIGH),
        PRICE: Change({"retired": True}),
    }
    assert drafts.troubles(drafts.laid(BOOK, draft), draft) == []


def test_joining_to_what_is_itself_joined_is_refused() -> None:
    """Two joins in one draft cannot follow each other: the second target is no longer in use."""
    draft = {RAW: Change(merge_into=RISE), RISE: Change(merge_into=HIGH)}
    (trouble,) = drafts.troubles(drafts.laid(BOOK, draft), draft)
    assert (trouble.entry.id, trouble.code) == (RAW, "bad_merge")


def test_differences_say_what_becomes_of_each() -> None:
    """Each reason is listed once with all that changes of it; only real changes of order are told."""
    draft = {
        NEW: Change({"labels": {"pt-br": "Novo"}, "position": 9}, moved=True, parent=PRICE, new=True),
        HIGH: Change(
            {"labels": {"pt-br": "Caro"}, "ask_customer": False, "texts": {"pt-br": {"example": "x"}}}
        ),
        RISE: Change({"position": 4}, moved=True, parent=SERVICE),
        RAW: Change(merge_into=HIGH),
        SLOW: Change({"retired": True}),
        OTHER: Change({"sensitive": True}),
    }
    found = {one.after.id: one.kinds for one in drafts.differences(BOOK, drafts.laid(BOOK, draft))}
    assert found == {
        NEW: ("added",),
        HIGH: ("renamed", "no_longer_offered", "words"),
        RISE: ("moved",),
        RAW: ("merged",),
        SLOW: ("retired",),
        OTHER: ("marks",),
    }
    (order,) = drafts.differences(BOOK, drafts.laid(BOOK, {HIGH: Change({"position": 5})}))
    assert (order.kinds, order.after.id) == (("order",), PRICE)
    (groups,) = drafts.differences(BOOK, drafts.laid(BOOK, {PRICE: Change({"position": 5})}))
    assert (groups.kinds, groups.after.id) == (("order",), UUID(int=0))


def test_what_waits_and_where_it_may_go() -> None:
    """The tray holds what imports brought; nothing is joined to what waits there itself."""
    assert [one.id for one in drafts.unsorted_leaves(BOOK)] == [RAW]
    assert [(group.id, [leaf.id for leaf in leaves]) for group, leaves in drafts.joinable(BOOK)] == [
        (PRICE, [HIGH, RISE]),
        (SERVICE, [SLOW, OTHER]),
    ]
    assert [one.id for one in drafts.offered(BOOK)] == [HIGH]


_KEYS = st.sampled_from([*BOOK, NEW])
_CHANGES = st.builds(
    Change,
    fields=st.dictionaries(
        st.sampled_from(["position", "retired", "labels"]),
        st.one_of(st.integers(0, 9), st.booleans(), st.just({"pt-br": "Reajuste"}), st.just({})),
    ).map(
        lambda fields: {
            name: value
            for name, value in fields.items()
            if isinstance(value, {"position": int, "retired": bool, "labels": dict}[name])
        }
    ),
    moved=st.booleans(),
    parent=st.none() | _KEYS,
    merge_into=st.none() | _KEYS,
    new=st.booleans(),
)


@given(st.dictionaries(_KEYS, _CHANGES, max_size=5))
def test_any_draft_is_judged_and_trimming_never_changes_the_tree(draft: dict[UUID, Change]) -> None:
    """Whatever is in a draft, judging and comparing answer, and what trimming leaves gives the same tree."""
    tree = drafts.laid(BOOK, draft)
    assert all(trouble.code for trouble in drafts.troubles(tree, draft))
    assert all(one.kinds for one in drafts.differences(BOOK, tree))
    kept = drafts.trimmed(BOOK, draft)
    assert drafts.laid(BOOK, kept) == tree
    assert drafts.trimmed(BOOK, kept) == kept
