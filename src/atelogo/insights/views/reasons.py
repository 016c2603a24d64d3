"""Motivos: the Pareto of reasons, by product, plan, channel, region and period, down to the requests."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core import clock
from atelogo.insights.domain.periods import Period, chosen_period
from atelogo.insights.queries.reasons import ReasonBar, reasons_pareto
from atelogo.register.queries.aggregates import Choices, filter_choices
from atelogo.register.queries.requests import RequestFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERIODS = [
    ("this_month", gettext_lazy("This month")),
    ("last_month", gettext_lazy("Last month")),
    ("last_30_days", gettext_lazy("Last 30 days")),
    ("last_12_months", gettext_lazy("Last 12 months")),
    ("all", gettext_lazy("Whole register")),
]


class ReasonsForm(forms.Form):
    """The page's filters; every one stands in the address."""

    period = forms.ChoiceField(choices=_PERIODS, required=False, label=gettext_lazy("Period"))
    since = forms.DateField(
        required=False,
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        required=False,
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    product = forms.ChoiceField(required=False, label=gettext_lazy("Product"))
    plan = forms.ChoiceField(required=False, label=gettext_lazy("Plan"))
    channel = forms.ChoiceField(required=False, label=gettext_lazy("Channel"))
    region = forms.ChoiceField(required=False, label=gettext_lazy("State of the country"))

    def __init__(self, data: Mapping[str, Any], choices: Choices) -> None:
        super().__init__(data)
        any_of = [("", _("All"))]
        for name, values in (
            ("product", choices.products),
            ("plan", choices.plans),
            ("channel", choices.channels),
            ("region", choices.regions),
        ):
            field = self.fields[name]
            field.choices = [*any_of, *((value, value) for value in values)]  # type: ignore[attr-defined]


def _asked(request: StaffRequest) -> tuple[ReasonsForm, Period, RequestFilter]:
    form = ReasonsForm(request.GET, filter_choices(request.workspace))
    form.is_valid()
    given = form.cleaned_data
    period = chosen_period(
        given.get("period") or "last_12_months",
        given.get("since"),
        given.get("until"),
        clock.today(request.workspace.timezone),
    )
    wanted = RequestFilter(
        since=period.since,
        until=period.until,
        product=given.get("product") or "",
        plan=given.get("plan") or "",
        channel=given.get("channel") or "",
        region=given.get("region") or "",
    )
    return form, period, wanted


@staff_view(Permission.INSIGHT_VIEW, methods=("GET",))
def reasons(request: StaffRequest) -> HttpResponse:
    """Show why customers leave: bars with the cumulative line, and the same as a table that opens down."""
    form, period, wanted = _asked(request)
    bars = reasons_pareto(request.workspace, wanted, language=get_language() or "pt-br")
    total = sum(bar.bar.count for bar in bars)
    context = {
        "form": form,
        "bars": [(bar, _words(bar), _drill(request, bar, wanted)) for bar in bars],
        "total": total,
        "period": period,
        "chart": _chart(request, bars, wanted, total),
    }
    return render(request, "insights/reasons.html", context)


@staff_view(Permission.INSIGHT_VIEW, methods=("GET",))
def reasons_csv(request: StaffRequest) -> HttpResponse:
    """Give the same figures as CSV for Excel in Brazil (semicolons, BOM, decimal comma)."""
    _form, _period, wanted = _asked(request)
    bars = reasons_pareto(request.workspace, wanted, language=get_language() or "pt-br")
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="motivos.csv"'
    writer = csv.writer(answer, delimiter=";")
    writer.writerow([_("Group"), _("Reason"), _("Requests"), _("Share"), _("Cumulative"), _("Monthly value")])
    for bar in bars:
        row = bar.bar
        shares = (f"{100 * row.share:.1f}".replace(".", ","), f"{100 * row.cumulative:.1f}".replace(".", ","))
        value = f"{row.value_minor / 100:.2f}".replace(".", ",")
        writer.writerow([_safe(bar.group), _safe(_words(bar)), row.count, *shares, value])
    return answer


def _safe(text: str) -> str:
    # A cell that begins like a formula would be run by a spreadsheet.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _words(bar: ReasonBar) -> str:
    return bar.label or _("Not informed")


def _here(request: StaffRequest) -> dict[str, str]:
    return {"workspace": request.workspace.slug}


def _drill(request: StaffRequest, bar: ReasonBar, wanted: RequestFilter) -> str:
    asked = {
        "view": "all",
        "standing": "reasons",
        "reason": str(bar.reason_id) if bar.reason_id else "",
        "since": _day(wanted.since),
        "until": _day(wanted.until),
        "product": wanted.product,
        "plan": wanted.plan,
        "channel": wanted.channel,
        "region": wanted.region,
    }
    kept = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('register:request_list', kwargs=_here(request))}?{kept}"


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _chart(request: StaffRequest, bars: list[ReasonBar], wanted: RequestFilter, total: int) -> dict[str, Any]:
    return {
        "title": _("Why do customers leave?"),
        "kind": "pareto",
        "category": _("Reason"),
        "labels": [_words(bar) for bar in bars],
        "series": [
            {"name": _("Requests"), "values": [bar.bar.count for bar in bars], "unit": "count"},
        ],
        "links": [_drill(request, bar, wanted) for bar in bars],
        "csv": f"{reverse('insights:reasons_csv', kwargs=_here(request))}?{request.GET.urlencode()}",
        "note": _("n = %(n)s") % {"n": total},
        "definition": _(
            "Requests that stand in the period, by the first reason stated. Withdrawn, undone, lapsed, "
            "voided and duplicate ones are outside."
        ),
    }
