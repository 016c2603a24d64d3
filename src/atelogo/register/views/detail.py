"""One request: its header with what comes next, the acts, the story, the facts, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_names, people_of
from atelogo.accounts.services.access import StaffRequest, StaffView, staff_view
from atelogo.core.errors import AppError
from atelogo.events import log
from atelogo.register.domain.completeness import MISSING_LABELS
from atelogo.register.domain.protocol import group as formatted
from atelogo.register.errors import RequestNotFoundError
from atelogo.register.queries.detail import RequestDetail, request_detail
from atelogo.register.queries.reasons import ReasonNode, reason_nodes, tree_of
from atelogo.register.queries.timeline import Happening, happenings_of
from atelogo.register.services.completeness import completeness_refresh
from atelogo.register.views.action_forms import refuse
from atelogo.register.views.acts import ACTS, BY_CODE, Act, Offer, undo_offered
from atelogo.register.views.addresses import address, language
from atelogo.register.views.custom_field_forms import custom_lines
from atelogo.register.views.endings import ending_choices, money_text, terms_or_none
from atelogo.register.views.filters import reason_options
from atelogo.register.views.sentences import Known, told
from atelogo.register.views.showing import Sight, owner_name, staff_names

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

_UNSEEN = 422


@dataclass(frozen=True, slots=True)
class ShownAct:
    """An act as the page shows it: its form, where it is sent, and whether it stands open."""

    act: Act
    form: forms.Form
    url: str
    is_open: bool
    style: str = ""


@staff_view(Permission.REQUEST_VIEW, methods=("GET",))
def request_page(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one request with everything that hangs on it."""
    return _page(request, _found(request, pk))


def act_view(code: str) -> StaffView[[UUID]]:
    """Return the view that carries out the act ``code`` by POST and shows its refusal on the page."""
    act = BY_CODE[code]

    @staff_view(act.permission, methods=("POST",))
    def carry(request: StaffRequest, pk: UUID) -> HttpResponseBase:
        """Carry the act out and lead back to the request, or show what was refused with what was typed."""
        detail = _found(request, pk)
        form = act.form(request.POST, detail, _offer(request, detail), _options(act))
        status = _UNSEEN
        if form.is_valid():
            try:
                act.carry_out(request, detail, form.cleaned_data)
            except AppError as error:
                refuse(form, error)
                status = error.status if error.status in {409, _UNSEEN} else _UNSEEN
            else:
                completeness_refresh(workspace=request.workspace, request_id=pk)
                return _done(request, act, pk)
        return _page(request, _found(request, pk), bound={code: form}, status=status)

    return carry


def _done(request: StaffRequest, act: Act, pk: UUID) -> HttpResponse:
    messages.success(request, act.done)
    return HttpResponseRedirect(address(request, "request_detail", pk=pk))


def _found(request: StaffRequest, pk: UUID) -> RequestDetail:
    detail = request_detail(request.workspace, pk)
    if detail is None:
        raise RequestNotFoundError
    return detail


def _options(act: Act) -> dict[str, str]:
    # Several forms stand on the page: each names its fields' ids after itself.
    return {"auto_id": f"{act.code}_%s"}


def _offer(
    request: StaffRequest,
    detail: RequestDetail,
    tree: tuple[ReasonNode, ...] | None = None,
    staff: Mapping[UUID, str] | None = None,
) -> Offer:
    known = (
        tree_of(reason_nodes(request.workspace.id, language=language()).values()) if tree is None else tree
    )
    names = staff_names(people_of(request.workspace.id)) if staff is None else staff
    terms = None
    if detail.state == "open" and detail.contract is not None and detail.customer is not None:
        terms = terms_or_none(request.workspace, detail.customer.id, detail.contract.id)
    return Offer(
        reasons=reason_options(known, system=False),
        people=[(str(person), name) for person, name in names.items()],
        endings=ending_choices(terms),
    )


def _page(
    request: StaffRequest,
    detail: RequestDetail,
    *,
    bound: Mapping[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page; ``bound`` holds the form of an act that was refused, with what was typed."""
    sight = Sight.of(request)
    nodes = reason_nodes(request.workspace.id, language=language())
    staff = staff_names(people_of(request.workspace.id))
    story = happenings_of(request.workspace, detail.id)
    names = staff | people_names(_others(story, staff))
    known = Known(
        sight=sight,
        currency=detail.money.currency,
        reasons={str(key): node.label for key, node in nodes.items()},
        people=names,
        protocols=_protocols(detail),
    )
    offer = _offer(request, detail, tree_of(nodes.values()), staff)
    acts = _acts(request, detail, offer, bound or {})
    context: dict[str, Any] = {
        "detail": detail,
        "sight": sight,
        "name": _name(detail, sight),
        "owner": owner_name(names, detail.owner_id),
        "acts": acts,
        "seldom_open": any(one.is_open and one.act.row == "seldom" for one in acts),
        "note": next((one for one in acts if one.act.code == "note"), None),
        "story": told(story, known),
        "reasons": [(nodes[one.reason_id].label, one) for one in detail.reasons if one.reason_id in nodes],
        "verified": nodes[detail.verified.reason_id].label
        if detail.verified and detail.verified.reason_id in nodes
        else "",
        "missing": [_(MISSING_LABELS[name]) for name in detail.completeness.missing],
        "fee_sum": _fee_sum(detail),
        "undo_open": undo_offered(detail),
        "people": names,
        "task_owners": [(task, owner_name(names, task.owner_id)) for task in detail.tasks],
        "approved_by": names.get(_uuid(detail.evidence.get("approved_by")) or UUID(int=0), ""),
        "proof": _proof(request, story),
        "custom_lines": custom_lines(request.workspace, detail.custom),
    }
    return render(request, "register/console/request_detail.html", context, status=status)


def _others(story: list[Happening], staff: Mapping[UUID, str]) -> set[UUID]:
    """Return the staff whom the story names and who are no members any more."""
    named = {one.actor_id for one in story if one.actor_kind == "staff"}
    owners = {_uuid(one.body.get("owner")) for one in story if one.name == "request.owner_set"}
    return {person for person in named | owners if person is not None and person not in staff}


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def _protocols(detail: RequestDetail) -> dict[str, str]:
    linked = [*detail.merged_here, *detail.followed_by]
    linked += [one for one in (detail.follows, detail.merged_into) if one is not None]
    return {str(one.id): formatted(one.protocol) for one in linked}


def _name(detail: RequestDetail, sight: Sight) -> str:
    if detail.customer is not None:
        return sight.name(detail.customer.name)
    return sight.name(detail.requester.name) if detail.requester else ""


def _acts(
    request: StaffRequest, detail: RequestDetail, offer: Offer, bound: Mapping[str, forms.Form]
) -> list[ShownAct]:
    mine = detail.owner_id == request.member.person.id
    offered = [
        act
        for act in ACTS
        if act.code in bound or (request.may(act.permission) and act.offered(detail))
        if not (act.code == "take" and mine)
    ]
    first = offered[0].code if offered and offered[0].row == "main" else ""
    return [
        ShownAct(
            act=act,
            form=bound.get(act.code) or act.form(None, detail, offer, _options(act)),
            url=address(request, f"request_{act.code}", pk=detail.id),
            is_open=act.code in bound,
            style={first: "btn-primary"}.get(act.code, "btn-outline-danger" if act.tone == "danger" else ""),
        )
        for act in offered
    ]


def _fee_sum(detail: RequestDetail) -> str:
    """Return how the fee was reckoned: benefit x months left of the term."""
    parts, currency = detail.money.parts, detail.money.currency
    if not detail.money.fee_minor or not parts.get("months_total") or parts.get("benefit_minor") is None:
        return ""
    return _("%(benefit)s × %(left)s of %(total)s months") % {
        "benefit": money_text(int(parts["benefit_minor"]), currency),
        "left": parts.get("months_left"),
        "total": parts["months_total"],
    }


def _proof(request: StaffRequest, story: list[Happening]) -> dict[str, Any] | None:
    """Return the place in line of the fact that matters most: the confirmation, else the first one."""
    if not request.may(Permission.LEDGER_VIEW):
        return None
    facts = [one for one in reversed(story) if one.entry_id is not None]
    main = next((one for one in facts if one.name == "request.confirmed"), facts[0] if facts else None)
    if main is None or main.entry_id is None:
        return None
    proof = log.proof_of(request.workspace.id, main.entry_id)
    return {
        "entry": main.entry_id,
        "name": main.name,
        "place": proof.index + 1 if proof else None,
        "checkpoint": log.latest_checkpoint(request.workspace.id) if proof else None,
        "facts": facts,
    }


confirm = act_view("confirm")
authority = act_view("authority")
complete = act_view("complete")
fee = act_view("fee")
undo = act_view("undo")
take = act_view("take")
contact = act_view("contact")
reason = act_view("reason")
cause = act_view("cause")
owner = act_view("owner")
equipment = act_view("equipment")
dispute = act_view("dispute")
withdraw = act_view("withdraw")
merge = act_view("merge")
void = act_view("void")
note = act_view("note")
