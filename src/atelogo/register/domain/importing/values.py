"""Cells that are neither date, money, document nor contact: ids, yes or no, and words from short lists."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from atelogo.register.domain.importing.folding import fold
from atelogo.register.domain.importing.problems import ValueProblemError
from atelogo.register.domain.importing.texts import is_blank, is_data_error, tidy, unguard

_SCIENTIFIC: Final = re.compile(r"\d[.,]\d+[eE]\+\d{1,3}", re.ASCII)
_EXACT: Final = 10**15  # from here on a spreadsheet's number has lost digits
_CEP: Final = 8
_YES: Final = frozenset("sim s yes y si true t verdadeiro v 1 x ok on".split())
_NO: Final = frozenset("nao n no not false f falso 0 off".split())

_WORDS: Final[dict[str, dict[str, str]]] = {
    "kind": {
        "person": "pf|fisica|pessoa fisica|person|individual|natural|persona fisica|cpf|f|residencial",
        "company": "pj|juridica|pessoa juridica|company|business|empresa|legal|persona juridica|cnpj|j|corporativo"
        "|corporate|empresarial|organization",
    },
    "interval": {
        "week": "semana|semanal|weekly|week",
        "month": "mes|mensal|mensalmente|month|monthly|month-to-month|month to month|mensual|m|1 mes|30 dias",
        "quarter": "trimestre|trimestral|quarter|quarterly|3 meses",
        "half_year": "semestre|semestral|half-yearly|half year|semiannual|semi-annual|biannual|6 meses",
        "year": "ano|anual|anualmente|year|yearly|annual|annually|one year|1 year|12 meses|a",
        "two_years": "bienal|two year|two years|2 years|2 year|24 meses|bianual",
    },
    "status": {
        "active": "ativo|ativa|active|normal|em dia|vigente|liberado|habilitado|activo|activa|em uso|atv|conectado|trialing",
        "suspended": "suspenso|suspensa|suspended|bloqueado|bloqueada|blocked|paused|pausado|bloqueio|suspendido|on hold"
        "|inadimplente|past due|past_due|unpaid|cortado|suspenso por debito",
        "ended": "cancelado|cancelada|cancelled|canceled|encerrado|encerrada|ended|inativo|inativa|inactive|desligado"
        "|desativado|desativada|rescindido|finalizado|baixado|terminated|churned|closed|cancelado|terminado|expired"
        "|desistente|ex-cliente|deactivated|distratado",
    },
    "end_kind": {
        "customer": "voluntario|voluntaria|voluntary|cliente|customer|a pedido|pedido do cliente|solicitacao do cliente"
        "|pelo cliente|solicitado|iniciativa do cliente|customer initiated",
        "company": "involuntario|involuntaria|involuntary|inadimplencia|empresa|company|non-payment|nonpayment"
        "|pela empresa|debito|falta de pagamento|operadora|por inadimplencia|delinquency|impago|non payment",
        "administrative": "administrativo|administrativa|administrative|migracao|transferencia|troca de titularidade"
        "|mudanca de endereco|troca de plano|migration|transfer|upgrade|downgrade|mudanca de plano|duplicidade"
        "|troca de tecnologia|sucessao",
    },
}
_LOOKUP: Final = {
    name: {fold(word): value for value, words in values.items() for word in words.split("|")}
    for name, values in _WORDS.items()
}
CANCELLED_WORDS: Final = frozenset(
    word for word, value in _LOOKUP["status"].items() if value == "ended"
) | frozenset(
    "churn churned desistencia baixa cancelamento cancelou saiu left lost perdido exited baja".split()
)


def text_of(cell: object) -> str:
    """Return any cell as the text a person would see, without decimals that a spreadsheet added."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return (
            str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else format(Decimal(repr(cell)), "f")
        )
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta | time):
        return str(cell)
    return "" if cell is None else str(cell)


def parse_text(cell: object) -> str | None:
    """Return a tidied one-line text, None when it says nothing."""
    text = tidy(cell if isinstance(cell, str) else _plain(cell))
    return None if is_blank(text) else text


def _plain(cell: object) -> str:
    """`text_of` for any cell; a number that is none (nan, infinity) is blank."""
    if isinstance(cell, float) and cell - cell != 0:
        return ""
    return text_of(cell)


def parse_id(cell: object) -> str | None:
    """Return an id as text (12.0 -> '12'), None for a blank cell.

    Raises ValueProblemError(`id_damaged`) when a spreadsheet made a rounded number or a date of it, so that the id
    is lost.
    """
    if isinstance(cell, str):
        text = tidy(unguard(cell))
        if is_blank(text) or is_data_error(text):
            return None
        if _SCIENTIFIC.fullmatch(text):
            raise ValueProblemError("id_damaged")
        return text
    if isinstance(cell, date | time | timedelta) or (isinstance(cell, float) and abs(cell) >= _EXACT):
        raise ValueProblemError("id_damaged")
    return _plain(cell) or None


def parse_boolean(cell: object) -> bool | None:
    """Return yes or no; None for a blank cell or a word that is neither."""
    if isinstance(cell, bool):
        return cell
    word = fold(_plain(cell))
    if word in _YES:
        return True
    return False if word in _NO else None


def parse_word(name: str, cell: object) -> str | None:
    """Return the value a word stands for in the list `name` (kind, interval, status, end_kind), None if blank.

    Raises ValueProblemError(`value_unknown`) for a word not in the list.
    """
    text = parse_text(cell)
    if text is None:
        return None
    folded = fold(text)
    if folded in _WORDS[name]:
        return folded
    value = _LOOKUP[name].get(folded)
    if value is None:
        raise ValueProblemError("value_unknown")
    return value


def parse_state(cell: object) -> str | None:
    """Return a state as given; two-letter codes in capitals."""
    text = parse_text(cell)
    return text.upper() if text is not None and len(text) == 2 else text  # noqa: PLR2004 - UF


def parse_postal_code(cell: object) -> str | None:
    """Return a postal code; a CEP that lost its first zero to a spreadsheet (seven digits) gets it back."""
    text = parse_text(cell)
    if text is not None and text.isascii() and text.isdigit() and len(text) == _CEP - 1:
        return text.zfill(_CEP)
    return text
