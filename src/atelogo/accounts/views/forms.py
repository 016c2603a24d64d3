"""Forms of accounts. They only lay out fields; what is right is decided by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from atelogo.accounts.domain.permissions import Role
from atelogo.core.errors import AppError

ROLES: list[tuple[str, Any]] = [
    (Role.AGENT, _("Agent: records and works cancellations")),
    (Role.MANAGER, _("Manager: everything but the company's settings")),
    (Role.ANALYST, _("Analyst: sees figures and lists, with personal data hidden")),
    (Role.AUDITOR, _("Auditor: sees everything, changes nothing")),
    (Role.OWNER, _("Owner: everything")),
]
_PASSWORD_HELP = _("At least 10 characters. A few words that you remember are better than symbols.")


def refuse(form: forms.Form, error: AppError) -> None:
    """Show a service's refusal on the form: by its fields where it names them, else at the head."""
    for problem in error.fields:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem.message))
    if not error.fields:
        form.add_error(None, str(error))


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:  # noqa: ANN401 - lazy
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class LoginForm(forms.Form):
    """E-mail and password."""

    email = forms.CharField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = _password(_("Password"), "current-password")


class NewPasswordForm(forms.Form):
    """A new password, from a one-time link."""

    k = forms.CharField(widget=forms.HiddenInput)
    password = _password(_("New password"), "new-password", _PASSWORD_HELP)


class JoinForm(forms.Form):
    """A new person's name and password, from an invitation."""

    k = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = _password(_("New password"), "new-password", _PASSWORD_HELP)


class JoinKnownForm(forms.Form):
    """The present password of somebody who already signs in here."""

    k = forms.CharField(widget=forms.HiddenInput)
    password = _password(_("Your password"), "current-password")


class ProfileForm(forms.Form):
    """How a person is called and the language they read."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    locale = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As my browser says")), *settings.LANGUAGES],
    )


class PasswordForm(forms.Form):
    """The present password and a new one."""

    present = _password(_("Present password"), "current-password")
    password = _password(_("New password"), "new-password", _PASSWORD_HELP)


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=Role.AGENT.value)
