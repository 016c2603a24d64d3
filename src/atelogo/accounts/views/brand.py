"""Settings > Brand: the colour and the logo that customers see, with how they will look."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.accounts.domain.logos import FILE_LIMIT, LogoRefused, logo_of
from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.domain.settings import values_of
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.accounts.services.workspaces import settings_checked, workspace_update
from atelogo.accounts.views.forms import refuse
from atelogo.accounts.views.settings_forms import BrandForm
from atelogo.accounts.views.settings_pages import BOTH, page
from atelogo.core.errors import AppError

_WHY = {
    "empty": gettext_lazy("This file is empty. Choose another."),
    "too_large": gettext_lazy("This file is too large: choose one of at most 5 MB."),
    "not_a_picture": gettext_lazy("This file is not a picture that can be read. Use PNG, JPEG, WebP or SVG."),
    "unsafe_drawing": gettext_lazy(
        "This drawing (SVG) holds scripts or parts from other addresses. Save it as plain SVG, or send a PNG."
    ),
    "too_detailed": gettext_lazy(
        "This picture stays too large even when made smaller. Send it as PNG, or a simpler one."
    ),
}


@staff_view(Permission.SETTINGS_VIEW, methods=BOTH)
def brand(request: StaffRequest) -> HttpResponse:
    """Show the brand; a POST with ``act=preview`` shows how a choice would look, any other one keeps it."""
    now = values_of(request.workspace)
    if request.method != "POST":
        form = BrandForm(initial={"brand_colour": now["brand_colour"]})
        return _show(request, form, now["brand_colour"], now["brand_logo_url"])
    form = BrandForm(request.POST, request.FILES)
    wanted = now | _wanted(form, now["brand_logo_url"])
    if form.is_valid():
        changes = {name: wanted[name] for name in ("brand_colour", "brand_logo_url")}
        try:
            now |= settings_checked({"brand_logo_url": changes["brand_logo_url"]})
            now |= settings_checked({"brand_colour": changes["brand_colour"]})
            if request.POST.get("act") != "preview":
                workspace_update(workspace=request.workspace, changes=changes, actor=request.actor)
                messages.success(request, _("The brand is saved. Customers' pages show it from now on."))
                return HttpResponseRedirect(request.path)
        except AppError as error:
            refuse(form, error)
    return _show(request, form, now["brand_colour"], now["brand_logo_url"], unsaved=True)


def _wanted(form: BrandForm, logo: str) -> dict[str, str]:
    """Return colour and logo as chosen: a new picture, the one seen before, none, or the one that stands."""
    if not form.is_valid():
        return {}
    given = form.cleaned_data
    chosen = given.get("logo")
    if given["remove_logo"]:
        logo = ""
    elif chosen is not None:
        try:
            if chosen.size > FILE_LIMIT:
                form.add_error("logo", str(_WHY["too_large"]))
            else:
                logo = logo_of(chosen.read())
        except LogoRefused as refused:
            form.add_error("logo", str(_WHY[refused.code]))
    elif given["kept_logo"]:
        logo = given["kept_logo"]
    return {"brand_colour": given["brand_colour"], "brand_logo_url": logo}


def _show(
    request: StaffRequest, form: BrandForm, colour: str, logo: str, *, unsaved: bool = False
) -> HttpResponse:
    return page(request, "accounts/brand.html", form, {"colour": colour, "logo": logo, "unsaved": unsaved})
