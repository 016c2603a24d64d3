"""A workspace's settings: their stored form, and what makes a value acceptable.

Stored as one flat JSON object whose keys are the names below, so that a form's field, the ledger's
"what changed" and the stored key are one word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from stdnum.br import cnpj
from stdnum.exceptions import ValidationError

from atelogo.accounts.domain.custom_fields import FieldRefused, field_of, fields_of
from atelogo.accounts.domain.workspace import Brand, Contacts, LinkKey, Windows, WorkspaceInfo


class Sector(StrEnum):
    """What the company sells; rule packs and wording will follow it."""

    TELECOM = "telecom"
    SOFTWARE = "software"
    FITNESS = "fitness"
    HEALTH = "health"
    EDUCATION = "education"
    INSURANCE = "insurance"
    MEDIA = "media"
    RETAIL = "retail"
    UTILITIES = "utilities"
    SERVICES = "services"
    OTHER = "other"


class SettingRefused(ValueError):  # noqa: N818 - the fact itself; the service wraps it with a sentence
    """A value that a setting cannot take; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


LOCALES: Final = ("pt-br", "en", "es")
LOGO_LIMIT: Final = 24_000  # characters; customer pages stay under 60 kB with the logo inside
TEXT_LIMIT: Final = 4_000
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_LOGO: Final = re.compile(r"data:image/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}")
_EMAIL: Final = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
# What neither a database nor canonical JSON can hold: control characters and half characters.
_UNFIT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def one_line(longest: int, *, required: bool = False) -> Callable[[object], str]:
    """Return a cleaner that gives a text in one line, or raises :class:`SettingRefused`."""

    def clean(value: object) -> str:
        text = " ".join(str(value or "").split())
        if required and not text:
            raise SettingRefused("required")
        if len(text) > longest:
            raise SettingRefused("too_long")
        if _UNFIT.search(text):
            raise SettingRefused("invalid")
        return text

    return clean


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str]:
    def clean(value: object) -> str:
        text = str(value or "").strip()
        if text and (_UNFIT.search(text) or not pattern.fullmatch(text)):
            raise SettingRefused("invalid")
        return text

    return clean


def _one_of(choices: Callable[[], Any]) -> Callable[[object], str]:
    def clean(value: object) -> str:
        text = str(value or "").strip()
        if text not in choices():
            raise SettingRefused("unknown")
        return text

    return clean


def _whole(least: int, most: int) -> Callable[[object], int]:
    def clean(value: object) -> int:
        try:
            number = int(str(value).strip())
        except ValueError:
            raise SettingRefused("not_a_number") from None
        if not least <= number <= most:
            raise SettingRefused("out_of_range")
        return number

    return clean


def _colour(value: object) -> str:
    text = str(value or "").strip().lower()
    if not _COLOUR.fullmatch(text):
        raise SettingRefused("invalid")
    return text


def _logo(value: object) -> str:
    text = str(value or "").strip()
    if len(text) > LOGO_LIMIT:
        raise SettingRefused("too_long")
    own_file = text.startswith("/") and not text.startswith("//") and not set(text) & set("\\\"'<> ")
    if text and not own_file and not _LOGO.fullmatch(text):
        raise SettingRefused("invalid")
    return text


def _site(value: object) -> str:
    text = str(value or "").strip()
    parts = urlsplit(text) if text else None
    if parts is not None and (parts.scheme not in {"http", "https"} or not parts.hostname or " " in text):
        raise SettingRefused("invalid")
    return one_line(300)(text)


def _tax_id(value: object) -> str:
    text = str(value or "").strip()
    try:
        return cnpj.validate(text) if text else ""
    except ValidationError:
        raise SettingRefused("invalid") from None


def _texts(value: object) -> dict[str, dict[str, str]]:
    """Clean the company's texts: language -> section -> text; empty texts fall away."""
    if not isinstance(value, Mapping):
        raise SettingRefused("invalid")
    cleaned: dict[str, dict[str, str]] = {}
    for language, sections in value.items():
        if language not in LOCALES or not isinstance(sections, Mapping):
            raise SettingRefused("invalid")
        for section, text in sections.items():
            body = str(text or "").replace("\r\n", "\n").strip()
            if not _WORD.fullmatch(str(section)) or _UNFIT.search(body):
                raise SettingRefused("invalid")
            if len(body) > TEXT_LIMIT:
                raise SettingRefused("too_long")
            if body:
                cleaned.setdefault(language, {})[str(section)] = body
    return cleaned


def _features(value: object) -> list[str]:
    words = (
        sorted({str(word) for word in value}) if isinstance(value, list | tuple | set | frozenset) else None
    )
    if words is None or not all(_WORD.fullmatch(word) for word in words):
        raise SettingRefused("invalid")
    return words


def _custom_fields(value: object) -> list[dict[str, Any]]:
    try:
        return [one.stored() for one in fields_of(value)]
    except FieldRefused as error:
        raise SettingRefused(error.code) from None


# Every setting that can be changed, with what accepts it. ``name`` has its own column.
CLEANERS: Final[dict[str, Callable[[object], Any]]] = {
    "name": one_line(120, required=True),
    "legal_name": one_line(200),
    "tax_id": _tax_id,
    "sector": _one_of(lambda: set(Sector)),
    "locale": _one_of(lambda: LOCALES),
    "timezone": _one_of(available_timezones),
    "currency": _one_of(list_currencies),
    "brand_colour": _colour,
    "brand_logo_url": _logo,
    "stop_hours": _whole(0, 24 * 60),
    "undo_hours": _whole(0, 24 * 60),
    "lapse_days": _whole(1, 365),
    "billing": _matching(_WORD),
    "messaging": _matching(_WORD),
    "sac_phone": one_line(60),
    "ombudsman": one_line(200),
    "email": _matching(_EMAIL),
    "site": _site,
    "how_to_cancel": _texts,
    "features": _features,
    "custom_fields": _custom_fields,
}


def cleaned(changes: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the acceptable values of ``changes``, and per refused field the code of why.

    Codes: ``required too_long too_many taken invalid unknown not_a_number out_of_range no_such_setting``.
    """
    good: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, value in changes.items():
        cleaner = CLEANERS.get(name)
        if cleaner is None:
            refused[name] = "no_such_setting"
            continue
        try:
            good[name] = cleaner(value)
        except SettingRefused as error:
            refused[name] = error.code
    return good, refused


def info_of(workspace_id: UUID, slug: str, name: str, stored: Mapping[str, Any]) -> WorkspaceInfo:
    """Build the frozen form from the stored settings; a key that is absent has the default."""

    def got(key: str, default: Any) -> Any:  # noqa: ANN401 - JSON
        return stored.get(key, default)

    plain, brand, windows = WorkspaceInfo(workspace_id, slug, name), Brand(), Windows()
    return WorkspaceInfo(
        id=workspace_id,
        slug=slug,
        name=name,
        legal_name=got("legal_name", ""),
        tax_id=got("tax_id", ""),
        sector=got("sector", plain.sector),
        locale=got("locale", plain.locale),
        timezone=got("timezone", plain.timezone),
        currency=got("currency", plain.currency),
        brand=Brand(got("brand_colour", brand.colour), got("brand_logo_url", "") or None),
        windows=Windows(
            got("stop_hours", windows.stop_hours),
            got("undo_hours", windows.undo_hours),
            got("lapse_days", windows.lapse_days),
        ),
        billing=got("billing", plain.billing),
        messaging=got("messaging", plain.messaging),
        contacts=Contacts(got("sac_phone", ""), got("ombudsman", ""), got("email", ""), got("site", "")),
        how_to_cancel=got("how_to_cancel", {}),
        link_keys=tuple(LinkKey(**key) for key in got("link_keys", [])),
        features=frozenset(got("features", [])),
        custom_fields=tuple(field_of(one) for one in got("custom_fields", [])),
    )


def values_of(info: WorkspaceInfo) -> dict[str, Any]:
    """Return a company's settings by their names: what a form shows before anything is changed."""
    return {
        "name": info.name,
        "legal_name": info.legal_name,
        "tax_id": cnpj.format(info.tax_id) if info.tax_id else "",
        "sector": info.sector,
        "locale": info.locale,
        "timezone": info.timezone,
        "currency": info.currency,
        "brand_colour": info.brand.colour,
        "brand_logo_url": info.brand.logo_url or "",
        "stop_hours": info.windows.stop_hours,
        "undo_hours": info.windows.undo_hours,
        "lapse_days": info.windows.lapse_days,
        "billing": info.billing,
        "messaging": info.messaging,
        "sac_phone": info.contacts.sac_phone,
        "ombudsman": info.contacts.ombudsman,
        "email": info.contacts.email,
        "site": info.contacts.site,
        "how_to_cancel": info.how_to_cancel,
        "features": sorted(info.features),
        "custom_fields": [one.stored() for one in info.custom_fields],
    }
