"""Tags of the customers' pages: ``{% load portal %}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from atelogo.web.components import formats
from atelogo.web.components.fields import FieldView, field_view

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

    from atelogo.register.services.leaving_terms import WayTerms

register = template.Library()


@register.inclusion_tag("portal/parts/field.html")
def plain_field(bound: BoundField, help_text: str = "") -> dict[str, FieldView]:
    """Show a field without the word "optional": in a form where any one field is enough, all are alike."""
    return {"field": field_view(bound, "", help_text)}


@register.simple_tag
def way_words(way: WayTerms, currency: str) -> str:
    """Say in a sentence what one choice of last day means: the days used with their price, and the fee."""
    if way.used_minor is None or way.days_used is None:
        used = _("You pay only for the days used; the final bill shows the sum")
    else:
        used = ngettext("%(days)d day used: %(amount)s", "%(days)d days used: %(amount)s", way.days_used) % {
            "days": way.days_used,
            "amount": formats.money(way.used_minor, currency),
        }
    if way.fee_state == "stated":
        fee = _("early cancellation fee of up to %(amount)s") % {
            "amount": formats.money(way.fee_minor, currency)
        }
    elif way.fee_state == "checking":
        fee = _("early cancellation fee under check")
    else:
        fee = _("no early cancellation fee")
    return f"{used}; {fee}."


@register.filter
def interval_word(interval: str) -> str:
    """Say how often a contract is billed: ``por mês``."""
    return {
        "day": _("a day"),
        "week": _("a week"),
        "month": _("a month"),
        "quarter": _("a quarter"),
        "semester": _("every six months"),
        "year": _("a year"),
    }.get(interval, "")


@register.filter
def charge_word(kind: str) -> str:
    """Say what kind of charge this is: ``Boleto``."""
    known: dict[str, Any] = {
        "boleto": _("Bank slip (boleto)"),
        "carne": _("Payment booklet (carnê)"),
        "dda": _("Bank slip by DDA"),
        "pix": _("Pix"),
        "pix_automatico": _("Pix Automático"),
        "debit": _("Direct debit"),
        "card": _("Card"),
        "invoice": _("Bill"),
    }
    return str(known.get(kind, _("Bill")))


@register.filter
def fate_word(fate: str) -> str:
    """Say what becomes of an open charge."""
    return {
        "cancelled": _("is cancelled"),
        "replaced": _("is replaced by a final bill with only the days used"),
        "kept": _("stays: it is for days already used"),
        "contested": _("is held while it is contested"),
    }.get(fate, "")
