"""Settings > Own fields: what else the company records of a request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from atelogo.accounts.domain.custom_fields import (
    HELP_LENGTH,
    LABEL_LENGTH,
    MOST_FIELDS,
    CustomField,
    CustomKind,
    FieldRefused,
    field_of,
)
from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.workspaces import custom_field_set, custom_fields_order
from atelogo.accounts.views.forms import refuse
from atelogo.core.errors import AppError, NotFoundError

KINDS: list[tuple[str, Any]] = [
    (CustomKind.TEXT, gettext_lazy("Text")),
    (CustomKind.NUMBER, gettext_lazy("Number")),
    (CustomKind.DATE, gettext_lazy("Date")),
    (CustomKind.CHOICE, gettext_lazy("One of a list")),
]
_WHY = {
    "required": gettext_lazy("Fill in this field."),
    "invalid": gettext_lazy("This is not in the expected form."),
    "too_long": gettext_lazy("This text is too long."),
    "too_many": gettext_lazy("These are too many."),
    "unknown": gettext_lazy("Choose one of the options."),
    "taken": gettext_lazy("There is a field with this code already."),
}


class CustomFieldForm(forms.Form):
    """One field of the company's own."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it takes"),
        choices=KINDS,
        help_text=gettext_lazy("It cannot be changed later: requests will hold values of it."),
    )
    choices = forms.CharField(
        label=gettext_lazy("Options of the list"),
        required=False,
        help_text=gettext_lazy("One per line. What was chosen before stays as it was recorded."),
        widget=forms.Textarea(attrs={"rows": "5"}),
    )
    help = forms.CharField(
        label=gettext_lazy("Help for whoever fills it in"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": str(HELP_LENGTH)}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        help_text=gettext_lazy(
            "In exports and by programs. Empty: made from the name. It cannot be changed later."
        ),
        widget=forms.TextInput(attrs={"maxlength": "40", "autocomplete": "off", "spellcheck": "false"}),
    )
    active = forms.BooleanField(label=gettext_lazy("Ask it when a cancellation is recorded"), required=False)

    def __init__(self, given: Any, *, language: str, known: CustomField | None) -> None:  # noqa: ANN401 - POST data
        super().__init__(given, initial=_initial(known))
        self.known, self.language = known, language
        names = {}
        for code, word in settings.LANGUAGES:
            names[_label_name(code)] = forms.CharField(
                label=_("Name of the field (%(language)s)") % {"language": word},
                required=False,
                widget=forms.TextInput(attrs={"maxlength": str(LABEL_LENGTH)}),
            )
        self.fields = names | self.fields
        if known is not None:
            del self.fields["code"], self.fields["kind"]
            if known.kind is not CustomKind.CHOICE:
                del self.fields["choices"]

    def definition(self, taken: frozenset[str]) -> CustomField | None:
        """Return the field as given; ``None`` with errors on the form when it cannot stand."""
        data = self.cleaned_data
        labels = {code: data[_label_name(code)] for code, _word in settings.LANGUAGES}
        code = self.known.code if self.known else data["code"].strip() or _code_from(labels, self.language)
        given = {
            "code": code,
            "labels": labels,
            "kind": self.known.kind if self.known else data["kind"],
            "choices": data.get("choices", "").splitlines(),
            "help": data["help"],
            "active": data["active"],
        }
        try:
            if self.known is None and code in taken:
                raise FieldRefused("code", "taken")  # noqa: TRY301 - as every other refusal below
            return field_of(given)
        except FieldRefused as refused:
            part = _label_name(self.language) if refused.part == "labels" else refused.part
            if part == "code" and refused.code == "required":
                part = _label_name(self.language)
            self.add_error(part if part in self.fields else None, str(_WHY[refused.code]))
            return None

    def label_fields(self) -> list[Any]:
        """Return the fields of the name, one per language."""
        return [self[_label_name(code)] for code, _word in settings.LANGUAGES]


def _label_name(language: str) -> str:
    return f"label_{language.replace('-', '_')}"


def _initial(known: CustomField | None) -> dict[str, Any]:
    if known is None:
        return {"active": True}
    labels = {_label_name(language): label for language, label in known.labels.items()}
    return labels | {"choices": "\n".join(known.choices), "help": known.help, "active": known.active}


def _code_from(labels: dict[str, str], language: str) -> str:
    named = labels.get(language) or next(filter(None, labels.values()), "")
    code = slugify(named).replace("-", "_")
    return (code if code[:1].isalpha() or not code else f"f_{code}")[:40].rstrip("_")


@staff_view(Permission.SETTINGS_VIEW, methods=("GET",))
def custom_fields(request: StaffRequest) -> HttpResponse:
    """List the company's own fields in their order."""
    kinds = dict(KINDS)
    rows = [
        (one, one.label(get_language() or ""), kinds[one.kind]) for one in request.workspace.custom_fields
    ]
    context = {
        "rows": rows,
        "editing": request.may(Permission.SETTINGS_EDIT),
        "full": len(rows) >= MOST_FIELDS,
        "most": MOST_FIELDS,
    }
    return render(request, "accounts/custom_fields.html", context)


@staff_view(Permission.SETTINGS_EDIT)
def custom_field_new(request: StaffRequest) -> HttpResponse:
    """Add a field."""
    return _edit(request, None)


@staff_view(Permission.SETTINGS_EDIT)
def custom_field(request: StaffRequest, code: str) -> HttpResponse:
    """Change a field's words and options, or stop asking it."""
    known = next((one for one in request.workspace.custom_fields if one.code == code), None)
    if known is None:
        raise NotFoundError
    return _edit(request, known)


@staff_view(Permission.SETTINGS_EDIT, methods=("POST",))
def custom_field_move(request: StaffRequest) -> HttpResponse:
    """Put a field one place up or down."""
    codes = [one.code for one in request.workspace.custom_fields]
    code, step = request.POST.get("code", ""), -1 if request.POST.get("to") == "up" else 1
    if code in codes:
        at = codes.index(code)
        codes.insert(max(0, at + step), codes.pop(at))
        custom_fields_order(workspace=request.workspace, codes=codes, actor=request.actor)
    return HttpResponseRedirect(_list(request))


def _edit(request: StaffRequest, known: CustomField | None) -> HttpResponse:
    form = CustomFieldForm(
        request.POST if request.method == "POST" else None, language=request.workspace.locale, known=known
    )
    if request.method == "POST" and form.is_valid():
        given = form.definition(frozenset(one.code for one in request.workspace.custom_fields))
        if given is not None:
            try:
                custom_field_set(workspace=request.workspace, given=given, actor=request.actor)
            except AppError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The field is saved."))
                return HttpResponseRedirect(_list(request))
    context = {
        "form": form,
        "known": known,
        "name": known.label(get_language() or "") if known else "",
        "kind": dict(KINDS)[known.kind] if known else "",
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/custom_field.html", context, status=status)


def _list(request: StaffRequest) -> str:
    return reverse("accounts:custom_fields", kwargs={"workspace": request.workspace.slug})
