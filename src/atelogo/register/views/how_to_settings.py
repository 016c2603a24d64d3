"""Settings > How to cancel: the public page's texts, section by section, in the company's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.workspaces import how_to_text_set
from atelogo.core.errors import AppError, NotFoundError
from atelogo.register.domain.how_to_cancel import (
    Block,
    Section,
    blocks_from_text,
    company_page,
    default_page,
    default_parameters,
    own_texts,
    parameters_of,
    text_from_blocks,
    unknown_parameters,
)
from atelogo.register.views.addresses import address

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 4_000
BOTH = {"GET": Permission.SETTINGS_VIEW, "POST": Permission.SETTINGS_EDIT}


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section of the list: what is shown of it now (nothing while its values are missing)."""

    section: Section
    own: bool
    blocks: Sequence[Block]


class SectionForm(forms.Form):
    """The text of one section."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "A blank line begins a new paragraph; a line that begins with “- ” is an item of a list. Empty: "
            "our own text comes back."
        ),
        widget=forms.Textarea(attrs={"rows": "12"}),
    )

    def clean_text(self) -> str:
        """Return the text in its one form; refuse names in braces that nothing fills in."""
        text = text_from_blocks(blocks_from_text(self.cleaned_data["text"]))
        unknown = unknown_parameters(text)
        if unknown:
            names = ", ".join(f"{{{name}}}" for name in unknown)
            raise forms.ValidationError(
                _("Nothing fills in %(names)s. Use the names listed.") % {"names": names}
            )
        return text


@staff_view(Permission.SETTINGS_VIEW, methods=("GET",))
def how_to_settings(request: StaffRequest, language: str = "") -> HttpResponse:
    """Show the page's sections in a language, which are the company's own, and what customers read."""
    words = _language(language or request.workspace.locale)
    own = own_texts(request.workspace, words)
    page = company_page(request.workspace, words)
    shown = {section.code: section.blocks for section in page.sections}
    template = default_page(words, sector=request.workspace.sector)
    context: dict[str, Any] = {
        "rows": [
            SectionRow(section, section.code in own, shown.get(section.code, ()))
            for section in template.sections
        ],
        "page": page,
        "words": words,
        "languages": settings.LANGUAGES,
        "editing": request.may(Permission.SETTINGS_EDIT),
        "public": _portal(request, "how_to_cancel"),
        "poster": _portal(request, "poster"),
        "qr": _portal(request, "qr"),
    }
    return render(request, "register/settings/how_to.html", context)


@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def how_to_section(request: StaffRequest, language: str, section: str) -> HttpResponse:
    """Show or change one section; ``act=preview`` shows how a text would read, ``act=restore`` drops it."""
    words = _language(language)
    template = default_page(words, sector=request.workspace.sector)
    default = next((one for one in template.sections if one.code == section), None)
    if default is None:
        raise NotFoundError
    own = own_texts(request.workspace, words)
    standing = own.get(section) or default.text
    act = request.POST.get("act", "")
    form = SectionForm(request.POST if request.method == "POST" else None, initial={"text": standing})
    text = standing
    if act == "restore":
        return _kept(request, words, section, "")
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        if act != "preview":
            try:
                return _kept(request, words, section, "" if text == default.text else text)
            except AppError as error:
                for problem in error.fields:
                    form.add_error("text", str(problem.message))
    return _section_page(request, words, default, form, text)


def _kept(request: StaffRequest, language: str, section: str, text: str) -> HttpResponse:
    how_to_text_set(
        workspace=request.workspace, language=language, section=section, text=text, actor=request.actor
    )
    messages.success(request, _("Saved. Customers read it now.") if text else _("Our own text is back."))
    return HttpResponseRedirect(address(request, "how_to_language", language=language))


def _section_page(
    request: StaffRequest, language: str, default: Section, form: SectionForm, text: str
) -> HttpResponse:
    own = own_texts(request.workspace, language)
    page = company_page(request.workspace, language, own={**own, default.code: text})
    shown = next((one for one in page.sections if one.code == default.code), None)
    context = {
        "section": default,
        "form": form,
        "language": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "is_own": default.code in own,
        "shown": shown,
        "unsaved": form.is_bound and text != (own.get(default.code) or default.text),
        "mark": page.mark,
        "parameters": _parameters(request),
        "editing": request.may(Permission.SETTINGS_EDIT),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "register/settings/how_to_section.html", context, status=status)


def _parameters(request: StaffRequest) -> list[tuple[str, str, str]]:
    """Return what texts may be filled with: name, value now, where it comes from."""
    given = parameters_of(request.workspace)
    figures = {one.name: one for one in default_parameters()}
    names = [*given, *(name for name in figures if name not in given)]
    return [
        (
            name,
            str(given[name] if name in given else figures[name].default),
            figures[name].source if name in figures else "",
        )
        for name in names
    ]


def _language(code: str) -> str:
    if code not in dict(settings.LANGUAGES):
        raise NotFoundError
    return code


def _portal(request: StaffRequest, name: str) -> str:
    try:
        return reverse(f"portal:{name}", kwargs={"workspace": request.workspace.slug})
    except NoReverseMatch:
        return ""
