"""The demonstration's company on paper: who its customers are and who leaves when, why and how.

Pure and seeded: the same day and seed give the same company. Nothing here touches a database.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import TypeVar
from zoneinfo import ZoneInfo

from faker import Faker
from stdnum import luhn

T = TypeVar("T")
SEED = 20260301
ZONE = ZoneInfo("America/Sao_Paulo")
MONTHS = 24
CITIES = (
    ("Campinas", "SP", 30),
    ("Ribeirão Preto", "SP", 20),
    ("Sorocaba", "SP", 18),
    ("São Carlos", "SP", 12),
    ("Uberlândia", "MG", 12),
    ("Poços de Caldas", "MG", 8),
)
PLANS = (
    ("Fibra 100", 7990, 20),
    ("Fibra 300", 9990, 40),
    ("Fibra 600", 12990, 28),
    ("Fibra 1 Giga", 16990, 12),
)
EXTRAS = (("TV", "TV Essencial", 4990, 0.22), ("Telefone", "Fixo ilimitado", 2990, 0.12))
CHANNELS = (("web", 38), ("phone", 25), ("whatsapp", 20), ("counter", 9), ("email", 5), ("app", 3))
REASONS = (
    ("price_too_high", 13),
    ("competitor_price", 11),
    ("competitor_better", 8),
    ("below_contracted", 9),
    ("outages", 8),
    ("issue_unresolved", 9),
    ("waiting_time", 5),
    ("bad_treatment", 4),
    ("billing_error", 4),
    ("not_using", 6),
    ("moved_away", 9),
    ("no_coverage", 3),
    ("financial_hardship", 5),
    ("illness", 1),
    ("bereavement", 1),
    ("not_as_promised", 2),
    ("temporary_absence", 2),
)
ENDS = (
    ("completed", 83),
    ("undone", 5),
    ("withdrawn", 5),
    ("lapsed", 2),
    ("unverified", 3),
    ("voided", 1),
    ("third_party", 1),
)
COMPETITORS = ("Turbo Giga", "Conecta Já", "Rede Veloz", "Fibra do Vale")
_LIKELY_HOURS = (0, 0, 0, 0, 0, 0, 1, 2, 5, 8, 9, 8, 6, 7, 8, 8, 7, 6, 6, 7, 6, 4, 2, 1)


@dataclass(frozen=True, slots=True)
class Story:
    """One planted story (``stories.toml``)."""

    code: str
    says: str
    factor: float
    reason: str
    reason_share: float
    plan: str = ""
    city: str = ""
    month: int = 0
    from_days_ago: int = 0
    until_days_ago: int = 0
    competitor: str = ""

    def holds(self, who: Subscriber, day: date, today: date) -> bool:
        """Whether the story acts on a subscriber on a day."""
        if self.plan and who.plan != self.plan:
            return False
        if self.city and who.city != self.city:
            return False
        if self.month:
            return day.month == self.month
        ago = (today - day).days
        return self.until_days_ago <= ago <= self.from_days_ago


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A customer with one contract."""

    number: int
    name: str
    kind: str
    document: str
    email: str
    phone: str
    city: str
    state: str
    plan: str
    amount_minor: int
    extras: tuple[tuple[str, str, int], ...]
    started_on: date
    renews_on: date
    committed_until: date | None
    benefit_minor: int | None
    serial: str


@dataclass(frozen=True, slots=True)
class Departure:
    """One request to come: who, when, over which channel, why, and how it ends."""

    subscriber: int
    at: datetime
    entered_before: timedelta
    channel: str
    reason: str
    end: str
    competitor: str
    disputes_fee: bool
    at_period_end: bool


def stories() -> tuple[Story, ...]:
    """Return the planted stories."""
    raw = tomllib.loads(files("atelogo.cli.demo").joinpath("stories.toml").read_text("utf-8"))
    return tuple(Story(**entry) for entry in raw["story"])


def subscribers(count: int, today: date) -> list[Subscriber]:
    """Return the provider's customers of the last four years, by number."""
    rng = random.Random(SEED)
    fake = Faker("pt_BR")
    fake.seed_instance(SEED)
    return [_subscriber(number, rng, fake, today) for number in range(1, count + 1)]


def _subscriber(number: int, rng: random.Random, fake: Faker, today: date) -> Subscriber:
    city, state = _pick(rng, [((c, s), w) for c, s, w in CITIES])
    plan, amount = _pick(rng, [((p, a), w) for p, a, w in PLANS])
    company = rng.random() < 0.07  # noqa: PLR2004 - few companies
    started = today - timedelta(days=int(rng.triangular(2, 1460, 500)))
    committed = rng.random() < 0.6  # noqa: PLR2004 - most signed for twelve months
    return Subscriber(
        number=number,
        name=fake.company() if company else fake.name(),
        kind="company" if company else "person",
        document=fake.cnpj() if company else fake.cpf(),
        email=f"cliente{number:05d}@exemplo.invalid",
        phone=f"+5519{rng.randrange(900000000, 1000000000)}",
        city=city,
        state=state,
        plan=plan,
        amount_minor=amount,
        extras=tuple((p, n, a) for p, n, a, share in EXTRAS if rng.random() < share),
        started_on=started,
        renews_on=_next_due(started, today),
        committed_until=started + timedelta(days=365) if committed else None,
        benefit_minor=rng.choice((24000, 36000, 48000)) if committed else None,
        serial=_serial(rng),
    )


def _serial(rng: random.Random) -> str:
    base = f"{rng.randrange(10**9, 10**10)}"
    return f"ONT{base}{luhn.calc_check_digit(base)}"


def _next_due(started: date, today: date) -> date:
    day = min(started.day, 28)
    this_month = today.replace(day=day)
    if this_month > today:
        return this_month
    return (this_month.replace(day=1) + timedelta(days=32)).replace(day=day)


def _pick(rng: random.Random, weighted: Sequence[tuple[T, int]]) -> T:
    return rng.choices([w[0] for w in weighted], [w[1] for w in weighted])[0]


def departures(people: Sequence[Subscriber], count: int, now: datetime) -> list[Departure]:
    """Return about ``count`` requests of the last 24 months, oldest first; nobody leaves twice.

    Each day has its share, more for customers on whom a story acts that day.
    """
    rng = random.Random(SEED + 1)
    today = now.astimezone(ZONE).date()
    planted = stories()
    days = MONTHS * 30
    left: set[int] = set()
    found: list[Departure] = []
    base = count / days
    for ago in range(days, -1, -1):
        day = today - timedelta(days=ago)
        for who in _leaving(people, day, today, base, planted, rng, left):
            departure = _departure(who, day, today, planted, rng)
            if departure.at < now - timedelta(minutes=2):
                left.add(who.number)
                found.append(departure)
    return sorted(found, key=lambda departure: departure.at)


def _leaving(
    people: Sequence[Subscriber],
    day: date,
    today: date,
    base: float,
    planted: Sequence[Story],
    rng: random.Random,
    left: set[int],
) -> Iterator[Subscriber]:
    """Yield who asks on ``day``: a steady share, thinned by weekday, and more where a story acts."""
    weekday = 0.6 if day.weekday() >= 5 else 1.15  # noqa: PLR2004 - Saturday and Sunday
    strongest = max(story.factor for story in planted)
    tries = _poisson(rng, base * 1.2 * weekday * strongest)
    for _try in range(tries):
        who = people[rng.randrange(len(people))]
        if who.number in left or who.started_on > day - timedelta(days=15):
            continue
        factor = max([1.0, *(s.factor for s in planted if s.holds(who, day, today))])
        if rng.random() < factor / strongest:
            yield who


def _poisson(rng: random.Random, mean: float) -> int:
    count, limit, product = 0, 2.718281828459045 ** (-mean), rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def _departure(
    who: Subscriber, day: date, today: date, planted: Sequence[Story], rng: random.Random
) -> Departure:
    hour = _pick(rng, list(enumerate(_LIKELY_HOURS)))
    at = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), ZONE).astimezone(UTC)
    reason = _pick(rng, REASONS)
    competitor = rng.choice(COMPETITORS) if reason.startswith("competitor") else ""
    for story in planted:
        if story.holds(who, day, today) and rng.random() < story.reason_share:
            reason, competitor = story.reason, story.competitor or competitor
    channel = _pick(rng, CHANNELS)
    return Departure(
        subscriber=who.number,
        at=at,
        entered_before=timedelta(
            seconds=int(rng.lognormvariate(4.2 if channel in {"web", "app"} else 5.6, 0.7))
        ),
        channel=channel,
        reason=reason if rng.random() < 0.9 else "",  # noqa: PLR2004 - some never say
        end=_pick(rng, ENDS),
        competitor=competitor,
        disputes_fee=rng.random() < 0.04,  # noqa: PLR2004 - few dispute
        at_period_end=rng.random() < 0.2,  # noqa: PLR2004 - some use what they paid
    )
