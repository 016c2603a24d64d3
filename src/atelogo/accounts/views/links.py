"""One-time links: setting a new password, and joining a company."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from atelogo.accounts.errors import InviteInvalidError
from atelogo.accounts.services.access import VisitorRequest, login_address, public_view
from atelogo.accounts.services.invites import InviteSeen, invite_accept, invite_seen
from atelogo.accounts.services.passwords import password_set_by_link, person_of_reset_key
from atelogo.accounts.services.sessions import login_counted
from atelogo.accounts.views.forms import JoinForm, JoinKnownForm, NewPasswordForm, refuse
from atelogo.core.errors import AppError


@never_cache
@public_view(methods=("GET", "POST"))
def set_password(request: VisitorRequest) -> HttpResponse:
    """Set a new password by the one-time link that whoever runs the company handed over."""
    key = (request.POST if request.method == "POST" else request.GET).get("k", "")
    email = person_of_reset_key(key).email
    if request.method != "POST":
        form = NewPasswordForm(initial={"k": key})
        return render(request, "accounts/set_password.html", {"form": form, "email": email})
    form = NewPasswordForm(request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            password_set_by_link(key=key, password=given["password"])
        except InviteInvalidError:
            raise
        except AppError as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, _("Your new password is set. Sign in with it."))
            return HttpResponseRedirect(login_address(request.workspace))
    return render(request, "accounts/set_password.html", {"form": form, "email": email}, status=status)


@never_cache
@public_view(methods=("GET", "POST"))
def join(request: VisitorRequest) -> HttpResponse:
    """Join the company by an invitation: a new person sets a password, a known one gives theirs."""
    key = (request.POST if request.method == "POST" else request.GET).get("k", "")
    seen = invite_seen(workspace=request.workspace, token=key)
    if request.method != "POST":
        form: forms.Form = (
            JoinKnownForm(initial={"k": key})
            if seen.known
            else JoinForm(initial={"k": key, "name": seen.name})
        )
        return _join_page(request, form, seen, 200)
    form = JoinKnownForm(request.POST) if seen.known else JoinForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            _join(request, form, seen)
        except InviteInvalidError:
            raise
        except AppError as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, _("You are in. Sign in to begin."))
            return HttpResponseRedirect(login_address(request.workspace))
    return _join_page(request, form, seen, status)


def _join(request: VisitorRequest, form: forms.Form, seen: InviteSeen) -> None:
    given = form.cleaned_data
    if seen.known:
        login_counted(request, seen.email)
    invite_accept(
        workspace=request.workspace,
        token=given["k"],
        password=given["password"],
        name=given.get("name", ""),
    )


def _join_page(request: VisitorRequest, form: forms.Form, seen: InviteSeen, status: int) -> HttpResponse:
    return render(request, "accounts/join.html", {"form": form, "seen": seen}, status=status)
