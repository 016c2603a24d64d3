"""The own profile: name, language, password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.errors import LoginFailedError
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.people import profile_update
from atelogo.accounts.services.sessions import password_change
from atelogo.accounts.views.forms import PasswordForm, ProfileForm, refuse
from atelogo.core.errors import AppError


@never_cache
@staff_view(Permission.CONSOLE_VIEW)
def profile(request: StaffRequest) -> HttpResponse:
    """Show or change how the person is called and the language they read."""
    person = request.member.person
    if request.method != "POST":
        form = ProfileForm(initial={"name": person.name, "locale": person.locale})
        return _page(request, form, PasswordForm(auto_id="password_%s"))
    form = ProfileForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["locale"]
        try:
            profile_update(user_id=person.id, name=form.cleaned_data["name"], locale=chosen)
        except AppError as error:
            refuse(form, error)
        else:
            with translation.override(chosen or translation.get_language()):
                messages.success(request, _("Your profile is saved."))
            answer = HttpResponseRedirect(_address(request))
            # A language chosen on some earlier page would hide the one chosen here.
            answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
            return answer
    return _page(request, form, PasswordForm(auto_id="password_%s"), 422)


@never_cache
@staff_view(Permission.CONSOLE_VIEW, methods=("POST",))
def password(request: StaffRequest) -> HttpResponse:
    """Change the own password; the present one is asked for."""
    form = PasswordForm(request.POST, auto_id="password_%s")
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            password_change(request, present=given["present"], password=given["password"])
        except LoginFailedError:
            form.add_error("present", _("This is not your present password."))
        except AppError as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, _("Your password is changed. You were signed out everywhere else."))
            return HttpResponseRedirect(_address(request))
    person = request.member.person
    profile_form = ProfileForm(initial={"name": person.name, "locale": person.locale})
    return _page(request, profile_form, form, status)


def _page(
    request: StaffRequest, form: ProfileForm, password_form: PasswordForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "password_form": password_form}
    return render(request, "accounts/profile.html", context, status=status)


def _address(request: StaffRequest) -> str:
    return reverse("accounts:profile", kwargs={"workspace": request.workspace.slug})
