"""Pendências: what waits for a person, with owner, next step and deadline; closed on evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError, NotFoundError
from atelogo.core.pagination import Page
from atelogo.events import outbox
from atelogo.register.errors import TaskNotFoundError
from atelogo.register.queries.tasks import (
    ASK_HOLDER,
    GROUPS,
    IDENTIFY,
    LATE,
    TaskDetail,
    TaskRow,
    task_counts,
    task_detail,
    task_page,
    urgent_tasks,
)
from atelogo.register.services.billing_tasks import STOP_KINDS, billing_task_done
from atelogo.register.services.completeness import completeness_refresh
from atelogo.register.services.manual_tasks import task_done, task_take
from atelogo.register.services.requests import authority_decide, fee_answer, owner_set
from atelogo.register.views.action_forms import AuthorityForm, FeeForm, moment_field, refuse, words_field
from atelogo.register.views.addresses import address
from atelogo.register.views.showing import Sight, owner_name, staff_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http.response import HttpResponseBase

TODAY, FAILED = "today", "failed"
_FAILED_AT_MOST = 200  # shown at once; what is sent again makes room for the next
_TABS: tuple[tuple[str, Any], ...] = (
    (TODAY, gettext_lazy("Due today")),
    (IDENTIFY, gettext_lazy("To identify")),
    (LATE, gettext_lazy("Late stops")),
    ("billing", gettext_lazy("Billing")),
    ("authority", gettext_lazy("Authorisations")),
    (ASK_HOLDER, gettext_lazy("Ask the holder")),
    ("fee", gettext_lazy("Fees to answer")),
    ("after", gettext_lazy("After leaving")),
    (FAILED, gettext_lazy("Sendings that failed")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the page with how many things wait in it, where that is known."""

    code: str
    label: str
    count: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One thing to do as its reader may see it; ``mine`` says that they own it already."""

    row: TaskRow
    name: str
    owner: str
    mine: bool


class DoneForm(forms.Form):
    """What was done, and when billing stopped where that is the task."""

    stopped_at = moment_field(
        gettext_lazy("When did the charge stop?"), help_text=gettext_lazy("Leave it empty if it was now.")
    )
    evidence = words_field(
        gettext_lazy("What was done, and the number that proves it"), rows=3, required=True
    )


@staff_view(Permission.TASK_VIEW, methods=("GET",))
def task_list(request: StaffRequest) -> HttpResponse:
    """Show what waits: first what is due today over all kinds, then each kind by itself."""
    me = request.member.person.id
    owner = me if request.GET.get("mine") == "1" else None
    sees_failed = request.may(Permission.DEAD_LETTER_REPLAY)
    failed = outbox.dead_jobs(request.workspace.id) if sees_failed else []
    counts = task_counts(request.workspace, owner=owner) | ({FAILED: len(failed)} if sees_failed else {})
    tab = request.GET.get("tab", TODAY)
    if tab not in {TODAY, *counts}:
        tab = TODAY
    rows, page, more = _rows(request, tab, owner)
    names = staff_names(people_of(request.workspace.id))
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": _tabs(tab, counts),
        "lines": _lines(rows, names, Sight.of(request), me),
        "page": page,
        "more": more,
        "mine": owner is not None,
        "failed": failed[:_FAILED_AT_MOST] if tab == FAILED else [],
        "nothing": not any(counts.values()),
    }
    return render(request, "register/console/task_list.html", context)


def _tabs(now: str, counts: Mapping[str, int]) -> list[Tab]:
    seen = ((code, label) for code, label in _TABS if code == TODAY or code in counts)
    return [Tab(code, str(label), counts.get(code), code == now) for code, label in seen]


def _rows(
    request: StaffRequest, tab: str, owner: UUID | None
) -> tuple[Iterable[TaskRow], Page[TaskRow] | None, bool]:
    if tab == TODAY:
        rows, more = urgent_tasks(request.workspace, owner=owner)
        return rows, None, more
    if tab == FAILED:
        return (), None, False
    page = task_page(request.workspace, tab, owner=owner, cursor=request.GET.get("cursor", ""))
    return page.items, page, False


def _lines(rows: Iterable[TaskRow], names: Mapping[UUID, str], sight: Sight, me: UUID) -> list[TaskLine]:
    return [
        TaskLine(row, sight.name(row.name), owner_name(names, row.owner_id), row.owner_id == me)
        for row in rows
    ]


@staff_view(Permission.TASK_VIEW, methods=("GET",))
def task_page_view(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one task: what to do, step by step, and how to close it."""
    return _task(request, _found(request, pk))


@staff_view(Permission.TASK_WORK, methods=("POST",))
def task_close(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Close a task on its proof, or decide what it asks; what was typed stays on a refusal."""
    detail = _found(request, pk)
    form = _form_for(detail, request.POST)
    status = 422
    if form.is_valid():
        try:
            said = _close(request, detail, form.cleaned_data)
        except TaskNotFoundError:
            messages.error(request, _("This task does not exist or was already closed."))
            return HttpResponseRedirect(address(request, "task_list"))
        except AppError as error:
            refuse(form, error)
            status = error.status if error.status == 409 else status  # noqa: PLR2004 - a conflict
        else:
            if detail.row.request_id is not None:
                completeness_refresh(workspace=request.workspace, request_id=detail.row.request_id)
            messages.success(request, said)
            return HttpResponseRedirect(address(request, "task_list"))
    return _task(request, detail, form, status)


@staff_view(Permission.TASK_WORK, methods=("POST",))
def task_mine(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Make whoever asks the owner of a task and, while it is theirs to take, of its request."""
    detail = _found(request, pk)
    try:
        task_take(workspace=request.workspace, actor=request.actor, task_id=pk)
    except AppError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The task is yours now."))
    return HttpResponseRedirect(address(request, "task_detail", pk=detail.row.task_id))


@staff_view(Permission.TASK_WORK, methods=("POST",))
def request_mine(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Make whoever asks the owner of a request that waits, and come back to the list."""
    try:
        owner_set(
            workspace=request.workspace,
            actor=request.actor,
            request_id=pk,
            owner_id=request.member.person.id,
        )
    except AppError as error:
        raise NotFoundError from error
    messages.success(request, _("The request is yours now."))
    return HttpResponseRedirect(f"{address(request, 'task_list')}?tab={IDENTIFY}")


@staff_view(Permission.DEAD_LETTER_REPLAY, methods=("POST",))
def sending_replay(request: StaffRequest, job_id: UUID) -> HttpResponseBase:
    """Send once more what failed for good."""
    if outbox.replay(job_id, workspace_id=request.workspace.id):
        messages.success(request, _("It is on its way again."))
    else:
        messages.error(request, _("This is not among the failed sendings any more."))
    return HttpResponseRedirect(f"{address(request, 'task_list')}?tab={FAILED}")


def _found(request: StaffRequest, pk: UUID) -> TaskDetail:
    detail = task_detail(request.workspace, pk)
    if detail is None:
        raise NotFoundError
    return detail


def _form_for(detail: TaskDetail, data: Any = None) -> forms.Form:  # noqa: ANN401 - POST data
    if detail.row.kind == "check_authority":
        return AuthorityForm(data)
    if detail.row.kind == "answer_fee":
        return FeeForm(data)
    form = DoneForm(data)
    if detail.row.kind not in STOP_KINDS:
        del form.fields["stopped_at"]
    return form


def _close(request: StaffRequest, detail: TaskDetail, given: Mapping[str, Any]) -> str:
    """Do what the task asks, and return what to say; each service closes the task with its fact."""
    who: dict[str, Any] = {"workspace": request.workspace, "actor": request.actor}
    row = detail.row
    if row.task_id is None or row.request_id is None or detail.state != "open":
        raise TaskNotFoundError
    if row.kind == "check_authority":
        accepted = given["decision"] == "accepted"
        authority_decide(**who, request_id=row.request_id, accepted=accepted, evidence=given["evidence"])
        return _("The decision is recorded.")
    if row.kind == "answer_fee":
        amount = given["amount"] if given["answer"] == "stated" else None
        fee_answer(**who, request_id=row.request_id, fee_minor=amount, words=given["words"])
        return _("The answer about the fee is recorded.")
    if row.kind in GROUPS["billing"]:
        completed = billing_task_done(
            **who, task_id=row.task_id, evidence=given["evidence"], stopped_at=given.get("stopped_at")
        )
        if completed:
            return _("The cancellation is complete. The second receipt is ready.")
        return _("The task is done.")
    task_done(**who, task_id=row.task_id, evidence=given["evidence"])
    return _("The task is done.")


def _task(
    request: StaffRequest, detail: TaskDetail, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    names = staff_names(people_of(request.workspace.id))
    sight = Sight.of(request)
    context = {
        "task": detail,
        "row": detail.row,
        "name": sight.name(detail.row.name),
        "owner": owner_name(names, detail.row.owner_id),
        "done_by": owner_name(names, detail.done_by) if detail.done_by else "",
        "mine": detail.row.owner_id == request.member.person.id,
        "sight": sight,
        "form": form or _form_for(detail),
    }
    return render(request, "register/console/task_detail.html", context, status=status)
