"""Settings > People: who works here, in which role, and invitations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from atelogo.accounts.domain.permissions import Permission, Role, may_grant
from atelogo.accounts.domain.workspace import Member
from atelogo.accounts.queries import membership_of, open_invites, people_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.invites import invite_create, invite_revoke
from atelogo.accounts.services.passwords import password_reset_link
from atelogo.accounts.services.people import membership_remove, membership_set
from atelogo.accounts.views.forms import ROLES, InviteForm, refuse
from atelogo.core.errors import AppError, NotFoundError


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list: what the role is called, and whether the reader may change them."""

    member: Member
    role_label: str
    is_self: bool
    editable: bool


@never_cache
@staff_view(Permission.PEOPLE_VIEW, methods={"GET": Permission.PEOPLE_VIEW, "POST": Permission.PEOPLE_EDIT})
def people(request: StaffRequest) -> HttpResponse:
    """List the company's people and open invitations; a POST invites somebody and shows the link once."""
    if request.method != "POST":
        return _list(request, _invite_form(request))
    form = _invite_form(request, request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = invite_create(
                workspace=request.workspace,
                email=given["email"],
                name=given["name"],
                role=Role(given["role"]),
                actor=request.actor,
            )
        except AppError as error:
            refuse(form, error)
            status = error.status
        else:
            return _link_page(request, "invite", made.path, given["name"] or given["email"])
    return _list(request, form, status)


@staff_view(Permission.PEOPLE_EDIT, methods=("POST",))
def role_change(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Give a person another role."""
    role = request.POST.get("role", "")

    def change() -> str:
        if role not in set(Role):
            raise NotFoundError
        membership_set(workspace=request.workspace, user_id=user_id, role=Role(role), actor=request.actor)
        return _("The role is changed.")

    _member(request, user_id)
    return _done(request, change)


@staff_view(Permission.PEOPLE_EDIT, methods=("POST",))
def remove(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Take a person out of the company."""

    def change() -> str:
        membership_remove(workspace=request.workspace, user_id=user_id, actor=request.actor)
        return _("The person no longer has access. What they recorded stays.")

    return _done(request, change)


@never_cache
@staff_view(Permission.PEOPLE_EDIT, methods=("POST",))
def password_link(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Make a one-time link by which a person sets a new password, and show it once."""
    member = _member(request, user_id)
    try:
        path = password_reset_link(user_id=user_id, actor=request.actor, workspace=request.workspace)
    except AppError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(_address(request))
    return _link_page(request, "password", path, member.person.name or member.person.email)


@staff_view(Permission.PEOPLE_EDIT, methods=("POST",))
def invite_cancel(request: StaffRequest, invite_id: UUID) -> HttpResponse:
    """Take an open invitation back."""

    def change() -> str:
        invite_revoke(workspace=request.workspace, invite_id=invite_id, actor=request.actor)
        return _("The invitation is taken back. Its link no longer works.")

    return _done(request, change)


def _done(request: StaffRequest, change: Callable[[], str]) -> HttpResponse:
    """Carry a change out, say how it went, and go back to the list."""
    try:
        messages.success(request, change())
    except NotFoundError:
        raise
    except AppError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(_address(request))


def _list(request: StaffRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    labels = {role: str(label).partition(":")[0] for role, label in ROLES}
    editing = request.may(Permission.PEOPLE_EDIT)
    rows = [
        Row(
            member=member,
            role_label=labels[member.role],
            is_self=member.person.id == request.member.person.id,
            editable=editing and may_grant(request.role, member.role),
        )
        for member in people_of(request.workspace.id)
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "invites": [(invite, labels[invite.role]) for invite in open_invites(request.workspace.id)],
        "form": form,
        "editing": editing,
        "role_choices": [
            (role, labels[role]) for role, _label in ROLES if may_grant(request.role, Role(role))
        ],
    }
    return render(request, "accounts/people.html", context, status=status)


def _link_page(request: StaffRequest, kind: str, path: str, who: str) -> HttpResponse:
    context = {"kind": kind, "link": request.build_absolute_uri(path), "who": who}
    return render(request, "accounts/link_made.html", context)


def _invite_form(request: StaffRequest, given: Any = None) -> InviteForm:  # noqa: ANN401 - POST data
    form = InviteForm(given)
    choices = [(role, label) for role, label in ROLES if may_grant(request.role, Role(role))]
    form.fields["role"].choices = choices  # type: ignore[attr-defined]
    return form


def _member(request: StaffRequest, user_id: UUID) -> Member:
    member = membership_of(user_id, request.workspace.id)
    if member is None:
        raise NotFoundError
    return member


def _address(request: StaffRequest) -> str:
    return reverse("accounts:people", kwargs={"workspace": request.workspace.slug})
