"""The customers' forms. What is missing never stops a declaration as long as there is something to go on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atelogo.register.domain.deadlines import EffectiveChoice

_WORDS = 4000


class CodeAskForm(forms.Form):
    """A document or contract number, to which a one-time code is sent."""

    who = forms.CharField(
        label=_("CPF, CNPJ or contract number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write your CPF, your CNPJ or the contract number.")},
    )


class CodeForm(forms.Form):
    """The six figures of the code, in any grouping."""

    code = forms.CharField(
        label=_("Code of 6 figures"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the code you received.")},
    )


class DeclareForm(forms.Form):
    """A declaration without identification: any one of name, identifier and contact is enough."""

    RELATIONS = [
        ("holder", _("I am the holder of the contract")),
        ("relative", _("I am a relative of the holder")),
        ("attorney", _("I represent the holder (attorney, legal representative, accountant)")),
        ("heir", _("The holder has died")),
        ("third_party", _("I am somebody else")),
    ]

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    identifier = forms.CharField(
        label=_("CPF, CNPJ or contract number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=_("E-mail or phone to answer you"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    words = forms.CharField(
        label=_("What do you want to cancel?"),
        required=False,
        max_length=_WORDS,
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(_WORDS)}),
    )
    relation = forms.ChoiceField(
        label=_("Who is asking?"),
        choices=RELATIONS,
        required=False,
        widget=forms.RadioSelect,
        initial="holder",
    )
    lost_contact = forms.BooleanField(
        label=_("I no longer have access to the e-mail or phone that you have on file"), required=False
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own
        """``known`` says that the person is in: nothing more is needed to match the wish."""
        super().__init__(*args, **kwargs)
        self._known = known

    def clean(self) -> dict[str, Any]:
        """Refuse only what nobody could match or answer."""
        given = dict(super().clean() or self.cleaned_data)
        named = any(str(given.get(field, "")).strip() for field in ("name", "identifier", "contact"))
        if not named and not self._known:
            message = _(
                "Write your name, your document, the contract or a contact: any one of them is enough."
            )
            self.add_error("identifier", forms.ValidationError(message, code="nothing_given"))
        return given


class LeaveForm(forms.Form):
    """The choices of the contract's page: last day and dispute. All have a default."""

    when = forms.ChoiceField(
        choices=[(choice.value, choice.value) for choice in EffectiveChoice], required=False
    )
    on = forms.DateField(label=_("Last day"), required=False)
    dispute = forms.CharField(required=False, max_length=32)

    def __init__(self, *args: Any, last: date, today: date, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own
        """``today`` and ``last`` are the first and last day that can be chosen."""
        super().__init__(*args, **kwargs)
        self._today, self._last = today, last

    def clean(self) -> dict[str, Any]:
        """Ask for a day only when a day is what was chosen."""
        given = dict(super().clean() or self.cleaned_data)
        given["when"] = given.get("when") or EffectiveChoice.NOW.value
        if given["when"] != EffectiveChoice.DATE.value:
            self.errors.pop("on", None)
            given["on"] = None
        elif "on" not in self.errors and not self._fits(given.get("on")):
            self.add_error("on", _("Choose a last day: today or later, at most one year ahead."))
        return given

    def _fits(self, day: date | None) -> bool:
        return day is not None and self._today <= day <= self._last


class WordsForm(forms.Form):
    """What the customer may add after choosing a reason."""

    free_text = forms.CharField(
        label=_("Do you want to tell us more?"),
        required=False,
        max_length=_WORDS,
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(_WORDS)}),
    )
    would_have_kept = forms.CharField(
        label=_("Would anything have made you stay?"),
        required=False,
        max_length=_WORDS,
        widget=forms.Textarea(attrs={"rows": "2", "maxlength": str(_WORDS)}),
    )


class ReturnForm(forms.Form):
    """How lent equipment goes back, and when for a pick-up."""

    WAYS = [
        ("pickup", _("Pick-up at my address, free of charge")),
        ("counter", _("I take it to a service point")),
        ("post", _("By post, paid by you")),
    ]
    PARTS = [("morning", _("Morning")), ("afternoon", _("Afternoon")), ("evening", _("Evening"))]

    way = forms.ChoiceField(label=_("How does it go back?"), choices=WAYS, widget=forms.RadioSelect)
    day = forms.DateField(
        label=_("Day of the pick-up"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    part = forms.ChoiceField(
        label=_("Time of day"), choices=PARTS, required=False, widget=forms.RadioSelect, initial="morning"
    )


class ChargedForm(forms.Form):
    """A charge that came after cancelling."""

    words = forms.CharField(
        label=_("What was charged, how much and when?"),
        max_length=_WORDS,
        widget=forms.Textarea(attrs={"rows": "3", "maxlength": str(_WORDS)}),
        error_messages={"required": _("Say in a few words what was charged.")},
    )
