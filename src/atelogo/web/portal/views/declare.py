"""The way that always stands: a declaration with whatever the person can give, recorded at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.shortcuts import render

from atelogo.core.errors import TooManyAttemptsError
from atelogo.register.services.way_out import PlainWish, plain_declare
from atelogo.web.portal import guard
from atelogo.web.portal.forms import DeclareForm
from atelogo.web.portal.guard import PortalRequest, SeeOther, address, portal_view
from atelogo.web.portal.notices import NOTICES
from atelogo.web.portal.state import FormState, state_of, state_text
from atelogo.web.portal.views import code, leave, protocols

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from atelogo.register.services.opening import Opened
    from atelogo.web.portal.notices import Notice

log = structlog.get_logger("atelogo.web.portal")

_PER_ORIGIN = 30


@portal_view("GET", "POST", cookieless=True)
def declare(request: PortalRequest) -> HttpResponseBase:
    """Show the form, or record what was declared and lead to its protocol."""
    if request.method != "POST":
        return _page(request, DeclareForm(initial=_initial(request), known=request.access is not None))
    state = state_of(request.workspace, request.POST.get("state", ""))
    form = DeclareForm(request.POST, known=request.access is not None)
    if request.stale:
        return _page(request, form, state=state, notice=NOTICES["stale"], status=403)
    if not form.is_valid():
        return _page(request, form, state=state, status=422)
    wish = _wish(request, form, state)
    try:
        opened = plain_declare(workspace=request.workspace, wish=wish, one_of_many=_one_of_many(request))
    except Exception as error:  # noqa: BLE001 - nothing typed may be lost, whatever failed
        log.error("declaration_not_recorded", error=type(error).__name__)  # noqa: TRY400
        return leave.not_recorded(request)
    return _recorded(request, opened)


def _one_of_many(request: PortalRequest) -> bool:
    """Count the declaration; past the limit it is flagged. Nobody is refused: many may share one address."""
    try:
        guard.limit(request, "declare", most=_PER_ORIGIN)
    except TooManyAttemptsError:
        log.warning("many_declarations_from_one_origin", workspace=request.workspace.slug)
        return True
    return False


def _initial(request: PortalRequest) -> dict[str, object]:
    if "contato" not in request.GET:
        return {}
    asked = code.asked_before(request)
    return {"identifier": asked.typed if asked else "", "lost_contact": True}


def _wish(request: PortalRequest, form: DeclareForm, state: FormState) -> PlainWish:
    given = form.cleaned_data
    access = request.access
    return PlainWish(
        name=given["name"],
        identifier=given["identifier"],
        contact=given["contact"],
        words=given["words"],
        relation=given["relation"] or "holder",
        lost_contact=given["lost_contact"],
        customer_id=request.customer_id,
        identity=access.via if access else "unverified",
        intent_at=(access.intent_at if access else None) or state.intent_at,
        key=f"plain:{state.key}",
    )


def _recorded(request: PortalRequest, opened: Opened) -> HttpResponseBase:
    response: HttpResponseBase
    if request.COOKIES:
        response = SeeOther(address(request, "protocol", protocol=opened.protocol))
    else:
        # A browser that keeps no cookies could not be shown its own protocol on another page.
        response = protocols.protocol_page(request, opened.protocol, shown=[opened.id])
    # Asked for somebody else, it is not among one's own requests: the browser that declared it may see it.
    guard.remember_declared(request, response, opened.id)
    return response


def _page(
    request: PortalRequest,
    form: DeclareForm,
    *,
    state: FormState | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    began, key = (state.intent_at, state.key) if state else (None, "")
    context = {
        "form": form,
        "state": state_text(request.workspace, intent_at=began, key=key),
        "notice": notice,
        "lost": bool(form["lost_contact"].value()),
    }
    return render(request, "portal/declare.html", context, status=status)
