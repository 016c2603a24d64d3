"""Forms of the company's settings. They only lay out fields; what is right is decided by the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.settings import Sector

SECTORS: list[tuple[str, Any]] = [
    (Sector.TELECOM, _("Internet, phone or TV")),
    (Sector.SOFTWARE, _("Software")),
    (Sector.FITNESS, _("Gym and sport")),
    (Sector.HEALTH, _("Health plan")),
    (Sector.EDUCATION, _("School and courses")),
    (Sector.INSURANCE, _("Insurance")),
    (Sector.MEDIA, _("Newspaper, streaming and clubs")),
    (Sector.RETAIL, _("Shop")),
    (Sector.UTILITIES, _("Water, power and gas")),
    (Sector.SERVICES, _("Services")),
    (Sector.OTHER, _("Other")),
]
_AREAS = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)


def time_zones() -> list[tuple[Any, Any]]:
    """Return the time zones to choose from: those of Brazil first."""
    known = available_timezones()
    here = sorted(zone for zone in get_global("territory_zones")["BR"] if zone in known)
    others = sorted(zone for zone in known - set(here) if zone.partition("/")[0] in _AREAS)
    return [
        (_("Brazil"), [(zone, zone) for zone in here]),
        (_("Elsewhere"), [(zone, zone) for zone in others] + [("UTC", "UTC")]),
    ]


def _text(label: Any, longest: int, help_text: Any = "", **attributes: str) -> forms.CharField:  # noqa: ANN401 - lazy
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.TextInput(attrs={"maxlength": str(longest), "autocomplete": "off"} | attributes),
    )


class SettingsForm(forms.Form):
    """A group of settings: field names are names of settings."""

    def changes(self) -> Mapping[str, Any]:
        """Return what was given, by setting."""
        return {name: self.cleaned_data[name] for name in self.fields}

    def shown(self) -> list[tuple[Any, str]]:
        """Return label and value of each field for somebody who may only read; nothing is empty text."""
        return [
            (field.label, _word(field, self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
        ]


def _word(field: forms.Field, value: Any) -> str:  # noqa: ANN401 - any setting
    choices = getattr(field, "choices", None)
    if choices is not None:
        return next((str(label) for code, label in choices if str(code) == str(value)), str(value))
    return "" if value is None else str(value)


class CompanyForm(SettingsForm):
    """Who the company is and where customers reach it."""

    name = forms.CharField(
        label=_("Name that customers know"),
        widget=forms.TextInput(attrs={"maxlength": "120", "autocomplete": "off"}),
    )
    legal_name = _text(
        _("Registered name"), 200, _("As in the company's registration; it stands on receipts.")
    )
    tax_id = _text(_("CNPJ"), 18, _("With or without punctuation; letters are accepted too."))
    sector = forms.ChoiceField(
        label=_("What the company sells"),
        choices=SECTORS,
        help_text=_("The page “How to cancel” adds what is particular to it."),
    )
    sac_phone = _text(_("Phone of the customer service (SAC)"), 60, inputmode="tel")
    ombudsman = _text(_("Ombudsman"), 200, _("A phone, an address or a link."))
    email = _text(_("E-mail for customers"), 254, inputmode="email")
    site = _text(_("Site"), 300, _("Beginning with https://"), inputmode="url")
    locale = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("For customers whose own language is not known, and for messages."),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("Deadlines, protocol numbers and figures follow this clock."),
    )


class BrandForm(SettingsForm):
    """Colour and logo of the customers' pages."""

    brand_colour = forms.CharField(
        label=_("Colour"),
        help_text=_("As # and six digits, such as #206bc4."),
        widget=forms.TextInput(attrs={"maxlength": "7", "autocomplete": "off", "spellcheck": "false"}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG, WebP or SVG. A large picture is made smaller here."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.gif,.svg"}),
    )
    remove_logo = forms.BooleanField(label=_("Take the logo away and show the name"), required=False)
    kept_logo = forms.CharField(required=False, widget=forms.HiddenInput)  # chosen, seen, not saved yet


def _hours(label: Any, help_text: Any, least: int, most: int) -> forms.CharField:  # noqa: ANN401 - lazy
    attributes = {"inputmode": "numeric", "min": str(least), "max": str(most), "autocomplete": "off"}
    return forms.CharField(label=label, help_text=help_text, widget=forms.NumberInput(attrs=attributes))


class WindowsForm(SettingsForm):
    """The windows of every new request."""

    stop_hours = _hours(
        _("Hours to stop charging"),
        _(
            "Counted from the request, or from an earlier declaration that was accepted. Past this, the "
            "request is late and stands first in the list of what is pending."
        ),
        0,
        1440,
    )
    undo_hours = _hours(
        _("Hours to undo"),
        _(
            "Counted from the confirmation. In this time the customer takes the cancellation back alone, by "
            "one button. Zero: no undo."
        ),
        0,
        1440,
    )
    lapse_days = _hours(
        _("Days until an unfinished passage ends"),
        _(
            "Only for passages in which nothing was declared. A clear declaration never ends by itself: it "
            "is confirmed as it was declared."
        ),
        1,
        365,
    )


class BillingForm(SettingsForm):
    """Who stops the charge; the choices are set by the view."""

    billing = forms.ChoiceField(label=_("Who stops the charge"), widget=forms.RadioSelect)


class LinkKeyForm(forms.Form):
    """A public key of the company, for the links that it signs."""

    label = _text(_("Name of the key"), 80, _("So that you know it again, such as: app, customers' area."))
    public_key = forms.CharField(
        label=_("Public key"),
        help_text=_("Ed25519, as PEM (BEGIN PUBLIC KEY) or as JWK. Never paste a private key."),
        widget=forms.Textarea(attrs={"rows": "5", "autocomplete": "off", "spellcheck": "false"}),
    )
