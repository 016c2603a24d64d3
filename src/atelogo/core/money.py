"""Money as integer minor units with an ISO 4217 currency: never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount: ``minor`` units (centavos) of ``currency`` (ISO 4217)."""

    minor: int
    currency: str = "BRL"

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency; another currency raises ``ValueError``."""
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Take away an amount of the same currency; another currency raises ``ValueError``."""
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def times_ratio(self, numerator: int, denominator: int) -> Money:
        """Return this amount times ``numerator / denominator``, rounded half up to a minor unit."""
        exact = Decimal(self.minor) * numerator / denominator
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def decimal(self) -> Decimal:
        """Return the amount in major units as an exact decimal."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def format(self, locale: str) -> str:
        """Write the amount for people, such as ``R$ 1.234,56`` in ``pt-br``."""
        return _written(self.minor, self.currency, locale)

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            msg = f"cannot mix {self.currency} and {other.currency}"
            raise ValueError(msg)


@lru_cache(maxsize=8192)  # prices repeat, and every page writes a dozen
def _written(minor: int, currency: str, locale: str) -> str:
    amount = Money(minor, currency).decimal()
    return str(format_currency(amount, currency, locale=Locale.parse(locale.replace("-", "_"))))
