"""What each choice of last day means, in one readable sentence with its sums."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from atelogo.core.errors import AppError
from atelogo.core.money import Money
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.domain.fees import FeeState
from atelogo.register.services.leaving_terms import LeavingTerms, WayTerms, leaving_terms
from atelogo.register.services.receipt_words import day_text

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


def terms_or_none(workspace: WorkspaceInfo, customer_id: UUID, contract_id: UUID) -> LeavingTerms | None:
    """Return what leaving a contract means, or ``None`` where it cannot be reckoned: never an obstacle."""
    try:
        return leaving_terms(workspace=workspace, customer_id=customer_id, contract_id=contract_id)
    except AppError:
        return None


def ending_choices(terms: LeavingTerms | None) -> list[tuple[str, str]]:
    """Return the choices of last day with what each means; without terms only "at once" and "a date"."""
    made = [(EffectiveChoice.NOW.value, _now(terms))]
    if terms is not None and terms.period_end is not None:
        label = _("At the end of the period already paid")
        made.append((EffectiveChoice.PERIOD_END.value, _joined(label, terms.period_end, terms.currency)))
    dated = terms.date if terms is not None else None
    label = _("On a chosen date")
    made.append(
        (EffectiveChoice.DATE.value, _joined(label, dated, terms.currency) if dated and terms else label)
    )
    return made


def _now(terms: LeavingTerms | None) -> str:
    label = _("At once")
    return label if terms is None or terms.now is None else _joined(label, terms.now, terms.currency)


def _joined(label: str, way: WayTerms, currency: str) -> str:
    day = day_text(way.last_day)
    return f"{label} ({day}): {meaning_of(way, currency)}" if day else label


def meaning_of(way: WayTerms, currency: str) -> str:
    """Return the fee and the price of the days used, as one sentence without a label."""
    parts = [fee_sentence(way, currency)]
    if way.used_minor is not None and way.days_used:
        parts.append(
            _("%(days)s days used: %(sum)s")
            % {"days": way.days_used, "sum": money_text(way.used_minor, currency)}
        )
    return "; ".join(parts) + "."


def fee_sentence(way: WayTerms, currency: str) -> str:
    """Return the fee as its sum, under check, or none: never as a debt."""
    if way.fee_state == FeeState.CHECKING:
        return _("fee under check, nothing is charged for it until a person answers")
    if way.fee_state == FeeState.NONE or not way.fee_minor:
        return _("no fee")
    total = _("fee of up to %(sum)s") % {"sum": money_text(way.fee_minor, currency)}
    if way.benefit_minor is None or not way.months_total:
        return total
    return (
        total
        + " "
        + _("(%(benefit)s × %(left)s of %(total)s months)")
        % {
            "benefit": money_text(way.benefit_minor, currency),
            "left": way.months_left,
            "total": way.months_total,
        }
    )


def money_text(minor: int, currency: str) -> str:
    """Write an amount in minor units in the active language."""
    return Money(minor, currency).format(get_language() or "pt-br")
