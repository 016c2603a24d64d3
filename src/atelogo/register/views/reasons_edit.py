"""Settings > Reasons: one reason or group: what it says, its place, joining and retiring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError
from atelogo.register.domain import reason_draft as drafts
from atelogo.register.domain.reason_draft import Entry
from atelogo.register.errors import ReasonNotFoundError
from atelogo.register.queries.reason_settings import spellings_of
from atelogo.register.services import reason_drafts as service
from atelogo.register.views.addresses import address, language
from atelogo.register.views.reason_forms import AREAS, EXTRA, INTERCHANGE, KINDS, GroupForm, ReasonForm
from atelogo.register.views.reasons_settings import Desk

BOTH = {"GET": Permission.REASON_VIEW, "POST": Permission.REASON_EDIT}


@staff_view(Permission.REASON_EDIT)
def reason_new(request: StaffRequest) -> HttpResponse:
    """Add a reason to a group."""
    desk = Desk.of(request)
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        language=request.workspace.locale,
        groups=drafts.leaves_of(desk.tree, None),
        group=request.GET.get("group", ""),
    )
    return _added(request, form) or _form_page(request, form, desk, None)


@staff_view(Permission.REASON_EDIT)
def reason_group_new(request: StaffRequest) -> HttpResponse:
    """Add a group."""
    form = GroupForm(request.POST if request.method == "POST" else None, language=request.workspace.locale)
    return _added(request, form) or _form_page(request, form, Desk.of(request), None)


@staff_view(Permission.REASON_VIEW, methods=BOTH)
def reason_page(request: StaffRequest, reason_id: UUID) -> HttpResponse:
    """Show a reason or group; a POST keeps what it is to say in the draft."""
    desk = Desk.of(request)
    entry = desk.tree.get(reason_id)
    if entry is None:
        raise ReasonNotFoundError
    given = request.POST if request.method == "POST" else None
    form: GroupForm
    if entry.is_group:
        form = GroupForm(given, language=request.workspace.locale, entry=entry)
    else:
        groups = drafts.leaves_of(desk.tree, None)
        form = ReasonForm(given, language=request.workspace.locale, groups=groups, entry=entry)
    if form.is_bound and form.is_valid():
        group = form.cleaned_data.get("group")
        try:
            service.draft_set(
                workspace=request.workspace,
                actor=request.actor,
                reason_id=reason_id,
                fields=form.fields_given(),
                group_id=UUID(group) if group else None,
            )
        except AppError as error:
            form.refuse(error)
        else:
            return _noted(request)
    return _form_page(request, form, desk, entry)


@staff_view(Permission.REASON_EDIT, methods=("POST",))
def reason_shift(request: StaffRequest, reason_id: UUID) -> HttpResponse:
    """Put a reason or group one place up or down."""
    step = -1 if request.POST.get("to") == "up" else 1
    service.draft_shift(workspace=request.workspace, actor=request.actor, reason_id=reason_id, step=step)
    return HttpResponseRedirect(f"{address(request, 'reason_list')}#r-{reason_id}")


@staff_view(Permission.REASON_EDIT, methods=("POST",))
def reason_retire(request: StaffRequest, reason_id: UUID) -> HttpResponse:
    """Stop offering a reason, or offer it again (field ``again``)."""
    try:
        service.draft_retire(
            workspace=request.workspace,
            actor=request.actor,
            reason_id=reason_id,
            retired=not request.POST.get("again"),
        )
    except ReasonNotFoundError:
        raise
    except AppError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(address(request, "reason_page", reason_id=reason_id))
    return _noted(request)


@staff_view(Permission.REASON_EDIT, methods=("POST",))
def reason_join(request: StaffRequest, reason_id: UUID) -> HttpResponse:
    """Join a reason to another one (field ``into``)."""
    try:
        into = UUID(request.POST.get("into", ""))
    except ValueError:
        messages.error(request, _("Choose the reason to join it to."))
        return HttpResponseRedirect(address(request, "reason_page", reason_id=reason_id))
    try:
        service.draft_classify(workspace=request.workspace, actor=request.actor, joins={reason_id: into})
    except ReasonNotFoundError:
        raise
    except AppError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(address(request, "reason_page", reason_id=reason_id))
    return _noted(request)


def _added(request: StaffRequest, form: GroupForm) -> HttpResponse | None:
    """Put a new reason or group into the draft; ``None`` where the form has to be shown."""
    if not form.is_bound or not form.is_valid():
        return None
    group = form.cleaned_data.get("group")
    try:
        service.draft_add(
            workspace=request.workspace,
            actor=request.actor,
            group_id=UUID(group) if group else None,
            fields=form.fields_given(),
        )
    except AppError as error:
        form.refuse(error)
        return None
    return _noted(request)


def _noted(request: StaffRequest) -> HttpResponse:
    messages.success(request, _("Noted in the draft. It counts once you publish."))
    return HttpResponseRedirect(address(request, "reason_list"))


def _form_page(request: StaffRequest, form: GroupForm, desk: Desk, entry: Entry | None) -> HttpResponse:
    words = language()
    editing = request.may(Permission.REASON_EDIT)
    context: dict[str, Any] = {
        "form": form,
        "is_group": not isinstance(form, ReasonForm),
        "entry": entry,
        "editing": editing,
        "name": entry.label(words) if entry else "",
    }
    if entry is not None:
        group = desk.tree.get(entry.parent) if entry.parent else None
        joined = desk.tree.get(entry.merged_into) if entry.merged_into else None
        context |= {
            "group": group.label(words) if group else "",
            "joined": joined.label(words) if joined else "",
            "count": desk.use.get(entry.id, 0),
            "pending": entry.id in desk.draft,
            "spellings": [] if entry.is_group else spellings_of(request.workspace.id, entry.id),
            "texts": entry.texts.get(words) or entry.texts.get(request.workspace.locale) or {},
            "marks": _marks(entry),
            "targets": _targets(desk, entry, words) if editing and not entry.is_group else [],
        }
    status = 422 if form.is_bound else 200
    return render(request, "register/settings/reason.html", context, status=status)


def _marks(entry: Entry) -> list[tuple[str, str]]:
    """Return what somebody who may only read sees of a reason's marks."""
    if entry.is_group:
        return []
    tables = (
        (_("Who wanted the end?"), KINDS, entry.kind),
        (_("Who in the company can act on it?"), AREAS, entry.area),
        (_("Exchange code"), INTERCHANGE, entry.interchange),
        (_("More exact code"), EXTRA, entry.extra_code),
    )
    lines = [
        (label, str({str(code): word for code, word in table}.get(value, value)))
        for label, table, value in tables
    ]
    yes, no = _("Yes"), _("No")
    return [
        *lines,
        (_("Offered to customers"), yes if entry.ask_customer else no),
        (_("Sensitive"), yes if entry.sensitive else no),
    ]


def _targets(desk: Desk, entry: Entry, words: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the reasons that this one can be joined to, by group."""
    if entry.needed or entry.retired:
        return []
    return [
        (group.label(words), [(str(leaf.id), leaf.label(words)) for leaf in leaves])
        for group, leaves in drafts.joinable(desk.tree, without={entry.id})
        if leaves
    ]
