"""Pendências: what waits for a person, from manual tasks and from requests, by kind and by deadline."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from atelogo.core import clock, ids
from atelogo.core.pagination import Page, paginate
from atelogo.register.models import ManualTask, Request, Requester, RequestItem

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

# The kinds of work as the page groups them; a request may wait without any task of its own.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "billing": ("billing_stop", "billing_refused", "billing_more", "billing_resume"),
    "authority": ("check_authority",),
    "fee": ("answer_fee",),
    "after": ("charged_after", "equipment_return"),
}
IDENTIFY, LATE, ASK_HOLDER = "identify", "late", "ask_holder"
_IN_HAND = ("open", "confirmed")
URGENT_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One thing to do; without ``task_id`` it is a request that waits by itself, with no task of its own."""

    task_id: UUID | None
    kind: str
    due_at: datetime | None
    owner_id: UUID | None
    request_id: UUID | None
    protocol: str
    name: str
    plan: str
    state: str
    processing: bool


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task with what is needed to do it."""

    row: TaskRow
    state: str
    contract: str
    billing_ref: str
    last_day: date | None
    lines: tuple[str, ...]
    steps: tuple[str, ...]
    facts: Mapping[str, Any]
    evidence: str
    created_at: datetime
    done_at: datetime | None
    done_by: UUID | None


def task_counts(workspace: WorkspaceInfo, *, owner: UUID | None = None) -> dict[str, int]:
    """Return how many things wait in each group: two queries. With ``owner`` only theirs."""
    tasks = _open_tasks(workspace, owner)
    by_kind = {row["kind"]: row["n"] for row in tasks.values("kind").annotate(n=Count("id")).order_by()}
    found = {group: sum(by_kind.get(kind, 0) for kind in kinds) for group, kinds in GROUPS.items()}
    waiting = {group: Count("id", filter=meant) for group, meant in _waiting().items()}
    return found | _requests(workspace, owner).aggregate(**waiting)


def task_page(
    workspace: WorkspaceInfo, group: str, *, owner: UUID | None = None, cursor: str = "", size: int = 50
) -> Page[TaskRow]:
    """Return one page of a group, what is due first at the head."""
    meant = _waiting().get(group)
    if meant is not None:
        requests = _requests(workspace, owner).filter(meant, due_at__isnull=False).select_related("customer")
        page = paginate(requests, order=("due_at", "id"), cursor=cursor, size=size)
        names = _names(page.items)
        return page.map(lambda request: _of_request(request, names))
    tasks = _open_tasks(workspace, owner).filter(kind__in=GROUPS[group])
    pages = paginate(_dated(tasks), order=("due", "id"), cursor=cursor, size=size)
    given = _names([task.request for task in pages.items if task.request is not None])
    return pages.map(lambda task: _of_task(task, given))


def urgent_tasks(workspace: WorkspaceInfo, *, owner: UUID | None = None) -> tuple[list[TaskRow], bool]:
    """Return what is due today or late, over every group, and whether there is more than is shown."""
    end = _day_end(workspace)
    dated = _dated(_open_tasks(workspace, owner)).filter(due__lt=end)
    tasks = list(dated.order_by("due", "id")[: URGENT_AT_MOST + 1])
    any_of = functools.reduce(operator.or_, _waiting().values())
    waiting = _requests(workspace, owner).filter(any_of, due_at__lt=end)
    requests = list(waiting.select_related("customer").order_by("due_at", "id")[: URGENT_AT_MOST + 1])
    with_task = {task.request_id for task in tasks}
    names = _names([*(t.request for t in tasks if t.request is not None), *requests])
    rows = [_of_task(task, names) for task in tasks]
    rows += [_of_request(request, names) for request in requests if request.id not in with_task]
    rows.sort(key=lambda row: (row.due_at or end, row.protocol))
    return rows[:URGENT_AT_MOST], len(rows) > URGENT_AT_MOST


def task_detail(workspace: WorkspaceInfo, task_id: UUID) -> TaskDetail | None:
    """Return a task of the workspace, open or closed, or ``None``."""
    rows = ManualTask.objects.filter(workspace_id=workspace.id, id=task_id)
    task = rows.select_related("request", "request__customer", "request__contract").first()
    if task is None:
        return None
    contract = task.request.contract if task.request is not None else None
    items = RequestItem.objects.filter(workspace_id=workspace.id, request_id=task.request_id)
    names = _names([task.request] if task.request is not None else [])
    return TaskDetail(
        row=_of_task(task, names),
        state=task.state,
        contract=(contract.number or ids.public_id("ctr", contract.id)) if contract is not None else "",
        billing_ref=contract.billing_ref if contract is not None else "",
        last_day=task.request.effective_on if task.request is not None else None,
        lines=tuple(task.facts.get("lines") or items.order_by("label").values_list("label", flat=True)),
        steps=tuple(str(step) for step in task.steps),
        facts=dict(task.facts),
        evidence=task.evidence,
        created_at=task.created_at,
        done_at=task.done_at,
        done_by=task.done_by,
    )


def _waiting() -> dict[str, Q]:
    """Return which requests wait by themselves: unidentified, late, or left to the holder's word."""
    return {
        IDENTIFY: Q(contract__isnull=True, next_step="identify"),
        LATE: Q(state="confirmed", contract__isnull=False, stop_due_at__lt=clock.now()),
        ASK_HOLDER: Q(state="open", next_step="ask_holder"),
    }


def _day_end(workspace: WorkspaceInfo) -> datetime:
    tomorrow = clock.today(workspace.timezone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), workspace.zone)


def _requests(workspace: WorkspaceInfo, owner: UUID | None) -> QuerySet[Request]:
    rows: QuerySet[Request] = Request.objects.filter(workspace_id=workspace.id, state__in=_IN_HAND)
    return rows if owner is None else rows.filter(owner_id=owner)


def _open_tasks(workspace: WorkspaceInfo, owner: UUID | None) -> QuerySet[ManualTask]:
    rows: QuerySet[ManualTask] = ManualTask.objects.filter(workspace_id=workspace.id, state="open")
    return rows if owner is None else rows.filter(owner_id=owner)


def _dated(rows: QuerySet[ManualTask]) -> QuerySet[Any]:
    """Return tasks with a deadline to order by: their own, or when they came up."""
    return rows.select_related("request", "request__customer").annotate(due=Coalesce("due_at", "created_at"))


def _names(requests: Iterable[Request]) -> dict[UUID, str]:
    """Return what requesters called themselves where the customer is not known: one query at most."""
    unknown = [request.id for request in requests if request.customer_id is None]
    if not unknown:
        return {}
    return {who.request_id: who.name for who in Requester.objects.filter(request_id__in=unknown)}


def _of_task(task: ManualTask, names: Mapping[UUID, str]) -> TaskRow:
    request = task.request
    return TaskRow(
        task_id=task.id,
        kind=task.kind,
        due_at=task.due_at,
        owner_id=task.owner_id,
        request_id=task.request_id,
        protocol=request.protocol if request is not None else "",
        name=_name(request, names) if request is not None else "",
        plan=request.plan_name or request.product_name if request is not None else "",
        state=request.state if request is not None else "",
        processing=request is not None and request.processed_at is not None,
    )


def _of_request(request: Request, names: Mapping[UUID, str]) -> TaskRow:
    return TaskRow(
        task_id=None,
        kind=request.next_step,
        due_at=request.due_at,
        owner_id=request.owner_id,
        request_id=request.id,
        protocol=request.protocol,
        name=_name(request, names),
        plan=request.plan_name or request.product_name,
        state=request.state,
        processing=request.processed_at is not None,
    )


def _name(request: Request, names: Mapping[UUID, str]) -> str:
    return request.customer.name if request.customer is not None else names.get(request.id, "")
