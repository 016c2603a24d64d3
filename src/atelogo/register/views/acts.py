"""What can be done to a request from its page: one table that both shows the acts and carries them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.accounts.domain.permissions import Permission
from atelogo.core import clock
from atelogo.register.domain import protocol as protocols
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.domain.status import RequestState, Verb, allowed_verbs
from atelogo.register.errors import MergeRefusedError, RequestNotFoundError
from atelogo.register.queries.detail import RequestDetail, request_numbered
from atelogo.register.services import after_leaving
from atelogo.register.services import requests as services
from atelogo.register.views import action_forms as shapes

if TYPE_CHECKING:
    from atelogo.accounts.services.access import StaffRequest


@dataclass(frozen=True, slots=True)
class Offer:
    """The choices of the page that forms offer: reasons, people and ways to end."""

    reasons: Sequence[Any] = ()
    people: Sequence[tuple[str, str]] = ()
    endings: Sequence[tuple[str, str]] = ()


Given = Mapping[str, Any]
FormMaker = Callable[[Any, RequestDetail, Offer, Mapping[str, Any]], forms.Form]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: when it is offered, what it asks, what it does, what is said afterwards.

    ``row`` is main (what comes next), daily or seldom. ``carry_out`` raises an ``AppError`` to refuse.
    """

    code: str
    label: Any
    button: Any
    done: Any
    icon: str
    row: str
    permission: Permission
    offered: Callable[[RequestDetail], bool]
    carry_out: Callable[[StaffRequest, RequestDetail, Given], object]
    form: FormMaker = field(default=lambda data, _detail, _offer, options: forms.Form(data, **options))
    tone: str = "primary"
    explained: Any = ""


def _plain(shape: type[forms.Form]) -> FormMaker:
    return lambda data, _detail, _offer, options: shape(data, **options)


def _verb(verb: Verb) -> Callable[[RequestDetail], bool]:
    return lambda detail: verb in allowed_verbs(RequestState(detail.state))


def _stands(detail: RequestDetail) -> bool:
    return detail.state in {"open", "confirmed", "completed"}


def _goes_on(detail: RequestDetail) -> bool:
    return detail.state in {"confirmed", "completed"}


def _who(request: StaffRequest, detail: RequestDetail) -> dict[str, Any]:
    return {"workspace": request.workspace, "actor": request.actor, "request_id": detail.id}


# Confirming, completing, taking back ---------------------------------------------------------------
def _confirm_form(data: Any, detail: RequestDetail, offer: Offer, options: Mapping[str, Any]) -> forms.Form:  # noqa: ANN401 - POST data
    made = shapes.ConfirmForm(data, offered={"when": offer.endings}, initial={"when": "now"}, **options)
    if detail.contract is None:
        del made.fields["dispute"]
    return made


def _confirm(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    when = EffectiveChoice(given["when"])
    on = given["on"] if when is EffectiveChoice.DATE else None
    choice = services.Choice(when=when, on=on, dispute=given.get("dispute", ""))
    services.request_confirm(**_who(request, detail), choice=choice)


def _complete(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    services.request_complete(
        **_who(request, detail), stopped_at=given["stopped_at"], reference=given["reference"]
    )


def _stoppable(detail: RequestDetail) -> bool:
    return detail.contract is not None and _verb(Verb.COMPLETE)(detail)


def undo_offered(detail: RequestDetail) -> bool:
    """Say whether the request can still be taken back."""
    until = detail.times.undo_until
    return _verb(Verb.UNDO)(detail) and until is not None and clock.now() < until


# Mending -------------------------------------------------------------------------------------------
def _merge(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    number = protocols.normalise(given["protocol"])
    into = request_numbered(request.workspace, number) if number else None
    if into is None:
        raise RequestNotFoundError
    if into == detail.id:
        raise MergeRefusedError
    services.request_merge(**_who(request, detail), into_id=into)


def _pending(detail: RequestDetail) -> bool:
    return (
        detail.state == "open"
        and detail.requester is not None
        and detail.requester.authority_state == "pending"
    )


def _authority(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    accepted = given["decision"] == "accepted"
    services.authority_decide(**_who(request, detail), accepted=accepted, evidence=given["evidence"])


# Why -----------------------------------------------------------------------------------------------
def _reason_form(data: Any, detail: RequestDetail, offer: Offer, options: Mapping[str, Any]) -> forms.Form:  # noqa: ANN401 - POST data
    stated = [str(one.reason_id) for one in detail.reasons]
    initial = {
        "reason": next(iter(stated), str(detail.reason_id or "")),
        "second": next(iter(stated[1:]), ""),
        "free_text": detail.free_text,
    }
    offered = {
        "reason": [("", _("Choose")), *offer.reasons],
        "second": [("", _("None")), *offer.reasons],
    }
    return shapes.ReasonForm(data, offered=offered, initial=initial, **options)


def _reason(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    services.request_reason_set(
        **_who(request, detail),
        reason_id=UUID(given["reason"]),
        source="agent",
        free_text=given["free_text"],
        secondary=(UUID(given["second"]),) if given["second"] else (),
    )


def _cause_form(data: Any, detail: RequestDetail, offer: Offer, options: Mapping[str, Any]) -> forms.Form:  # noqa: ANN401 - POST data
    offered = {"reason": [("", _("Choose")), *offer.reasons]}
    return shapes.CauseForm(data, offered=offered, **options)


def _cause(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    services.cause_verify(
        **_who(request, detail), reason_id=UUID(given["reason"]), evidence=given["evidence"]
    )


# Fee and equipment ---------------------------------------------------------------------------------
def _fee_waits(detail: RequestDetail) -> bool:
    return _goes_on(detail) and detail.money.fee_state in {"checking", "disputed"}


def _fee(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    amount = given["amount"] if given["answer"] == "stated" else None
    services.fee_answer(**_who(request, detail), fee_minor=amount, words=given["words"])


def _disputable(detail: RequestDetail) -> bool:
    return _goes_on(detail) and detail.money.fee_state in {"stated", "checking"}


def _returnable(detail: RequestDetail) -> bool:
    lent = detail.contract.equipment if detail.contract else ()
    return _goes_on(detail) and any(one.status == "lent" for one in lent)


def _give_back(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    after_leaving.equipment_return_choose(
        **_who(request, detail), way=given["way"], day=given["day"], part=given["part"]
    )


# People --------------------------------------------------------------------------------------------
def _owner_form(data: Any, detail: RequestDetail, offer: Offer, options: Mapping[str, Any]) -> forms.Form:  # noqa: ANN401 - POST data
    return shapes.OwnerForm(
        data,
        offered={"owner": [("", _("Nobody")), *offer.people]},
        initial={"owner": str(detail.owner_id or "")},
        **options,
    )


def _hand_over(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    owner = UUID(given["owner"]) if given["owner"] else None
    services.owner_set(**_who(request, detail), owner_id=owner)


def _take(request: StaffRequest, detail: RequestDetail, given: Given) -> None:
    services.owner_set(**_who(request, detail), owner_id=request.member.person.id)


ACTS: tuple[Act, ...] = (
    Act(
        "confirm", gettext_lazy("Confirm the cancellation"), gettext_lazy("Confirm the cancellation"),
        gettext_lazy("The cancellation is confirmed. The receipt is ready."), "check", "main",
        Permission.REQUEST_DECIDE, _verb(Verb.CONFIRM), _confirm, _confirm_form,
        explained=gettext_lazy("The customer's word is final from here on: read what it means first."),
    ),
    Act(
        "authority", gettext_lazy("Decide about the authorisation"), gettext_lazy("Save the decision"),
        gettext_lazy("The decision is recorded."), "shield-check", "main",
        Permission.REQUEST_IDENTIFY, _pending, _authority, _plain(shapes.AuthorityForm),
    ),
    Act(
        "complete", gettext_lazy("The charge has stopped"), gettext_lazy("Complete the cancellation"),
        gettext_lazy("The cancellation is complete. The second receipt is ready."), "circle-check", "main",
        Permission.REQUEST_DECIDE, _stoppable, _complete, _plain(shapes.CompleteForm),
        explained=gettext_lazy("Only after billing confirmed that nothing more is charged."),
    ),
    Act(
        "fee", gettext_lazy("Answer about the fee"), gettext_lazy("Save the answer"),
        gettext_lazy("The answer about the fee is recorded."), "cash", "main",
        Permission.REQUEST_DECIDE, _fee_waits, _fee, _plain(shapes.FeeForm),
    ),
    Act(
        "undo", gettext_lazy("Undo the cancellation"), gettext_lazy("Undo the cancellation"),
        gettext_lazy("The cancellation is undone: the contract goes on as before."), "arrow-back-up", "main",
        Permission.REQUEST_DECIDE, undo_offered,
        lambda request, detail, _given: services.request_undo(**_who(request, detail)),
        explained=gettext_lazy("At the customer's wish: plan and price stay as they were."),
    ),
    Act(
        "take", gettext_lazy("Take it"), gettext_lazy("I take it"),
        gettext_lazy("The request is yours now."), "user-check", "daily",
        Permission.TASK_WORK, lambda detail: detail.state in {"open", "confirmed"}, _take,
        explained=gettext_lazy("You become the owner of this request and of its open tasks."),
    ),
    Act(
        "contact", gettext_lazy("Record a contact"), gettext_lazy("Save the contact"),
        gettext_lazy("The contact is recorded."), "phone", "daily",
        Permission.NOTE_ADD, lambda _detail: True,
        lambda request, detail, given: services.touchpoint_add(**_who(request, detail), **given),
        _plain(shapes.ContactForm),
    ),
    Act(
        "reason", gettext_lazy("Reason"), gettext_lazy("Save the reason"),
        gettext_lazy("The reason is saved."), "tag", "daily",
        Permission.REQUEST_DECIDE, lambda _detail: True, _reason, _reason_form,
    ),
    Act(
        "cause", gettext_lazy("Verified cause"), gettext_lazy("Save the cause"),
        gettext_lazy("The verified cause is saved beside the stated reason."), "zoom-in", "seldom",
        Permission.REQUEST_DECIDE, lambda _detail: True, _cause, _cause_form,
        explained=gettext_lazy("What the data or the talk show, even when the customer said something else."),
    ),
    Act(
        "owner", gettext_lazy("Hand over"), gettext_lazy("Hand over"),
        gettext_lazy("The request was handed over."), "user", "daily",
        Permission.TASK_WORK, lambda detail: detail.state in {"open", "confirmed"}, _hand_over, _owner_form,
    ),
    Act(
        "equipment", gettext_lazy("Equipment return"), gettext_lazy("Save"),
        gettext_lazy("The return is arranged."), "package", "daily",
        Permission.REQUEST_DECIDE, _returnable, _give_back, _plain(shapes.ReturnForm),
        explained=gettext_lazy("Never a condition for cancelling."),
    ),
    Act(
        "dispute", gettext_lazy("Disagrees with the fee"), gettext_lazy("Hold the fee"),
        gettext_lazy("The fee is held until a person answers."), "message", "seldom",
        Permission.REQUEST_DECIDE, _disputable,
        lambda request, detail, given: after_leaving.fee_dispute(**_who(request, detail), why=given["why"]),
        _plain(shapes.DisputeForm),
    ),
    Act(
        "withdraw", gettext_lazy("The customer stays"), gettext_lazy("Record that the customer stays"),
        gettext_lazy("Recorded: the customer stays and nothing was cancelled."), "user-check", "seldom",
        Permission.REQUEST_DECIDE, _verb(Verb.WITHDRAW),
        lambda request, detail, given: services.request_withdraw(**_who(request, detail), why=given["why"]),
        _plain(shapes.WithdrawForm),
        explained=gettext_lazy("Only when the customer says so in clear words. Silence never means staying."),
    ),
    Act(
        "merge", gettext_lazy("Join into another protocol"), gettext_lazy("Join the two"),
        gettext_lazy("The two requests are joined."), "git-merge", "seldom",
        Permission.REQUEST_DECIDE, _verb(Verb.MERGE), _merge, _plain(shapes.MergeForm), "danger",
    ),
    Act(
        "void", gettext_lazy("Void"), gettext_lazy("Void the request"),
        gettext_lazy("The request is void: outside every figure, kept in the history."), "ban", "seldom",
        Permission.REQUEST_VOID, _verb(Verb.VOID),
        lambda request, detail, given: services.request_void(**_who(request, detail), why=given["why"]),
        _plain(shapes.WhyForm), "danger",
        explained=gettext_lazy("For a wrong customer or a fraud. What billing stopped is resumed."),
    ),
    Act(
        "note", gettext_lazy("Note"), gettext_lazy("Add the note"),
        gettext_lazy("The note is in the history."), "note", "note",
        Permission.NOTE_ADD, lambda _detail: True,
        lambda request, detail, given: services.note_add(**_who(request, detail), text=given["text"]),
        _plain(shapes.NoteForm),
    ),
)  # fmt: skip
BY_CODE = {act.code: act for act in ACTS}
