"""Coming in: the three ways, the exchange of a signed link, choosing among contracts, leaving the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from atelogo.accounts.domain.link_keys import MAIL_LIFE
from atelogo.accounts.errors import LinkExpiredError, LinkRefusedError
from atelogo.accounts.services.signed_links import link_verify
from atelogo.core import ids
from atelogo.register.errors import LinkInvalidError
from atelogo.register.queries.portal import contract_cards
from atelogo.register.services.access import intent_mark, link_exchange, session_close
from atelogo.web.portal import guard
from atelogo.web.portal.forms import CodeAskForm
from atelogo.web.portal.guard import PortalRequest, SeeOther, address, portal_view
from atelogo.web.portal.notices import PARAMETER, Notice, notice_of
from atelogo.web.portal.state import state_text

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

BACK = "volta"
PURPOSE = "para"
PROTOCOLS = "protocolos"
_LINKS_PER_ORIGIN = 120


@portal_view("GET")
def cancel(request: PortalRequest) -> HttpResponseBase:
    """Lead whoever is in to their contract, or offer the choice; everybody else sees the three ways in."""
    if request.access is None:
        return entry_page(request)
    intent_mark(workspace=request.workspace, session=request.access)
    everything = "todos" in request.GET or PARAMETER in request.GET
    named = request.access.contract_id
    if named is not None and not everything:
        return HttpResponseRedirect(address(request, "leave", contract=ids.public_id("ctr", named)))
    cards = contract_cards(request.workspace, request.access.customer_id)
    if len(cards) == 1 and not everything:
        return HttpResponseRedirect(address(request, "leave", contract=cards[0].public_id))
    return render(request, "portal/choose.html", {"cards": cards, "notice": notice_of(request)})


@portal_view("GET")
def enter_protocols(request: PortalRequest) -> HttpResponseBase:
    """Offer the ways in to somebody who wants to see their protocols."""
    if request.access is not None:
        return HttpResponseRedirect(address(request, "protocol_list"))
    return entry_page(request, purpose=PROTOCOLS)


def entry_page(
    request: PortalRequest,
    *,
    form: CodeAskForm | None = None,
    purpose: str = "",
    back: str = "",
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the ways in; ``back`` is where to go on afterwards, ``purpose`` what the person came for."""
    context = back or request.GET.get(BACK, "")[:300]
    return render(
        request,
        "portal/entry.html",
        {
            "form": form or CodeAskForm(),
            "purpose": purpose,
            "state": state_text(request.workspace, context=context),
            "notice": notice or notice_of(request),
        },
        status=status,
    )


@portal_view("GET", "POST")
def enter(request: PortalRequest) -> HttpResponseBase:
    """Exchange a signed link for a session by a 303 at once: the token never stays in the address.

    A link may also carry the token behind ``#``: then a small script posts it. Previews and prefetches do not
    use the link up. Whatever is wrong with a link, the other ways in are offered.
    """
    token = request.POST.get("t", "") or request.GET.get("t", "")
    if request.method == "HEAD" or _is_prefetch(request):
        return HttpResponse(status=204)
    if not token:
        return render(request, "portal/enter.html")
    guard.limit(request, "enter", most=_LINKS_PER_ORIGIN)
    response: HttpResponseBase
    try:
        claims = link_verify(token, workspace=request.workspace, longest=MAIL_LIFE)
        opened = link_exchange(
            workspace=request.workspace,
            claims=claims,
            language=get_language() or "",
            current=request.access,
        )
    except (LinkRefusedError, LinkExpiredError, LinkInvalidError):
        response = SeeOther(f"{address(request, 'cancel')}?{PARAMETER}=link")
    else:
        to_list = PROTOCOLS in {request.GET.get(PURPOSE), request.POST.get(PURPOSE)}
        response = SeeOther(address(request, "protocol_list" if to_list else "cancel"))
        if opened is not None:
            guard.let_in(request, response, opened)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _is_prefetch(request: PortalRequest) -> bool:
    told = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in text or "preview" in text for text in told)


@portal_view("POST")
def leave_session(request: PortalRequest) -> HttpResponseBase:
    """End the session and forget what was declared in this browser."""
    if request.stale:
        return SeeOther(f"{address(request, 'protocol_list')}?{PARAMETER}=stale")
    if request.access_key:
        session_close(workspace=request.workspace, key=request.access_key)
    response = SeeOther(f"{address(request, 'how_to_cancel')}?{PARAMETER}=out")
    guard.drop(request, response, guard.COOKIE)
    guard.drop(request, response, guard.DECLARED_COOKIE)
    return response
