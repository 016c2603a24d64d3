"""Words that stand for a value in real files, in Portuguese, English and Spanish, and words for "nothing"."""

from __future__ import annotations

from typing import Final

from atelogo.register.domain.importing.folding import fold

_KIND: Final = {
    "person": """pf | fisica | pessoa fisica | person | individual | natural | persona fisica | cpf | f
        | residencial""",
    "company": """pj | juridica | pessoa juridica | company | business | empresa | legal | persona juridica
        | cnpj | j | corporativo | corporate | empresarial | organization""",
}
_INTERVAL: Final = {
    "week": "semana | semanal | weekly | week",
    "month": """mes | mensal | mensalmente | month | monthly | month-to-month | month to month | mensual | m
        | 1 mes | 30 dias""",
    "quarter": "trimestre | trimestral | quarter | quarterly | 3 meses",
    "half_year": "semestre | semestral | half-yearly | half year | semiannual | semi-annual | 6 meses",
    "year": """ano | anual | anualmente | year | yearly | annual | annually | one year | 1 year | 12 meses
        | a""",
    "two_years": "bienal | two year | two years | 2 years | 2 year | 24 meses | bianual",
}
_STATUS: Final = {
    "active": """ativo | ativa | active | normal | em dia | vigente | liberado | habilitado | activo | activa
        | em uso | atv | conectado | trialing""",
    "suspended": """suspenso | suspensa | suspended | bloqueado | bloqueada | blocked | paused | pausado
        | bloqueio | suspendido | on hold | inadimplente | past due | past_due | unpaid | cortado
        | suspenso por debito""",
    "ended": """cancelado | cancelada | cancelled | canceled | encerrado | encerrada | ended | inativo
        | inativa | inactive | desligado | desativado | desativada | rescindido | finalizado
        | baixado | terminated | churned | closed | terminado | expired | desistente | ex-cliente
        | deactivated | distratado""",
}
_END_KIND: Final = {
    "customer": """voluntario | voluntaria | voluntary | cliente | customer | a pedido | pedido do cliente
        | solicitacao do cliente | pelo cliente | solicitado | iniciativa do cliente
        | customer initiated""",
    "company": """involuntario | involuntaria | involuntary | inadimplencia | empresa | company | non-payment
        | nonpayment | pela empresa | debito | falta de pagamento | operadora | por inadimplencia
        | delinquency | impago | non payment""",
    "administrative": """administrativo | administrativa | administrative | migracao | transferencia
        | troca de titularidade | mudanca de endereco | troca de plano | migration | transfer
        | upgrade | downgrade | mudanca de plano | duplicidade | troca de tecnologia | sucessao""",
}


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text written with spaces between them."""
    return frozenset(words.split())


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split("|")]


def _lookup(values: dict[str, str]) -> dict[str, str]:
    found = {fold(word): value for value, words in values.items() for word in _split(words)}
    return found | {value: value for value in values}


VALUES: Final = {
    "kind": _lookup(_KIND),
    "interval": _lookup(_INTERVAL),
    "status": _lookup(_STATUS),
    "end_kind": _lookup(_END_KIND),
}
"""For each short list: folded word -> value."""

CANCELLED: Final = frozenset(
    word for word, value in VALUES["status"].items() if value == "ended"
) | frozenset(
    _split("""churn | desistencia | baixa | cancelamento | cancelou | saiu | left | lost | perdido
        | exited | baja""")
)
"""Folded words by which a column of states says that a customer has left."""

YES: Final = frozenset(_split("sim | s | yes | y | si | true | t | verdadeiro | v | 1 | x | ok | on"))
NO: Final = frozenset(_split("nao | n | no | not | false | f | falso | 0 | off"))

BLANK: Final = frozenset(
    _split("""- | -- | --- | – | — | . | .. | ... | ? | ?? | / | * | n/a | n/d | n/i | nd | n.d | n.a | na
        | nan | nat | null | nulo | nil | none | (null) | (none) | (vazio) | (blank) | [null] | #n/d
        | #n/a | #nd | #na | vazio | s/d | s/i | s/inf | (em branco) | em branco | sem informacao
        | nao informado | nao informada | não informado | não informada | sem informação
        | nao se aplica | not informed | not available | no informado | sin informacion | sin dato
        | unknown value""")
) | {""}
"""Folded words by which a cell says nothing."""

BLANK_REASONS: Final = BLANK | frozenset(
    _split("""sem motivo | sem motivos | motivo nao informado | nao informou | sem justificativa
        | no reason | no reason given | sin motivo | not specified | nao especificado
        | nao preenchido | 0 | x | xx | xxx""")
)
"""The same for reasons."""

DATA_ERRORS: Final = frozenset(
    _split("#ref! | #valor! | #value! | #nome? | #name? | #div/0! | #num! | #null! | #nulo!")
)
"""What spreadsheets show in place of a value they cannot work out."""
