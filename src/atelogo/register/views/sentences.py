"""What happened, in sentences: one teller per event of a request, in the active language.

Personal detail is told only to roles that may see it; where it was erased, that is said instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from atelogo.core.money import Money
from atelogo.register.domain.words import word_for
from atelogo.register.queries.timeline import Happening
from atelogo.register.services.receipt_words import day_text
from atelogo.register.views.showing import moment_text

if TYPE_CHECKING:
    from atelogo.register.views.showing import Sight

_DAY_LENGTH = len("2026-12-31")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline, ready for the page."""

    at: datetime
    title: str
    text: str = ""
    who: str = ""
    icon: str = "activity"
    tone: str = ""
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a teller gives: a title, a text in clear, and the look."""

    title: str
    text: str = ""
    icon: str = "activity"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What tellers need to name things by id, the currency, and the reader's sight."""

    sight: Sight
    currency: str = "BRL"
    reasons: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[UUID, str] = field(default_factory=dict)
    protocols: Mapping[str, str] = field(default_factory=dict)


Body = Mapping[str, Any]
Teller = Callable[[Body, Known], Words]


def told(happenings: list[Happening], known: Known) -> list[Told]:
    """Return the timeline's lines for what happened, in the same order."""
    return [_line(one, known) for one in happenings]


def _line(one: Happening, known: Known) -> Told:
    words = _TELLERS.get(one.name, _unknown(one.name))(one.body, known)
    if one.name == "request.corrected" and _filled_in(one.personal):
        fields = ", ".join(_(word_for("field", name)) for name in one.body["fields"])
        words = Words(_("Filled in: %(fields)s") % {"fields": fields}, "", "edit")
    texts = [words.text, _personal(one, known)]
    return Told(
        at=one.at,
        title=words.title,
        text="\n".join(text for text in texts if text),
        who=_who(one, known),
        icon=words.icon,
        tone=words.tone,
        entry_id=one.entry_id,
    )


def _who(one: Happening, known: Known) -> str:
    if one.actor_kind == "staff":
        return known.people.get(one.actor_id) or _("Former member") if one.actor_id else _("Staff")
    return {
        "customer": _("Customer"),
        "import": _("Import"),
        "billing": _("Billing system"),
    }.get(one.actor_kind, _("System"))


def _filled_in(personal: Body | None) -> bool:
    """Say whether a correction only filled in what had been empty."""
    return personal is not None and not any((personal.get("before") or {"": 1}).values())


# Personal detail -------------------------------------------------------------------------------------------
_QUOTED = ("declaration", "summary", "text", "free_text", "words", "evidence", "why")


def _personal(one: Happening, known: Known) -> str:
    if one.shredded:
        return _("Personal detail erased")
    if not one.personal:
        return ""
    if not known.sight.personal:
        return _("Hidden for your role")
    lines = [str(one.personal[name]) for name in _QUOTED if one.personal.get(name)]
    return "\n".join([*_changes(one.personal, known), *lines])


def _changes(personal: Body, known: Known) -> list[str]:
    before, after = personal.get("before"), personal.get("after")
    if not isinstance(after, Mapping):
        return []
    was = before if isinstance(before, Mapping) else {}
    return [
        f"{_(word_for('field', name))}: {_value(name, was.get(name), known)} → {_value(name, value, known)}"
        for name, value in after.items()
    ]


def _value(name: str, value: Any, known: Known) -> str:  # noqa: ANN401 - JSON
    if value in (None, "", {}):
        return _("empty")
    if name.endswith("_minor"):
        return _money(value, known)
    if name == "channel":
        return _(word_for("channel", str(value)))
    if name in {"declared_at", "effective_on"}:
        return _when(value)
    if isinstance(value, Mapping):
        return ", ".join(str(inner) for inner in value.values() if inner)
    return f"“{value}”"


def _when(value: Any) -> str:  # noqa: ANN401 - a JSON text
    if not value:
        return _("unknown")
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if len(str(value)) == _DAY_LENGTH:
        return day_text(str(value))
    return moment_text(moment)


def _money(value: Any, known: Known) -> str:  # noqa: ANN401 - a JSON number
    return Money(int(value), known.currency).format(get_language() or "pt-br")


# One teller per event --------------------------------------------------------------------------------------
def _opened(body: Body, known: Known) -> Words:
    title = _("Request received by %(channel)s") % {"channel": _(word_for("channel", body["channel"]))}
    text = _(word_for("identity", body["identity"]))
    if body.get("declared_at"):
        text += " · " + _("declared %(when)s") % {"when": _when(body["declared_at"])}
    return Words(title, text, "inbox", "blue")


def _imported(body: Body, known: Known) -> Words:
    return Words(_("Taken over from a file"), "", "file-import")


def _touched(body: Body, known: Known) -> Words:
    title = _("Asked again by %(channel)s") % {"channel": _(word_for("channel", body["channel"]))}
    added = len(body.get("lines_added") or ())
    text = ngettext("%(n)d line was added", "%(n)d lines were added", added) % {"n": added} if added else ""
    return Words(title, text, "message-circle")


def _reason_set(body: Body, known: Known) -> Words:
    name = known.reasons.get(body.get("reason") or "", "—")
    pattern = _("Another reason: %(reason)s") if body.get("position") else _("Reason stated: %(reason)s")
    return Words(pattern % {"reason": name}, _(word_for("source", body["source"])), "tag")


def _confirmed(body: Body, known: Known) -> Words:
    text = _("The charge stops by %(stop)s. It can be undone until %(undo)s.") % {
        "stop": _when(body["stop_due_at"]),
        "undo": _when(body["undo_until"]),
    }
    return Words(_("Cancellation confirmed"), text, "check", "indigo")


def _withdrawn(body: Body, known: Known) -> Words:
    return Words(_("The customer stayed"), _(word_for("stayed", body["why"])), "user-check", "cyan")


def _completed(body: Body, known: Known) -> Words:
    text = _("The charge stopped %(when)s.") % {"when": _when(body["billing_stopped_at"])}
    if body.get("reference"):
        text += " " + _("Reference: %(reference)s") % {"reference": body["reference"]}
    return Words(_("Cancellation completed"), text, "circle-check", "green")


def _undone(body: Body, known: Known) -> Words:
    text = _("The charge had stopped already and is resumed.") if body.get("billing_had_stopped") else ""
    return Words(_("Cancellation undone"), text, "arrow-back-up", "teal")


def _merged(body: Body, known: Known) -> Words:
    number = known.protocols.get(str(body["into"]), "")
    return Words(_("Joined into protocol %(protocol)s") % {"protocol": number or "—"}, "", "git-merge")


def _voided(body: Body, known: Known) -> Words:
    text = _("The import that made the customer and the contract was undone.") if body.get("unlinked") else ""
    return Words(_("Voided: outside every figure"), text, "ban", "secondary")


def _end_kind(body: Body, known: Known) -> Words:
    kind = _(word_for("end_kind", body["end_kind"]))
    return Words(_("Whose end it was: %(kind)s") % {"kind": kind}, "", "edit")


def _lapsed(body: Body, known: Known) -> Words:
    return Words(_("Closed without a decision"), _("Nothing had been declared."), "hourglass")


def _corrected(body: Body, known: Known) -> Words:
    fields = ", ".join(_(word_for("field", name)) for name in body["fields"])
    return Words(_("Corrected: %(fields)s") % {"fields": fields}, "", "edit", "orange")


def _identified(body: Body, known: Known) -> Words:
    text = "" if body.get("contract") else _("The contract is not known yet.")
    return Words(_("Customer identified"), text, "user-check", "green")


def _authority(body: Body, known: Known) -> Words:
    title = (
        _("Authorisation accepted")
        if body["accepted"]
        else _("Authorisation not accepted: the holder is asked")
    )
    return Words(title, _(word_for("relation", body["relation"])), "shield-check")


def _cause(body: Body, known: Known) -> Words:
    name = known.reasons.get(str(body["reason"]), "—")
    return Words(_("Verified cause: %(reason)s") % {"reason": name}, "", "zoom-in")


def _note(body: Body, known: Known) -> Words:
    return Words(_("Note"), "", "note")


def _fee_disputed(body: Body, known: Known) -> Words:
    text = _("Answer by %(when)s.") % {"when": _when(body["answer_due_on"])}
    title = _("Disagrees with the fee: %(why)s") % {"why": _(word_for("dispute", body["why"]))}
    return Words(title, text, "message", "orange")


def _fee_answered(body: Body, known: Known) -> Words:
    if not body.get("fee_minor"):
        return Words(_("Fee answered: nothing to pay"), "", "cash", "green")
    return Words(_("Fee answered: %(sum)s") % {"sum": _money(body["fee_minor"], known)}, "", "cash")


def _owner(body: Body, known: Known) -> Words:
    if not body.get("owner"):
        return Words(_("Left without an owner"), "", "user")
    name = known.people.get(UUID(str(body["owner"]))) or _("Former member")
    return Words(_("Owner: %(name)s") % {"name": name}, "", "user")


def _return(body: Body, known: Known) -> Words:
    text = _("By %(when)s.") % {"when": _when(body["due_on"])} if body.get("due_on") else ""
    title = _("Equipment: %(way)s") % {"way": _(word_for("way_back", body["way"]))}
    return Words(title, text, "package")


def _receipt_issued(body: Body, known: Known) -> Words:
    return Words(_("Issued: %(receipt)s") % {"receipt": _(word_for("receipt", body["kind"]))}, "", "receipt")


def _receipt_sent(body: Body, known: Known) -> Words:
    text = _("With its proof.") if body.get("with_proof") else _("The proof follows.")
    return Words(_("Receipt sent to the customer"), text, "send")


def _billing(body: Body, known: Known) -> Words:
    title = (
        _("Billing was told to stop the charge")
        if body["verb"] == "cancel"
        else _("Billing was told to resume the charge")
    )
    answers = {
        "done": _("Done."),
        "pending": _("Accepted, under way."),
        "needs_person": _("A person has to do it."),
        "refused": _("Refused: a person has to look at it."),
    }
    text = answers.get(body["answer"]) or str(body["answer"])
    if body.get("reference"):
        text += " " + _("Reference: %(reference)s") % {"reference": body["reference"]}
    return Words(title, text, "credit-card")


def _task_opened(body: Body, known: Known) -> Words:
    text = _("By %(when)s.") % {"when": _when(body["due_at"])} if body.get("due_at") else ""
    return Words(_("To do: %(task)s") % {"task": _(word_for("task", body["kind"]))}, text, "list-check")


def _task_done(body: Body, known: Known) -> Words:
    pattern = _("Done: %(task)s") if body["outcome"] == "done" else _("No longer needed: %(task)s")
    return Words(pattern % {"task": _(word_for("task", body["kind"]))}, "", "checklist")


def _touchpoint(body: Body, known: Known) -> Words:
    title = f"{_(word_for('touchpoint', body['kind']))} · {_(word_for('channel', body['channel']))}"
    number = body.get("outside_protocol")
    text = _("Number in another system: %(number)s") % {"number": number} if number else ""
    return Words(title, text, "phone")


def _unknown(name: str) -> Teller:
    return lambda _body, _known: Words(name)


_TELLERS: Mapping[str, Teller] = {
    "request.opened": _opened,
    "request.imported": _imported,
    "request.touched": _touched,
    "request.reason_set": _reason_set,
    "request.confirmed": _confirmed,
    "request.withdrawn": _withdrawn,
    "request.completed": _completed,
    "request.undone": _undone,
    "request.merged": _merged,
    "request.voided": _voided,
    "request.end_kind_set": _end_kind,
    "request.lapsed": _lapsed,
    "request.corrected": _corrected,
    "request.identified": _identified,
    "request.authority_decided": _authority,
    "request.cause_verified": _cause,
    "request.note_added": _note,
    "request.fee_disputed": _fee_disputed,
    "request.fee_answered": _fee_answered,
    "request.owner_set": _owner,
    "request.equipment_return_chosen": _return,
    "receipt.issued": _receipt_issued,
    "receipt.sent": _receipt_sent,
    "billing.asked": _billing,
    "task.opened": _task_opened,
    "task.done": _task_done,
    "touchpoint": _touchpoint,
}
