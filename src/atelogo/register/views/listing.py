"""Cancelamentos: the list, opening on what is due today; filters in the address, search terms out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core import clock, search_terms
from atelogo.register.domain import protocol as protocols
from atelogo.register.queries.aggregates import filter_choices
from atelogo.register.queries.detail import inquiry_numbered, request_numbered
from atelogo.register.queries.reasons import reason_tree
from atelogo.register.queries.requests import ORDERS, RequestRow, request_count, request_page
from atelogo.register.views.addresses import address, language
from atelogo.register.views.filters import FilterForm, filter_of, is_narrowed
from atelogo.register.views.showing import Sight, owner_name, staff_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from django.http import QueryDict

COUNTED_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the list as its reader may see it."""

    row: RequestRow
    name: str
    owner: str


@staff_view(Permission.REQUEST_VIEW, methods=("GET",))
def request_list(request: StaffRequest) -> HttpResponse:
    """Show requests: what is due today first, narrowed by what the address says."""
    asked = request.GET
    if asked.get("protocol"):
        found = _numbered(request, asked["protocol"])
        if found:
            return HttpResponseRedirect(found)
    people = people_of(request.workspace.id)
    tree = reason_tree(request.workspace.id, language=language())
    form = FilterForm(asked, tree, people)
    text = asked.get("protocol", "") or search_terms.recall(request.session, asked.get("search", ""))
    wanted = filter_of(
        form,
        asked,
        today=clock.today(request.workspace.timezone),
        me=request.member.person.id,
        text=text,
    )
    lost = bool(asked.get("search")) and not text
    page = request_page(
        request.workspace,
        wanted,
        language=language(),
        cursor=asked.get("cursor", ""),
        sort=asked.get("sort", "") if asked.get("sort", "") in ORDERS else "",
    )
    if page.next or page.previous:
        count = request_count(request.workspace, wanted, at_most=COUNTED_UP_TO)
    else:
        count = len(page.items)  # all of them are on this page
    context: dict[str, Any] = {
        "view": wanted.view,
        "form": form,
        "lines": _lines(page.items, staff_names(people), Sight.of(request)),
        "page": page,
        "count": min(count, COUNTED_UP_TO),
        "more": count > COUNTED_UP_TO,
        "term": text,
        "term_lost": lost,
        "narrowed": is_narrowed(asked),
        "kept": _kept(asked),
        "more_filters": any(
            asked.get(n) for n in ("since", "until", "product", "plan", "region", "identity")
        ),
        "default_sort": "due_at" if wanted.view == "due" else "-recorded_at",
    }
    return render(request, "register/console/request_list.html", context)


@staff_view(Permission.REQUEST_VIEW, methods=("POST",))
def request_search(request: StaffRequest) -> HttpResponse:
    """Search inside the filters on screen; the term stays out of the address."""
    asked = request.GET.copy()
    for name in ("search", "protocol", "cursor"):
        asked.pop(name, None)
    term = request.POST.get("q", "").strip()
    number = protocols.normalise(term) if term else None
    if number and protocols.is_valid(number):
        asked["protocol"] = number
    elif term:
        asked[search_terms.PARAMETER] = search_terms.remember(request.session, term)
    return HttpResponseRedirect(f"{address(request, 'request_list')}?{asked.urlencode()}")


@staff_view(Permission.REQUEST_VIEW, methods=("GET",))
def filter_options(request: StaffRequest) -> HttpResponse:
    """Give the products, plans and regions that occur, for the fields that suggest them."""
    choices = filter_choices(request.workspace)
    return render(request, "register/console/parts/filter_options.html", {"choices": choices})


def _numbered(request: StaffRequest, number: str) -> str:
    """Return the address of the request or question with exactly this protocol, or an empty text."""
    plain = protocols.normalise(number)
    if plain is None or not protocols.is_valid(plain):
        return ""
    if protocols.series_of(plain) == "inquiry":
        known = inquiry_numbered(request.workspace, plain)
        return address(request, "inquiry_detail", protocol=plain) if known else ""
    found = request_numbered(request.workspace, plain)
    return address(request, "request_detail", pk=found) if found else ""


def _lines(rows: tuple[RequestRow, ...], names: Mapping[UUID, str], sight: Sight) -> list[ListLine]:
    return [ListLine(row, sight.name(row.name), owner_name(names, row.owner_id)) for row in rows]


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """Return what the filter form carries along unseen, so that applying it loses nothing."""
    hidden = ("view", "search", "sort", "customer", "batch", "standing", "city")
    return [(name, str(asked[name])) for name in hidden if asked.get(name)]
