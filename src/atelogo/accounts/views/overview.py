"""Settings: where each group of settings is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view


@dataclass(frozen=True, slots=True)
class Section:
    """One group of settings: the name of its page, how it is called and what is there."""

    name: str
    title: Any
    text: Any
    icon: str
    permission: Permission


_SETTINGS, _PEOPLE, _REASONS = Permission.SETTINGS_VIEW, Permission.PEOPLE_VIEW, Permission.REASON_VIEW
SECTIONS = (
    Section(
        "accounts:company",
        _("Company"),
        _("Name, CNPJ, where customers reach it, language and time zone."),
        "building",
        _SETTINGS,
    ),
    Section("accounts:brand", _("Brand"), _("Colour and logo of customers' pages."), "palette", _SETTINGS),
    Section(
        "accounts:people", _("People"), _("Who works here, in which role, and invitations."), "users", _PEOPLE
    ),
    Section(
        "accounts:windows",
        _("Deadlines"),
        _("Time to stop charging, to undo, and until an unfinished passage ends."),
        "clock",
        _SETTINGS,
    ),
    Section(
        "accounts:billing",
        _("Billing"),
        _("Who stops the charge: a person, or the company's own system."),
        "credit-card",
        _SETTINGS,
    ),
    Section(
        "register:reason_list",
        _("Reasons"),
        _("The list of reasons for cancelling, with definitions."),
        "tags",
        _REASONS,
    ),
    Section(
        "register:how_to_settings",
        _("How to cancel"),
        _("The public page that says how to cancel, in your words."),
        "file-text",
        _SETTINGS,
    ),
    Section(
        "accounts:custom_fields",
        _("Own fields"),
        _("What else your company wants to record of a request."),
        "list",
        _SETTINGS,
    ),
    Section(
        "accounts:keys",
        _("Keys"),
        _("Public key of the register, checkpoints, and keys of signed links."),
        "key",
        _SETTINGS,
    ),
)


@staff_view(Permission.SETTINGS_VIEW, methods=("GET",))
def settings_overview(request: StaffRequest) -> HttpResponse:
    """Show the groups of settings that the person may see; one that has no page is left out."""
    sections = [
        (section, address)
        for section in SECTIONS
        if request.may(section.permission) and (address := _address(section.name, request.workspace.slug))
    ]
    return render(request, "accounts/settings.html", {"sections": sections})


def _address(name: str, slug: str) -> str:
    try:
        return reverse(name, kwargs={"workspace": slug})
    except NoReverseMatch:
        return ""
