"""The fields of each kind of import: how their cells are read and what their columns may be called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from atelogo.register.domain.importing import synonyms as names
from atelogo.register.domain.importing.headers import header_words
from atelogo.register.domain.importing.records import KINDS, Kind

FieldType = Literal[
    "id", "name", "text", "notes", "document", "email", "phone", "date", "amount", "state", "word"
]
_Entries = dict[str, tuple[FieldType, str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how its cells are read, and the names (word sets, with their weight) its column may have."""

    name: str
    type: FieldType
    names: tuple[tuple[frozenset[str], float], ...]
    stems: frozenset[str]  # words that say enough beside any others
    never: frozenset[str]  # a column with one of these words in its name is something else


_NOT_A_NAME: Final = (
    "plano produto motivo servico pai mae contato vendedor atendente consultor operador rua reason agente"
)
_NOT_A_CUSTOMER: Final = "nome endereco rua plano tipo vendedor ibge postal zip produto"
_NOT_A_CONTRACT: Final = "tipo type data inicio fim situacao status valor termo term motivo length duracao"
_NOT_A_PRODUCT: Final = "valor codigo id data motivo preco"
_NOT_A_PLAN: Final = "valor preco data numero motivo inicio fim situacao status"
_NOT_MONTHLY: Final = "total multa saldo divida acumulado desconto equipamento pago anual cltv score data"
_NOT_A_START: Final = "nascimento birth fim end"
_NOT_THE_END: Final = (
    "nascimento pagamento vencimento emissao geracao atualizacao fatura inicio start birth coleta cadastro"
    " venda motivo reason usuario protocolo tipo canal solicitacao pedido valor"
)

_SHARED: Final[_Entries] = {
    "name": ("name", names.NAME, _NOT_A_NAME),
    "document": ("document", names.DOCUMENT, "tipo type vendedor emissao arquivo"),
    "email": ("email", names.EMAIL, "responsavel contato vendedor consultor atendente contact"),
    "phone": ("phone", names.PHONE, "responsavel vendedor nome contact service tipo"),
    "city": ("text", names.CITY, "nascimento codigo ibge"),
    "state": ("state", names.STATE, "civil nascimento status conta contrato assinatura"),
}
_CUSTOMERS: Final[_Entries] = {
    "external_id": ("id", names.CUSTOMER_ID, _NOT_A_CUSTOMER),
    **_SHARED,
    "kind": ("word", names.KIND, ""),
    "since": ("date", names.START_DATE, _NOT_A_START),
    "street": ("text", names.STREET, "email numero"),
    "street_number": ("text", names.STREET_NUMBER, ""),
    "complement": ("text", names.COMPLEMENT, ""),
    "district": ("text", names.DISTRICT, ""),
    "postal_code": ("text", names.POSTAL_CODE, ""),
    "country": ("text", names.COUNTRY, ""),
    "contact_name": ("name", names.CONTACT_NAME, ""),
    "contact_phone": ("phone", names.CONTACT_PHONE, ""),
    "contact_email": ("email", names.CONTACT_EMAIL, ""),
}
_CONTRACTS: Final[_Entries] = {
    "contract_number": ("id", names.CONTRACT_NUMBER, _NOT_A_CONTRACT),
    "customer_id": ("id", names.CUSTOMER_ID, _NOT_A_CUSTOMER + " contrato assinatura"),
    **_SHARED,
    "product": ("text", names.PRODUCT, _NOT_A_PRODUCT),
    "plan": ("text", names.PLAN, _NOT_A_PLAN),
    "amount": ("amount", names.AMOUNT, _NOT_MONTHLY),
    "interval": ("word", names.INTERVAL, ""),
    "start_date": ("date", names.START_DATE, _NOT_A_START),
    "renewal_date": ("date", names.RENEWAL_DATE, ""),
    "end_date": ("date", names.END_DATE, "fidelidade motivo"),
    "status": ("word", names.STATUS, "cobranca pagamento"),
    "billing_reference": ("id", names.BILLING_REFERENCE, ""),
    "commitment_until": ("date", names.COMMITMENT_UNTIL, "meses"),
    "signup_channel": ("text", names.SIGNUP_CHANNEL, ""),
    "equipment_kind": ("text", names.EQUIPMENT_KIND, "valor serial preco numero protection"),
    "equipment_serial": ("id", names.EQUIPMENT_SERIAL, "valor"),
    "equipment_value": ("amount", names.EQUIPMENT_VALUE, ""),
}
_CANCELLATIONS: Final[_Entries] = {
    "external_id": ("id", names.CANCELLATION_ID, "motivo"),
    "customer_id": ("id", names.CUSTOMER_ID, _NOT_A_CUSTOMER + " contrato assinatura cancelamento motivo"),
    "contract_number": ("id", names.CONTRACT_NUMBER, _NOT_A_CONTRACT),
    **_SHARED,
    "date": ("date", names.DATE, _NOT_THE_END),
    "declared_date": ("date", names.DECLARED_DATE, "motivo"),
    "effective_date": ("date", names.EFFECTIVE_DATE, "motivo"),
    "start_date": ("date", names.START_DATE, "nascimento birth fim end cancelamento"),
    "amount": ("amount", names.AMOUNT, _NOT_MONTHLY),
    "reason": ("text", names.REASON, "data social sub secundario detalhe categoria 2 codigo"),
    "secondary_reason": ("text", names.SECONDARY_REASON, "data"),
    "channel": ("text", names.CHANNEL, "venda aquisicao data"),
    "product": ("text", names.PRODUCT, _NOT_A_PRODUCT),
    "plan": ("text", names.PLAN, _NOT_A_PLAN),
    "notes": ("notes", names.NOTES, "motivo plano produto"),
    "competitor": ("text", names.COMPETITOR, ""),
    "protocol": ("id", names.PROTOCOL, "data"),
    "end_kind": ("word", names.END_KIND, ""),
}

_GENERIC: Final = 0.7
_LONGEST_NAME: Final = 80


def _names(written: str) -> tuple[tuple[frozenset[str], float], ...]:
    each = [name.strip() for name in written.split("|") if "*" not in name]
    return tuple(
        (frozenset(header_words(name.rstrip("~"))), _GENERIC if name.endswith("~") else 1.0) for name in each
    )


def _stems(written: str) -> frozenset[str]:
    return frozenset(name.strip().rstrip("*") for name in written.split("|") if "*" in name)


@lru_cache(maxsize=8)
def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a kind, in the order in which they are shown."""
    entries = {"customers": _CUSTOMERS, "contracts": _CONTRACTS, "cancellations": _CANCELLATIONS}[kind]
    return tuple(
        Field(name, field_type, _names(written), _stems(written), frozenset(never.split()))
        for name, (field_type, written, never) in entries.items()
    )


@lru_cache(maxsize=8)
def field_types(kind: Kind) -> dict[str, FieldType]:
    """Return the type of each field of a kind."""
    return {field.name: field.type for field in fields_of(kind)}


@lru_cache(maxsize=1)
def ignored_names() -> frozenset[frozenset[str]]:
    """Return the names of columns that are never kept."""
    return frozenset(words for words, _ in _names(names.IGNORED))


@lru_cache(maxsize=1)
def personal_words() -> frozenset[str]:
    """Return the words that make an unmapped column personal."""
    return frozenset(names.PERSONAL_WORDS.split())


@lru_cache(maxsize=1)
def known_names() -> frozenset[frozenset[str]]:
    """Return every name a column may have, of any kind: what a header line is known by."""
    known = frozenset(words for kind in KINDS for field in fields_of(kind) for words, _ in field.names)
    return known | ignored_names()


@lru_cache(maxsize=4096)
def is_known_name(cell: str) -> bool:
    """Say whether a cell is a name that a column of some kind may have."""
    return len(cell) <= _LONGEST_NAME and frozenset(header_words(cell)) in known_names()


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Return every word of every known name, to cut joined names apart."""
    return frozenset(word for words in known_names() for word in words)
