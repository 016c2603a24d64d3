"""A receipt in each of its forms: page, e-mail, PDF, JSON with its proof, a calendar day.

All forms say the same, because all are made from ``Receipt.payload``, the content that the ledger entry
commits to. They are written in the receipt's own language and the company's time zone.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import icalendar
import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from atelogo.core.errors import NotFoundError
from atelogo.events import ledger, log
from atelogo.register.models import Receipt
from atelogo.register.services import receipt_words as words
from atelogo.register.services.pdf import pdf_of

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo
    from atelogo.events.proofs import Proof

FORMAT = "atelogo-receipt/1"
_CSS = Path(__file__).parent.parent / "templates" / "register" / "receipt_print.css"


@dataclass(frozen=True, slots=True)
class ReceiptForms:
    """A receipt as other rooms see it: which it is, of what, in which language, and its content."""

    id: UUID
    request_id: UUID
    kind: str
    entry_id: UUID
    locale: str
    issued_at: datetime
    mail_state: str
    payload: dict[str, Any]


def receipt_read(workspace: WorkspaceInfo, receipt_id: UUID) -> ReceiptForms:
    """Return a receipt of the workspace; raise :class:`NotFoundError`, also once its person was erased."""
    row = Receipt.objects.filter(workspace_id=workspace.id, id=receipt_id).first()
    if row is None or not row.payload:
        raise NotFoundError
    return _forms_of(row)


def receipts_of(workspace: WorkspaceInfo, request_id: UUID) -> list[ReceiptForms]:
    """Return the receipts of a request, the first issued first; none while it is only open."""
    rows = Receipt.objects.filter(workspace_id=workspace.id, request_id=request_id).order_by(
        "issued_at", "id"
    )
    return [_forms_of(row) for row in rows if row.payload]


def _forms_of(row: Receipt) -> ReceiptForms:
    return ReceiptForms(
        id=row.id,
        request_id=row.request_id,
        kind=row.kind,
        entry_id=row.entry_id,
        locale=row.locale,
        issued_at=row.issued_at,
        mail_state=row.mail_state,
        payload=json.loads(row.payload),
    )


def receipt_context(workspace: WorkspaceInfo, receipt_id: UUID) -> dict[str, Any]:
    """Return what the templates show, every text already in the receipt's language.

    Keys: ``title lead protocol protocol_grouped language kind company_name company_lines sections rights
    verify_url qr issued_at entry sealed proof_text open_text last_day``.
    """
    receipt = receipt_read(workspace, receipt_id)
    return context_of(workspace, receipt, log.proof_of(workspace.id, receipt.entry_id))


def context_of(workspace: WorkspaceInfo, receipt: ReceiptForms, proof: Proof | None) -> dict[str, Any]:
    """Return :func:`receipt_context` for a receipt and proof already read."""
    payload = receipt.payload
    zone = payload["times"]["zone"]
    with translation.override(receipt.locale):
        return {
            "title": words.title_of(payload),
            "lead": words.lead_of(payload),
            "kind": receipt.kind,
            "language": receipt.locale,
            "protocol": payload["protocol"],
            "protocol_grouped": payload["protocol_grouped"],
            "company_name": payload["company"]["name"],
            "company_lines": words.company_lines(payload["company"]),
            "sections": words.sections_of(payload),
            "rights": words.rights_of(payload, customer_address(workspace), receipt.issued_at),
            "verify_url": payload["verify_url"],
            "qr": qr_of(payload["verify_url"]),
            "issued_at": words.moment_text(receipt.issued_at.isoformat(), zone),
            "last_day": words.day_text(payload["effective"]["last_day"]),
            "entry": str(receipt.entry_id),
            "sealed": proof is not None,
            "proof_text": _proof_text(proof),
            "labels": _labels(),
        }


def _proof_text(proof: Proof | None) -> str:
    if proof is None:
        return _("The proof follows in a moment, at the same address.")
    return _("Sealed in the company's register under number %(number)s.") % {"number": proof.index}


def _labels() -> dict[str, str]:
    return {
        "protocol": _("Protocol"),
        "rights": _("Your rights from here on"),
        "check": _("How to check this receipt"),
        "check_text": _("Open this address or point your phone's camera at the code:"),
        "qr": _("Code that opens the page where this receipt is checked"),
        "entry": _("Register entry"),
        "issued": _("Issued at"),
    }


def customer_address(workspace: WorkspaceInfo) -> str:
    """Return where a customer follows, undoes and asks for the receipts of requests."""
    return f"{settings.ATELOGO_BASE_URL}/{workspace.slug}/protocolos"


@lru_cache(maxsize=256)
def qr_of(address: str) -> str:
    """Return the QR code of an address as a ``data:`` picture (SVG)."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4))


def receipt_html(workspace: WorkspaceInfo, receipt_id: UUID) -> str:
    """Return the whole page, with its styles inside: to keep, print or send."""
    return _page(receipt_context(workspace, receipt_id), styled=True)


def _page(context: dict[str, Any], *, styled: bool) -> str:
    with translation.override(context["language"]):
        style = mark_safe(f"<style>{_css()}</style>") if styled else ""  # noqa: S308 - our own file
        return render_to_string("register/receipt_page.html", {"receipt": context, "style": style})


@lru_cache(maxsize=1)
def _css() -> str:
    return _CSS.read_text("utf-8")


def receipt_pdf(workspace: WorkspaceInfo, receipt_id: UUID) -> bytes | None:
    """Return the PDF, or ``None`` when it cannot be made here (Pango missing, child failed; logged).

    The page is written here; only the finished page goes to the child process that makes the PDF.
    """
    return pdf_of(*pdf_source(receipt_context(workspace, receipt_id)))


def pdf_source(context: dict[str, Any]) -> tuple[str, str]:
    """Return the page and the styles from which the PDF is made."""
    return _page(context, styled=False), _css()


def receipt_mail(context: dict[str, Any], *, proof_follows: bool) -> tuple[str, str, str]:
    """Return subject, text and HTML of the e-mail that carries a receipt."""
    with translation.override(context["language"]):
        subject = _("%(title)s – protocol %(protocol)s") % {
            "title": context["title"],
            "protocol": context["protocol_grouped"],
        }
        given = {
            "receipt": context,
            "proof_follows": proof_follows,
            "language": context["language"],
            "company_lines": context["company_lines"],
        }
        text = render_to_string("register/mail/receipt.txt", given)
        return subject, text, render_to_string("register/mail/receipt.html", given)


def proof_mail(context: dict[str, Any]) -> tuple[str, str, str]:
    """Return subject, text and HTML of the short message that brings the proof afterwards."""
    with translation.override(context["language"]):
        subject = _("Proof of your receipt – protocol %(protocol)s") % {
            "protocol": context["protocol_grouped"]
        }
        lines = [
            _("As promised, here is the proof of the receipt we sent you."),
            _("Keep the attached file: with it anybody can check the receipt, even without us."),
        ]
        text, html = notice_mail(subject, lines, link=context["verify_url"], context=context)
        return subject, text, html


def notice_mail(
    subject: str, lines: list[str], *, context: dict[str, Any], link: str = "", code: str = ""
) -> tuple[str, str]:
    """Return text and HTML of a short message; ``context`` gives ``language`` and ``company_lines``."""
    given = {
        "subject": subject,
        "lines": lines,
        "link": link,
        "code": code,
        "language": context["language"],
        "company_lines": context["company_lines"],
    }
    text = render_to_string("register/mail/notice.txt", given)
    return text, render_to_string("register/mail/notice.html", given)


def receipt_json(workspace: WorkspaceInfo, receipt_id: UUID) -> dict[str, Any]:
    """Return the receipt with all that is needed to check it offline (``docs/reference/receipt.md``).

    ``proof`` is the text of a ``tlog-proof`` file, or null with ``proof_follows`` while the entry is not
    sealed yet. ``salt`` is null once the personal detail was erased.
    """
    receipt = receipt_read(workspace, receipt_id)
    return json_of(workspace, receipt, log.proof_of(workspace.id, receipt.entry_id))


def json_of(workspace: WorkspaceInfo, receipt: ReceiptForms, proof: Proof | None) -> dict[str, Any]:
    """Return :func:`receipt_json` for a receipt and proof already read."""
    salt = ledger.salt_of(workspace.id, receipt.entry_id)
    leaf = log.leaf_of(workspace.id, receipt.entry_id)
    made: dict[str, Any] = {
        "format": FORMAT,
        "receipt": receipt.payload,
        "salt": base64.b64encode(salt).decode() if salt else None,
        "entry": json.loads(leaf.text()) if leaf else None,
        "proof": proof.text() if proof else None,
        "public_key": log.public_key(workspace.id).vkey(),
    }
    if proof is None:
        made["proof_follows"] = True
    return made


def receipt_ics(workspace: WorkspaceInfo, receipt_id: UUID) -> bytes | None:
    """Return the last day of service as a calendar file (RFC 5545), or ``None`` when it has none."""
    return ics_of(receipt_read(workspace, receipt_id))


def ics_of(receipt: ReceiptForms) -> bytes | None:
    """Return :func:`receipt_ics` for a receipt already read; equal on every call."""
    payload = receipt.payload
    if not payload["effective"]["last_day"] or payload["contract"] is None:
        return None
    day = date.fromisoformat(payload["effective"]["last_day"])
    with translation.override(receipt.locale):
        company = payload["company"]["name"]
        event = icalendar.Event()
        event.add("uid", f"{receipt.request_id}@atelogo")
        event.add("dtstamp", receipt.issued_at)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", _("Last day of service: %(company)s") % {"company": company})
        described = _("Cancellation, protocol %(protocol)s") % {"protocol": payload["protocol_grouped"]}
        event.add("description", described)
        event.add("transp", "TRANSPARENT")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//atelogo//receipt//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
