"""What a draft or a version of the reason tree changes, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from atelogo.register.domain.reason_draft import Difference, Entry, differences

# What the product itself notes on a version; a person's note is shown as it was written.
_NOTES = {
    "default tree": gettext_lazy("The list that every company starts with"),
    "new spellings of a file": gettext_lazy("New spellings of an imported file"),
    "stated again": gettext_lazy("Stated again by an imported file"),
    "import undone": gettext_lazy("An import was undone"),
}


def note_words(note: str) -> str:
    """Return a version's note in the reader's language, where the product wrote it."""
    return str(_NOTES.get(note, note))


@dataclass(frozen=True, slots=True)
class Line:
    """What changes of one reason: its name, sentences, and how many requests it concerns.

    ``key`` names the reason whose changes can be discarded; empty for the order of a group.
    """

    label: str
    sentences: tuple[str, ...]
    count: int
    key: str


def lines_of(
    book: Mapping[UUID, Entry], tree: Mapping[UUID, Entry], use: Mapping[UUID, int], language: str
) -> list[Line]:
    """Return what differs between two states of the tree, one line per reason."""
    return [_line(one, tree, use, language) for one in differences(book, tree)]


def named(tree: Mapping[UUID, Entry], key: UUID | None, language: str) -> str:
    """Return the label of a reason, an empty text where there is none."""
    return tree[key].label(language) if key is not None and key in tree else ""


def _line(one: Difference, tree: Mapping[UUID, Entry], use: Mapping[UUID, int], language: str) -> Line:
    if one.kinds == ("order",):
        name = one.after.label(language) if one.after.id.int else _("All groups")
        return Line(name, (_("The order changes."),), 0, "")
    label = (one.before or one.after).label(language)
    count = use.get(one.after.id, 0)
    sentences = tuple(_sentence(kind, one, tree, language) for kind in one.kinds)
    if "merged" in one.kinds and count:
        sentences += (_counted(count),)
    return Line(label, sentences, count, str(one.after.id))


def _sentence(kind: str, one: Difference, tree: Mapping[UUID, Entry], language: str) -> str:
    after = one.after
    group, into = named(tree, after.parent, language), named(tree, after.merged_into, language)
    texts = {
        "added": _("New, in “%(group)s”.") % {"group": group} if group else _("New group."),
        "renamed": _("Is now called “%(label)s”.") % {"label": after.label(language)},
        "moved": _("Moves to “%(group)s”.") % {"group": group},
        "merged": _("Is joined to “%(into)s”.") % {"into": into},
        "retired": _("Is no longer offered. What was recorded stays."),
        "restored": _("Is offered again."),
        "offered": _("Is offered to customers."),
        "no_longer_offered": _("Is no longer offered to customers."),
        "marks": _("Kind, area, codes or the mark “sensitive” change."),
        "words": _("Definition or other words change."),
    }
    if kind == "renamed" and one.before is not None and one.before.label(language) == after.label(language):
        return _("Its name in another language changes.")
    return texts[kind]


def _counted(count: int) -> str:
    text = ngettext(
        "%(n)s cancellation counts there in reports of now; reports “as then” stay untouched.",
        "%(n)s cancellations count there in reports of now; reports “as then” stay untouched.",
        count,
    )
    return text % {"n": count}
