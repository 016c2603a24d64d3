"""A workspace (one company) as the other rooms see it: frozen, with no table behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID
from zoneinfo import ZoneInfo

from atelogo.accounts.domain.custom_fields import CustomField
from atelogo.accounts.domain.permissions import Role


@dataclass(frozen=True, slots=True)
class Brand:
    """How the company's own pages look: a colour ``#rrggbb`` and a logo.

    ``logo_url`` is an address on this site or a small ``data:image/...`` picture: pages load nothing from
    elsewhere.
    """

    colour: str = "#206bc4"
    logo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """The workspace's windows: hours to stop billing, hours to undo, days until an open request lapses.

    Defaults until rule packs exist; practice, not verified law. Zero hours to undo means no undo.
    """

    stop_hours: int = 48
    undo_hours: int = 24
    lapse_days: int = 7

    def __post_init__(self) -> None:
        """Refuse negative windows with ``ValueError``."""
        if self.stop_hours < 0 or self.undo_hours < 0 or self.lapse_days < 1:
            message = "windows need stop_hours >= 0, undo_hours >= 0 and lapse_days >= 1"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Where a customer reaches the company; each is empty when not given."""

    sac_phone: str = ""
    ombudsman: str = ""  # ouvidoria: a phone or an address
    email: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class LinkKey:
    """A public key under which the company signs links: key id, Ed25519 point in base64url, a label.

    ``own`` marks the key pair that this installation holds for the workspace; the others are the
    company's.
    """

    kid: str
    public_key: str
    label: str = ""
    added_at: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """One company: identity, look, windows, channels in use and registered link keys.

    ``locale`` is a language code (``pt-br``), ``timezone`` an IANA name, ``currency`` ISO 4217,
    ``tax_id`` a CNPJ without punctuation or empty. ``how_to_cancel`` holds the company's own texts for the
    page *Como cancelar*: language code -> section -> text. ``custom_fields`` are the company's own fields of
    a request, in the order in which they are asked.
    """

    id: UUID
    slug: str
    name: str
    legal_name: str = ""
    tax_id: str = ""
    sector: str = "other"
    locale: str = "pt-br"
    timezone: str = "America/Sao_Paulo"
    currency: str = "BRL"
    brand: Brand = Brand()
    windows: Windows = Windows()
    billing: str = "assisted"
    messaging: str = "email"
    contacts: Contacts = Contacts()
    how_to_cancel: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    link_keys: tuple[LinkKey, ...] = ()
    features: frozenset[str] = frozenset()
    custom_fields: tuple[CustomField, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone, ready for arithmetic."""
        return ZoneInfo(self.timezone)

    def link_key(self, kid: str) -> LinkKey | None:
        """Return the registered key ``kid``, or ``None``."""
        return next((key for key in self.link_keys if key.kid == kid), None)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: who, how to call them, where mail reaches them."""

    id: UUID
    name: str
    email: str
    locale: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in one workspace."""

    id: UUID
    workspace_id: UUID
    person: Person
    role: Role
