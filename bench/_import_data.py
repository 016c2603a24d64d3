"""The file of the import workload, made from a seed, and what a right import of it must leave."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

HEADER = (
    "codigo;cod_cliente;nome;cpf;email;produto;plano;cidade;uf;canal;data_cancelamento;mensalidade;motivo;"
    "observacao"
)
_SEED = 20260302
_FIRST = ("Ana", "Bruno", "Carla", "Diego", "Eduarda", "Fábio", "Gabriela", "Heitor", "Inês", "João", "Kátia")
_LAST = (
    "Almeida",
    "Barros",
    "Conceição",
    "Dias",
    "Esteves",
    "Farias",
    "Gonçalves",
    "Lima",
    "Moraes",
    "Nunes",
)
_CITIES = (
    ("Recife", "PE"), ("Campinas", "SP"), ("Niterói", "RJ"), ("Londrina", "PR"), ("Goiânia", "GO"),
    ("São Luís", "MA"), ("Manaus", "AM"), ("Joinville", "SC"),
)  # fmt: skip
_PLANS = (("Internet", "300 mega"), ("Internet", "500 mega"), ("Internet", "1 giga"), ("TV", "Básico"))
_CHANNELS = ("phone", "whatsapp", "counter", "email")
_REASONS = (
    "Preço muito alto", "Mudança de endereço", "Instabilidade da conexão", "Velocidade abaixo da vendida",
    "Concorrente com preço menor", "Atendimento ruim", "Não usa mais", "Dificuldade financeira",
    "Falecimento do titular", "Empresa fechou", "Cobrança indevida", "Visita técnica atrasou",
)  # fmt: skip
_NOTES = (
    "cliente pediu retorno na segunda",
    "já tinha reclamado duas vezes; sem resposta",
    "vai mudar de cidade no fim do mês",
)


@dataclass(slots=True)
class Truth:
    """What a right import leaves: the counts, the monthly value, requests and value by folded reason."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: int = 0
    mrr_minor: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)


def write_file(path: Path, rows: int) -> Truth:
    """Write a CSV as Brazilian systems export it (`;`, decimal comma, dd/mm/aaaa); return the truth."""
    rng = random.Random(_SEED)
    truth = Truth()
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER + "\r\n")
        block: list[str] = []
        for line in _lines(rng, rows, truth):
            block.append(line)
            if len(block) == 5000:
                out.write("".join(block))
                block.clear()
        out.write("".join(block))
    return truth


def _lines(rng: random.Random, rows: int, truth: Truth) -> Iterator[str]:
    """One row in a thousand stands twice, two in a thousand hold a date that does not exist."""
    last = ""
    for number in range(1, rows + 1):
        truth.read += 1
        draw = rng.random()
        if draw < 0.001 and last:
            truth.unchanged += 1
            yield last
            continue
        bad = draw > 0.998
        line, cents, reason = _row(rng, number, bad=bad)
        if bad:
            truth.rejected += 1
        else:
            truth.imported += 1
            truth.mrr_minor += cents
            truth.reasons[reason] += 1
            truth.values[reason] += cents
            last = line
        yield line


def _row(rng: random.Random, number: int, *, bad: bool) -> tuple[str, int, str]:
    city, state = rng.choice(_CITIES)
    product, plan = rng.choice(_PLANS)
    name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)} {rng.choice(_LAST)}"
    day = date(2023, 1, 1) + timedelta(days=rng.randrange(1000))
    cents = rng.randrange(4990, 39990)
    known = rng.random() > 0.03
    reason = rng.choice(_REASONS) if known else ""
    spelled = reason.upper() if rng.random() < 0.05 else reason
    note = rng.choice(_NOTES) if rng.random() < 0.05 else ""
    when = "31/02/2024" if bad else f"{day:%d/%m/%Y}"
    cells = (
        f"C{number:08}", f"{number:07}", name, _cpf(number), f"pessoa{number}@exemplo.com.br", product, plan,
        city, state, rng.choice(_CHANNELS), when, f"{cents // 100},{cents % 100:02}", spelled, f'"{note}"',
    )  # fmt: skip
    return ";".join(cells) + "\r\n", cents, reason.lower()


def _cpf(number: int) -> str:
    """Return the CPF with right check digits whose first nine digits are the number."""
    digits = [int(one) for one in f"{number:09}"]
    for _place in range(2):
        weights = range(len(digits) + 1, 1, -1)
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) * 10 % 11
        digits.append(rest % 10)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"
