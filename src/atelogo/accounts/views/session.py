"""Signing in and out, and what to do about a forgotten password."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from atelogo.accounts.queries import membership_of
from atelogo.accounts.services.access import VisitorRequest, login_address, public_view, safe_next
from atelogo.accounts.services.sessions import session_begin, session_end
from atelogo.accounts.views.forms import LoginForm, refuse
from atelogo.core.errors import AppError


@never_cache
@public_view(methods=("GET", "POST"))
def login(request: VisitorRequest) -> HttpResponse:
    """Show the login, or sign in and lead back to where the person was going."""
    onward = safe_next(request, request.workspace, request.GET.get("next", ""))
    if request.method != "POST":
        if request.user.is_authenticated and membership_of(request.user.pk, request.workspace.id):
            return HttpResponseRedirect(onward)
        return render(request, "accounts/login.html", {"form": LoginForm()})
    form = LoginForm(request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            session_begin(
                request, workspace=request.workspace, email=given["email"], password=given["password"]
            )
        except AppError as error:
            refuse(form, error)
            status = error.status
        else:
            return HttpResponseRedirect(onward)
    return render(request, "accounts/login.html", {"form": form}, status=status)


@never_cache
@public_view(methods=("POST",))
def logout(request: VisitorRequest) -> HttpResponse:
    """Sign out; a second click on an old page is no error."""
    session_end(request)
    return HttpResponseRedirect(login_address(request.workspace))


@public_view()
def forgotten(request: VisitorRequest) -> HttpResponse:
    """Say how a forgotten password is set anew, with and without mail."""
    return render(request, "accounts/forgotten.html")
