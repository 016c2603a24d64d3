"""The form of a new cancellation: every field that an agent may fill in, read into what the services take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.core import clock
from atelogo.register.domain.people import document_of
from atelogo.register.domain.words import (
    CHANNELS,
    DISPUTES,
    EVIDENCE_KINDS,
    IDENTITY_CHECKS,
    RELATIONS,
    TOPICS,
    TYPED_CHANNELS,
)
from atelogo.register.services.requests import RequesterInput
from atelogo.register.services.staff_entry import Said
from atelogo.register.views.action_forms import MoneyField, day_field, later, words_field

if TYPE_CHECKING:
    from atelogo.register.queries.cards import ContactView, CustomerCard

KNOWN, UNKNOWN, QUESTION = "known", "unknown", "question"
MODES = (KNOWN, UNKNOWN, QUESTION)
_CHECKS = ("data_confirmed", "document_seen", "callback", "not_checked")


def _line(label: Any, longest: int = 200, **more: Any) -> forms.CharField:  # noqa: ANN401 - lazy texts
    widget = forms.TextInput(attrs={"autocomplete": "off", **more.pop("attributes", {})})
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget, **more)


class EntryForm(forms.Form):
    """What is typed while the customer speaks. Nothing here is an obstacle but what makes no sense."""

    note = words_field(
        gettext_lazy("Notes while you listen"),
        help_text=gettext_lazy("Write freely. They stay inside the company."),
    )
    # who asks
    relation = forms.ChoiceField(
        label=gettext_lazy("Who is asking?"), required=False, choices=later(RELATIONS)
    )
    identity_check = forms.ChoiceField(
        label=gettext_lazy("How was the identity checked?"),
        required=False,
        choices=later(IDENTITY_CHECKS, _CHECKS),
    )
    requester_name = _line(gettext_lazy("Name"))
    requester_document = _line(gettext_lazy("CPF or CNPJ"), 24, attributes={"inputmode": "numeric"})
    requester_contact = _line(gettext_lazy("Phone or e-mail to answer to"))
    contract_hint = _line(gettext_lazy("Contract, address or anything that helps to find it"))
    authority = words_field(
        gettext_lazy("What shows the authorisation"),
        rows=1,
        help_text=gettext_lazy("Power of attorney, certificate… It may come later."),
    )
    contact_id = forms.ChoiceField(label=gettext_lazy("Which contact?"), required=False)
    # how and when
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), required=False, choices=later(CHANNELS, TYPED_CHANNELS)
    )
    declared = forms.ChoiceField(
        label=gettext_lazy("When was it declared?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("now", gettext_lazy("Now")), ("earlier", gettext_lazy("Earlier, and it counts from then"))],
    )
    declared_on = day_field(gettext_lazy("On which day?"))
    declared_time = forms.TimeField(
        label=gettext_lazy("At what time?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Without it, the deadlines run from the beginning of the day."),
    )
    evidence_kind = forms.ChoiceField(
        label=gettext_lazy("What shows it?"),
        required=False,
        choices=later(EVIDENCE_KINDS, nothing=gettext_lazy("Choose")),
    )
    evidence_reference = _line(gettext_lazy("Number of the letter, call or protocol"), 60)
    approved_by = forms.ChoiceField(label=gettext_lazy("Who approves the earlier date?"), required=False)
    words = words_field(
        gettext_lazy("In the customer's words"), help_text=gettext_lazy("Goes on the receipt.")
    )
    # why
    reason = forms.ChoiceField(label=gettext_lazy("Main reason"), required=False)
    second = forms.ChoiceField(label=gettext_lazy("Another reason"), required=False)
    free_text = words_field(gettext_lazy("What was said of the reason"))
    expected = words_field(gettext_lazy("What was expected"))
    would_have_kept = words_field(gettext_lazy("What would have kept the customer"))
    competitor = _line(gettext_lazy("Company chosen"), 120)
    competitor_price = MoneyField(label=gettext_lazy("Price there"))
    competitor_speed = _line(gettext_lazy("Speed or plan there"), 60)
    # the end
    when = forms.ChoiceField(label=gettext_lazy("When does the service end?"), required=False)
    on = day_field(gettext_lazy("On which day?"))
    dispute = forms.ChoiceField(
        label=gettext_lazy("Does the customer disagree with the fee?"),
        required=False,
        choices=later(DISPUTES, nothing=gettext_lazy("No")),
    )
    # a question
    topic = forms.ChoiceField(label=gettext_lazy("About what?"), required=False, choices=later(TOPICS))
    question = words_field(gettext_lazy("What was asked"))
    answer = words_field(gettext_lazy("What was answered"))

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 - POST data
        *,
        reasons: Sequence[Any],
        people: Iterable[tuple[str, str]],
        contacts: Iterable[ContactView] = (),
        endings: Sequence[tuple[str, str]] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["reason"].choices = [("", _("Not told yet")), *reasons]  # type: ignore[attr-defined]
        self.fields["second"].choices = [("", _("None")), *reasons]  # type: ignore[attr-defined]
        self.fields["approved_by"].choices = list(people)  # type: ignore[attr-defined]
        self.fields["when"].choices = list(endings) or [("now", "")]  # type: ignore[attr-defined]
        self.fields["contact_id"].choices = [("", _("Choose")), *_contact_options(contacts)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what a choice needs: the day of an earlier declaration with its evidence, the last day."""
        given = super().clean() or {}
        if given.get("declared") == "earlier":
            self._need("declared_on", _("Say on which day it was declared."))
            self._need("evidence_kind", _("Say what shows the earlier date."))
            moment = self.declared_at()
            if moment is not None and moment > clock.now():
                self.add_error("declared_on", _("This day has not come yet. Choose an earlier one."))
        if given.get("when") == "date":
            self._need("on", _("Say on which day."))
        return given

    def _need(self, name: str, message: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def declared_at(self) -> datetime | None:
        """Return the moment of an earlier declaration; without an hour, the beginning of that day."""
        day, hour = self.cleaned_data.get("declared_on"), self.cleaned_data.get("declared_time")
        if self.cleaned_data.get("declared") != "earlier" or day is None:
            return None
        # Nobody knows the hour: the deadlines run in the customer's favour.
        return datetime.combine(day, hour or time(), get_current_timezone())

    def requester(self, customer: CustomerCard | None, contacts: Iterable[ContactView]) -> RequesterInput:
        """Return who asks: the holder, a contact of the company by what is on file, or as typed."""
        given = self.cleaned_data
        relation = given["relation"] or "holder"
        check = given["identity_check"]
        if relation == "holder" and customer is not None:
            return RequesterInput(relation, name=customer.name, identity_check=check)
        chosen = next((one for one in contacts if str(one.id) == given["contact_id"]), None)
        if relation == "authorised_contact" and chosen is not None:
            return RequesterInput(
                relation,
                name=chosen.name,
                document=chosen.document,
                contact=chosen.email,
                identity_check=check,
                authority_evidence=given["authority"],
            )
        document, _kind = document_of(given["requester_document"])
        return RequesterInput(
            relation,
            name=given["requester_name"],
            document=document or given["requester_document"].strip(),
            contact=given["requester_contact"],
            contract_hint=given["contract_hint"],
            identity_check=check,
            authority_evidence=given["authority"],
        )

    def evidence(self) -> dict[str, Any]:
        """Return what shows an earlier declaration, with the person who approves it."""
        given = self.cleaned_data
        if given["declared"] != "earlier":
            return {}
        return {
            "kind": given["evidence_kind"],
            "reference": given["evidence_reference"],
            "approved_by": given["approved_by"],
        }

    def said(self) -> Said:
        """Return what else was said and noted."""
        given = self.cleaned_data
        terms = {"price_minor": given["competitor_price"], "speed": given["competitor_speed"]}
        chosen = dict.fromkeys(one for one in (given["reason"], given["second"]) if one)
        earlier = given["declared"] == "earlier" and given["evidence_kind"] == "earlier_protocol"
        return Said(
            note=given["note"],
            reason_ids=tuple(UUID(one) for one in chosen),
            free_text=given["free_text"],
            expected=given["expected"],
            would_have_kept=given["would_have_kept"],
            competitor=given["competitor"],
            competitor_terms={name: value for name, value in terms.items() if value},
            outside_protocol=given["evidence_reference"] if earlier else "",
        )


def _contact_options(contacts: Iterable[ContactView]) -> list[tuple[str, str]]:
    return [(str(one.id), one.name if one.current else _former(one)) for one in contacts]


def _former(contact: ContactView) -> str:
    return _("%(name)s (no longer authorised)") % {"name": contact.name}
