"""*Meus protocolos*: the list, and one request in full: receipt, timeline, undo, why, equipment, fee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atelogo.core import clock, ids
from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.deadlines import undo_is_open
from atelogo.register.queries.asked import asked_reasons
from atelogo.register.queries.portal import PortalRequest as Found
from atelogo.register.queries.portal import portal_request, request_cards
from atelogo.register.services.after_leaving import DISPUTES, RETURN_DAYS
from atelogo.register.services.receipt_words import zone_text
from atelogo.web.components import formats
from atelogo.web.portal.forms import ChargedForm, ReturnForm, WordsForm
from atelogo.web.portal.guard import PortalRequest, address, declared_ids, portal_view
from atelogo.web.portal.notices import notice_of
from atelogo.web.portal.views.leave import dispute_word

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

# Outside names of the receipts' kinds, as they stand in addresses.
KINDS = {"confirmado": "confirmed", "concluido": "completed"}
_KIND_WORDS = {inner: outer for outer, inner in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Step:
    """One point of the timeline: when, what, and maybe a word more; ``ahead`` has not come yet."""

    at: datetime | None
    title: str
    text: str = ""
    ahead: bool = False


@portal_view("GET")
def protocol_list(request: PortalRequest) -> HttpResponseBase:
    """List what this browser may see; whoever is not known yet is offered the ways in."""
    shown = declared_ids(request)
    if request.access is None and not shown:
        return HttpResponseRedirect(address(request, "enter_protocols"))
    cards = request_cards(request.workspace, request.customer_id, shown)
    context = {"cards": cards, "notice": notice_of(request), "known": request.access is not None}
    return render(request, "portal/protocol_list.html", context)


@portal_view("GET")
def protocol(request: PortalRequest, protocol: str) -> HttpResponseBase:
    """Show one request: first its protocol, then what happens next and what can still be done."""
    number = protocols.normalise(protocol) or ""
    shown = declared_ids(request)
    if request.access is None and not shown:
        return HttpResponseRedirect(address(request, "enter_protocols"))
    return protocol_page(request, number, shown=shown)


def found_for(request: PortalRequest, protocol: str, shown: Sequence[UUID] | None = None) -> Found:
    """Return the request when this browser may see it; raise :class:`Http404` otherwise, whatever exists."""
    known = declared_ids(request) if shown is None else shown
    number = protocols.normalise(protocol) or ""
    found = portal_request(request.workspace, number, request.customer_id, known)
    if found is None:
        raise Http404
    return found


def protocol_page(
    request: PortalRequest,
    protocol: str,
    *,
    shown: Sequence[UUID],
    return_form: ReturnForm | None = None,
    charged_form: ChargedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page of one request; a ``*_form`` that did not validate is shown with its errors."""
    found = found_for(request, protocol, shown)
    check = check_address(request, found)
    goes_on = found.state in {"confirmed", "completed"}
    context: dict[str, Any] = {
        "r": found,
        "grouped": protocols.group(found.protocol),
        "check": check,
        "share": "https://wa.me/?" + urlencode({"text": f"{protocols.group(found.protocol)} {check}"}),
        "zone": zone_text(request.workspace.timezone),
        "can_undo": can_undo(found),
        "contract": ids.public_id("ctr", found.contract_id) if found.contract_id else "",
        "steps": list(_steps(found)),
        "receipts": [(_KIND_WORDS[one.kind], one) for one in found.receipts if one.kind in _KIND_WORDS],
        "reasons": _reasons(request, found),
        "words_form": _words_form(found),
        "disputes": _disputes(found) if goes_on else [],
        "disputed": dispute_word(found.fee_dispute) if found.fee_dispute in DISPUTES else "",
        "return_form": (return_form or _return_form(found)) if goes_on and found.equipment else None,
        "return_until": clock.today(request.workspace.timezone) + timedelta(days=RETURN_DAYS),
        "charged_form": (charged_form or ChargedForm()) if goes_on and found.contract_id else None,
        "charged_open": charged_form is not None,
        "farewell": goes_on and not found.sensitive and found.relation == "holder",
        "notice": notice_of(request),
        "known": request.access is not None,
    }
    return render(request, "portal/protocol.html", context, status=status)


def check_address(request: PortalRequest, found: Found) -> str:
    """Return the public address where anybody may check the receipt; it holds no personal data."""
    path = address(request, "verify", protocol=found.protocol)
    return f"{settings.ATELOGO_BASE_URL}{path}?k={found.receipt_key}"


def can_undo(found: Found) -> bool:
    """Say whether whoever sees this request may still take it back."""
    if found.limited or found.state not in {"confirmed", "completed"} or found.undo_until is None:
        return False
    return undo_is_open(clock.now(), found.undo_until)


def _reasons(request: PortalRequest, found: Found) -> list[Any]:
    if found.limited or found.reason_id is not None or found.sensitive:
        return []
    return asked_reasons(request.workspace, found.id, language=get_language() or "pt-br")


def _words_form(found: Found) -> WordsForm | None:
    if found.limited or found.reason_id is None or found.sensitive:
        return None
    return WordsForm(initial={"free_text": found.free_text, "would_have_kept": found.would_have_kept})


def _disputes(found: Found) -> list[tuple[str, str]]:
    if found.limited or found.fee_state not in {"stated", "checking"}:
        return []
    return [(code, dispute_word(code)) for code in DISPUTES]


def _return_form(found: Found) -> ReturnForm:
    first = found.equipment[0]
    return ReturnForm(initial={"way": first.way, "day": first.day, "part": first.part or "morning"})


def _steps(found: Found) -> Iterator[Step]:
    if found.declared_at and found.declared_at < found.recorded_at:
        yield Step(found.declared_at, _("You declared it"))
    yield Step(found.recorded_at, _("Request received"))
    if found.confirmed_at:
        yield Step(found.confirmed_at, _("Cancellation confirmed"))
    for one in found.receipts:
        if one.mailed_at:
            yield Step(one.mailed_at, _("Receipt sent by e-mail"))
    if found.processed_at and not found.billing_stopped_at:
        yield Step(found.processed_at, _("The billing system was told to stop"))
    if found.billing_stopped_at:
        yield Step(found.billing_stopped_at, _("Charges stopped"))
    if found.completed_at:
        yield Step(found.completed_at, _("Cancellation completed"))
    ended = {
        "undone": _("Cancellation undone"),
        "withdrawn": _("You chose to stay"),
        "lapsed": _("Closed without a decision"),
        "merged": _("Joined to your other protocol"),
        "voided": _("Voided, with no effect on the contract"),
    }.get(found.state)
    if ended and found.ended_at:
        yield Step(found.ended_at, ended)
    yield from _ahead(found)


def _ahead(found: Found) -> Iterator[Step]:
    if found.state == "confirmed" and found.stop_due_at:
        yield Step(found.stop_due_at, _("Charges stop at the latest"), ahead=True)
    later = found.effective_on and found.effective_on > clock.now().date()
    if found.state in {"confirmed", "completed"} and later:
        yield Step(None, _("Last day of the service"), formats.day(found.effective_on), ahead=True)
