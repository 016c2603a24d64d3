"""Changes of the reason tree that wait to be published: laid over the tree in force, judged, compared.

A draft holds, per reason, only what differs from the tree in force, so it can be laid over a newer tree too
(an import may have added leaves meanwhile). Nothing in it is seen by anybody until it is published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.reasons import NOT_INFORMED, OTHER, PREFER_NOT_TO_SAY, TO_CLASSIFY

LANGUAGES: Final = ("pt-br", "en", "es")
OFFERED: Final = range(6, 9)  # how many reasons a customer reads at a glance
# What a revision of a reason says, by the names of its columns; place and merging stand apart.
FIELDS: Final = (
    "position", "kind", "area", "interchange", "extra_code", "sensitive", "ask_customer", "retired",
    "labels", "customer_labels", "texts",
)  # fmt: skip
_MARKS: Final = ("kind", "area", "interchange", "extra_code", "sensitive")
_WORDS: Final = ("customer_labels", "texts")
_NEEDED: Final = frozenset({TO_CLASSIFY, NOT_INFORMED, PREFER_NOT_TO_SAY, OTHER})


@dataclass(frozen=True, slots=True)
class Entry:
    """A reason or a group (``parent`` None) with its words in every language."""

    id: UUID
    code: str = ""
    origin: str = "company"
    parent: UUID | None = None
    merged_into: UUID | None = None
    position: int = 0
    kind: str = ""
    area: str = ""
    interchange: str = "other"
    extra_code: str = ""
    sensitive: bool = False
    ask_customer: bool = False
    retired: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    customer_labels: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        """Whether it is a group; groups hold leaves and stand under nothing."""
        return self.parent is None

    @property
    def needed(self) -> bool:
        """Whether the system relies on it, so that it can be renamed but never taken away."""
        return self.code in _NEEDED

    def label(self, language: str) -> str:
        """Return the label in ``language``, else in the first language that has one."""
        tried = (language.lower(), *LANGUAGES)
        return next((self.labels[one] for one in tried if self.labels.get(one)), self.code)


Book = Mapping[UUID, Entry]


@dataclass(frozen=True, slots=True)
class Change:
    """What a draft says of one reason; ``moved`` tells that ``parent`` counts, ``new`` that it is not yet."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    moved: bool = False
    parent: UUID | None = None
    merge_into: UUID | None = None
    new: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is left of it."""
        return not (self.fields or self.moved or self.merge_into or self.new)

    def stored(self) -> dict[str, Any]:
        """Return the change as plain JSON."""
        plain: dict[str, Any] = {"fields": dict(self.fields)}
        if self.moved:
            plain["parent"] = str(self.parent) if self.parent else None
        if self.merge_into:
            plain["merge_into"] = str(self.merge_into)
        if self.new:
            plain["new"] = True
        return plain


Draft = Mapping[UUID, Change]


def draft_of(stored: Mapping[str, Any]) -> dict[UUID, Change]:
    """Read a draft back from its stored form."""
    return {
        UUID(key): Change(
            fields=dict(plain.get("fields", {})),
            moved="parent" in plain,
            parent=UUID(plain["parent"]) if plain.get("parent") else None,
            merge_into=UUID(plain["merge_into"]) if plain.get("merge_into") else None,
            new=bool(plain.get("new")),
        )
        for key, plain in stored.items()
    }


def laid(book: Book, draft: Draft) -> dict[UUID, Entry]:
    """Return the tree as it would be with ``draft`` published; changes of what is gone are left out."""
    tree = dict(book)
    for key, change in draft.items():
        entry = book.get(key) or (Entry(key) if change.new else None)
        if entry is None:
            continue
        entry = replace(entry, **{name: value for name, value in change.fields.items() if name in FIELDS})
        if change.moved:
            entry = replace(entry, parent=change.parent)
        if change.merge_into:
            entry = replace(entry, merged_into=change.merge_into, retired=True)
        tree[key] = entry
    return tree


def trimmed(book: Book, draft: Draft) -> dict[UUID, Change]:
    """Return ``draft`` without what says the same as the tree in force, or changes what is gone."""
    kept: dict[UUID, Change] = {}
    for key, change in draft.items():
        before = book.get(key)
        if before is not None:
            fields = {name: value for name, value in change.fields.items() if getattr(before, name) != value}
            moved = change.moved and change.parent != before.parent
            change = Change(  # noqa: PLW2901 - the trimmed one
                fields=fields,
                moved=moved,
                parent=change.parent if moved else None,
                merge_into=change.merge_into if change.merge_into != before.merged_into else None,
            )
        elif not change.new:
            continue
        if not change.empty:
            kept[key] = change
    return kept


def leaves_of(tree: Book, group: UUID | None) -> list[Entry]:
    """Return what stands live under ``group`` (None: the groups themselves), in order."""
    found = [entry for entry in tree.values() if entry.parent == group and not entry.retired]
    return sorted(found, key=lambda entry: (entry.position, entry.label(LANGUAGES[0])))


def swapped(tree: Book, key: UUID, step: int) -> dict[UUID, int]:
    """Return new positions that put ``key`` one place up (-1) or down (1) among its live neighbours."""
    order = [entry.id for entry in leaves_of(tree, tree[key].parent)]
    at = order.index(key)
    order.insert(max(0, at + step), order.pop(at))
    return {one: place for place, one in enumerate(order) if tree[one].position != place}


def last_place(tree: Book, group: UUID | None) -> int:
    """Return the position after the last live entry under ``group``."""
    return max((entry.position + 1 for entry in leaves_of(tree, group)), default=0)


def offered(tree: Book) -> list[Entry]:
    """Return the reasons offered to customers."""
    return [e for e in tree.values() if e.ask_customer and not e.retired and not e.is_group]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a reason cannot stand as it is: ``no_label twin group_in_use no_group needed bad_merge``."""

    entry: Entry
    code: str
    other: Entry | None = None


def troubles(tree: Book, keys: Iterable[UUID]) -> list[Trouble]:
    """Return what keeps the reasons ``keys`` of a proposed tree from being published."""
    found = (_trouble(tree, tree[key]) for key in keys if key in tree)
    return [trouble for trouble in found if trouble is not None]


def _trouble(tree: Book, entry: Entry) -> Trouble | None:
    if entry.merged_into is not None:
        into = tree.get(entry.merged_into)
        if entry.is_group or into is None or into.id == entry.id or into.is_group or into.retired:
            return Trouble(entry, "bad_merge", into)
    if entry.retired:
        if entry.needed:
            return Trouble(entry, "needed")
        return Trouble(entry, "group_in_use") if entry.is_group and leaves_of(tree, entry.id) else None
    if not any(entry.labels.values()):
        return Trouble(entry, "no_label")
    if not entry.is_group:
        group = tree.get(entry.parent) if entry.parent else None
        if group is None or group.retired or not group.is_group:
            return Trouble(entry, "no_group", group)
    twin = _twin(tree, entry)
    return Trouble(entry, "twin", twin) if twin else None


def _twin(tree: Book, entry: Entry) -> Entry | None:
    """Return a live reason that reads the same in some language: a file could not tell them apart."""
    said = {fold(label) for label in entry.labels.values()}
    return next(
        (
            other
            for other in tree.values()
            if other.id != entry.id
            and not other.retired
            and other.is_group == entry.is_group
            and said & {fold(label) for label in other.labels.values()}
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What a draft would change of one reason: ``kinds`` of it, with the reason before and after.

    Kinds: ``added renamed moved merged retired restored offered no_longer_offered marks words``; ``order``
    stands for a group whose leaves change places.
    """

    kinds: tuple[str, ...]
    after: Entry
    before: Entry | None = None


def differences(book: Book, tree: Book) -> list[Difference]:
    """Return what differs between the tree in force and a proposed one, groups first."""
    found = []
    for key, after in tree.items():
        before = book.get(key)
        kinds = ("added",) if before is None else _kinds(before, after)
        if kinds:
            found.append(Difference(kinds, after, before))
    was, now = _orders(book), _orders(tree)
    for group, order in now.items():
        here, there = set(order), set(was.get(group, ()))
        if [key for key in was.get(group, ()) if key in here] != [key for key in order if key in there]:
            entry = tree[group] if group else Entry(UUID(int=0))
            found.append(Difference(("order",), entry, entry))
    return sorted(found, key=lambda one: (not one.after.is_group, one.after.label(LANGUAGES[0])))


def _orders(tree: Book) -> dict[UUID | None, list[UUID]]:
    """Return the live leaves of every group in order; the groups themselves under None."""
    orders: dict[UUID | None, list[UUID]] = {}
    for entry in sorted(tree.values(), key=lambda entry: (entry.position, entry.label(LANGUAGES[0]))):
        if not entry.retired:
            orders.setdefault(entry.parent, []).append(entry.id)
    return orders


def _kinds(before: Entry, after: Entry) -> tuple[str, ...]:
    ended = after.retired and not before.retired
    checks = (
        ("merged", after.merged_into != before.merged_into),
        ("retired", ended and after.merged_into is None),
        ("restored", before.retired and not after.retired),
        ("renamed", before.labels != after.labels),
        ("moved", before.parent != after.parent),
        ("offered", after.ask_customer and not before.ask_customer and not ended),
        ("no_longer_offered", before.ask_customer and not after.ask_customer),
        ("marks", any(getattr(before, name) != getattr(after, name) for name in _MARKS)),
        ("words", any(getattr(before, name) != getattr(after, name) for name in _WORDS)),
    )
    return tuple(kind for kind, found in checks if found)


def unsorted_leaves(tree: Book) -> list[Entry]:
    """Return the leaves that wait under "a classificar"."""
    tray = next((entry.id for entry in tree.values() if entry.code == TO_CLASSIFY), None)
    return [] if tray is None else leaves_of(tree, tray)


def joinable(tree: Book, without: Collection[UUID] = ()) -> list[tuple[Entry, list[Entry]]]:
    """Return the groups with the leaves that another reason may be joined to, "a classificar" left out."""
    return [
        (group, [leaf for leaf in leaves_of(tree, group.id) if leaf.id not in without])
        for group in leaves_of(tree, None)
        if group.code != TO_CLASSIFY
    ]
