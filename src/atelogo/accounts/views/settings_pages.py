"""Settings > Company, Deadlines, Billing: one form each over the company's settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.domain.settings import values_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.workspaces import workspace_update
from atelogo.accounts.views.forms import refuse
from atelogo.accounts.views.settings_forms import BillingForm, CompanyForm, SettingsForm, WindowsForm
from atelogo.core import clock
from atelogo.core.errors import AppError
from atelogo.core.registry import billing_names

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSISTED, SIMULATOR = "assisted", "simulator"
# What people read of the adapters that come with the product; another one shows its own name.
ADAPTERS: Mapping[str, Any] = {
    ASSISTED: gettext_lazy("A person, by a list of steps: each cancellation becomes a task in “Pending”."),
    "webhook_out": gettext_lazy("Our own system: it gets a signed message and answers when it is done."),
    SIMULATOR: gettext_lazy("An invented billing system, for trying things out."),
}
BOTH = {"GET": Permission.SETTINGS_VIEW, "POST": Permission.SETTINGS_EDIT}


@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def company(request: StaffRequest) -> HttpResponse:
    """Show or change who the company is and where customers reach it."""
    form, answer = saved(request, CompanyForm, said=_("The company's data are saved."))
    return answer or page(request, "accounts/company.html", form)


@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def windows(request: StaffRequest) -> HttpResponse:
    """Show or change the windows that each new request is given."""
    said = _("Saved. New requests get these values; those already made keep theirs.")
    form, answer = saved(request, WindowsForm, said=said)
    now, kept = clock.now(), request.workspace.windows
    example = {
        "stop": now + timedelta(hours=kept.stop_hours),
        "undo": now + timedelta(hours=kept.undo_hours) if kept.undo_hours else None,
        "lapse": now + timedelta(days=kept.lapse_days),
    }
    return answer or page(request, "accounts/windows.html", form, {"example": example, "now": now})


@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def billing(request: StaffRequest) -> HttpResponse:
    """Show or choose who stops the charge: a person, or the company's own system."""
    chosen = request.workspace.billing
    choices = [(name, ADAPTERS.get(name, name)) for name in offered_adapters(chosen)]
    form, answer = saved(
        request, BillingForm, said=_("Saved. It counts from the next cancellation on."), choices=choices
    )
    adapter_pages = [
        (ADAPTERS.get(name, name), address)
        for name, _label in choices
        if (address := adapter_page(name, request.workspace.slug))
    ]
    context = {
        "chosen": chosen,
        "adapter_pages": adapter_pages,
        "task_list": _known(request, "register:task_list"),
    }
    return answer or page(request, "accounts/billing.html", form, context)


def offered_adapters(chosen: str) -> list[str]:
    """Return the billing adapters to choose from, the assisted one first; the simulator only for trying."""
    names = [name for name in billing_names() if name != SIMULATOR or settings.ATELOGO_DEMO or chosen == name]
    if chosen not in names:
        names.append(chosen)
    return sorted(names, key=lambda name: (name != ASSISTED, name == SIMULATOR, name))


def adapter_page(name: str, slug: str) -> str:
    """Return the address of an adapter's own settings (``<adapter>:settings``), or an empty text."""
    try:
        return reverse(f"{name}:settings", kwargs={"workspace": slug})
    except NoReverseMatch:
        return ""


def saved(
    request: StaffRequest,
    shape: type[SettingsForm],
    *,
    said: str,
    choices: list[tuple[str, Any]] | None = None,
) -> tuple[SettingsForm, HttpResponse | None]:
    """Return the form to show and, where it was sent and accepted, the way back to the page.

    A refused form carries its errors; nothing is changed then. ``choices`` are those of the only field.
    """
    form = shape(request.POST if request.method == "POST" else None, initial=values_of(request.workspace))
    if choices is not None:
        for field in form.fields.values():
            field.choices = choices  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            workspace_update(workspace=request.workspace, changes=form.changes(), actor=request.actor)
        except AppError as error:
            refuse(form, error)
        else:
            messages.success(request, said)
            return form, HttpResponseRedirect(request.path)
    return form, None


def page(
    request: StaffRequest, template: str, form: SettingsForm, context: dict[str, Any] | None = None
) -> HttpResponse:
    """Show a page of settings: the form to who may change them, the values to who may read them."""
    status = 422 if form.is_bound and form.errors else 200
    shown = {"form": form, "facts": form.shown(), "editing": request.may(Permission.SETTINGS_EDIT)}
    return render(request, template, shown | (context or {}), status=status)


def _known(request: StaffRequest, name: str) -> str:
    try:
        return reverse(name, kwargs={"workspace": request.workspace.slug})
    except NoReverseMatch:
        return ""
