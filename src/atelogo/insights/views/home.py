"""Início: five numbers against the period before, and what is waiting today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core import clock
from atelogo.insights.domain.periods import Period, preset_period
from atelogo.insights.queries.confirmed import confirmed
from atelogo.insights.queries.requests_opened import requests_opened
from atelogo.insights.queries.time_to_cancel import time_to_cancel
from atelogo.insights.queries.value_lost import value_lost
from atelogo.insights.queries.withdrawn import withdrawn
from atelogo.register.queries.requests import RequestFilter, request_count

if TYPE_CHECKING:
    from django.http import HttpResponse

    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.insights.domain.figures import Figure


@dataclass(frozen=True, slots=True)
class Card:
    """One figure with its words; ``drill`` are the filters of the list behind the number."""

    figure: Figure
    label: str
    definition: str
    before_label: str
    drill: dict[str, str]
    more_is_bad: bool = True


@staff_view(Permission.INSIGHT_VIEW, methods=("GET",))
def home(request: StaffRequest) -> HttpResponse:
    """Show today and this month at a glance; every number leads to the requests behind it."""
    workspace = request.workspace
    today = clock.today(workspace.timezone)
    due = request_count(workspace, RequestFilter(view="due"))
    context: dict[str, Any] = {"cards": cards_of(request), "due": due, "today": today}
    return render(request, "insights/home.html", context)


def cards_of(request: StaffRequest) -> list[Card]:
    """Return the page's cards in their order."""
    workspace = request.workspace
    today = clock.today(workspace.timezone)
    day, month = Period(today, today), preset_period("this_month", today)
    then = _("the same days of last month")
    left = _drill(month) | {"standing": "left"}
    return [
        Card(
            requests_opened(workspace, day),
            _("Requests today"),
            _("Cancellation requests asked today, on any channel, without voided and repeated ones."),
            _("yesterday"),
            _drill(day),
        ),
        Card(
            requests_opened(workspace, month),
            _("Requests this month"),
            _("Cancellation requests asked this month, on any channel, without voided and repeated ones."),
            then,
            _drill(month),
        ),
        Card(
            confirmed(workspace, month),
            _("Confirmed this month"),
            _("Requests of this month in which the customer's word is final, completed ones included."),
            then,
            left,
        ),
        _stayed(workspace, month, then),
        _took(workspace, month, then),
        Card(
            value_lost(workspace, month),
            _("Monthly value that left"),
            _("Sum of the monthly fees, when they asked, of this month's confirmed and completed requests."),
            then,
            left,
        ),
    ]


def _stayed(workspace: WorkspaceInfo, month: Period, then: str) -> Card:
    return Card(
        withdrawn(workspace, month),
        _("Took it back"),
        _(
            "Requests of this month that the customer withdrew, or undid within the time to undo. "
            "They are not called retained: that needs 30 days."
        ),
        then,
        _drill(month) | {"standing": "stayed"},
        more_is_bad=False,
    )


def _took(workspace: WorkspaceInfo, month: Period, then: str) -> Card:
    return Card(
        time_to_cancel(workspace, month),
        _("Time to cancel"),
        _(
            "Median time from entering to cancel until the request was confirmed, for requests of this "
            "month made here. Half took less, half took more."
        ),
        then,
        _drill(month),
    )


def _drill(period: Period) -> dict[str, str]:
    return {
        "view": "all",
        "since": period.since.isoformat() if period.since else "",
        "until": period.until.isoformat() if period.until else "",
        "standing": "counted",
    }
