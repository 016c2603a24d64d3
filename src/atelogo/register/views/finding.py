"""Finding a customer by anything a person knows: the offers that several pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from atelogo.register.queries.cards import ContractCard, CustomerRow
from atelogo.register.queries.customers import FOUND_AT_MOST, contract_cards, customers_offered

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo


@dataclass(frozen=True, slots=True)
class Found:
    """A customer on offer with their contracts."""

    row: CustomerRow
    contracts: tuple[ContractCard, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text found: at most a few, and whether there are more than these."""

    text: str
    found: tuple[Found, ...]
    more: bool


NOTHING_FOUND = Finding("", (), more=False)


def finding_of(workspace: WorkspaceInfo, text: str) -> Finding:
    """Return the customers that ``text`` means, with their contracts."""
    rows = customers_offered(workspace, text)
    shown = rows[:FOUND_AT_MOST]
    cards = contract_cards(workspace, customer_ids=[row.card.id for row in shown]) if shown else ()
    found = tuple(Found(row, tuple(c for c in cards if c.customer_id == row.card.id)) for row in shown)
    return Finding(text, found, len(rows) > FOUND_AT_MOST)
