"""What a role lets a person see of other people, decided once for every page of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import phonenumbers
from babel.dates import format_datetime
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from stdnum.br import cnpj, cpf

from atelogo.accounts.domain.permissions import Permission
from atelogo.register.domain.people import masked_document, masked_email, masked_name, masked_phone

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import Member
    from atelogo.accounts.services.access import StaffRequest

_MOMENT = {
    "pt_BR": "dd/MM/yyyy 'às' HH:mm",
    "es": "dd/MM/yyyy 'a las' HH:mm",
    "en": "d MMM yyyy, HH:mm",
}
_CPF, _CNPJ = 11, 14


@dataclass(frozen=True, slots=True)
class Sight:
    """How personal data is shown: in full, or masked for a role without ``personal_view``."""

    personal: bool

    @classmethod
    def of(cls, request: StaffRequest) -> Sight:
        """Return the sight of whoever sent the request."""
        return cls(request.may(Permission.PERSONAL_VIEW))

    def name(self, name: str) -> str:
        """Return a name, or its initials."""
        return name if self.personal else masked_name(name)

    def document(self, document: str) -> str:
        """Return a CPF or CNPJ with its punctuation, in full or masked."""
        if not self.personal:
            return masked_document(document)
        if len(document) == _CPF:
            return str(cpf.format(document))
        return str(cnpj.format(document)) if len(document) == _CNPJ else document

    def email(self, email: str) -> str:
        """Return an e-mail, in full or masked."""
        return email if self.personal else masked_email(email)

    def phone(self, phone: str) -> str:
        """Return a phone as people write it, in full or its last digits."""
        return phone_text(phone) if self.personal else masked_phone(phone)

    def words(self, text: str) -> str:
        """Return what somebody wrote or said, or that it is hidden."""
        return text if self.personal or not text else _("Hidden for your role")


def phone_text(phone: str) -> str:
    """Return an E.164 phone in the way its own country writes it; anything else as it is."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    national = number.country_code == 55  # noqa: PLR2004 - Brazil
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, form)


def moment_text(moment: datetime) -> str:
    """Return a moment in the company's time zone as the active language writes it."""
    locale = to_locale(get_language() or "pt-br")
    local = moment.astimezone(get_current_timezone())
    return str(format_datetime(local, _MOMENT.get(locale, "medium"), locale=locale))


def staff_names(people: Iterable[Member]) -> dict[UUID, str]:
    """Return what to call each member of staff, by the id that owns things."""
    return {one.person.id: one.person.name or one.person.email for one in people}


def owner_name(names: Mapping[UUID, str], owner: UUID | None) -> str:
    """Return the owner's name; somebody who left the company, or nobody, is said so."""
    if owner is None:
        return _("Nobody yet")
    return names.get(owner) or _("Former member")
