"""Settings > Reasons > To classify: spellings that imports brought, joined to a reason or made one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError
from atelogo.register.domain import reason_draft as drafts
from atelogo.register.domain.importing.folding import fold, suggest_synonyms
from atelogo.register.services import reason_drafts as service
from atelogo.register.views.addresses import address, language
from atelogo.register.views.reasons_settings import Desk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from atelogo.register.domain.reason_draft import Entry

AT_ONCE = 25
JOIN, OWN = "join", "own"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling that waits: how often it was stated, what it may mean, what was chosen for it."""

    id: UUID
    label: str
    count: int
    suggestions: Sequence[tuple[str, str]]
    chosen: str


@staff_view(Permission.REASON_VIEW, methods={"GET": Permission.REASON_VIEW, "POST": Permission.REASON_EDIT})
def reason_tray(request: StaffRequest) -> HttpResponse:
    """Show the spellings that wait, most frequent first; a POST puts what was chosen into the draft."""
    problem, given = "", None
    if request.method == "POST":
        joins, own = _chosen(request.POST)
        try:
            if joins or own:
                service.draft_classify(workspace=request.workspace, actor=request.actor, joins=joins, own=own)
        except AppError as error:
            problem, given = str(error), request.POST
        else:
            return _noted(request, len(joins) + len(own))
    desk = Desk.of(request)
    waiting = sorted(
        drafts.unsorted_leaves(desk.tree),
        key=lambda one: (-desk.use.get(one.id, 0), one.label(language())),
    )
    pages = max(1, -(-len(waiting) // AT_ONCE))
    page = min(max(1, _number(request.GET.get("page", ""))), pages)
    part = waiting[(page - 1) * AT_ONCE : page * AT_ONCE]
    targets = drafts.joinable(desk.tree)
    words = language()
    context: dict[str, Any] = {
        "rows": _rows(part, desk.use, targets, given, words),
        "total": len(waiting),
        "requests": sum(desk.use.get(one.id, 0) for one in waiting),
        "groups": [(f"{OWN}:{group.id}", group.label(words)) for group, _leaves in targets],
        "targets": [
            (group.label(words), [(f"{JOIN}:{leaf.id}", leaf.label(words)) for leaf in leaves])
            for group, leaves in targets
            if leaves
        ],
        "page": page,
        "pages": pages,
        "pending": len(desk.draft),
        "problem": problem,
        "editing": request.may(Permission.REASON_EDIT),
    }
    return render(request, "register/settings/reason_tray.html", context, status=422 if problem else 200)


def _rows(
    part: Sequence[Entry],
    use: Mapping[UUID, int],
    targets: Sequence[tuple[Entry, Sequence[Entry]]],
    given: QueryDict | None,
    words: str,
) -> list[Spelling]:
    by_label = {
        label: leaf for _group, leaves in targets for leaf in leaves for label in leaf.labels.values()
    }
    rows = []
    for one in part:
        label = one.label(words)
        near = [by_label[found.known] for found in suggest_synonyms(fold(label), by_label)]
        suggestions = {f"{JOIN}:{leaf.id}": leaf.label(words) for leaf in near}
        chosen = given.get(f"r-{one.id}", "") if given else ""
        rows.append(Spelling(one.id, label, use.get(one.id, 0), list(suggestions.items()), chosen))
    return rows


def _chosen(given: QueryDict) -> tuple[dict[UUID, UUID], dict[UUID, UUID]]:
    """Read what was chosen: joins and own places; anything that is no choice is left as it is."""
    joins: dict[UUID, UUID] = {}
    own: dict[UUID, UUID] = {}
    for name, value in given.items():
        act, _colon, target = str(value).partition(":")
        try:
            key, where = UUID(name.removeprefix("r-")), UUID(target)
        except ValueError:
            continue
        if act == JOIN:
            joins[key] = where
        elif act == OWN:
            own[key] = where
    return joins, own


def _noted(request: StaffRequest, count: int) -> HttpResponse:
    if not count:
        messages.info(request, _("Nothing was chosen, nothing is changed."))
        return HttpResponseRedirect(request.get_full_path())
    text = ngettext(
        "%(n)s spelling is noted in the draft. It counts once you publish.",
        "%(n)s spellings are noted in the draft. They count once you publish.",
        count,
    )
    messages.success(request, text % {"n": count})
    return HttpResponseRedirect(address(request, "reason_tray"))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 1  # noqa: PLR2004 - no page has more digits
