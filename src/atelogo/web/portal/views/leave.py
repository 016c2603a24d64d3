"""One contract: what will happen, and the one button. Nothing stands between this page and the protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

import structlog
from django.db import Error as DatabaseFailure
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.core import clock, ids
from atelogo.core.errors import AppError, NotFoundError, TooManyAttemptsError
from atelogo.register.domain.deadlines import HORIZON_DAYS, EffectiveChoice
from atelogo.register.errors import EffectiveDateError
from atelogo.register.services.after_leaving import DISPUTES
from atelogo.register.services.leaving_terms import LeavingTerms, leaving_terms
from atelogo.register.services.requests import Choice
from atelogo.register.services.way_out import Wish, way_out_declare
from atelogo.web.components import formats
from atelogo.web.portal import guard
from atelogo.web.portal.forms import CodeAskForm, LeaveForm
from atelogo.web.portal.guard import PortalRequest, SeeOther, address, portal_view
from atelogo.web.portal.notices import NOTICES, Notice, notice_of
from atelogo.web.portal.state import FormState, state_of, state_text
from atelogo.web.portal.views.entry import BACK

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

log = structlog.get_logger("atelogo.web.portal")

_PER_SESSION = 60


@dataclass(slots=True)
class Chosen:
    """What the form says so far: last day, dispute, lines (by public id); nothing means the default."""

    when: str = EffectiveChoice.NOW.value
    on: str = ""
    dispute: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def line_ids(self) -> tuple[UUID, ...]:
        """The ids of the chosen lines; what is no id is passed over."""
        found = (ids.parse_public_id("lin", text) for text in self.lines)
        return tuple(sorted(one for one in found if one))

    def query(self) -> str:
        """Return the choices as a query string without personal data, to come back to them."""
        pairs = [("quando", self.when), ("em", self.on), ("discordo", self.dispute)]
        lines = [("item", line) for line in self.lines]
        default = ("quando", EffectiveChoice.NOW.value)
        return urlencode([pair for pair in pairs if pair[1] and pair != default] + lines)


@portal_view("GET", "POST")
def leave(request: PortalRequest, contract: str) -> HttpResponseBase:
    """Show what leaving this contract means, or take the customer's word."""
    contract_id = ids.parse_public_id("ctr", contract)
    if contract_id is None:
        raise NotFoundError
    if request.method != "POST":
        if request.access is None:
            return HttpResponseRedirect(f"{address(request, 'cancel')}?{urlencode({BACK: contract})}")
        return _page(request, contract_id, _from_query(request), notice=notice_of(request))
    chosen = _from_form(request)
    if request.access is None:
        return _session_over(request, contract, chosen)
    if request.stale:
        return _page(request, contract_id, chosen, notice=NOTICES["stale"], status=403)
    state = state_of(request.workspace, request.POST.get("state", ""))
    if request.POST.get("act") == "preview":
        return _preview(request, contract, chosen)
    return _confirm(request, contract_id, chosen, state)


def _from_query(request: PortalRequest) -> Chosen:
    asked = request.GET
    return Chosen(
        asked.get("quando", EffectiveChoice.NOW.value),
        asked.get("em", "")[:10],
        asked.get("discordo", "")[:32],
        asked.getlist("item")[:200],
    )


def _from_form(request: PortalRequest) -> Chosen:
    sent = request.POST
    return Chosen(
        sent.get("when", EffectiveChoice.NOW.value),
        sent.get("on", "").strip()[:10],
        sent.get("dispute", "")[:32],
        sent.getlist("item")[:200],
    )


def _preview(request: PortalRequest, contract: str, chosen: Chosen, notice: str = "") -> HttpResponseBase:
    query = "&".join(part for part in (chosen.query(), f"aviso={notice}" if notice else "") if part)
    return SeeOther(address(request, "leave", contract=contract) + (f"?{query}" if query else ""))


def _confirm(request: PortalRequest, contract_id: UUID, chosen: Chosen, state: FormState) -> HttpResponseBase:
    form = _form(request, chosen)
    refusal = _refusal(request, contract_id, chosen, form, state)
    if refusal is not None:
        return refusal
    wish = _wish(request, contract_id, chosen, form, state)
    try:
        opened = way_out_declare(workspace=request.workspace, wish=wish)
    except EffectiveDateError as error:
        form.add_error("on", str(error))
        return _page(request, contract_id, chosen, form=form, state=state, status=422)
    except AppError:
        raise
    except Exception as error:  # noqa: BLE001 - what was chosen is kept, whatever failed
        log.error("way_out_not_recorded", error=type(error).__name__)  # noqa: TRY400
        return not_recorded(request)
    return SeeOther(address(request, "protocol", protocol=opened.protocol))


def _refusal(
    request: PortalRequest, contract_id: UUID, chosen: Chosen, form: LeaveForm, state: FormState
) -> HttpResponseBase | None:
    """Return the page to show instead of taking the word: a choice that cannot be, or was not seen yet."""
    if not form.is_valid():
        return _page(request, contract_id, chosen, form=form, state=state, status=422)
    if "several" in request.POST and not chosen.line_ids:
        return _page(request, contract_id, chosen, notice=NOTICES["pick"], state=state, status=422)
    shown = state.context.split(",") if state.context else []
    if chosen.lines and shown and sorted(chosen.lines) != sorted(shown):
        # The price of what stays is shown once before the word is taken.
        return _preview(request, ids.public_id("ctr", contract_id), chosen, "part")
    try:
        guard.limit(request, "confirm", most=_PER_SESSION, key=request.access_key)
    except TooManyAttemptsError as error:
        if _left(request, contract_id, chosen):
            notice = Notice(str(error), "danger")
            return _page(request, contract_id, chosen, notice=notice, state=state, status=error.status)
    except DatabaseFailure as error:
        # Counting stands before nobody's word; whether the word can be recorded shows when it is.
        log.error("attempt_not_counted", error=type(error).__name__)  # noqa: TRY400
    return None


def _left(request: PortalRequest, contract_id: UUID, chosen: Chosen) -> bool:
    """Whether this contract's cancellation stands already: only then may another word be asked to wait."""
    terms = _terms(request, contract_id, chosen)
    return terms is not None and terms.standing is not None and terms.standing.state != "open"


def _wish(
    request: PortalRequest, contract_id: UUID, chosen: Chosen, form: LeaveForm, state: FormState
) -> Wish:
    access = request.access
    if access is None:
        raise NotFoundError
    choice = Choice(
        EffectiveChoice(form.cleaned_data["when"]),
        form.cleaned_data["on"],
        chosen.dispute if chosen.dispute in DISPUTES else "",
    )
    return Wish(
        customer_id=access.customer_id,
        contract_id=contract_id,
        identity=access.via,
        line_ids=chosen.line_ids,
        choice=choice,
        words=_words(choice),
        intent_at=access.intent_at or state.intent_at,
        key=f"{access.id.hex}:{state.key}",
    )


def _words(choice: Choice) -> str:
    """Say the wish in a sentence, as the customer confirmed it: it stands on the receipt."""
    said = [_("I want to cancel.")]
    if choice.when is EffectiveChoice.PERIOD_END:
        said.append(_("The service ends with the current period."))
    elif choice.on is not None:
        said.append(_("Last day of the service: %(day)s.") % {"day": formats.day(choice.on)})
    if choice.dispute:
        said.append(_("I disagree with the fee."))
    return " ".join(said)


# Pages -----------------------------------------------------------------------------------------------------
def _form(request: PortalRequest, chosen: Chosen) -> LeaveForm:
    today = clock.today(request.workspace.timezone)
    data = {"when": chosen.when, "on": chosen.on, "dispute": chosen.dispute}
    return LeaveForm(data, today=today, last=today + timedelta(days=HORIZON_DAYS))


def _page(
    request: PortalRequest,
    contract_id: UUID,
    chosen: Chosen,
    *,
    form: LeaveForm | None = None,
    state: FormState | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    terms = _terms(request, contract_id, chosen)
    today = clock.today(request.workspace.timezone)
    access = request.access
    shown = [line.public_id for line in terms.lines if line.chosen] if terms else []
    context = {
        "contract": ids.public_id("ctr", contract_id),
        "terms": terms,
        "chosen": chosen,
        "form": form,
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "last": today + timedelta(days=HORIZON_DAYS),
        "disputes": [(code, dispute_word(code)) for code in DISPUTES],
        "state": state_text(
            request.workspace,
            intent_at=(access.intent_at if access else None) or (state.intent_at if state else None),
            context=",".join(shown),
            key=state.key if state else "",
        ),
        "notice": notice,
    }
    return render(request, "portal/leave.html", context, status=status)


def _terms(request: PortalRequest, contract_id: UUID, chosen: Chosen) -> LeavingTerms | None:
    """Return what leaving means; ``None`` when it cannot be reckoned at all, which stops nobody."""
    if request.customer_id is None:
        raise NotFoundError

    def terms(day: date | None) -> LeavingTerms:
        return leaving_terms(
            workspace=request.workspace,
            customer_id=request.customer_id or UUID(int=0),
            contract_id=contract_id,
            line_ids=chosen.line_ids,
            chosen=day,
        )

    try:
        day = date.fromisoformat(chosen.on) if chosen.when == EffectiveChoice.DATE.value else None
    except ValueError:
        day = None
    try:
        return terms(day)
    except EffectiveDateError:
        return terms(None)
    except AppError:
        raise
    except Exception as error:  # noqa: BLE001 - the button stays, whatever cannot be shown
        log.error("leaving_page_without_terms", error=type(error).__name__)  # noqa: TRY400
        return None


def dispute_word(code: str) -> str:
    """Return what a customer reads for one of the reasons to dispute a fee."""
    return {
        "not_working": _("The service did not work"),
        "no_coverage": _("I am moving to where you do not serve"),
        "within_seven_days": _("I signed up at most 7 days ago"),
        "never_installed": _("It was never installed"),
        "not_accepted": _("I did not accept a minimum term"),
    }[code]


def _session_over(request: PortalRequest, contract: str, chosen: Chosen) -> HttpResponse:
    """Ask the person to come in again, keeping what they chose."""
    query = chosen.query()
    back = f"{contract}?{query}" if query else contract
    context = {
        "form": CodeAskForm(),
        "state": state_text(request.workspace, context=back),
        "chosen": chosen,
    }
    return render(request, "portal/session_over.html", context, status=403)


def not_recorded(request: PortalRequest) -> HttpResponse:
    """Say honestly that nothing could be recorded, with what was sent ready to be sent again."""
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    response = render(request, "portal/not_recorded.html", {"sent": sent, "path": request.path}, status=503)
    response.headers["Retry-After"] = "10"
    return response
