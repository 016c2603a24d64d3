"""Figures over the register, reckoned by the database: the warehouse will take their place, not their shape.

Every figure leaves out what never counted: voided requests and duplicates that were merged. Ends by the
company or for administrative reasons (a successor, a move of plan) are no requests of customers and stay
outside too. A request stands on the local day of ``requested_at``, or, where an import knows only that, on
its effective day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from atelogo.register.models import Request
from atelogo.register.queries.requests import RequestFilter, matching

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many on one local day."""

    day: date
    count: int
    mrr_minor: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Requests of one reason (``reason_id`` None: nothing stated) with their monthly value."""

    reason_id: UUID | None
    count: int
    mrr_minor: int


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that a filter can take, as the register holds them."""

    products: tuple[str, ...]
    plans: tuple[str, ...]
    channels: tuple[str, ...]
    regions: tuple[str, ...]


def counted(workspace: WorkspaceInfo, wanted: RequestFilter, standing: str = "counted") -> QuerySet[Request]:
    """Return the requests of a filter that count in a figure (inside this room only)."""
    return matching(workspace, replace(wanted, standing=standing))


def _local_day(workspace: WorkspaceInfo) -> Coalesce:
    return Coalesce(
        TruncDate("requested_at", tzinfo=workspace.zone),
        F("effective_on"),
        output_field=DateField(),
    )


def opened_by_day(workspace: WorkspaceInfo, wanted: RequestFilter) -> list[DayCount]:
    """Return requests by the day they were asked, oldest first; days with none are left out."""
    return _by_day(counted(workspace, wanted), _local_day(workspace))


def confirmed_by_day(workspace: WorkspaceInfo, wanted: RequestFilter) -> list[DayCount]:
    """Return requests whose customer's word is final and stands, by the day they were asked."""
    return _by_day(counted(workspace, wanted, "left"), _local_day(workspace))


def stayed_by_day(workspace: WorkspaceInfo, wanted: RequestFilter) -> list[DayCount]:
    """Return requests taken back by the customer (withdrawn, or undone in the window) by day asked."""
    return _by_day(counted(workspace, wanted, "stayed"), _local_day(workspace))


def _by_day(rows: QuerySet[Request], day: Any) -> list[DayCount]:  # noqa: ANN401 - a database expression
    found = (
        rows.annotate(local_day=day)
        .filter(local_day__isnull=False)
        .values("local_day")
        .annotate(n=Count("id"), mrr=Sum("mrr_minor"))
        .order_by("local_day")
    )
    return [DayCount(row["local_day"], row["n"], row["mrr"] or 0) for row in found]


def cancel_durations(
    workspace: WorkspaceInfo, since: date | None, until: date | None
) -> tuple[int, timedelta | None, timedelta | None]:
    """Return n, median and 95th percentile of ``confirmed_at - intent_at`` of live requests in the period.

    Imported requests have no such times and are outside. Percentiles are order statistics (nearest rank).
    """
    wanted = RequestFilter(since=since, until=until)
    took = ExpressionWrapper(F("confirmed_at") - F("intent_at"), output_field=DurationField())
    rows = (
        counted(workspace, wanted)
        .filter(confirmed_at__isnull=False, intent_at__isnull=False)
        .annotate(took=took)
        .order_by("took")
    )
    n = rows.count()
    if n == 0:
        return 0, None, None
    times = rows.values_list("took", flat=True)
    middle = list(times[(n - 1) // 2 : n // 2 + 1])
    return n, sum(middle, timedelta()) / len(middle), times[max(0, -(-95 * n // 100) - 1)]


def reason_counts(workspace: WorkspaceInfo, wanted: RequestFilter) -> list[ReasonCount]:
    """Return how many requests state each reason first, most first, with their monthly value."""
    found = (
        counted(workspace, wanted, "reasons")
        .values("reason_id")
        .annotate(n=Count("id"), mrr=Sum("mrr_minor"))
        .order_by("-n", "reason_id")
    )
    return [ReasonCount(row["reason_id"], row["n"], row["mrr"] or 0) for row in found]


def filter_choices(workspace: WorkspaceInfo, *, limit: int = 100) -> Choices:
    """Return the products, plans, channels and regions that occur, for the filters of a page."""

    def some(column: str) -> tuple[str, ...]:
        values = (
            Request.objects.filter(workspace_id=workspace.id)
            .exclude(**{column: ""})
            .order_by(column)
            .values_list(column, flat=True)
            .distinct()
        )
        return tuple(values[:limit])

    return Choices(some("product_name"), some("plan_name"), some("channel"), some("region"))
