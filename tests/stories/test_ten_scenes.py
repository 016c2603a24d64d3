"""The ten scenes of everyday life at a Brazilian provider, as far as the register carries them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from atelogo.core import clock
from atelogo.events.ledger import SYSTEM, Actor
from atelogo.insights.domain.periods import Period
from atelogo.insights.queries.confirmed import confirmed
from atelogo.register.models import Contract, ContractLine, Equipment, Inquiry, Receipt, Request
from atelogo.register.queries.requests import RequestFilter, request_count
from atelogo.register.services import customers, requests
from atelogo.register.services.contract_ends import contract_return
from atelogo.register.services.customers import LineInput
from atelogo.register.services.requests import Choice, RequesterInput
from tests.stories.conftest import Provider

pytestmark = [pytest.mark.story, pytest.mark.django_db]
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def test_the_fee_question(provider: Provider) -> None:
    """Asking what the fee would be gets a protocol and an answer, and cancels nothing."""
    who = provider.subscriber("Paulo", "1", committed_until=date(2026, 6, 10), commitment_benefit_minor=36000)
    number = requests.inquiry_open(
        workspace=provider.workspace,
        actor=provider.bia,
        channel="phone",
        topic="fee",
        question="quanto dá a multa?",
        answer="até R$ 90,00 se cancelar hoje",
        customer_id=who[0],
        contract_id=who[1],
    )
    assert Inquiry.objects.get(protocol=number).customer_id == who[0]
    assert request_count(provider.workspace, RequestFilter()) == 0
    # The next day he decides: the fee is the one he was told, with its sum.
    with clock.clock_at(MONDAY + timedelta(days=1)):
        request = provider.row(provider.cancels(who))
    assert (request.fee_state, request.fee_minor) == ("stated", 9000)
    assert request.fee_parts == {"benefit_minor": 36000, "months_left": 3, "months_total": 12}


def test_the_wife_on_her_own_whatsapp(provider: Provider) -> None:
    """She is heard and dated at once; he confirms on his own link; the deadline runs from her words."""
    who = provider.subscriber("Carlos", "2")
    hers = provider.cancels(
        who, channel="whatsapp", requester=RequesterInput(relation="relative", name="Rosa", contact="9 9999")
    )
    assert (hers.state, provider.open_tasks(hers)) == ("open", ["check_authority"])
    assert Receipt.objects.count() == 0
    with clock.clock_at(MONDAY + timedelta(hours=6)):
        his = provider.cancels(who)
    request = provider.row(hers)
    assert (his.id, his.joined, request.state) == (hers.id, True, "confirmed")
    assert request.stop_due_at == MONDAY + timedelta(hours=48)
    assert provider.open_tasks(hers) == []
    assert Receipt.objects.count() == 1


def test_the_daughter_without_a_certificate(provider: Provider) -> None:
    """Bereavement without papers is recorded, never refused; with the certificate it counts from day one."""
    who = provider.subscriber("Antônia", "3")
    asked = provider.cancels(who, channel="phone", requester=RequesterInput(relation="heir", name="Lúcia"))
    with clock.clock_at(MONDAY + timedelta(days=9)):
        # Nine days later nothing lapsed: a clear declaration that waits for papers stays in hand.
        requests.request_lapse(workspace=provider.workspace, actor=SYSTEM, request_id=asked.id)
        assert provider.row(asked).state == "open"
        requests.authority_decide(
            workspace=provider.workspace,
            actor=provider.bia,
            request_id=asked.id,
            accepted=True,
            evidence="certidão de óbito, foto recebida",
        )
    request = provider.row(asked)
    assert (request.state, request.requested_at) == ("confirmed", MONDAY)
    assert request.stop_due_at == MONDAY + timedelta(hours=48)  # overdue: the company's own delay is visible


def test_cancelled_last_month_with_fernanda_and_a_letter_typed_on_monday(provider: Provider) -> None:
    """An earlier accepted declaration dates the request; when it was typed stays apart; both are printed."""
    who = provider.subscriber("Dário", "4")
    last_month = MONDAY - timedelta(days=28)
    asked = provider.cancels(
        who,
        channel="phone",
        declared_at=last_month,
        evidence={"kind": "earlier_protocol", "number": "FERNANDA-881", "approved_by": "supervisor"},
    )
    request = provider.row(asked)
    assert (request.requested_at, request.recorded_at) == (last_month, MONDAY)
    assert request.stop_due_at == last_month + timedelta(hours=48)
    receipt = Receipt.objects.get()
    assert '"declared_at": "2026-02-02T12:00:00-03:00"' in receipt.payload
    assert '"recorded_at": "2026-03-02T12:00:00-03:00"' in receipt.payload
    # The letter about the same contract joins, and being later it moves nothing.
    letter = provider.cancels(who, channel="letter", declared_at=MONDAY - timedelta(days=5))
    assert letter.joined
    assert provider.row(asked).requested_at == last_month


def test_the_wrong_homonym(provider: Provider) -> None:
    """A request on the wrong José is voided: out of every figure, his plan untouched, history kept."""
    wrong = provider.subscriber("José da Silva", "5")
    right = provider.subscriber("José da Silva", "6")
    mistake = provider.cancels(wrong, channel="counter")
    requests.request_void(
        workspace=provider.workspace, actor=provider.bia, request_id=mistake.id, why="homônimo: era o 6"
    )
    true = provider.cancels(right, channel="counter", follows_id=mistake.id)
    provider.worker_runs()
    assert confirmed(provider.workspace, MARCH).value == 1
    assert Contract.objects.get(id=wrong[1]).status == "active"
    assert provider.events(mistake)[-1] == "request.voided"
    assert provider.row(true).follows_id == mistake.id


def test_a_boleto_still_open_when_leaving(provider: Provider) -> None:
    """Debt is no obstacle: with an overdue boleto the word is final, and the charge is known to people."""
    who = provider.subscriber(
        "Elaine", "7", open_charges=({"kind": "boleto", "due_on": "2026-02-20", "amount_minor": 9990},)
    )
    request = provider.row(provider.cancels(who))
    assert request.state == "confirmed"
    assert Contract.objects.get(id=who[1]).open_charges[0]["kind"] == "boleto"


def test_equipment_is_never_a_guard(provider: Provider) -> None:
    """A router not yet given back delays nothing: confirmed, completed, and named on the receipt."""
    who = provider.subscriber("Fábio", "8")
    customers.equipment_lend(
        workspace=provider.workspace, contract_id=who[1], kind="Roteador", serial="R-1", value_minor=25000
    )
    asked = provider.cancels(who)
    requests.request_complete(workspace=provider.workspace, actor=Actor("billing"), request_id=asked.id)
    assert provider.row(asked).state == "completed"
    assert Equipment.objects.get().status == "lent"
    assert '"serial": "R-1"' in Receipt.objects.get(kind="confirmed").payload


def test_twelve_of_forty_lines_sent_by_somebody_dismissed(provider: Provider) -> None:
    """One request with twelve items; a contact no longer authorised is recorded, a current one confirms."""
    lines = tuple(LineInput("Móvel", f"Chip {n:02d}", 3000) for n in range(40))
    who = provider.subscriber("Transportes Vale", "9", lines=lines)
    old = customers.contact_authorise(
        workspace=provider.workspace, customer_id=who[0], name="Ivo", role="RH", email="ivo@vale.invalid"
    )
    customers.contact_authorise(
        workspace=provider.workspace, customer_id=who[0], name="Nina", role="TI", email="nina@vale.invalid"
    )
    customers.contact_revoke(workspace=provider.workspace, contact_id=old)
    twelve = tuple(
        ContractLine.objects.filter(contract_id=who[1]).order_by("id").values_list("id", flat=True)[:12]
    )
    ivo = RequesterInput(relation="authorised_contact", name="Ivo", contact="ivo@vale.invalid")
    asked = provider.cancels(who, channel="email", requester=ivo, line_ids=twelve)
    assert (asked.state, provider.open_tasks(asked)) == ("open", ["check_authority"])
    nina = RequesterInput(relation="authorised_contact", name="Nina", contact="nina@vale.invalid")
    confirmed_by_her = provider.cancels(who, channel="email", requester=nina, line_ids=twelve)
    assert (confirmed_by_her.id, provider.row(asked).state) == (asked.id, "confirmed")
    requests.request_complete(workspace=provider.workspace, actor=Actor("billing"), request_id=asked.id)
    contract = Contract.objects.get(id=who[1])
    assert (contract.status, contract.amount_minor) == ("active", 28 * 3000)


def test_only_tv_leaves_the_combo(provider: Provider) -> None:
    """The customer keeps internet at its own price; only the TV's value counts as lost."""
    who = provider.subscriber(
        "Gilda", "10", lines=(LineInput("Internet", "Fibra 300", 9990), LineInput("TV", "Essencial", 4990))
    )
    tv = ContractLine.objects.get(contract_id=who[1], amount_minor=4990)
    asked = provider.cancels(who, line_ids=(tv.id,))
    requests.request_complete(workspace=provider.workspace, actor=Actor("billing"), request_id=asked.id)
    assert provider.row(asked).mrr_minor == 4990
    assert Contract.objects.get(id=who[1]).amount_minor == 9990


def test_back_in_ten_days(provider: Provider) -> None:
    """Coming back reopens the contract and changes no past figure; a later wish is a new request."""
    who = provider.subscriber("Hugo", "11")
    asked = provider.cancels(who)
    requests.request_complete(workspace=provider.workspace, actor=Actor("billing"), request_id=asked.id)
    before = confirmed(provider.workspace, MARCH).value
    with clock.clock_at(MONDAY + timedelta(days=10)):
        contract_return(
            workspace=provider.workspace, actor=provider.bia, contract_id=who[1], request_id=asked.id
        )
        assert Contract.objects.get(id=who[1]).status == "active"
        assert confirmed(provider.workspace, MARCH).value == before == 1
        again = provider.cancels(who)
    assert again.id != asked.id
    assert Request.objects.count() == 2


def test_cancelled_before_it_was_ever_installed(provider: Provider) -> None:
    """“Never installed” cancels in one tap and holds the fee for a person's answer by a date."""
    who = provider.subscriber("Íris", "12", committed_until=date(2027, 3, 1), commitment_benefit_minor=36000)
    asked = provider.cancels(who, choice=Choice(dispute="never_installed"))
    request = provider.row(asked)
    assert (request.state, request.fee_state) == ("confirmed", "disputed")
    assert request.fee_answer_due_on == date(2026, 3, 9)
    requests.fee_answer(
        workspace=provider.workspace,
        actor=provider.bia,
        request_id=asked.id,
        fee_minor=None,
        words="instalação não ocorreu: sem multa",
    )
    assert (provider.row(asked).fee_state, provider.open_tasks(asked)) == ("none", [])
