"""Settings > Reasons: the tree with its use, what waits to be published, and every version there was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_names
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError, NotFoundError
from atelogo.register.domain import reason_draft as drafts
from atelogo.register.domain.reasons import TO_CLASSIFY
from atelogo.register.queries.reason_settings import (
    DraftRow,
    draft_in_hand,
    reason_book,
    reason_use,
    reason_version,
    reason_versions,
    use_by_entry,
)
from atelogo.register.services import reason_drafts as service
from atelogo.register.views.addresses import address, language
from atelogo.register.views.reason_forms import KINDS, PublishForm
from atelogo.register.views.reason_words import Line, lines_of, named, note_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atelogo.register.domain.reason_draft import Change, Entry

VERSIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Leaf:
    """One reason of the list."""

    entry: Entry
    label: str
    kind: str
    count: int
    pending: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the list with its reasons."""

    entry: Entry
    label: str
    leaves: Sequence[Leaf]
    pending: bool

    @property
    def count(self) -> int:
        """How many requests state one of its reasons."""
        return sum(leaf.count for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class Desk:
    """The tree in force, the one proposed, what differs, and how often each reason is stated."""

    book: Mapping[UUID, Entry]
    tree: Mapping[UUID, Entry]
    draft: Mapping[UUID, Change]
    row: DraftRow | None
    use: Mapping[UUID, int]

    @classmethod
    def of(cls, request: StaffRequest) -> Desk:
        """Read everything that the pages of this group show: three queries."""
        workspace_id = request.workspace.id
        book = reason_book(workspace_id)
        row = draft_in_hand(workspace_id)
        draft = drafts.trimmed(book, drafts.draft_of(row.changes)) if row else {}
        use = use_by_entry(book.values(), reason_use(workspace_id))
        return cls(book, drafts.laid(book, draft), draft, row, use)


@staff_view(Permission.REASON_VIEW, methods=("GET",))
def reason_list(request: StaffRequest) -> HttpResponse:
    """Show the tree as it would be with the draft published, with how often each reason is stated."""
    desk = Desk.of(request)
    retired = bool(request.GET.get("retired"))
    offered = drafts.offered(desk.tree)
    context: dict[str, Any] = {
        "groups": _groups(desk),
        "retired": _retired(desk) if retired else [],
        "retired_count": sum(1 for entry in desk.tree.values() if entry.retired),
        "retired_shown": retired,
        "waiting": len(drafts.unsorted_leaves(desk.tree)),
        "pending": len(desk.draft),
        "editing": request.may(Permission.REASON_EDIT),
        "offered": len(offered),
        "offered_least": drafts.OFFERED.start,
        "offered_most": drafts.OFFERED.stop - 1,
        "offered_well": len(offered) in drafts.OFFERED,
    }
    return render(request, "register/settings/reason_list.html", context)


@staff_view(Permission.REASON_VIEW, methods={"GET": Permission.REASON_VIEW, "POST": Permission.REASON_EDIT})
def reason_changes(request: StaffRequest) -> HttpResponse:
    """Show what waits and what it changes; a POST publishes it all as one version."""
    form = PublishForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            number = service.draft_publish(
                workspace=request.workspace, actor=request.actor, note=form.cleaned_data["note"]
            )
        except AppError as error:
            problem = str(error)
        else:
            messages.success(
                request, _("Version %(number)s of the reasons is in force.") % {"number": number}
            )
            return HttpResponseRedirect(address(request, "reason_list"))
    desk = Desk.of(request)
    names = people_names([desk.row.updated_by] if desk.row and desk.row.updated_by else [])
    context: dict[str, Any] = {
        "lines": _changes(desk),
        "form": form,
        "problem": problem,
        "editing": request.may(Permission.REASON_EDIT),
        "row": desk.row,
        "who": next(iter(names.values()), ""),
    }
    status = 422 if form.is_bound else 200
    return render(request, "register/settings/reason_changes.html", context, status=status)


@staff_view(Permission.REASON_EDIT, methods=("POST",))
def reason_discard(request: StaffRequest) -> HttpResponse:
    """Throw away the changes of one reason (field ``reason``), or all of them."""
    named = request.POST.get("reason", "")
    try:
        if named:
            service.draft_drop(workspace=request.workspace, actor=request.actor, reason_id=_id(named))
        else:
            service.draft_discard(workspace=request.workspace)
    except NotFoundError:
        raise
    except AppError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Discarded. The reasons in force stay as they are."))
    return HttpResponseRedirect(address(request, "reason_changes" if named else "reason_list"))


@staff_view(Permission.REASON_VIEW, methods=("GET",))
def reason_version_list(request: StaffRequest) -> HttpResponse:
    """List the versions, newest first."""
    below = request.GET.get("below", "")
    found = reason_versions(
        request.workspace.id, below=int(below) if below.isdecimal() else None, limit=VERSIONS_SHOWN + 1
    )
    shown = found[:VERSIONS_SHOWN]
    names = people_names({row.published_by for row in shown if row.published_by})
    context = {
        "rows": [
            (row, names.get(row.published_by, "") if row.published_by else "", note_words(row.note))
            for row in shown
        ],
        "older": shown[-1].number if len(found) > VERSIONS_SHOWN else None,
    }
    return render(request, "register/settings/reason_versions.html", context)


@staff_view(Permission.REASON_VIEW, methods=("GET",))
def reason_version_page(request: StaffRequest, number: int) -> HttpResponse:
    """Show the tree as it was at a version, and what that version changed."""
    row = reason_version(request.workspace.id, number)
    if row is None:
        raise NotFoundError
    tree = reason_book(request.workspace.id, version=number)
    before = reason_book(request.workspace.id, version=number - 1) if number > 1 else {}
    names = people_names([row.published_by] if row.published_by else [])
    desk = Desk(before, tree, {}, None, {})
    context = {
        "row": row,
        "note": note_words(row.note),
        "who": next(iter(names.values()), ""),
        "lines": lines_of(desk.book, desk.tree, {}, language()) if before else [],
        "groups": _groups(desk),
    }
    return render(request, "register/settings/reason_version.html", context)


def _groups(desk: Desk) -> list[Group]:
    words = language()
    kinds = {str(code): str(label) for code, label in KINDS}
    found = []
    for group in drafts.leaves_of(desk.tree, None):
        if group.code == TO_CLASSIFY:
            continue  # it has its own page
        leaves = [
            Leaf(
                entry=leaf,
                label=leaf.label(words),
                kind="" if leaf.kind == "voluntary" else kinds.get(leaf.kind, ""),
                count=desk.use.get(leaf.id, 0),
                pending=leaf.id in desk.draft,
            )
            for leaf in drafts.leaves_of(desk.tree, group.id)
        ]
        found.append(Group(group, group.label(words), leaves, group.id in desk.draft))
    return found


def _retired(desk: Desk) -> list[tuple[Entry, str, str, int]]:
    """Return what is no longer in use: entry, label, what it was joined to, how often it was stated."""
    words = language()
    gone = sorted((one for one in desk.tree.values() if one.retired), key=lambda one: one.label(words))
    return [
        (
            one,
            one.label(words),
            named(desk.tree, one.merged_into, words),
            desk.use.get(one.id, 0),
        )
        for one in gone
    ]


def _changes(desk: Desk) -> list[Line]:
    return lines_of(desk.book, desk.tree, desk.use, language())


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError from None
