"""Values of people in their normal form, and masked: names, documents, e-mails, phones."""

from __future__ import annotations

import re

import phonenumbers
from stdnum.br import cnpj, cpf

from atelogo.register.domain.importing.folding import fold

_NAME_LENGTH = 200


def name_key(name: str) -> str:
    """Return the folded name by which people are searched (accents, case, spaces)."""
    return fold(name)[:_NAME_LENGTH]


def document_of(text: str) -> tuple[str, str]:
    """Return the compact CPF or CNPJ in ``text`` and its kind, or two empty texts when it is neither."""
    compact = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if cpf.is_valid(compact):
        return compact, "cpf"
    if cnpj.is_valid(compact):
        return compact, "cnpj"
    return "", ""


def email_of(text: str) -> str:
    """Return the e-mail in lower case, or an empty text when it has no shape of one."""
    cleaned = text.strip().lower()
    return cleaned if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cleaned) else ""


def phone_of(text: str, country: str = "BR") -> str:
    """Return the phone in E.164, or an empty text when it is no possible number."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked_name(name: str) -> str:
    """Return the initials of a name: enough to tell two rows apart, not to learn who they are."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalnum())


def masked_document(document: str) -> str:
    """Return a CPF or CNPJ with only the digits a receipt may show: ``***.456.789-**``."""
    if len(document) == 11:  # noqa: PLR2004 - a CPF
        return f"***.{document[3:6]}.{document[6:9]}-**"
    if len(document) == 14:  # noqa: PLR2004 - a CNPJ
        return f"**.{document[2:5]}.{document[5:8]}/****-**"
    return ""


def masked_email(email: str) -> str:
    """Return an e-mail by which its owner recognises it and nobody else learns it."""
    user, _at, domain = email.partition("@")
    return f"{user[:1]}***@{domain[:1]}***{domain[domain.rfind('.') :]}" if domain else ""


def masked_phone(phone: str) -> str:
    """Return the last two digits of a phone."""
    return f"…{phone[-2:]}" if len(phone) > 2 else ""  # noqa: PLR2004
