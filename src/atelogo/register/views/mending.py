"""Putting a request right: matching it with its customer and contract, correcting its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import AppError
from atelogo.core.money import Money
from atelogo.register.domain.words import CHANNELS, FIELDS, TYPED_CHANNELS
from atelogo.register.errors import RequestNotFoundError
from atelogo.register.queries.detail import RequestDetail, request_detail
from atelogo.register.services.completeness import completeness_refresh
from atelogo.register.services.requests import request_correct, request_identify
from atelogo.register.views.action_forms import (
    MoneyField,
    day_field,
    moment_field,
    refuse,
    worded,
    words_field,
)
from atelogo.register.views.addresses import address
from atelogo.register.views.custom_field_forms import CustomFieldsForm
from atelogo.register.views.finding import NOTHING_FOUND, Finding, finding_of
from atelogo.register.views.showing import Sight

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

_LONGEST_TERM = 120


class CorrectionForm(forms.Form):
    """The fields that may be corrected by hand, as they stand now, and why they change."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    declared_at = moment_field(gettext_lazy("Declared at"))
    effective_on = day_field(gettext_lazy("Last day of service"))
    product_name = forms.CharField(label=gettext_lazy("Product"), max_length=160, required=False)
    plan_name = forms.CharField(label=gettext_lazy("Plan"), max_length=160, required=False)
    mrr_minor = MoneyField(label=gettext_lazy("Monthly fee"))
    fee_minor = MoneyField(label=gettext_lazy("Early cancellation fee"))
    refund_minor = MoneyField(label=gettext_lazy("Amount to return"))
    city = forms.CharField(label=gettext_lazy("City"), max_length=120, required=False)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=40, required=False)
    competitor = forms.CharField(label=gettext_lazy("Company chosen"), max_length=120, required=False)
    declaration = words_field(gettext_lazy("In the customer's words"))
    free_text = words_field(gettext_lazy("What was said of the reason"))
    expected = words_field(gettext_lazy("What was expected"))
    would_have_kept = words_field(gettext_lazy("What would have kept the customer"))
    why = words_field(gettext_lazy("Why is it corrected?"), required=True)

    def __init__(self, data: Any, detail: RequestDetail, *, personal: bool) -> None:  # noqa: ANN401 - POST data
        super().__init__(data, initial=_as_it_stands(detail))
        known = worded(CHANNELS, TYPED_CHANNELS)
        if detail.channel not in TYPED_CHANNELS:
            known.insert(0, (detail.channel, _(CHANNELS.get(detail.channel, detail.channel))))
        self.fields["channel"].choices = known  # type: ignore[attr-defined]
        if not personal:
            for name in _WORDS:
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """Return what differs from what stands, by field."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "why"}


_WORDS = ("declaration", "free_text", "expected", "would_have_kept")
_MONEY = ("mrr_minor", "fee_minor", "refund_minor")


def _as_it_stands(detail: RequestDetail) -> dict[str, Any]:
    """Return the present values; moments lose the seconds that the form cannot hold."""
    declared = detail.times.declared_at
    values: dict[str, Any] = {
        "channel": detail.channel,
        "declared_at": declared.replace(second=0, microsecond=0) if declared else None,
        "effective_on": detail.times.effective_on,
        "product_name": detail.product,
        "plan_name": detail.plan,
        "city": detail.city,
        "region": detail.region,
        "competitor": detail.competitor,
    }
    for name in _WORDS:
        values[name] = getattr(detail, name)
    for name in _MONEY:
        values[name] = _amount(getattr(detail.money, name), detail.money.currency)
    return values


def _amount(minor: int | None, currency: str) -> str:
    return "" if minor is None else f"{Money(minor, currency).decimal():.2f}".replace(".", ",")


@staff_view(Permission.REQUEST_CORRECT)
def correct(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Show what may be corrected, and correct it with its reason."""
    detail = _found(request, pk)
    personal = request.may(Permission.PERSONAL_VIEW)
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, detail, personal=personal)
    custom = CustomFieldsForm(data, request.workspace, kept=detail.custom)
    if data is None:
        return _correct_page(request, detail, form, custom)
    if form.is_valid() and custom.is_valid():
        try:
            request_correct(
                workspace=request.workspace,
                actor=request.actor,
                request_id=pk,
                changes=form.changes() | ({"custom": custom.changes()} if custom.changes() else {}),
                why=form.cleaned_data["why"],
            )
        except AppError as error:
            refuse(form, error)
        else:
            completeness_refresh(workspace=request.workspace, request_id=pk)
            messages.success(request, _("Corrected. Before, after and why stay in the history."))
            return HttpResponseRedirect(address(request, "request_detail", pk=pk))
    return _correct_page(request, detail, form, custom, status=422)


def _correct_page(
    request: StaffRequest,
    detail: RequestDetail,
    form: CorrectionForm,
    custom: CustomFieldsForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "detail": detail,
        "form": form,
        "custom": custom,
        "fields": [form[name] for name in FIELDS if name in form.fields],
    }
    return render(request, "register/console/request_correct.html", context, status=status)


@staff_view(Permission.REQUEST_IDENTIFY)
def identify(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Find the customer and contract that a declaration is about, and match them."""
    detail = _found(request, pk)
    if request.method != "POST":
        return _identify_page(request, detail, _suggested(request, detail))
    if request.POST.get("act") == "find":
        finding = finding_of(request.workspace, request.POST.get("q", "").strip()[:_LONGEST_TERM])
        return _identify_page(request, detail, finding)
    try:
        standing = request_identify(
            workspace=request.workspace,
            actor=request.actor,
            request_id=pk,
            customer_id=_uuid(request.POST.get("customer")),
            contract_id=_uuid(request.POST.get("contract")) if request.POST.get("contract") else None,
        )
    except AppError as error:
        finding = finding_of(request.workspace, request.POST.get("q", "").strip()[:_LONGEST_TERM])
        return _identify_page(request, detail, finding, refused=str(error))
    completeness_refresh(workspace=request.workspace, request_id=standing)
    if standing == pk:
        messages.success(request, _("Identified. The first times of the declaration stay."))
    else:
        messages.info(
            request, _("This contract had a request in progress already: the two are joined in this one.")
        )
    return HttpResponseRedirect(address(request, "request_detail", pk=standing))


def _identify_page(
    request: StaffRequest, detail: RequestDetail, finding: Finding, refused: str = ""
) -> HttpResponse:
    context = {"detail": detail, "finding": finding, "sight": Sight.of(request), "refused": refused}
    status = 422 if refused else 200
    return render(request, "register/console/request_identify.html", context, status=status)


def _suggested(request: StaffRequest, detail: RequestDetail) -> Finding:
    """Look for what the requester gave, the surest first; a person decides, nothing is matched by itself."""
    if detail.customer is not None:
        return finding_of(request.workspace, detail.customer.document or detail.customer.name)
    who = detail.requester
    finding = NOTHING_FOUND
    for text in (who.document, who.contract_hint, who.contact, who.name) if who else ():
        if not text.strip():
            continue
        finding = finding_of(request.workspace, text.strip()[:_LONGEST_TERM])
        if finding.found:
            return finding
    return finding


def _found(request: StaffRequest, pk: UUID) -> RequestDetail:
    detail = request_detail(request.workspace, pk)
    if detail is None:
        raise RequestNotFoundError
    return detail


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        # No such thing: the service answers for it in its own words.
        return UUID(int=0)
