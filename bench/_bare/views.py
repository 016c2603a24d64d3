"""The plain way out as three bare Django views: read with the ORM, write the same rows with `create`.

Nothing of the product's services, ledger, outbox or limits is used: only its tables, and its arithmetic of
days and fees. There is no retry, no race guard and no fallback either.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from atelogo.accounts.models import Workspace
from atelogo.core.secrets import lookup_hash
from atelogo.core.tenancy import workspace_scope
from atelogo.register.domain.deadlines import Interval, IntervalUnit, RecurringCharge, consequences
from atelogo.register.domain.fees import Commitment, add_months
from atelogo.register.models import (
    Contract,
    ContractLine,
    CustomerAccess,
    Equipment,
    ReasonRevision,
    Receipt,
    Request,
    RequestItem,
)
from bench._bare.rows import key_of, write_rows

if TYPE_CHECKING:
    from atelogo.register.domain.deadlines import Consequences

ZONE = ZoneInfo("America/Sao_Paulo")
WINDOWS = {"stop_hours": 48, "undo_hours": 24, "lapse_days": 7}
DISPUTES = (
    ("not_working", "O serviço não funcionou"),
    ("no_coverage", "Mudança para lugar sem cobertura"),
    ("within_seven_days", "Até 7 dias da contratação"),
    ("never_installed", "Nunca foi instalado"),
    ("not_accepted", "Não aceitei fidelidade"),
)


def contract_page(request: HttpRequest, slug: str, contract: str) -> HttpResponse:
    """Show what leaving means, or write the cancellation and lead to its page."""
    workspace = get_object_or_404(Workspace, slug=slug)
    with workspace_scope(workspace.id):
        access = _access(request, workspace)
        found = get_object_or_404(
            Contract.objects.select_related("customer"),
            id=UUID(hex=contract.removeprefix("ctr_")),
            customer_id=access.customer_id,
        )
        lines = list(
            ContractLine.objects.filter(contract=found, status__in=["active", "suspended"])
            .select_related("product", "plan")
            .order_by("-amount_minor", "id")
        )
        equipment = list(Equipment.objects.filter(contract=found, status="lent").order_by("kind", "serial"))
        meaning = _meaning(found)
        if request.method == "POST":
            chosen = [line for line in lines if f"lin_{line.id.hex}" in request.POST.getlist("item")]
            key, _moment, _lines = signing.loads(request.POST["state"])
            protocol = write_rows(
                workspace,
                access,
                found,
                chosen,
                equipment,
                fee=meaning.now.fee,
                key=f"{access.id.hex}:{key}",
                base=f"http://{request.get_host()}/{slug}",
            )
            return HttpResponseRedirect(f"/{slug}/protocolos/{protocol}")
        standing = Request.objects.filter(contract=found, state__in=["open", "confirmed"]).first()
        context = _contract_context(workspace, access, found, lines, meaning)
        context |= {"equipment": equipment, "standing": standing, "slug": slug}
        return render(request, "contract.html", context)


def receipt_page(request: HttpRequest, slug: str, protocol: str) -> HttpResponse:
    """Show one cancellation with its protocol."""
    workspace = get_object_or_404(Workspace, slug=slug)
    with workspace_scope(workspace.id):
        access = _access(request, workspace)
        row = get_object_or_404(Request, protocol=protocol, customer_id=access.customer_id)
        grouped = " ".join(protocol[at : at + 4] for at in range(0, 16, 4))
        check = f"http://{request.get_host()}/{slug}/v/{protocol}?k={row.receipt_key}"
        context = {
            "slug": slug,
            "workspace": workspace,
            "r": row,
            "grouped": grouped,
            "check": check,
            "items": list(RequestItem.objects.filter(request=row).order_by("label")),
            "receipts": list(Receipt.objects.filter(request=row).order_by("issued_at")),
            "equipment": list(Equipment.objects.filter(contract=row.contract_id).order_by("kind", "serial")),
            "reasons": _reasons(),
            "disputes": DISPUTES,
            "fee": money(row.fee_minor or 0),
        }
        return render(request, "receipt.html", context)


def money(minor: int) -> str:
    """Write an amount of centavos as people read it."""
    whole, cents = divmod(minor, 100)
    return f"R$ {whole:,}".replace(",", ".") + f",{cents:02}"


def _access(request: HttpRequest, workspace: Workspace) -> CustomerAccess:
    key = request.COOKIES.get("atelogo_customer", "")
    hashed = lookup_hash(workspace.id, "customer session", key)
    access: CustomerAccess | None = CustomerAccess.objects.filter(session_hash=hashed).first()
    if access is None or access.session_expires_at is None or access.session_expires_at <= timezone.now():
        raise Http404
    return access


def _meaning(contract: Contract) -> Consequences:
    renews, until = contract.renews_on, contract.committed_until
    start = contract.committed_from or contract.started_on
    if renews is None or until is None or start is None:
        raise Http404  # every customer of the benchmark has a minimum term
    months = (until.year - start.year) * 12 + until.month - start.month
    return consequences(
        today=timezone.localdate(),
        charge=RecurringCharge(
            amount_minor=contract.amount_minor,
            period_start=add_months(renews, -1),
            period_end=renews - timedelta(days=1),
            interval=Interval(IntervalUnit.MONTH),
        ),
        commitment=Commitment(
            until=until, months_total=months, benefit_minor=contract.commitment_benefit_minor
        ),
    )


def _contract_context(
    workspace: Workspace,
    access: CustomerAccess,
    contract: Contract,
    lines: list[ContractLine],
    meaning: Consequences,
) -> dict[str, Any]:
    today: date = timezone.localdate()
    shown = [
        {"id": f"lin_{one.id.hex}", "label": _label(one), "money": money(one.amount_minor)} for one in lines
    ]
    began = round(access.intent_at.timestamp(), 3)
    fee = meaning.now.fee
    return {
        "workspace": workspace,
        "contract": contract,
        "plan": " + ".join(line["label"] for line in shown),
        "price": money(contract.amount_minor),
        "lines": shown,
        "now": meaning.now,
        "now_used": money(meaning.now.pro_rata_minor or 0),
        "now_fee": money(fee.amount_minor or 0),
        "end": meaning.period_end,
        "end_used": money(meaning.period_end.pro_rata_minor or 0),
        "end_fee": money(meaning.period_end.fee.amount_minor or 0),
        "fee": fee,
        "benefit": money(fee.benefit_minor or 0),
        "today": today,
        "last": today + timedelta(days=366),
        "state": signing.dumps([key_of(26), began, ",".join(line["id"] for line in shown)]),
        "disputes": DISPUTES,
        "hours": WINDOWS,
    }


def _label(line: ContractLine) -> str:
    return f"{line.product.name} · {line.plan.name}"


def _reasons() -> list[dict[str, str]]:
    rows = ReasonRevision.objects.filter(ask_customer=True, retired=False).select_related("reason")
    return [
        {"id": row.reason_id.hex, "label": row.customer_labels.get("pt-br") or row.labels["pt-br"]}
        for row in rows
    ]
