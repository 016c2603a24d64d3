"""Settings > Billing > Our own system: address, secret shown once, test message, turning over and off."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.connectors.webhook_out import services
from atelogo.connectors.webhook_out.errors import EndpointNotFoundError
from atelogo.connectors.webhook_out.trial import endpoint_try
from atelogo.core.errors import AppError

if TYPE_CHECKING:
    from atelogo.connectors.webhook_out.services import NewSecret

BOTH = {"GET": Permission.SETTINGS_VIEW, "POST": Permission.SETTINGS_EDIT}


@never_cache
@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def settings_page(request: StaffRequest) -> HttpResponse:
    """Show the billing address; a POST sets, changes, tests, rotates or turns it off (field ``act``).

    A secret appears in the answer to the POST that made it and nowhere else.
    """
    if request.method != "POST":
        return _page(request)
    url = request.POST.get("url", "")
    try:
        if request.POST.get("act") == "test":
            return _tried(request)
        made = _act(request, request.POST.get("act", ""), url)
    except AppError as refused:
        return _page(request, problem=refused, url=url)
    if made is not None:
        return _page(request, secret=made.secret)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(request.path)


def _act(request: StaffRequest, act: str, url: str) -> NewSecret | None:
    workspace, actor = request.workspace, request.actor
    if act == "create":
        return services.endpoint_create(workspace=workspace, actor=actor, url=url)
    endpoint_id = _in_use(request)
    if act == "move":
        services.endpoint_move(workspace=workspace, actor=actor, endpoint_id=endpoint_id, url=url)
    elif act == "rotate":
        return services.endpoint_rotate(workspace=workspace, actor=actor, endpoint_id=endpoint_id)
    elif act == "disable":
        services.endpoint_disable(workspace=workspace, actor=actor, endpoint_id=endpoint_id)
    else:
        raise EndpointNotFoundError
    return None


def _tried(request: StaffRequest) -> HttpResponse:
    """Send a test message and say what came back; nothing is changed."""
    trial = endpoint_try(workspace=request.workspace)
    if trial.outcome == "taken":
        text = _("Your system took the test message: HTTP %(status)s in %(ms)s ms.")
        messages.success(request, text % {"status": trial.status, "ms": trial.milliseconds})
    elif trial.outcome == "refused":
        text = _(
            "Your system answered HTTP %(status)s. It should answer 200 to a message with a right signature."
        )
        messages.error(request, text % {"status": trial.status})
    elif trial.outcome == "no_answer":
        messages.error(
            request,
            _("Nobody answered at this address in ten seconds. Check the address and the certificate."),
        )
    else:
        messages.error(request, _("This address leads into a private network, where nothing is sent."))
    return HttpResponseRedirect(request.path)


def _in_use(request: StaffRequest) -> UUID:
    endpoint = services.endpoint_of(request.workspace)
    if endpoint is None or endpoint.disabled_at is not None:
        raise EndpointNotFoundError
    return endpoint.id


def _page(
    request: StaffRequest, *, secret: str = "", problem: AppError | None = None, url: str = ""
) -> HttpResponse:
    endpoint = services.endpoint_of(request.workspace)
    in_use = endpoint is not None and endpoint.disabled_at is None
    context = {
        "endpoint": endpoint,
        "in_use": in_use,
        "secret": secret,
        "problem": str(problem) if problem else "",
        "url": url or (endpoint.url if endpoint else ""),
        "editing": request.may(Permission.SETTINGS_EDIT),
        "chosen": request.workspace.billing == "webhook_out",
    }
    return render(request, "webhook_out/settings.html", context, status=problem.status if problem else 200)


app_name = "webhook_out"
urlpatterns = [path("settings/billing/webhook", settings_page, name="settings")]
