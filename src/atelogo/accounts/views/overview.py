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


SECTIONS = (
    Section(
        "accounts:people",
        _("People"),
        _("Who works here, in which role, and invitations."),
        "users",
        Permission.PEOPLE_VIEW,
    ),
    Section(
        "register:reason_list",
        _("Reasons"),
        _("The list of reasons for cancelling, with definitions."),
        "tags",
        Permission.REASON_VIEW,
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
