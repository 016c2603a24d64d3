"""What a receipt says, in words of the active language: sections of labelled facts, ready for any form.

Everything comes from the receipt's payload, the content that the ledger committed to; nothing is looked up
again. A receipt states facts and is never an acknowledgement of debt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_name
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from stdnum.br import cnpj

from atelogo.core.money import Money

Payload = Mapping[str, Any]
_DAY = {"pt_BR": "dd/MM/yyyy", "es": "dd/MM/yyyy", "en": "d MMM yyyy"}
_MOMENT = {"pt_BR": "dd/MM/yyyy 'às' HH:mm", "es": "dd/MM/yyyy 'a las' HH:mm", "en": "d MMM yyyy, HH:mm"}


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: its label, its value, and what else must be known of it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that belong together; ``code`` names the section for styles and tests."""

    code: str
    title: str
    rows: tuple[Row, ...] = ()
    text: str = ""


def locale() -> str:
    """Return Babel's name of the active language."""
    return to_locale(get_language() or "pt-br")


def day_text(value: str | date | None) -> str:
    """Write a calendar day for people; nothing is an empty text."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(day, _DAY.get(locale(), "medium"), locale=locale()))


def moment_text(value: str | None, zone: str) -> str:
    """Write a moment in the zone named: ``21/11/2026 às 14:05 (horário de Brasília)``."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value)
    text = format_datetime(moment, _MOMENT.get(locale(), "medium"), tzinfo=ZoneInfo(zone), locale=locale())
    return f"{text} ({zone_text(zone)})"


def zone_text(zone: str) -> str:
    """Return what people call a time zone: ``horário de Brasília``; its own name when it has no other."""
    name = str(get_timezone_name(ZoneInfo(zone), width="long", zone_variant="generic", locale=locale()))
    if "(" in name:
        return zone
    return name if locale() == "en" else name[:1].lower() + name[1:]


def money_text(minor: int | None, currency: str) -> str:
    """Write an amount in minor units; nothing is an empty text."""
    return "" if minor is None else Money(minor, currency).format(get_language() or "pt-br")


def title_of(payload: Payload) -> str:
    """Return the receipt's title by its kind."""
    return _("Cancellation completed") if payload["kind"] == "completed" else _("Cancellation confirmed")


def lead_of(payload: Payload) -> str:
    """Return the sentence under the title: what has happened."""
    company = payload["company"]["name"]
    day = scheduled_day(payload)
    if payload["kind"] == "completed" and day:
        return _("%(company)s has registered in billing that what you cancelled ends on %(day)s.") % {
            "company": company,
            "day": day,
        }
    if payload["kind"] == "completed":
        return _("%(company)s has stopped the charges of what you cancelled.") % {"company": company}
    if payload["contract"] is None:
        return _(
            "%(company)s has recorded your cancellation. We will find your contract; the deadlines count"
            " from the moment you declared it."
        ) % {"company": company}
    return _("%(company)s has recorded and confirmed your cancellation.") % {"company": company}


def scheduled_day(payload: Payload) -> str:
    """Return the last day of an end that was put off to a date or the period's end, else an empty text.

    Until that day charges may still come: a receipt promises that the end is registered, no more.
    """
    effective = payload["effective"]
    return day_text(effective["last_day"]) if effective["choice"] in {"date", "period_end"} else ""


def sections_of(payload: Payload) -> list[Section]:
    """Return the receipt's sections in their order; one without facts is left out."""
    made = (
        _request_section(payload),
        _people_section(payload),
        _contract_section(payload),
        _next_section(payload),
        _money_section(payload),
        _equipment_section(payload),
    )
    return [section for section in made if section.rows or section.text]


def _section(code: str, title: str, rows: Iterator[Row], text: str = "") -> Section:
    return Section(code, title, tuple(row for row in rows if row.value), text)


def _request_section(payload: Payload) -> Section:
    times, zone = payload["times"], payload["times"]["zone"]

    def rows() -> Iterator[Row]:
        yield Row(_("Declared at"), moment_text(times["declared_at"], zone))
        yield Row(_("Recorded at"), moment_text(times["recorded_at"], zone))
        if times["requested_at"] != times["declared_at"]:
            yield Row(_("Counts from"), moment_text(times["requested_at"], zone))
        yield Row(_("Confirmed at"), moment_text(times["confirmed_at"], zone))
        yield Row(_("Channel"), channel_text(payload["channel"]))
        yield Row(_("How you were identified"), identity_text(payload["identity"]))
        yield Row(_("In your words"), payload["declaration"])

    return _section("request", _("Your request"), rows())


def _people_section(payload: Payload) -> Section:
    holder, requester = payload["holder"], payload["requester"]

    def rows() -> Iterator[Row]:
        yield Row(_("Contract holder"), holder["name"], holder["document"])
        if requester:
            relation = relation_text(requester["relation"])
            yield Row(_("Asked by"), requester["name"] or relation, relation)
            yield Row(_("Document given"), requester["document"])
            yield Row(_("Contract given"), requester["contract_hint"])

    return _section("people", _("Who asked"), rows())


def _contract_section(payload: Payload) -> Section:
    contract, effective = payload["contract"], payload["effective"]
    currency = payload["money"]["currency"]

    def rows() -> Iterator[Row]:
        if contract:
            yield Row(_("Contract"), contract["number"])
            for item in contract["items"]:
                amount = money_text(item["amount_minor"], currency)
                yield Row(_("What you cancel"), item["label"], _("%(amount)s a month") % {"amount": amount})
            if not contract["items"]:
                names = [name for name in (contract["product"], contract["plan"]) if name]
                yield Row(_("What you cancel"), " · ".join(names))
        yield Row(_("Last day of service"), day_text(effective["last_day"]), choice_text(effective["choice"]))

    return _section("contract", _("What ends, and when"), rows())


def _next_section(payload: Payload) -> Section:
    money = payload["money"]

    def rows() -> Iterator[Row]:
        yield _billing_row(payload)
        if money["fee_state"] in {"checking", "disputed"}:
            yield Row(_("We answer about the fee by"), day_text(money["fee_answer_due_on"]))

    return _section("next", _("What we do, and when"), rows())


def _billing_row(payload: Payload) -> Row:
    """Return what billing has done, or by when it does it."""
    times, zone, day = payload["times"], payload["times"]["zone"], scheduled_day(payload)
    if payload["kind"] == "completed":
        label = _("End registered in billing at") if day else _("Charges stopped at")
        return Row(label, moment_text(times["billing_stopped_at"], zone))
    due, second = moment_text(times["stop_due_at"], zone), _("You get a second receipt when it is done.")
    if day:
        ends = _("What you cancelled ends on %(day)s.") % {"day": day}
        return Row(_("We register the end in billing by"), due, f"{ends} {second}")
    return Row(_("We stop the charges by"), due, second)


def _money_section(payload: Payload) -> Section:
    money = payload["money"]

    def rows() -> Iterator[Row]:
        yield fee_row(money)
        yield Row(_("Money back"), money_text(money["refund_minor"], money["currency"]))

    text = _("This receipt states facts. It is not an acknowledgement of debt.")
    return _section("money", _("Early cancellation fee (minimum term)"), rows(), text)


def fee_row(money: Mapping[str, Any]) -> Row:
    """Return the fee as its sum, under check, in dispute, or none: never as a debt."""
    amount = money_text(money["fee_minor"], money["currency"])
    label = _("Fee")
    if money["fee_state"] == "checking":
        return Row(label, _("under check"), _("Nothing is charged for it until we answer."))
    if money["fee_state"] == "disputed":
        why = dispute_text(money["fee_dispute"])
        held = _("You disagree: %(why)s. The fee is held until a person answers.") % {"why": why}
        known = _("up to %(amount)s, in dispute") % {"amount": amount} if amount else _("in dispute")
        return Row(label, known, held)
    if money["fee_state"] == "stated" and money["fee_minor"]:
        return Row(label, _("up to %(amount)s") % {"amount": amount}, _fee_sum(money))
    return Row(label, _("no fee"))


def _fee_sum(money: Mapping[str, Any]) -> str:
    parts = money["fee_parts"]
    if (
        not parts.get("months_total")
        or parts.get("benefit_minor") is None
        or parts.get("months_left") is None
    ):
        return ""
    return _("How it is reckoned: benefit of %(benefit)s × %(left)s months left ÷ %(total)s months.") % {
        "benefit": money_text(parts["benefit_minor"], money["currency"]),
        "left": parts["months_left"],
        "total": parts["months_total"],
    }


def _equipment_section(payload: Payload) -> Section:
    currency = payload["money"]["currency"]

    def rows() -> Iterator[Row]:
        for thing in payload["equipment"]:
            value = money_text(thing["value_minor"], currency)
            serial = _("serial number %(serial)s") % {"serial": thing["serial"]} if thing["serial"] else ""
            worth = _("value in the contract: %(amount)s") % {"amount": value} if value else ""
            yield Row(thing["kind"], serial or "—", worth)

    text = (
        _("Giving it back is no condition for cancelling: we arrange it with you.")
        if payload["equipment"]
        else ""
    )
    return _section("equipment", _("Lent equipment"), rows(), text)


def rights_of(payload: Payload, customer_address: str, issued_at: datetime) -> list[str]:
    """Return the customer's rights from the receipt's issue on, one sentence each."""
    named = set(payload["rights"])
    times, zone, company = payload["times"], payload["times"]["zone"], payload["company"]
    sentences = []
    if "undo" in named and _undo_is_given(times, issued_at):
        until = moment_text(times["undo_until"], zone)
        sentences.append(
            _("You can undo the cancellation until %(until)s at %(address)s")
            % {"until": until, "address": customer_address}
        )
    if "answer_in_7_days" in named:
        sentences.append(_("What you ask us about this request is answered within 7 calendar days."))
    if "history" in named:
        sentences.append(_("You can ask for the whole history of this request, free of charge."))
    if "complain" in named:
        sentences.extend(_complaint_sentences(company))
    return sentences


def _undo_is_given(times: Mapping[str, str | None], issued_at: datetime) -> bool:
    until = times["undo_until"]
    return bool(until) and datetime.fromisoformat(str(until)) > issued_at


def _complaint_sentences(company: Mapping[str, str]) -> Iterator[str]:
    own = [
        _("customer service %(phone)s") % {"phone": company["sac_phone"]} if company["sac_phone"] else "",
        _("ombudsman %(ombudsman)s") % {"ombudsman": company["ombudsman"]} if company["ombudsman"] else "",
        company["email"],
    ]
    ways = ", ".join(way for way in own if way)
    if ways:
        yield _("If something is wrong, talk to us: %(ways)s.") % {"ways": ways}
    yield _("You can also complain to Procon or at consumidor.gov.br.")


def company_lines(company: Mapping[str, str]) -> list[str]:
    """Return who gives the receipt: legal name, tax number, site."""
    number = cnpj.format(company["tax_id"]) if cnpj.is_valid(company["tax_id"]) else company["tax_id"]
    named = _("CNPJ %(number)s") % {"number": number} if number else ""
    return [line for line in (company["legal_name"], named, company["site"]) if line]


def channel_text(code: str) -> str:
    """Return what people call a channel; one we do not know keeps its code."""
    known = {
        "web": _("website"),
        "app": _("app"),
        "phone": _("phone"),
        "counter": _("counter"),
        "store": _("counter"),
        "whatsapp": _("WhatsApp"),
        "chat": _("chat"),
        "email": _("e-mail"),
        "letter": _("letter"),
        "ivr": _("phone keypad"),
        "widget": _("website"),
        "social": _("social network"),
        "api": _("another system of the company"),
    }
    return known.get(code, code)


def identity_text(code: str) -> str:
    """Return how the person was identified."""
    known = {
        "signed_link": _("personal link from the company"),
        "code": _("one-time code"),
        "agent": _("by a person of the company"),
        "import": _("taken over from another system"),
        "unverified": _("not yet: a person of the company will check it"),
    }
    return known.get(code, code)


def relation_text(code: str) -> str:
    """Return how the requester stands to the contract's holder."""
    known = {
        "holder": _("the holder"),
        "legal_representative": _("legal representative of the holder"),
        "attorney": _("holds a power of attorney"),
        "relative": _("relative of the holder"),
        "heir": _("heir or executor"),
        "authorised_contact": _("authorised contact of the company"),
        "accountant": _("accountant"),
        "third_party": _("third party"),
    }
    return known.get(code, code)


def choice_text(code: str) -> str:
    """Return which last day the customer chose."""
    known = {
        "now": _("ends at once, as you chose"),
        "period_end": _("end of the period already paid, as you chose"),
        "date": _("the day you chose"),
    }
    return known.get(code, "")


def dispute_text(code: str) -> str:
    """Return why the customer disagrees with the fee."""
    known = {
        "not_working": _("the service did not work"),
        "no_coverage": _("you moved to a place without coverage"),
        "within_seven_days": _("it is within 7 days of signing up"),
        "never_installed": _("it was never installed"),
        "not_accepted": _("you did not accept a minimum term"),
    }
    return known.get(code, _("you do not accept it"))
