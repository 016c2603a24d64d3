"""Papers of a request: its receipts as page, PDF and JSON, and the proof of each fact."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from atelogo.accounts.domain.permissions import Permission
from atelogo.accounts.services.access import StaffRequest, staff_view
from atelogo.core.errors import NotFoundError
from atelogo.events import log
from atelogo.events.ledger import entries_of
from atelogo.register.errors import ProofNotReadyError
from atelogo.register.queries.detail import request_exists
from atelogo.register.services import rendering
from atelogo.register.views.addresses import address

if TYPE_CHECKING:
    from atelogo.register.services.rendering import ReceiptForms


@staff_view(Permission.PERSONAL_VIEW, methods=("GET",))
def receipt_page(request: StaffRequest, pk: UUID, receipt_id: UUID) -> HttpResponse:
    """Show a receipt as the customer has it, ready to print."""
    receipt = _receipt(request, pk, receipt_id)
    context = {
        "pk": pk,
        "receipt_id": receipt_id,
        "receipt": rendering.receipt_context(request.workspace, receipt.id),
    }
    return render(request, "register/console/receipt.html", context)


@staff_view(Permission.PERSONAL_VIEW, methods=("GET",))
def receipt_pdf(request: StaffRequest, pk: UUID, receipt_id: UUID) -> HttpResponse:
    """Give the receipt as PDF; where none can be made, lead to the page that prints as well."""
    receipt = _receipt(request, pk, receipt_id)
    made = rendering.receipt_pdf(request.workspace, receipt.id)
    if made is None:
        messages.warning(request, _("The PDF cannot be made on this machine. Print this page instead."))
        return HttpResponseRedirect(address(request, "receipt_page", pk=pk, receipt_id=receipt_id))
    return _file(made, "application/pdf", f"{receipt.payload['protocol']}.pdf")


@staff_view(Permission.PERSONAL_VIEW, methods=("GET",))
def receipt_json(request: StaffRequest, pk: UUID, receipt_id: UUID) -> HttpResponse:
    """Give the receipt with its proof as JSON, which anybody can check offline."""
    receipt = _receipt(request, pk, receipt_id)
    made = json.dumps(rendering.receipt_json(request.workspace, receipt.id), ensure_ascii=False, indent=2)
    return _file(made.encode(), "application/json", f"{receipt.payload['protocol']}.json")


@staff_view(Permission.LEDGER_VIEW, methods=("GET",))
def proof(request: StaffRequest, pk: UUID, entry_id: UUID) -> HttpResponse:
    """Give the proof that a fact of the request stands in the sealed line (``tlog-proof``)."""
    if not request_exists(request.workspace, pk):
        raise NotFoundError
    if entry_id not in {entry.id for entry in entries_of(request.workspace.id, pk)}:
        raise NotFoundError
    found = log.proof_of(request.workspace.id, entry_id)
    if found is None:
        raise ProofNotReadyError
    return _file(found.text().encode(), "text/plain; charset=utf-8", f"{entry_id}.tlog-proof")


def _receipt(request: StaffRequest, pk: UUID, receipt_id: UUID) -> ReceiptForms:
    receipt = rendering.receipt_read(request.workspace, receipt_id)
    if receipt.request_id != pk:
        raise NotFoundError
    return receipt


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
