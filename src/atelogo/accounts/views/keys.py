"""Settings > Keys: the log's public key and newest checkpoint, and the keys that open signed links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from atelogo.accounts.domain.link_keys import AUDIENCE, MAIL_LIFE
from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.workspaces import link_key_add, link_key_remove
from atelogo.accounts.views.settings_forms import LinkKeyForm
from atelogo.accounts.views.settings_pages import BOTH
from atelogo.core.errors import AppError, NotFoundError
from atelogo.events.log import latest_checkpoint, public_key


@never_cache
@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def keys(request: StaffRequest) -> HttpResponse:
    """Show the keys; a POST registers a public key of the company."""
    if request.method != "POST":
        return _show(request, LinkKeyForm())
    form = LinkKeyForm(request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            link_key_add(
                workspace=request.workspace,
                public_key=given["public_key"],
                label=given["label"],
                actor=request.actor,
            )
        except AppError as error:
            form.add_error("public_key", str(error))
            status = error.status
        else:
            messages.success(
                request, _("The key is registered. Links signed with it are accepted from now on.")
            )
            return HttpResponseRedirect(request.path)
    return _show(request, form, status)


@staff_view(Permission.SETTINGS_EDIT, methods=("POST",))
def key_remove(request: StaffRequest) -> HttpResponse:
    """Take a registered key out: its links open nothing from now on."""
    try:
        link_key_remove(workspace=request.workspace, kid=request.POST.get("kid", ""), actor=request.actor)
    except NotFoundError:
        messages.error(request, _("This key is not in the list any more."))
    else:
        messages.success(request, _("The key is removed. Links signed with it no longer open anything."))
    return HttpResponseRedirect(reverse("accounts:keys", kwargs={"workspace": request.workspace.slug}))


@staff_view(Permission.SETTINGS_VIEW, methods=("GET",))
def key_file(request: StaffRequest) -> HttpResponse:
    """Give the log's public key as a file: one line, as ``atelogo verify`` reads it."""
    return _file(f"{public_key(request.workspace.id).vkey()}\n", "key.txt")


@never_cache
@staff_view(Permission.SETTINGS_VIEW, methods=("GET",))
def checkpoint_file(request: StaffRequest) -> HttpResponse:
    """Give the newest signed checkpoint as a file, to be kept elsewhere and compared later."""
    newest = latest_checkpoint(request.workspace.id)
    if newest is None:
        raise NotFoundError
    return _file(newest.note, f"checkpoint-{newest.size}.txt")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show(request: StaffRequest, form: LinkKeyForm, status: int = 200) -> HttpResponse:
    workspace = request.workspace
    registered = [
        (key, datetime.fromisoformat(key.added_at) if key.added_at else None)
        for key in workspace.link_keys
        if not key.own
    ]
    context: dict[str, Any] = {
        "form": form,
        "vkey": public_key(workspace.id).vkey(),
        "checkpoint": latest_checkpoint(workspace.id),
        "registered": registered,
        "editing": request.may(Permission.SETTINGS_EDIT),
        "link": settings.ATELOGO_BASE_URL + _enter_path(workspace.slug),
        "audience": AUDIENCE,
        "longest_days": MAIL_LIFE.days,
    }
    return render(request, "accounts/keys.html", context, status=status)


def _enter_path(slug: str) -> str:
    try:
        return reverse("portal:enter", kwargs={"workspace": slug})
    except NoReverseMatch:
        return f"/{slug}/"
