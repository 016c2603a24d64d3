"""What can happen to the ways out to other systems. Addresses appear by host only, secrets never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from atelogo.events.catalogue.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingEndpointCreated(Event):
    """The company set the address of its billing system."""

    name: ClassVar[str] = "billing_endpoint.created"
    endpoint: UUID
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingEndpointMoved(Event):
    """The address of the company's billing system changed."""

    name: ClassVar[str] = "billing_endpoint.moved"
    endpoint: UUID
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingEndpointRotated(Event):
    """The address got a new secret; the previous one counts until the moment given."""

    name: ClassVar[str] = "billing_endpoint.rotated"
    endpoint: UUID
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingEndpointDisabled(Event):
    """Orders no longer go to the address: a person turned it off, or it said that it is gone."""

    name: ClassVar[str] = "billing_endpoint.disabled"
    endpoint: UUID
    why: str
