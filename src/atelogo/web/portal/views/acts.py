"""What a customer does about a request of theirs: each is one POST that leads back to its page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404

from atelogo.core.errors import ValidationFailedError
from atelogo.register.errors import (
    ReasonNotFoundError,
    RequestTransitionError,
    UndoWindowClosedError,
)
from atelogo.register.services import requests as services
from atelogo.register.services.after_leaving import (
    DISPUTES,
    charge_report,
    equipment_return_choose,
    fee_dispute,
)
from atelogo.web.portal import guard
from atelogo.web.portal.forms import ChargedForm, ReturnForm, WordsForm
from atelogo.web.portal.guard import PortalRequest, SeeOther, actor_of, address, declared_ids, portal_view
from atelogo.web.portal.notices import PARAMETER
from atelogo.web.portal.views.protocols import found_for, protocol_page

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from atelogo.register.queries.portal import PortalRequest as Found

_PER_HOUR = 60


def _theirs(request: PortalRequest, protocol: str) -> Found:
    """Return the request when this browser may act on it; what is only shown in part may not be changed."""
    guard.limit(request, "act", most=_PER_HOUR)
    found = found_for(request, protocol)
    if found.limited:
        raise Http404
    return found


def _back(request: PortalRequest, protocol: str, notice: str, part: str = "") -> HttpResponseBase:
    path = address(request, "protocol", protocol=protocol)
    return SeeOther(f"{path}?{PARAMETER}={notice}{part}")


@portal_view("POST")
def undo(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Take the cancellation back inside its window."""
    found = _theirs(request, protocol)
    if request.stale:
        return _back(request, protocol, "stale")
    try:
        services.request_undo(workspace=request.workspace, actor=actor_of(request), request_id=found.id)
    except UndoWindowClosedError:
        return _back(request, protocol, "late")
    except RequestTransitionError:
        return SeeOther(address(request, "protocol", protocol=protocol))
    return _back(request, protocol, "undone")


@portal_view("POST")
def reason(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Keep the reason tapped, at once."""
    found = _theirs(request, protocol)
    if request.stale:
        return _back(request, protocol, "stale", "#why")
    try:
        services.request_reason_set(
            workspace=request.workspace,
            actor=actor_of(request),
            request_id=found.id,
            reason_id=UUID(hex=request.POST.get("reason", "")),
            source="customer",
        )
    except (ValueError, ReasonNotFoundError):
        return _back(request, protocol, "pick", "#why")
    return _back(request, protocol, "thanks", "#why")


@portal_view("POST")
def words(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Keep what the customer adds to the reason."""
    found = _theirs(request, protocol)
    form = WordsForm(request.POST)
    if request.stale or found.reason_id is None or not form.is_valid():
        return _back(request, protocol, "stale" if request.stale else "pick", "#why")
    given = form.cleaned_data
    services.request_reason_set(
        workspace=request.workspace,
        actor=actor_of(request),
        request_id=found.id,
        reason_id=found.reason_id,
        source="customer",
        free_text=given["free_text"],
    )
    services.request_words_set(
        workspace=request.workspace,
        actor=actor_of(request),
        request_id=found.id,
        would_have_kept=given["would_have_kept"],
    )
    return _back(request, protocol, "thanks", "#why")


@portal_view("POST")
def dispute(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Hold a fee that the customer disagrees with."""
    found = _theirs(request, protocol)
    why = request.POST.get("dispute", "")
    if request.stale or why not in DISPUTES:
        return _back(request, protocol, "stale" if request.stale else "pick", "#fee")
    try:
        fee_dispute(workspace=request.workspace, actor=actor_of(request), request_id=found.id, why=why)
    except RequestTransitionError:
        return SeeOther(address(request, "protocol", protocol=protocol))
    return _back(request, protocol, "disputed", "#fee")


@portal_view("POST")
def equipment(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Keep how lent equipment goes back."""
    found = _theirs(request, protocol)
    form = ReturnForm(request.POST)
    if request.stale:
        return _back(request, protocol, "stale", "#equipment")
    if form.is_valid():
        try:
            equipment_return_choose(
                workspace=request.workspace,
                actor=actor_of(request),
                request_id=found.id,
                way=form.cleaned_data["way"],
                day=form.cleaned_data["day"],
                part=form.cleaned_data["part"],
            )
        except ValidationFailedError as error:
            for problem in error.fields:
                form.add_error(problem.field, str(problem.message))
        except RequestTransitionError:
            return SeeOther(address(request, "protocol", protocol=protocol))
        else:
            return _back(request, protocol, "return", "#equipment")
    shown = declared_ids(request)
    return protocol_page(request, found.protocol, shown=shown, return_form=form, status=422)


@portal_view("POST")
def charged(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Take in that something was charged after cancelling."""
    found = _theirs(request, protocol)
    form = ChargedForm(request.POST)
    shown = declared_ids(request)
    if request.stale or not form.is_valid():
        status = 403 if request.stale else 422
        return protocol_page(request, found.protocol, shown=shown, charged_form=form, status=status)
    try:
        charge_report(
            workspace=request.workspace,
            actor=actor_of(request),
            request_id=found.id,
            words=form.cleaned_data["words"],
        )
    except RequestTransitionError:
        return SeeOther(address(request, "protocol", protocol=protocol))
    return _back(request, protocol, "charged", "#charged")
