"""How complete a request's record is, from 0 to 100, and what is missing.

The score helps whoever types to explain the exit in full. It never stands between a customer and
the request, ranks no agent, and a customer's silence ("I would rather not say") costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from atelogo.register.domain.status import gettext_noop

DatePrecision = Literal["instant", "day", "month", "unknown"]


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Which parts of a request's record are filled. All start empty.

    `reason` is any leaf but "not informed"; `explanation` is free text, what was expected, what
    would have kept the customer, or the competitor chosen; `identity` is anything but unverified.
    """

    customer: bool = False
    contract: bool = False
    product: bool = False
    reason: bool = False
    explanation: bool = False
    declaration: bool = False
    date_precision: DatePrecision = "unknown"
    effective_date: bool = False
    channel: bool = False
    amount: bool = False
    identity: bool = False


# The four things without which a record explains nothing (who, what, when, why) weigh 65 of 100.
WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "reason": 20,
        "customer": 15,
        "date": 15,
        "contract": 10,
        "declaration": 10,
        "product": 5,
        "explanation": 5,
        "effective_date": 5,
        "channel": 5,
        "amount": 5,
        "identity": 5,
    }
)

# A month is better than nothing, and much less than a day: trends by week are lost.
DATE_POINTS: Final[Mapping[DatePrecision, int]] = MappingProxyType(
    {"instant": WEIGHTS["date"], "day": WEIGHTS["date"], "month": 8, "unknown": 0}
)

# What to fill in, as msgids in the order of weight.
MISSING_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reason": gettext_noop("the reason"),
        "customer": gettext_noop("the customer"),
        "date": gettext_noop("the exact date of the request"),
        "contract": gettext_noop("the contract"),
        "declaration": gettext_noop("the customer's own words"),
        "product": gettext_noop("the product or service"),
        "explanation": gettext_noop("what else explains it"),
        "effective_date": gettext_noop("the last day of service"),
        "channel": gettext_noop("the channel"),
        "amount": gettext_noop("the monthly fee"),
        "identity": gettext_noop("the identity check"),
    }
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The score, 0 to 100, and the names of what is missing or imprecise, the weightiest first."""

    score: int
    missing: tuple[str, ...]


def completeness(facts: RequestFacts) -> Completeness:
    """Add the WEIGHTS of what is filled; the date counts by its precision (DATE_POINTS)."""
    score = 0
    missing = []
    for name, weight in WEIGHTS.items():
        points = DATE_POINTS[facts.date_precision] if name == "date" else weight * getattr(facts, name)
        score += points
        if points < weight:
            missing.append(name)
    return Completeness(score, tuple(missing))
