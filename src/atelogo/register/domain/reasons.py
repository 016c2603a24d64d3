"""The reason tree a new company starts with, read from ``default_reasons.toml`` and checked.

Labels and definitions are data, not gettext messages: a company edits its own copy, by version.
The meaning of kind, area, interchange and the flags stands at the head of the data file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

LANGUAGES: Final = ("pt-BR", "en", "es")

# Codes that the code itself names.
OTHER: Final = "other"
PREFER_NOT_TO_SAY: Final = "prefer_not_to_say"
NOT_INFORMED: Final = "not_informed"
TO_CLASSIFY: Final = "to_classify"

MAX_LABEL: Final = 60


class ReasonKind(StrEnum):
    """Who wanted the end of the contract."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"
    OTHER = "other"


class ReasonArea(StrEnum):
    """Who in the company can act on the reason; life and market are nobody's fault."""

    PRODUCT = "product"
    SERVICE = "service"
    PROCESS = "process"
    PRICE = "price"
    LIFE = "life"
    MARKET = "market"
    COMPANY = "company"


class Interchange(StrEnum):
    """The eight feedback values of Stripe's subscription cancellation details."""

    CUSTOMER_SERVICE = "customer_service"
    LOW_QUALITY = "low_quality"
    MISSING_FEATURES = "missing_features"
    OTHER = "other"
    SWITCHED_SERVICE = "switched_service"
    TOO_COMPLEX = "too_complex"
    TOO_EXPENSIVE = "too_expensive"
    UNUSED = "unused"


class ExtraCode(StrEnum):
    """Our own exchange values, where the eight are silent."""

    MOVED_AWAY = "moved_away"
    FINANCIAL_HARDSHIP = "financial_hardship"
    BEREAVEMENT = "bereavement"
    TEMPORARY_NEED = "temporary_need"
    BILLING_DISPUTE = "billing_dispute"
    NEVER_WANTED = "never_wanted"
    FRAUD = "fraud"
    DUPLICATE = "duplicate"
    BUSINESS_CLOSED = "business_closed"
    COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """What a reason says in one language; ``use_when`` and ``not_when`` complete "use when ..."."""

    label: str
    definition: str
    use_when: str
    not_when: str
    example: str
    customer_label: str | None = None


@dataclass(frozen=True, slots=True)
class ReasonSeed:
    """One leaf of the tree, with its texts per language of LANGUAGES."""

    code: str
    group: str
    kind: ReasonKind
    area: ReasonArea
    interchange: Interchange
    extra_code: ExtraCode | None
    sensitive: bool
    ask_customer: bool
    system: bool
    texts: Mapping[str, ReasonText]

    def text(self, language: str) -> ReasonText:
        """Give the texts for any spelling of a language (`pt-br`, `pt_BR`, `es-AR`), else Portuguese."""
        return self.texts[_known(language)]


@dataclass(frozen=True, slots=True)
class ReasonGroupSeed:
    """One group with its leaves in order; the system group waits for what an import brings."""

    code: str
    system: bool
    labels: Mapping[str, str]
    reasons: tuple[ReasonSeed, ...]

    def label(self, language: str) -> str:
        """Give the label for any spelling of a language, else in Portuguese."""
        return self.labels[_known(language)]


class ReasonDataError(ValueError):
    """The data file is not a reason tree: the message says where and why."""


@cache
def default_reason_tree() -> tuple[ReasonGroupSeed, ...]:
    """Give the default tree in its order, read once. Raises ReasonDataError on bad data."""
    raw = resources.files("atelogo.register.domain").joinpath("default_reasons.toml").read_bytes()
    return parse_reason_tree(raw)


def default_reasons() -> tuple[ReasonSeed, ...]:
    """Give all leaves of the default tree, in its order."""
    return tuple(reason for group in default_reason_tree() for reason in group.reasons)


def customer_options(reasons: tuple[ReasonSeed, ...]) -> tuple[ReasonSeed, ...]:
    """Give what the receipt page asks: the usual ones, then "prefer not to say", "other" last.

    The page may shuffle all but the last two. Each option has a `customer_label`.
    """
    rank = {PREFER_NOT_TO_SAY: 1, OTHER: 2}
    asked = [reason for reason in reasons if reason.ask_customer]
    return tuple(sorted(asked, key=lambda reason: rank.get(reason.code, 0)))


def parse_reason_tree(raw: bytes) -> tuple[ReasonGroupSeed, ...]:
    """Read a tree from TOML bytes; raises ReasonDataError that names the first thing amiss."""
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReasonDataError(f"not TOML: {error}") from error
    groups = tuple(_group(entry) for entry in data.get("group", []))
    codes = [reason.code for group in groups for reason in group.reasons]
    codes += [group.code for group in groups]
    for code in codes:
        if codes.count(code) > 1:
            raise ReasonDataError(f"{code}: this code stands twice")
    return groups


def _group(entry: Mapping[str, Any]) -> ReasonGroupSeed:
    code = _string(entry, "code", "a group")
    return ReasonGroupSeed(
        code=code,
        system=entry.get("system", False) is True,
        labels=MappingProxyType(
            {tag: _string(_table(entry, tag, code), "label", f"{code}.{tag}") for tag in LANGUAGES}
        ),
        reasons=tuple(_reason(reason, code) for reason in entry.get("reason", [])),
    )


def _reason(entry: Mapping[str, Any], group: str) -> ReasonSeed:
    code = _string(entry, "code", f"a reason of {group}")
    asked = entry.get("ask_customer", False) is True
    try:
        return ReasonSeed(
            code=code,
            group=group,
            kind=ReasonKind(entry["kind"]),
            area=ReasonArea(entry["area"]),
            interchange=Interchange(entry["interchange"]),
            extra_code=ExtraCode(entry["extra_code"]) if "extra_code" in entry else None,
            sensitive=entry.get("sensitive", False) is True,
            ask_customer=asked,
            system=entry.get("system", False) is True,
            texts=MappingProxyType(
                {tag: _text(_table(entry, tag, code), f"{code}.{tag}", asked=asked) for tag in LANGUAGES}
            ),
        )
    except KeyError as error:
        raise ReasonDataError(f"{code}: {error.args[0]} is missing") from error
    except ReasonDataError:
        raise
    except ValueError as error:
        raise ReasonDataError(f"{code}: {error}") from error


def _text(entry: Mapping[str, Any], where: str, *, asked: bool) -> ReasonText:
    text = ReasonText(
        label=_string(entry, "label", where),
        definition=_string(entry, "definition", where),
        use_when=_string(entry, "use_when", where),
        not_when=_string(entry, "not_when", where),
        example=_string(entry, "example", where),
        customer_label=_string(entry, "customer_label", where) if asked else None,
    )
    for label in (text.label, text.customer_label or ""):
        if len(label) > MAX_LABEL:
            raise ReasonDataError(f"{where}: a label has at most {MAX_LABEL} characters")
    return text


def _table(entry: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    found = entry.get(key)
    if not isinstance(found, dict):
        raise ReasonDataError(f"{where}: the language {key} is missing")
    return found


def _string(entry: Mapping[str, Any], key: str, where: str) -> str:
    found = entry.get(key)
    if not isinstance(found, str) or not found.strip():
        raise ReasonDataError(f"{where}: {key} is missing")
    return found


def _known(language: str) -> str:
    tag = language.replace("_", "-").lower()
    for known in LANGUAGES:
        if tag == known.lower() or tag.split("-")[0] == known.split("-")[0]:
            return known
    return LANGUAGES[0]
