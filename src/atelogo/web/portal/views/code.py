"""Coming in by document or contract number and a one-time code. No answer tells whether a person exists."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import render
from django.utils.translation import get_language

from atelogo.accounts.services.limits import origin_of
from atelogo.core import ids
from atelogo.core.secrets import SecretError, decrypt, encrypt
from atelogo.register.errors import CodeWrongError
from atelogo.register.services.access import code_ask as service_code_ask
from atelogo.register.services.access import code_check
from atelogo.web.portal import guard
from atelogo.web.portal.forms import CodeAskForm, CodeForm
from atelogo.web.portal.guard import PortalRequest, SeeOther, address, portal_view
from atelogo.web.portal.notices import NOTICES
from atelogo.web.portal.state import state_of
from atelogo.web.portal.views.entry import PROTOCOLS, entry_page

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

COOKIE = "atelogo_code"
_COOKIE_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for its code: its id, what was typed, the form's state (where to go on), why."""

    access: str
    typed: str
    state: str
    purpose: str


@portal_view("POST")
def code_ask(request: PortalRequest) -> HttpResponseBase:
    """Take in the document or contract number and lead to the page that asks for the code."""
    form = CodeAskForm(request.POST)
    state = state_of(request.workspace, request.POST.get("state", ""))
    purpose = PROTOCOLS if request.POST.get("purpose") == PROTOCOLS else ""
    if request.stale or not form.is_valid():
        notice, status = (NOTICES["stale"], 403) if request.stale else (None, 422)
        return entry_page(
            request, form=form, purpose=purpose, back=state.context, notice=notice, status=status
        )
    typed = form.cleaned_data["who"]
    access_id = service_code_ask(
        workspace=request.workspace,
        text=typed,
        origin=origin_of(request),
        language=get_language() or "",
        intent_at=None if purpose else state.intent_at,
    )
    response = SeeOther(address(request, "code"))
    asked = Asked(access_id.hex, typed, request.POST.get("state", "")[:1000], purpose)
    kept = encrypt(json.dumps(asdict(asked)))
    guard.keep(request, response, COOKIE, kept, max_age=_COOKIE_SECONDS)
    return response


@portal_view("GET", "POST")
def code(request: PortalRequest) -> HttpResponseBase:
    """Ask for the code and, when it is right, let the person in."""
    asked = asked_before(request)
    if asked is None:
        return SeeOther(address(request, "cancel"))
    if request.method != "POST":
        return _page(request, CodeForm(), asked)
    form = CodeForm(request.POST)
    if request.stale:
        return _page(request, form, asked, stale=True)
    if form.is_valid():
        try:
            opened = code_check(
                workspace=request.workspace,
                access_id=UUID(hex=asked.access),
                code=form.cleaned_data["code"],
                origin=origin_of(request),
            )
        except CodeWrongError as error:
            form.add_error("code", str(error))
        else:
            response = SeeOther(_onward(request, asked))
            guard.let_in(request, response, opened)
            guard.drop(request, response, COOKIE)
            return response
    return _page(request, form, asked)


def _page(request: PortalRequest, form: CodeForm, asked: Asked, *, stale: bool = False) -> HttpResponse:
    status = 403 if stale else 422 if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "asked": asked,
        "purpose": asked.purpose,
        "notice": NOTICES["stale"] if stale else None,
    }
    return render(request, "portal/code.html", context, status=status)


def asked_before(request: PortalRequest) -> Asked | None:
    """Return the question that this browser asked a moment ago, if any."""
    try:
        return Asked(**json.loads(decrypt(request.COOKIES.get(COOKIE, "")) or "null"))
    except (SecretError, ValueError, TypeError):
        return None


def _onward(request: PortalRequest, asked: Asked) -> str:
    if asked.purpose == PROTOCOLS:
        return address(request, "protocol_list")
    public_id, _mark, query = state_of(request.workspace, asked.state).context.partition("?")
    if ids.parse_public_id("ctr", public_id) is None:
        return address(request, "cancel")
    return address(request, "leave", contract=public_id) + (f"?{query}" if query else "")
