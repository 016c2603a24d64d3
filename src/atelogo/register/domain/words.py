"""What people call the codes that the register holds: one table per kind, msgids in English.

An unknown code (a company's own channel from a file, say) is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from atelogo.register.domain.status import gettext_noop

CHANNELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "phone": gettext_noop("Phone"),
        "counter": gettext_noop("Counter"),
        "whatsapp": gettext_noop("WhatsApp"),
        "chat": gettext_noop("Chat"),
        "email": gettext_noop("E-mail"),
        "letter": gettext_noop("Letter"),
        "social": gettext_noop("Social network"),
        "web": gettext_noop("Website"),
        "app": gettext_noop("App"),
        "ivr": gettext_noop("Phone keypad"),
        "widget": gettext_noop("Website"),
        "store": gettext_noop("Counter"),
        "api": gettext_noop("Another system"),
        "import": gettext_noop("Imported file"),
    }
)
# The channels over which a person of the company may be told of a wish to cancel.
TYPED_CHANNELS: Final = ("phone", "counter", "whatsapp", "chat", "email", "letter", "social")

RELATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "holder": gettext_noop("The contract holder"),
        "legal_representative": gettext_noop("Legal representative"),
        "attorney": gettext_noop("Attorney (power of attorney)"),
        "relative": gettext_noop("Relative"),
        "heir": gettext_noop("Heir or executor (the holder died)"),
        "authorised_contact": gettext_noop("Authorised contact of the company"),
        "accountant": gettext_noop("Accountant"),
        "third_party": gettext_noop("Another person"),
    }
)
IDENTITY_CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "data_confirmed": gettext_noop("Confirmed the data on file"),
        "document_seen": gettext_noop("Showed a document with photo"),
        "callback": gettext_noop("We called the number on file"),
        "one_time_code": gettext_noop("One-time code"),
        "not_checked": gettext_noop("Not checked"),
        "lost_contact": gettext_noop("No longer reaches the contact on file"),
    }
)
IDENTITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed_link": gettext_noop("By the company's signed link"),
        "code": gettext_noop("By one-time code"),
        "agent": gettext_noop("By a person of the company"),
        "import": gettext_noop("Imported from a file"),
        "unverified": gettext_noop("Not identified yet"),
    }
)
AUTHORITY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_needed": gettext_noop("Not needed"),
        "pending": gettext_noop("To be checked"),
        "accepted": gettext_noop("Accepted"),
        "refused": gettext_noop("Not accepted"),
    }
)
EVIDENCE_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "letter": gettext_noop("Letter"),
        "counter": gettext_noop("Visit to the counter"),
        "call": gettext_noop("Call"),
        "earlier_protocol": gettext_noop("Earlier protocol"),
        "message": gettext_noop("Message or e-mail"),
    }
)
NEXT_STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "conclude": gettext_noop("Conclude with the customer"),
        "identify": gettext_noop("Identify the customer"),
        "check_authority": gettext_noop("Check the authorisation"),
        "ask_holder": gettext_noop("Ask the holder"),
        "billing_stop": gettext_noop("Stop the charge"),
    }
)
TASK_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "billing_stop": gettext_noop("Stop the charge"),
        "billing_refused": gettext_noop("Stop the charge that billing refused"),
        "billing_resume": gettext_noop("Resume the charge"),
        "check_authority": gettext_noop("Check the authorisation"),
        "identify": gettext_noop("Identify the customer"),
        "ask_holder": gettext_noop("Ask the holder"),
        "billing_more": gettext_noop("Stop the charge of what was added"),
        "answer_fee": gettext_noop("Answer about the fee"),
        "equipment_return": gettext_noop("Get the equipment back"),
        "charged_after": gettext_noop("Look at a charge after cancelling"),
    }
)
DISPUTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_working": gettext_noop("Service did not work"),
        "no_coverage": gettext_noop("Moved to a place without coverage"),
        "within_seven_days": gettext_noop("Within 7 days of signing up"),
        "never_installed": gettext_noop("Service never installed"),
        "not_accepted": gettext_noop("Did not accept a minimum term"),
    }
)
STAYED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "changed_mind": gettext_noop("Changed their mind"),
        "problem_solved": gettext_noop("The problem was solved"),
        "accepted_alternative": gettext_noop("Accepted an alternative"),
        "only_asking": gettext_noop("It was only a question"),
        "other": gettext_noop("Another reason"),
    }
)
TOUCHPOINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contact": gettext_noop("Contact"),
        "repeated_request": gettext_noop("Asked again"),
        "earlier_protocol": gettext_noop("Number in another system"),
        "complaint": gettext_noop("Complaint"),
        "charged_after": gettext_noop("Charged after cancelling"),
    }
)
# Contacts that a person writes down by hand; the others come with what caused them.
TYPED_TOUCHPOINTS: Final = ("contact", "complaint", "earlier_protocol")
WAYS_BACK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pickup": gettext_noop("We pick it up"),
        "counter": gettext_noop("Brought to the counter"),
        "post": gettext_noop("By post"),
    }
)
DAY_PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "morning": gettext_noop("Morning"),
        "afternoon": gettext_noop("Afternoon"),
        "evening": gettext_noop("Evening"),
    }
)
CHARGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "boleto": gettext_noop("Boleto"),
        "pix": gettext_noop("Pix"),
        "card": gettext_noop("Card"),
        "debit": gettext_noop("Direct debit"),
    }
)
FATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cancelled": gettext_noop("is cancelled"),
        "replaced": gettext_noop("is replaced by the final bill"),
        "kept": gettext_noop("stays (days used)"),
        "contested": gettext_noop("is contested"),
    }
)
TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fee": gettext_noop("How much is the fee?"),
        "dates": gettext_noop("When would it end?"),
        "equipment": gettext_noop("How does the equipment go back?"),
        "move": gettext_noop("Moving house or changing holder"),
        "other": gettext_noop("Another question"),
    }
)
CONTRACT_STATUS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "active": gettext_noop("Active"),
        "suspended": gettext_noop("Suspended"),
        "ended": gettext_noop("Ended"),
    }
)
END_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "customer": gettext_noop("at the customer's request"),
        "company": gettext_noop("by the company"),
        "administrative": gettext_noop("goes on in another contract"),
    }
)
EQUIPMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lent": gettext_noop("With the customer"),
        "returned": gettext_noop("Returned"),
        "lost": gettext_noop("Lost"),
    }
)
OUTCOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "asked": gettext_noop("Asked for"),
        "cancelled": gettext_noop("Cancelled"),
        "kept": gettext_noop("Kept"),
        "added": gettext_noop("Added afterwards"),
    }
)
CHOICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "now": gettext_noop("At once"),
        "period_end": gettext_noop("End of the period already paid"),
        "date": gettext_noop("On a chosen date"),
    }
)
RECEIPTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "confirmed": gettext_noop("Receipt of the cancellation"),
        "completed": gettext_noop("Receipt of the end of the charge"),
    }
)
MAIL_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "none": gettext_noop("No e-mail on file: print it or give it by hand"),
        "owed": gettext_noop("E-mail on its way"),
        "sent": gettext_noop("Sent by e-mail"),
        "failed": gettext_noop("The e-mail could not be delivered"),
    }
)
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "channel": gettext_noop("Channel"),
        "declared_at": gettext_noop("Declared at"),
        "effective_on": gettext_noop("Last day of service"),
        "mrr_minor": gettext_noop("Monthly fee"),
        "fee_minor": gettext_noop("Early cancellation fee"),
        "refund_minor": gettext_noop("Amount to return"),
        "product_name": gettext_noop("Product"),
        "plan_name": gettext_noop("Plan"),
        "city": gettext_noop("City"),
        "region": gettext_noop("Region"),
        "competitor": gettext_noop("Company chosen"),
        "competitor_terms": gettext_noop("Price and speed there"),
        "custom": gettext_noop("Own fields of the company"),
        "declaration": gettext_noop("In the customer's words"),
        "free_text": gettext_noop("What was said of the reason"),
        "expected": gettext_noop("What was expected"),
        "would_have_kept": gettext_noop("What would have kept the customer"),
    }
)
INTERVALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "day": gettext_noop("a day"),
        "week": gettext_noop("a week"),
        "month": gettext_noop("a month"),
        "quarter": gettext_noop("a quarter"),
        "semester": gettext_noop("a half-year"),
        "year": gettext_noop("a year"),
    }
)
SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "customer": gettext_noop("said by the customer"),
        "agent": gettext_noop("typed by a person"),
        "import": gettext_noop("from a file"),
        "data": gettext_noop("found in the data"),
    }
)
# Work that failed for good, by the name of its task.
SENDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "register.receipt_send": gettext_noop("Receipt by e-mail"),
        "register.receipt_proof_send": gettext_noop("Proof of a receipt by e-mail"),
        "register.code_send": gettext_noop("One-time code"),
        "register.billing_cancel": gettext_noop("Order to stop the charge"),
        "register.billing_uncancel": gettext_noop("Order to resume the charge"),
        "register.ask_to_conclude": gettext_noop("Message that asks to conclude"),
        "register.ask_holder": gettext_noop("Message that asks the holder"),
        "register.import_run": gettext_noop("Import of a file"),
        "register.import_undo": gettext_noop("Undoing of an import"),
        "register.export_build": gettext_noop("Export of a file"),
    }
)

TABLES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "channel": CHANNELS,
        "relation": RELATIONS,
        "identity_check": IDENTITY_CHECKS,
        "identity": IDENTITIES,
        "authority": AUTHORITY,
        "evidence": EVIDENCE_KINDS,
        "next_step": NEXT_STEPS,
        "task": TASK_KINDS,
        "dispute": DISPUTES,
        "stayed": STAYED,
        "touchpoint": TOUCHPOINTS,
        "topic": TOPICS,
        "contract": CONTRACT_STATUS,
        "end_kind": END_KINDS,
        "equipment": EQUIPMENT,
        "outcome": OUTCOMES,
        "choice": CHOICES,
        "receipt": RECEIPTS,
        "mail": MAIL_STATES,
        "field": FIELDS,
        "interval": INTERVALS,
        "source": SOURCES,
        "sending": SENDINGS,
        "way_back": WAYS_BACK,
        "day_part": DAY_PARTS,
        "charge": CHARGES,
        "fate": FATES,
    }
)


def word_for(table: str, code: str) -> str:
    """Return the msgid of ``code`` in a table of :data:`TABLES`, or the code itself when it is unknown."""
    return TABLES[table].get(code, code)
