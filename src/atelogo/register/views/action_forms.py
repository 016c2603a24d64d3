"""Forms of what can be done to a request. They lay out fields and read them; the services decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.core.errors import AppError
from atelogo.register.domain.importing.amounts import parse_amount
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.words import (
    CHANNELS,
    DAY_PARTS,
    DISPUTES,
    STAYED,
    TOUCHPOINTS,
    TYPED_CHANNELS,
    TYPED_TOUCHPOINTS,
    WAYS_BACK,
)

LONGEST = 4000


def refuse(form: forms.Form, error: AppError) -> None:
    """Show a service's refusal on the form: by its fields where it names them, else at the head."""
    for problem in error.fields:
        message = str(problem.message) or _("This value does not fit.")
        form.add_error(problem.field if problem.field in form.fields else None, message)
    if not error.fields:
        form.add_error(None, str(error))


def worded(
    table: Mapping[str, str],
    codes: Iterable[str] | None = None,
    *,
    nothing: Any = None,  # noqa: ANN401 - lazy
) -> list[tuple[str, str]]:
    """Return choices of a table of codes in the active language, after one for ``nothing`` if it is given."""
    made = [(code, _(table[code])) for code in (table if codes is None else codes)]
    return made if nothing is None else [("", str(nothing)), *made]


def later(
    table: Mapping[str, str],
    codes: Iterable[str] | None = None,
    *,
    nothing: Any = None,  # noqa: ANN401 - lazy
) -> Callable[[], list[tuple[str, str]]]:
    """Return :func:`worded` to be asked when a form is made: in the language of that moment."""
    return lambda: worded(table, codes, nothing=nothing)


class OfferedForm(forms.Form):
    """A form whose choices are the data's: ``offered`` maps each such field to them."""

    def __init__(self, data: Any = None, *, offered: Mapping[str, Sequence[Any]], **options: Any) -> None:  # noqa: ANN401 - Django's own
        super().__init__(data, **options)
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class MoneyField(forms.CharField):
    """An amount as people write it (``1.234,56``), read into minor units; empty is ``None``."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Django's own options
        attributes = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attributes), max_length=24, **options)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        """Return minor units, or ``None``; raise for what is no amount."""
        text = str(super().clean(value) or "").replace("R$", "").strip()
        if not text:
            return None
        try:
            return parse_amount(text, ",")
        except ValueProblemError as problem:
            raise forms.ValidationError(_("Write an amount such as 89,90.")) from problem


def words_field(label: Any, *, required: bool = False, rows: int = 2, help_text: Any = "") -> forms.CharField:  # noqa: ANN401 - lazy texts
    """Return a field for a few sentences."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:  # noqa: ANN401 - lazy texts
    """Return a field for a calendar day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def moment_field(label: Any, *, help_text: Any = "") -> forms.DateTimeField:  # noqa: ANN401 - lazy texts
    """Return a field for a day and hour in the company's time zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, help_text=help_text, widget=widget)


class ConfirmForm(OfferedForm):
    """The last day, by one of three choices, and whether the fee is disputed."""

    when = forms.ChoiceField(label=gettext_lazy("When does the service end?"), widget=forms.RadioSelect)
    on = day_field(gettext_lazy("On which day?"))
    dispute = forms.ChoiceField(
        label=gettext_lazy("Does the customer disagree with the fee?"),
        required=False,
        choices=later(DISPUTES, nothing=gettext_lazy("No")),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the day when the choice is a day."""
        given = super().clean() or {}
        if given.get("when") == "date" and given.get("on") is None and "on" not in self.errors:
            self.add_error("on", _("Say on which day."))
        return given


class CompleteForm(forms.Form):
    """When billing stopped and the number that proves it."""

    stopped_at = moment_field(
        gettext_lazy("When did the charge stop?"), help_text=gettext_lazy("Leave it empty if it was now.")
    )
    reference = forms.CharField(
        label=gettext_lazy("Number or name that proves it"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Order number in the billing system. No personal data."),
    )


class WithdrawForm(forms.Form):
    """Why the customer stays."""

    why = forms.ChoiceField(label=gettext_lazy("Why does the customer stay?"), choices=later(STAYED))


class WhyForm(forms.Form):
    """A few words that say why."""

    why = words_field(gettext_lazy("Why?"), required=True)


class MergeForm(forms.Form):
    """The protocol that stays."""

    protocol = forms.CharField(
        label=gettext_lazy("Protocol that stays"),
        max_length=40,
        help_text=gettext_lazy("This request is joined into that one; the earlier date counts."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ReasonForm(OfferedForm):
    """The reason that was stated, a second one, and the words that came with it."""

    reason = forms.ChoiceField(label=gettext_lazy("Main reason"))
    second = forms.ChoiceField(label=gettext_lazy("Another reason"), required=False)
    free_text = words_field(gettext_lazy("What was said about it"))


class CauseForm(OfferedForm):
    """The cause that a person or the data found, and what shows it."""

    reason = forms.ChoiceField(label=gettext_lazy("Verified cause"))
    evidence = forms.CharField(
        label=gettext_lazy("What shows it"),
        max_length=300,
        help_text=gettext_lazy("For instance: 5 tickets and 2 outages in 30 days. No personal data."),
    )


class NoteForm(forms.Form):
    """A note for the history."""

    text = words_field(gettext_lazy("Note"), required=True)


class ContactForm(forms.Form):
    """One contact about the request, with the number that another system gave it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What was it?"), choices=later(TOUCHPOINTS, TYPED_TOUCHPOINTS)
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=later(CHANNELS, TYPED_CHANNELS))
    outside_protocol = forms.CharField(
        label=gettext_lazy("Number in another system"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Attendance, PABX or agency number: the search finds it."),
    )
    summary = words_field(gettext_lazy("What was said"))


class OwnerForm(OfferedForm):
    """Who takes the request from here."""

    owner = forms.ChoiceField(label=gettext_lazy("Hand over to"))


class FeeForm(forms.Form):
    """The answer about a fee: a sum, or none, in words that the customer may read."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[
            ("none", gettext_lazy("There is no fee to pay")),
            ("stated", gettext_lazy("The fee is due, in this sum:")),
        ],
    )
    amount = MoneyField(label=gettext_lazy("Sum of the fee"))
    words = words_field(gettext_lazy("Explanation to the customer"), required=True)

    def clean(self) -> dict[str, Any]:
        """Ask for the sum when there is one."""
        given = super().clean() or {}
        if given.get("answer") == "stated" and not given.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Write the sum, or answer that there is no fee."))
        return given


class DisputeForm(forms.Form):
    """Why the customer disagrees with the fee."""

    why = forms.ChoiceField(label=gettext_lazy("Why does the customer disagree?"), choices=later(DISPUTES))


class AuthorityForm(forms.Form):
    """Whether the requester may act for the holder, and what shows it."""

    decision = forms.ChoiceField(
        label=gettext_lazy("May this person act for the holder?"),
        widget=forms.RadioSelect,
        choices=[
            ("accepted", gettext_lazy("Yes: the request takes effect from its own date")),
            ("refused", gettext_lazy("No: the holder is asked on the contact on file")),
        ],
    )
    evidence = words_field(
        gettext_lazy("What shows it"),
        required=True,
        help_text=gettext_lazy("Power of attorney, certificate, a call to the holder…"),
    )


class ReturnForm(forms.Form):
    """How lent equipment goes back."""

    way = forms.ChoiceField(label=gettext_lazy("How will it go back?"), choices=later(WAYS_BACK))
    day = day_field(gettext_lazy("Day of the visit"), help_text=gettext_lazy("Only when we pick it up."))
    part = forms.ChoiceField(
        label=gettext_lazy("Part of the day"),
        required=False,
        choices=later(DAY_PARTS, nothing=gettext_lazy("Any")),
    )
