"""Building the demonstration: the company on paper is played through the register's own services.

Every request is made under a clock held at its moment, by the services that customers and agents use; only
then are e-mail addresses added, so that no receipt of the past is sent to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from atelogo.accounts.domain.permissions import Role
from atelogo.accounts.services.people import membership_set, user_create
from atelogo.accounts.services.workspaces import workspace_create
from atelogo.cli.demo.plan import Departure, Subscriber, departures, subscribers
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events import sealer
from atelogo.events.ledger import SYSTEM, Actor
from atelogo.register.domain.deadlines import EffectiveChoice
from atelogo.register.queries.reasons import reason_nodes
from atelogo.register.services import customers, requests, setup
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from atelogo.register.services.requests import Choice, Declaration, RequesterInput

if TYPE_CHECKING:
    from atelogo.accounts.domain.workspace import WorkspaceInfo

SLUG = "rede-ipe"
PASSWORD = "demonstracao"  # noqa: S105 - printed on the screen: the demonstration's own, loopback only
PEOPLE = (
    ("Helena Duarte", "helena@rede-ipe.example", Role.OWNER),
    ("Marcos Vilela", "marcos@rede-ipe.example", Role.MANAGER),
    ("Aline Prado", "aline@rede-ipe.example", Role.ANALYST),
    ("Bia Ramos", "bia@rede-ipe.example", Role.AGENT),
    ("Otto Reis", "otto@rede-ipe.example", Role.AUDITOR),
)
# Requests this fresh are left as they would be: under way, waiting for people.
FRESH = timedelta(days=4)
_CHUNK = 100
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Stage:
    """What the play needs at hand: the company, who acts, ids by subscriber, reasons by code."""

    workspace: WorkspaceInfo
    clerk: Actor
    ids: dict[int, tuple[UUID, UUID]]
    reasons: dict[str, UUID]
    now: datetime


def build(*, customers_count: int, requests_count: int, progress: Progress) -> None:
    """Build the company in an empty database and write ``demo.json`` beside it."""
    now = clock.now()
    people = subscribers(customers_count, clock.today("America/Sao_Paulo"))
    leaving = departures(people, requests_count, now)
    with clock.clock_at(now - timedelta(days=1500)):
        workspace = workspace_create(slug=SLUG, name="Rede Ipê", actor=SYSTEM, settings=_settings())
        members = [_member(workspace, *who) for who in PEOPLE]
        setup.workspace_prepare(workspace=workspace)
    with workspace_scope(workspace.id):
        nodes = reason_nodes(workspace.id, language="pt-br").values()
        stage = Stage(workspace, Actor("staff", members[3]), {}, {n.code: n.id for n in nodes}, now)
        _enrol(stage, people, progress)
        _play(stage, leaving, progress)
        _reach(stage, people, progress)
    progress("seal", 0, 1)
    sealer.seal_all()
    progress("seal", 1, 1)
    _note_links(stage, leaving)


def _settings() -> dict[str, object]:
    return {
        "legal_name": "Rede Ipê Telecomunicações Ltda. (empresa fictícia)",
        "tax_id": "11222333000181",
        "sector": "telecom",
        "sac_phone": "0800 000 1234",
        "ombudsman": "0800 000 4321",
        "email": "atendimento@rede-ipe.example",
        "site": "https://rede-ipe.example",
        "brand_colour": "#7a4a12",
    }


def _member(workspace: WorkspaceInfo, name: str, email: str, role: Role) -> UUID:
    user = user_create(email=email, name=name, password=PASSWORD)
    membership_set(workspace=workspace, user_id=user.id, role=role, actor=SYSTEM)
    return user.id


def _enrol(stage: Stage, people: list[Subscriber], progress: Progress) -> None:
    for start in range(0, len(people), _CHUNK):
        with transaction.atomic():
            for who in people[start : start + _CHUNK]:
                stage.ids[who.number] = _customer(stage.workspace, who)
        progress("customers", min(start + _CHUNK, len(people)), len(people))


def _customer(workspace: WorkspaceInfo, who: Subscriber) -> tuple[UUID, UUID]:
    customer = customers.customer_add(
        workspace=workspace,
        given=CustomerInput(
            name=who.name,
            external_id=f"{who.number:05d}",
            kind=who.kind,
            document=who.document,
            phone=who.phone,
            city=who.city,
            state=who.state,
            since=who.started_on,
        ),
    )
    contract = customers.contract_add(
        workspace=workspace,
        customer_id=customer,
        given=ContractInput(
            number=f"C{who.number:06d}",
            lines=(
                LineInput("Internet", who.plan, who.amount_minor),
                *(LineInput(product, plan, amount) for product, plan, amount in who.extras),
            ),
            started_on=who.started_on,
            renews_on=who.renews_on,
            committed_from=who.started_on if who.committed_until else None,
            committed_until=who.committed_until,
            commitment_benefit_minor=who.benefit_minor,
            signup_channel="web",
        ),
    )
    customers.equipment_lend(
        workspace=workspace, contract_id=contract, kind="Roteador (ONT)", serial=who.serial, value_minor=35000
    )
    return customer, contract


def _play(stage: Stage, leaving: list[Departure], progress: Progress) -> None:
    for place, departure in enumerate(leaving, start=1):
        with clock.clock_at(departure.at):
            _ask(stage, departure)
        if place % 25 == 0 or place == len(leaving):
            progress("requests", place, len(leaving))


def _ask(stage: Stage, departure: Departure) -> None:
    """Let one customer ask, and let time pass as it would."""
    customer, contract = stage.ids[departure.subscriber]
    by_agent = departure.channel in {"phone", "counter", "email", "whatsapp"}
    person = stage.clerk if by_agent else Actor("customer", customer)
    said = Declaration(
        channel=departure.channel,
        identity="agent" if by_agent else "signed_link",
        customer_id=customer,
        contract_id=contract,
        intent_at=departure.at - departure.entered_before,
    )
    play = {"withdrawn": _stays, "lapsed": _says_nothing, "unverified": _unknown, "third_party": _relative}
    act = play.get(departure.end, _leaves)
    request_id = act(stage, departure, person, said)
    if departure.reason and request_id is not None:
        requests.request_reason_set(
            workspace=stage.workspace,
            actor=person,
            request_id=request_id,
            reason_id=stage.reasons[departure.reason],
            source="agent" if by_agent else "customer",
        )
        if departure.competitor:
            requests.request_words_set(
                workspace=stage.workspace,
                actor=person,
                request_id=request_id,
                competitor=departure.competitor,
            )


def _choice(departure: Departure) -> Choice:
    when = EffectiveChoice.PERIOD_END if departure.at_period_end else EffectiveChoice.NOW
    return Choice(when, dispute="not_working" if departure.disputes_fee else "")


def _leaves(stage: Stage, departure: Departure, person: Actor, said: Declaration) -> UUID:
    done = requests.request_declare(
        workspace=stage.workspace, actor=person, declaration=said, choice=_choice(departure)
    )
    if departure.end == "undone" and departure.at + timedelta(hours=6) < stage.now:
        with clock.clock_at(departure.at + timedelta(hours=5)):
            requests.request_undo(workspace=stage.workspace, actor=person, request_id=done.id)
    elif departure.end == "voided" and departure.at + timedelta(days=2) < stage.now:
        with clock.clock_at(departure.at + timedelta(days=1)):
            requests.request_void(
                workspace=stage.workspace,
                actor=stage.clerk,
                request_id=done.id,
                why="pedido registrado no cadastro de outra pessoa com o mesmo nome",
            )
    elif departure.at + FRESH < stage.now:
        _complete(stage, done.id, departure.at + timedelta(hours=9))
        if departure.disputes_fee:
            _answer_fee(stage, done.id, departure.at + timedelta(days=3))
    return done.id


def _answer_fee(stage: Stage, request_id: UUID, at: datetime) -> None:
    with clock.clock_at(at):
        requests.fee_answer(
            workspace=stage.workspace,
            actor=stage.clerk,
            request_id=request_id,
            fee_minor=None,
            words="chamados confirmam as falhas: sem multa",
        )


def _complete(stage: Stage, request_id: UUID, at: datetime) -> None:
    with clock.clock_at(at):
        requests.request_complete(
            workspace=stage.workspace, actor=Actor("billing"), request_id=request_id, stopped_at=at
        )


def _stays(stage: Stage, departure: Departure, person: Actor, said: Declaration) -> UUID:
    opened = requests.request_open(workspace=stage.workspace, actor=person, declaration=said)
    with clock.clock_at(departure.at + timedelta(minutes=9)):
        requests.request_withdraw(
            workspace=stage.workspace, actor=person, request_id=opened.id, why="explicit_stay"
        )
    return opened.id


def _says_nothing(stage: Stage, departure: Departure, person: Actor, said: Declaration) -> UUID:
    silent = Declaration(
        channel=said.channel,
        identity=said.identity,
        customer_id=said.customer_id,
        contract_id=said.contract_id,
        intent_at=said.intent_at,
        clear=False,
    )
    opened = requests.request_open(workspace=stage.workspace, actor=person, declaration=silent)
    if departure.at + timedelta(days=8) < stage.now:
        with clock.clock_at(departure.at + timedelta(days=7, minutes=1)):
            requests.request_lapse(workspace=stage.workspace, actor=SYSTEM, request_id=opened.id)
    return opened.id


def _unknown(stage: Stage, departure: Departure, person: Actor, said: Declaration) -> UUID:
    words = "Quero cancelar minha internet, mudei de cidade e perdi o acesso ao e-mail do cadastro."
    done = requests.request_declare(
        workspace=stage.workspace,
        actor=person,
        declaration=Declaration(
            channel=departure.channel,
            identity="unverified",
            words=words,
            requester=RequesterInput(name="Titular a identificar", contact="(19) 90000-0000"),
            intent_at=said.intent_at,
        ),
    )
    if departure.at + FRESH < stage.now and said.customer_id is not None:
        with clock.clock_at(departure.at + timedelta(hours=20)):
            standing = requests.request_identify(
                workspace=stage.workspace,
                actor=stage.clerk,
                request_id=done.id,
                customer_id=said.customer_id,
                contract_id=said.contract_id,
            )
        _complete(stage, standing, departure.at + timedelta(hours=30))
    return done.id


def _relative(stage: Stage, departure: Departure, person: Actor, said: Declaration) -> UUID:
    done = requests.request_declare(
        workspace=stage.workspace,
        actor=person,
        declaration=Declaration(
            channel=said.channel,
            identity="agent",
            customer_id=said.customer_id,
            contract_id=said.contract_id,
            intent_at=said.intent_at,
            requester=RequesterInput(relation="relative", name="Filha do titular"),
        ),
    )
    if departure.at + FRESH < stage.now:
        with clock.clock_at(departure.at + timedelta(hours=26)):
            requests.authority_decide(
                workspace=stage.workspace,
                actor=stage.clerk,
                request_id=done.id,
                accepted=True,
                evidence="procuração conferida no balcão",
            )
        _complete(stage, done.id, departure.at + timedelta(hours=40))
    return done.id


def _reach(stage: Stage, people: list[Subscriber], progress: Progress) -> None:
    for start in range(0, len(people), _CHUNK):
        with transaction.atomic():
            for who in people[start : start + _CHUNK]:
                customers.customer_email_set(
                    workspace=stage.workspace, customer_id=stage.ids[who.number][0], email=who.email
                )
        progress("contacts", min(start + _CHUNK, len(people)), len(people))


def _note_links(stage: Stage, leaving: list[Departure]) -> None:
    """Write whose pages the demonstration's links open: three customers who have not asked to leave."""
    gone = {departure.subscriber for departure in leaving}
    staying = [number for number in stage.ids if number not in gone]
    links = [{"workspace": SLUG, "customer": str(stage.ids[number][0])} for number in staying[:3]]
    text = json.dumps({"links": links, "built_at": clock.iso(stage.now)}, indent=2)
    (settings.ATELOGO_HOME / "demo.json").write_text(text, "utf-8")
