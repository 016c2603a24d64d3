"""Makes messy exports of the same made-up people: one truth, many ways in which companies' files look."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from faker import Faker

MONTHS = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
REASONS = (
    "Preço muito alto",
    "Mudança de endereço",
    "Concorrente fez melhor oferta",
    "Não sabe",
    "Atitude do atendente; suporte",
    "Instabilidade da rede",
    None,
)
HEADER = ("Código", "Cliente", "CPF/CNPJ", "Telefone", "Data do Cancelamento", "Mensalidade", "Motivo")


@dataclass(frozen=True)
class Person:
    """One cancellation as it truly was."""

    code: str
    name: str
    document: str
    phone: str
    date: dt.date
    minor: int
    reason: str | None


def people(count: int = 60, seed: int = 7) -> list[Person]:
    """Return made-up cancellations, the same for a seed; some documents begin with zeros."""
    fake = Faker("pt_BR")
    fake.seed_instance(seed)
    draw = random.Random(seed)
    made = []
    for number in range(count):
        company = draw.random() < 0.15
        document = fake.cnpj() if company else fake.cpf()
        digits = "".join(filter(str.isdigit, document))
        if number % 9 == 0:
            digits = _with_zeros(draw)
        area = draw.choice(("11", "21", "31", "81", "91"))
        made.append(
            Person(
                code=f"C-{1000 + number}",
                name=fake.company() if company else fake.name(),
                document=digits,
                phone=f"+55{area}9{draw.randrange(10**8):08d}",
                date=dt.date(2024, 1, 1) + dt.timedelta(days=draw.randrange(366)),
                minor=draw.randrange(1990, 250000),
                reason=draw.choice(REASONS),
            )
        )
    return made


def _with_zeros(draw: random.Random) -> str:
    digits = [0, 0, *(draw.randrange(10) for _ in range(7))]
    for weight in (10, 11):
        digits.append(sum((weight - place) * digit for place, digit in enumerate(digits)) * 10 % 11 % 10)
    return "".join(map(str, digits))


def brazilian(minor: int) -> str:
    """Write centavos as people do: 1.234,56."""
    return f"{minor // 100:,}".replace(",", ".") + f",{minor % 100:02d}"


def american(minor: int) -> str:
    """Write cents with a point and commas between thousands."""
    return f"{minor // 100:,}.{minor % 100:02d}"


def plain(minor: int, sign: str = ",") -> str:
    """Write an amount with its decimals and no thousands."""
    return f"{minor // 100}{sign}{minor % 100:02d}"


def table(
    persons: Iterable[Person],
    *,
    date: Callable[[dt.date], str] = lambda day: day.strftime("%d/%m/%Y"),
    amount: Callable[[int], str] = plain,
    document: Callable[[str], str] = str,
) -> list[list[str]]:
    """Return the rows of a plain Brazilian export."""
    return [
        [
            one.code,
            one.name,
            document(one.document),
            one.phone,
            date(one.date),
            amount(one.minor),
            one.reason or "",
        ]
        for one in persons
    ]


def separated(
    rows: Iterable[Sequence[str]],
    separator: str = ";",
    *,
    end: str = "\r\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    """Return rows as separated text."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def masked(digits: str) -> str:
    """Write a document with its punctuation."""
    if len(digits) == 11:
        return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"
    return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"


def short_month(day: dt.date) -> str:
    """Write a date as spreadsheets in Portuguese abbreviate it: 05-fev-24."""
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year % 100:02d}"


def again(text: str, times: int = 1) -> str:
    """Encode a text once (or more) too often, as careless programs do."""
    for _ in range(times):
        text = text.encode("utf-8").decode("sloppy-windows-1252")
    return text


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    """Write a workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book)
    return path
