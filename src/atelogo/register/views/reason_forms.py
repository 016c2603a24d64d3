"""Forms of the reason tree: what a reason says in each language, its marks, where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.core.errors import AppError
from atelogo.register.domain.reason_draft import Entry
from atelogo.register.domain.reasons import MAX_LABEL, ExtraCode, Interchange, ReasonArea, ReasonKind

TEXT_LENGTH = 400
KINDS: Sequence[tuple[str, Any]] = (
    (ReasonKind.VOLUNTARY, gettext_lazy("The customer chose to leave")),
    (ReasonKind.INVOLUNTARY, gettext_lazy("Nobody on the customer's side chose it (death, non-payment)")),
    (ReasonKind.OTHER, gettext_lazy("Not known, or no real exit")),
)
AREAS: Sequence[tuple[str, Any]] = (
    ("", gettext_lazy("Not said")),
    (ReasonArea.PRODUCT, gettext_lazy("Product")),
    (ReasonArea.SERVICE, gettext_lazy("Service and support")),
    (ReasonArea.PROCESS, gettext_lazy("Process")),
    (ReasonArea.PRICE, gettext_lazy("Price")),
    (ReasonArea.LIFE, gettext_lazy("The customer's life")),
    (ReasonArea.MARKET, gettext_lazy("Market")),
    (ReasonArea.COMPANY, gettext_lazy("Decision of the company")),
)
INTERCHANGE: Sequence[tuple[str, Any]] = (
    (Interchange.TOO_EXPENSIVE, gettext_lazy("too expensive")),
    (Interchange.SWITCHED_SERVICE, gettext_lazy("went to another company")),
    (Interchange.LOW_QUALITY, gettext_lazy("low quality")),
    (Interchange.MISSING_FEATURES, gettext_lazy("something is missing")),
    (Interchange.TOO_COMPLEX, gettext_lazy("too complex")),
    (Interchange.UNUSED, gettext_lazy("not used")),
    (Interchange.CUSTOMER_SERVICE, gettext_lazy("customer service")),
    (Interchange.OTHER, gettext_lazy("other")),
)
EXTRA: Sequence[tuple[str, Any]] = (
    ("", gettext_lazy("None")),
    (ExtraCode.MOVED_AWAY, gettext_lazy("moved away")),
    (ExtraCode.FINANCIAL_HARDSHIP, gettext_lazy("financial hardship")),
    (ExtraCode.BEREAVEMENT, gettext_lazy("bereavement")),
    (ExtraCode.TEMPORARY_NEED, gettext_lazy("temporary need")),
    (ExtraCode.BILLING_DISPUTE, gettext_lazy("billing dispute")),
    (ExtraCode.NEVER_WANTED, gettext_lazy("never wanted")),
    (ExtraCode.FRAUD, gettext_lazy("fraud")),
    (ExtraCode.DUPLICATE, gettext_lazy("duplicate")),
    (ExtraCode.BUSINESS_CLOSED, gettext_lazy("business closed")),
    (ExtraCode.COVERAGE, gettext_lazy("no coverage")),
)
_TEXTS: Sequence[tuple[str, Any]] = (
    ("definition", gettext_lazy("Definition")),
    ("use_when", gettext_lazy("Use when…")),
    ("not_when", gettext_lazy("Do not use when…")),
    ("example", gettext_lazy("Example, in the customer's words")),
)


def field_name(part: str, language: str) -> str:
    """Return the name of a field of one language."""
    return f"{part}_{language.replace('-', '_')}"


def _line(label: Any, help_text: Any = "") -> forms.CharField:  # noqa: ANN401 - lazy texts
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, help_text=help_text, max_length=200, required=False, widget=widget)


def _words(label: Any) -> forms.CharField:  # noqa: ANN401 - lazy texts
    widget = forms.Textarea(attrs={"rows": "2"})
    return forms.CharField(label=label, max_length=TEXT_LENGTH, required=False, widget=widget)


class GroupForm(forms.Form):
    """A group's name in each language."""

    def __init__(self, given: Any, *, language: str, entry: Entry | None = None) -> None:  # noqa: ANN401 - POST data
        super().__init__(given, initial=_initial(entry))
        self.language, self.entry = language, entry
        for code, word in settings.LANGUAGES:
            self.fields[field_name("label", code)] = _line(_("Name (%(language)s)") % {"language": word})

    def clean(self) -> None:
        """Refuse names that are too long; the name in the company's language may not be empty."""
        for code, _word in settings.LANGUAGES:
            name = field_name("label", code)
            label = " ".join(self.cleaned_data.get(name, "").split())
            before = self.entry.labels.get(code, "") if self.entry else ""
            if len(label) > MAX_LABEL and label != before:
                self.add_error(name, _("Use at most %(most)s characters.") % {"most": MAX_LABEL})
        if not any(self.cleaned_data.get(field_name("label", code)) for code, _word in settings.LANGUAGES):
            self.add_error(field_name("label", self.language), _("Write a name."))

    def fields_given(self) -> dict[str, Any]:
        """Return what the group says, by columns of a revision."""
        return {"labels": self._by_language("label")}

    def refuse(self, error: AppError) -> None:
        """Show a refusal beside the name or the group it is about."""
        for problem in error.fields:
            known = {"label": field_name("label", self.language), "group": "group"}.get(problem.field, "")
            self.add_error(known if known in self.fields else None, str(problem.message))
        if not error.fields:
            self.add_error(None, str(error))

    def sections(self) -> list[dict[str, Any]]:
        """Return the fields of each language with its name; the company's own language first and open."""
        ordered = sorted(settings.LANGUAGES, key=lambda pair: pair[0] != self.language)
        return [
            {
                "language": word,
                "open": code == self.language or any(self[name].errors for name in self._names(code)),
                "fields": [self[name] for name in self._names(code)],
            }
            for code, word in ordered
        ]

    def _names(self, language: str) -> list[str]:
        ending = field_name("", language)
        return [name for name in self.fields if name.endswith(ending)]

    def _by_language(self, part: str) -> dict[str, str]:
        given = {
            code: " ".join(self.cleaned_data[field_name(part, code)].split())
            for code, _word in settings.LANGUAGES
        }
        return {code: text for code, text in given.items() if text}


class ReasonForm(GroupForm):
    """Everything that a reason says: words per language, marks, group."""

    kind = forms.ChoiceField(label=gettext_lazy("Who wanted the end?"), choices=KINDS)
    area = forms.ChoiceField(
        label=gettext_lazy("Who in the company can act on it?"), choices=AREAS, required=False
    )
    interchange = forms.ChoiceField(
        label=gettext_lazy("Exchange code"),
        choices=INTERCHANGE,
        help_text=gettext_lazy("The nearest of the eight values that billing systems exchange."),
    )
    extra_code = forms.ChoiceField(label=gettext_lazy("More exact code"), choices=EXTRA, required=False)
    ask_customer = forms.BooleanField(
        label=gettext_lazy("Offer it to customers after they cancel"), required=False
    )
    sensitive = forms.BooleanField(
        label=gettext_lazy("Sensitive: no offer, no survey, no sales call; a person answers"), required=False
    )

    def __init__(
        self,
        given: Any,  # noqa: ANN401 - POST data
        *,
        language: str,
        groups: Sequence[Entry],
        entry: Entry | None = None,
        group: str = "",
    ) -> None:
        super().__init__(given, language=language, entry=entry)
        self.initial = _initial(entry) | ({"group": group} if group and entry is None else {})
        chosen = forms.ChoiceField(
            label=_("Group"), choices=[(str(one.id), one.label(language)) for one in groups]
        )
        self.fields = {"group": chosen} | self.fields
        for code, _word in settings.LANGUAGES:
            self.fields[field_name("customer_label", code)] = _line(
                _("As the customer reads it"), _("Empty: the name above.")
            )
            for part, label in _TEXTS:
                self.fields[field_name(part, code)] = _words(label)

    def fields_given(self) -> dict[str, Any]:
        """Return what the reason says, by columns of a revision."""
        data = self.cleaned_data
        words = {part: self._by_language(part) for part, _label in _TEXTS}
        return {
            "labels": self._by_language("label"),
            "customer_labels": self._by_language("customer_label"),
            "texts": {
                code: {part: words[part].get(code, "") for part, _label in _TEXTS}
                for code, _word in settings.LANGUAGES
                if any(words[part].get(code) for part, _label in _TEXTS)
            },
            **{name: data[name] for name in ("kind", "area", "interchange", "extra_code")},
            **{name: data[name] for name in ("ask_customer", "sensitive")},
        }


def _initial(entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {"kind": ReasonKind.VOLUNTARY.value, "interchange": Interchange.OTHER.value}
    marks = ("kind", "area", "interchange", "extra_code", "ask_customer", "sensitive")
    initial: dict[str, Any] = {name: getattr(entry, name) for name in marks} | {"group": str(entry.parent)}
    for code, _word in settings.LANGUAGES:
        texts: Mapping[str, str] = entry.texts.get(code, {})
        initial[field_name("label", code)] = entry.labels.get(code, "")
        initial[field_name("customer_label", code)] = entry.customer_labels.get(code, "")
        for part, _label in _TEXTS:
            initial[field_name(part, code)] = texts.get(part, "")
    return initial


class PublishForm(forms.Form):
    """A note about the version."""

    note = forms.CharField(
        label=gettext_lazy("Note for whoever compares versions later"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
