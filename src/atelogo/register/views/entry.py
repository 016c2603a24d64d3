"""Novo cancelamento: one page on which a person types while the customer speaks, and gets the protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.queries import people_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError, NotFoundError, UnavailableError
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.errors import EffectiveDateError, RequestNotFoundError
from atelogo.register.queries.customers import customer_card
from atelogo.register.queries.detail import inquiry_numbered, request_detail
from atelogo.register.queries.reasons import ReasonNode, reason_tree
from atelogo.register.services.requests import Choice, Declaration, Opened
from atelogo.register.services.staff_entry import inquiry_typed, request_typed
from atelogo.register.views.action_forms import refuse
from atelogo.register.views.acts import undo_offered
from atelogo.register.views.addresses import address, language
from atelogo.register.views.custom_field_forms import CustomFieldsForm
from atelogo.register.views.endings import ending_choices
from atelogo.register.views.entry_desk import Desk, Sheet, desk_of
from atelogo.register.views.entry_form import KNOWN, QUESTION, UNKNOWN, EntryForm
from atelogo.register.views.filters import offered_leaves, reason_options
from atelogo.register.views.showing import Sight, owner_name, staff_names

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.http.response import HttpResponseBase

Tree = tuple[ReasonNode, ...]

_CHANNEL = "entry_channel"
_CUSTOM = "custom-"
# What the form sends about the desk itself, not about the cancellation.
_DESK_NAMES = frozenset(
    {"csrfmiddlewaretoken", "act", "q", "key", "mode", "customer", "contract", "line", "lines_of"}
)
_BY_GIVING = ("requester_name", "requester_document", "requester_contact", "contract_hint", "words")


@staff_view(Permission.REQUEST_OPEN)
def request_new(request: StaffRequest) -> HttpResponseBase:
    """Show the empty page, take what is typed a step further, or record it: nothing typed is ever lost."""
    if request.method != "POST":
        return _show(request, desk_of(request.workspace, Sheet.fresh(request.GET)))
    act, _colon, which = request.POST.get("act", "").partition(":")
    sheet = Sheet.sent(request.POST)
    if act in {"confirm", "open", "ask"}:
        return _recorded(request, sheet, act)
    return _show(request, _stepped(request, sheet, act, which))


def _stepped(request: StaffRequest, sheet: Sheet, act: str, which: str) -> Desk:
    """Return the desk after a step that records nothing: finding, choosing, another mode."""
    if act == "customer":
        return desk_of(request.workspace, replace(sheet.chosen(_uuid(which)), mode=_keeping(sheet.mode)))
    if act == "change":
        return desk_of(request.workspace, sheet.chosen(None))
    if act == "mode" and which in {KNOWN, UNKNOWN, QUESTION}:
        customer = sheet if which != UNKNOWN else sheet.chosen(None)
        return desk_of(request.workspace, replace(customer, mode=which))
    desk = desk_of(request.workspace, sheet)
    only = desk.finding.found[0] if len(desk.finding.found) == 1 and not desk.finding.more else None
    if act == "find" and only is not None and not request.htmx:
        # Enter on the only answer is the choice of it.
        return desk_of(request.workspace, replace(sheet.chosen(only.row.card.id), mode=_keeping(sheet.mode)))
    return desk


def _keeping(mode: str) -> str:
    return mode if mode == QUESTION else KNOWN


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# Showing ----------------------------------------------------------------------------------------------------
def _form(request: StaffRequest, desk: Desk, tree: Tree, data: QueryDict | None = None) -> EntryForm:
    people = staff_names(people_of(request.workspace.id))
    typed: dict[str, Any] = {
        "channel": request.session.get(_CHANNEL, "phone"),
        "relation": "holder",
        "declared": "now",
        "when": "now",
        "approved_by": str(request.member.person.id),
    }
    typed |= {name: value for name, value in request.POST.items() if name not in _DESK_NAMES}
    if desk.sheet.mode == QUESTION and not typed.get("question"):
        # What was noted before it turned out to be a question is the question.
        typed["question"] = typed.get("note", "")
    return EntryForm(
        data,
        reasons=reason_options(tree, system=False),
        people=[(str(person), name) for person, name in people.items()],
        contacts=desk.contacts,
        endings=ending_choices(desk.terms),
        initial=typed,
    )


def _tree(request: StaffRequest) -> Tree:
    return reason_tree(request.workspace.id, language=language())


def _show(request: StaffRequest, desk: Desk) -> HttpResponse:
    tree = _tree(request)
    return _page(request, desk, _form(request, desk, tree), tree)


def _page(
    request: StaffRequest,
    desk: Desk,
    shown: EntryForm,
    tree: Tree,
    status: int = 200,
    custom: CustomFieldsForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "desk": desk,
        "sheet": desk.sheet,
        "form": shown,
        "sight": Sight.of(request),
        "guide": [(group, leaves) for group in tree if (leaves := offered_leaves(group))],
        "custom": custom or _custom(request),
        "carried": _carried(request, shown, desk.sheet.mode),
        "endings": ending_choices(desk.terms),
        "untouched": request.method != "POST",
        "more_said": any(shown[name].value() for name in _SAID),
    }
    return render(request, "register/console/request_new.html", context, status=status)


_SAID = ("expected", "would_have_kept", "competitor", "competitor_price", "competitor_speed", "second")
_OF_MODE = {
    QUESTION: frozenset({"channel", "topic", "question", "answer"}),
    KNOWN: frozenset(EntryForm.base_fields) - {"topic", "question", "answer"},
    UNKNOWN: frozenset(EntryForm.base_fields) - {"topic", "question", "answer", "contact_id", "dispute"},
}


def _custom(request: StaffRequest, data: QueryDict | None = None) -> CustomFieldsForm:
    """Return the company's own fields; without ``data`` they show what was typed, and judge nothing."""
    typed = {name.removeprefix(_CUSTOM): value for name, value in _own_fields(request)}
    return CustomFieldsForm(data, request.workspace, kept=typed)


def _own_fields(request: StaffRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.POST.items() if name.startswith(_CUSTOM)]


def _carried(request: StaffRequest, form: EntryForm, mode: str) -> list[tuple[str, str]]:
    """Return what was typed for another mode, to be carried along unseen and be there on the way back."""
    hidden = [name for name in form.fields if name not in _OF_MODE[mode]]
    kept = [(name, str(form[name].value())) for name in hidden if form[name].value()]
    if mode == QUESTION:
        kept += [(name, value) for name, value in _own_fields(request) if value]
    return kept


# Recording --------------------------------------------------------------------------------------------------
def _recorded(request: StaffRequest, sheet: Sheet, act: str) -> HttpResponseBase:
    desk = desk_of(request.workspace, sheet)
    tree = _tree(request)
    form, custom = _form(request, desk, tree, request.POST), _custom(request, request.POST)
    status = 422
    if form.is_valid() and custom.is_valid() and _fits(form, desk, act):
        try:
            where = _ask(request, desk, form) if act == "ask" else _declare(request, desk, form, custom, act)
        except EffectiveDateError as error:
            form.add_error("on", str(error))
        except AppError as error:
            refuse(form, error)
            status = error.status if error.status == 409 else status  # noqa: PLR2004 - a conflict
        except (OperationalError, InterfaceError):
            refuse(form, UnavailableError())
            status = UnavailableError.status
        else:
            request.session[_CHANNEL] = form.cleaned_data["channel"]
            return HttpResponseRedirect(where)
    return _page(request, desk, form, tree, status, custom)


def _fits(form: EntryForm, desk: Desk, act: str) -> bool:
    """Say whether there is enough to record; what is missing is said on the form."""
    given = form.cleaned_data
    if act == "ask":
        if not given["question"].strip():
            form.add_error("question", _("Write what was asked."))
    elif desk.sheet.mode == UNKNOWN:
        if not any(given[name].strip() for name in _BY_GIVING):
            form.add_error(
                "requester_name", _("Write at least a name, a document, a contact or what the person said.")
            )
    elif desk.customer is None:
        form.add_error(None, _("Find the customer first, or say that you do not know who it is."))
    elif desk.running and desk.contract is None:
        form.add_error(None, _("Choose the contract."))
    elif desk.no_line_chosen:
        form.add_error(None, _("Choose at least one line of the contract."))
    return form.is_valid()


def _declare(request: StaffRequest, desk: Desk, form: EntryForm, custom: CustomFieldsForm, act: str) -> str:
    given = form.cleaned_data
    known = desk.customer if desk.sheet.mode == KNOWN else None
    contract = desk.contract if known is not None else None
    declaration = Declaration(
        channel=given["channel"] or "phone",
        identity="agent" if known is not None else "unverified",
        customer_id=known.id if known is not None else None,
        contract_id=contract.id if contract is not None else None,
        line_ids=desk.line_ids if contract is not None else (),
        requester=form.requester(known, desk.contacts),
        words=given["words"],
        declared_at=form.declared_at(),
        evidence=form.evidence(),
        key=f"console:{desk.sheet.key}",
        custom=custom.values(),
    )
    when = EffectiveChoice(given["when"] or "now")
    choice = Choice(when, given["on"] if when is EffectiveChoice.DATE else None, given["dispute"])
    opened: Opened = request_typed(
        workspace=request.workspace,
        actor=request.actor,
        declaration=declaration,
        choice=choice if act == "confirm" else None,
        said=form.said(),
    )
    where = address(request, "request_recorded", pk=opened.id)
    return f"{where}?joined=1" if opened.joined else where


def _ask(request: StaffRequest, desk: Desk, form: EntryForm) -> str:
    given = form.cleaned_data
    protocol = inquiry_typed(
        workspace=request.workspace,
        actor=request.actor,
        channel=given["channel"] or "phone",
        topic=given["topic"] or "other",
        question=given["question"],
        answer=given["answer"],
        customer_id=desk.customer.id if desk.customer else None,
        contract_id=desk.contract.id if desk.contract else None,
    )
    return address(request, "inquiry_detail", protocol=protocol)


@staff_view(Permission.REQUEST_VIEW, methods=("GET",))
def request_recorded(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the protocol to read aloud, what happens now, and where to go on."""
    detail = request_detail(request.workspace, pk)
    if detail is None:
        raise RequestNotFoundError
    context = {
        "detail": detail,
        "joined": request.GET.get("joined") == "1",
        "undo_open": undo_offered(detail),
    }
    return render(request, "register/console/request_recorded.html", context)


@staff_view(Permission.REQUEST_VIEW, methods=("GET",))
def inquiry_detail(request: StaffRequest, protocol: str) -> HttpResponse:
    """Show a question with its protocol: asking is not cancelling."""
    inquiry = inquiry_numbered(request.workspace, protocol)
    if inquiry is None:
        raise NotFoundError
    customer = customer_card(request.workspace, inquiry.customer_id) if inquiry.customer_id else None
    context = {
        "inquiry": inquiry,
        "customer": customer,
        "sight": Sight.of(request),
        "typed_by": owner_name(staff_names(people_of(request.workspace.id)), inquiry.typed_by),
    }
    return render(request, "register/console/inquiry_detail.html", context)
