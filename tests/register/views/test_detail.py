"""One request: what its page shows to whom, and every act that can be done from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from atelogo.accounts.domain.permissions import Role
from atelogo.core import clock
from atelogo.events import ledger
from atelogo.register.models import Note, Request, Touchpoint
from atelogo.register.services import customers, requests
from tests.cast import actor_of
from tests.register.views.conftest import CPF, MONDAY, Desk

pytestmark = pytest.mark.django_db
# Of every page: the company, the session, the person, their place in the company.
SHELL = 4


def test_the_page_tells_everything_in_sentences(desk: Desk) -> None:
    """Header, reasons, customer, money with its sum, receipts and the story are on one page."""
    made = desk.confirmed(words="Quero cancelar, a internet cai.")
    page = desk.get(f"cancelamentos/{made.id}/").content.decode().replace("\xa0", " ")
    for words in (
        "José da Conceição", "111.444.777-35", "jose@example.com", "(11) 98765-4321", "Contrato 1001",
        "até R$ 300,00", "R$ 600,00 × 6 de 12 meses", "Pedido recebido por Telefone",
        "Quero cancelar, a internet cai.", "Comprovante do cancelamento", "10/09/2026", "Bruno Balcão",
    ):  # fmt: skip
        assert words in page, words


def test_an_analyst_sees_no_person(desk: Desk) -> None:
    """Without personal data, name and contacts are masked and what people said is hidden."""
    made = desk.confirmed(words="Quero cancelar, a internet cai.")
    requests.note_add(workspace=desk.workspace, actor=desk.bruno, request_id=made.id, text="Ligar à noite")
    page = desk.get(f"cancelamentos/{made.id}/", Role.ANALYST).content.decode()
    for words in ("José", CPF, "111.444.777-35", "jose@", "98765", "internet cai", "Ligar à noite"):
        assert words not in page, words
    assert "***.444.777-**" in page
    assert "Oculto para o seu papel" in page
    assert desk.get(f"cancelamentos/{made.id}/", Role.ANALYST).content.decode().count('type="submit"') <= 2


def test_erased_detail_is_said_to_be_erased(desk: Desk) -> None:
    """Once the personal detail of a fact is shredded, the story says so instead of showing it."""
    made = desk.opened(words="Tudo o que eu disse")
    entries = [entry.id for entry in ledger.entries_of(desk.workspace.id, made.id)]
    assert ledger.shred(desk.workspace.id, entries) == 1
    page = desk.get(f"cancelamentos/{made.id}/").content.decode()
    assert "Dados pessoais apagados" in page


def test_an_open_request_says_that_nothing_is_cancelled(desk: Desk) -> None:
    """While a request is only open its page says so and how to conclude."""
    made = desk.opened()
    page = desk.get(f"cancelamentos/{made.id}/").content.decode()
    assert "Ainda não cancelado." in page
    assert "Confirmar cancelamento" in page


def test_confirming_takes_the_chosen_day(desk: Desk) -> None:
    """Confirming by the form keeps the choice of last day and leads back to the page."""
    made = desk.opened()
    answer = desk.post(f"cancelamentos/{made.id}/confirmar", when="period_end", dispute="not_working")
    assert answer.status_code == 302
    row = Request.objects.get(id=made.id)
    assert (row.state, row.effective_choice, str(row.effective_on)) == (
        "confirmed",
        "period_end",
        "2026-03-09",
    )
    assert (row.fee_state, row.fee_dispute) == ("disputed", "not_working")


@pytest.mark.parametrize("on", ["", "2026-01-01", "2031-01-01"])
def test_a_day_that_cannot_be_is_refused_with_what_was_typed(desk: Desk, on: str) -> None:
    """A missing, past or far day is refused beside the form, which stays open with the choice made."""
    made = desk.opened()
    answer = desk.post(f"cancelamentos/{made.id}/confirmar", when="date", on=on, dispute="not_accepted")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Request.objects.get(id=made.id).state == "open"
    assert '<option value="not_accepted" selected>' in page
    assert "error-summary" in page
    assert '<details class="act" name="acts" open>' in page


def test_a_step_that_the_state_does_not_allow_is_a_conflict(desk: Desk) -> None:
    """Another tab was quicker: the refusal comes as a conflict on the page, and nothing changes."""
    made = desk.opened()
    requests.request_withdraw(
        workspace=desk.workspace, actor=desk.bruno, request_id=made.id, why="changed_mind"
    )
    answer = desk.post(f"cancelamentos/{made.id}/confirmar", when="now")
    assert answer.status_code == 409
    assert "Este passo não é possível agora" in answer.content.decode()
    assert Request.objects.get(id=made.id).state == "withdrawn"


def test_completing_and_undoing(desk: Desk) -> None:
    """The stop of the charge completes the request; inside the window it can still be undone."""
    made = desk.confirmed()
    done = desk.post(f"cancelamentos/{made.id}/concluir", stopped_at="2026-03-02T11:00", reference="OS 44")
    assert done.status_code == 302
    assert Request.objects.get(id=made.id).state == "completed"
    assert "Referência: OS 44" in desk.get(f"cancelamentos/{made.id}/").content.decode()
    assert desk.post(f"cancelamentos/{made.id}/desfazer").status_code == 302
    assert Request.objects.get(id=made.id).state == "undone"


def test_after_the_window_undoing_is_refused(desk: Desk) -> None:
    """When the time to undo has ended the page no longer offers it, and the act itself is refused."""
    made = desk.confirmed()
    with clock.clock_at(MONDAY + timedelta(hours=25)):
        assert "/desfazer" not in desk.get(f"cancelamentos/{made.id}/").content.decode()
        assert desk.post(f"cancelamentos/{made.id}/desfazer").status_code == 409
    assert Request.objects.get(id=made.id).state == "confirmed"


def test_staying_and_voiding_and_joining(desk: Desk) -> None:
    """The ends of a request are acts with their reason; a supervisor's act is refused to an agent."""
    stays = desk.opened()
    assert desk.post(f"cancelamentos/{stays.id}/fica", why="problem_solved").status_code == 302
    again = desk.opened()
    assert desk.post(f"cancelamentos/{again.id}/anular", why="cliente errado").status_code == 403
    assert desk.post(f"cancelamentos/{again.id}/anular", Role.MANAGER, why="").status_code == 422
    assert (
        desk.post(f"cancelamentos/{again.id}/anular", Role.MANAGER, why="cliente errado").status_code == 302
    )
    first, second = desk.unidentified("Marta"), desk.unidentified("Marta L.")
    wrong = desk.post(f"cancelamentos/{second.id}/juntar", protocol="123")
    assert wrong.status_code == 422
    assert 'value="123"' in wrong.content.decode()
    assert desk.post(f"cancelamentos/{second.id}/juntar", protocol=second.protocol).status_code == 409
    assert desk.post(f"cancelamentos/{second.id}/juntar", protocol=first.protocol).status_code == 302
    states = [Request.objects.get(id=one.id).state for one in (stays, again, second)]
    assert states == ["withdrawn", "voided", "merged"]
    assert first.protocol[12:] in desk.get(f"cancelamentos/{second.id}/").content.decode()


def test_reasons_and_causes_stand_side_by_side(desk: Desk) -> None:
    """Stated reasons and the verified cause are set by acts and shown with who said them."""
    made = desk.confirmed()
    price, outages = desk.reason(), desk.reason("outages")
    assert (
        desk.post(
            f"cancelamentos/{made.id}/motivo", reason=price, second=outages, free_text="caro"
        ).status_code
        == 302
    )
    done = desk.post(f"cancelamentos/{made.id}/causa", reason=outages, evidence="5 chamados, 2 quedas")
    assert done.status_code == 302
    page = desk.get(f"cancelamentos/{made.id}/").content.decode()
    for words in ("Preço alto pelo que oferece", "também:", "5 chamados, 2 quedas", "caro", "Causa apurada"):
        assert words in page, words
    assert desk.post(f"cancelamentos/{made.id}/motivo", reason="nonsense").status_code == 422
    assert Request.objects.get(id=made.id).completeness > 0


def test_notes_and_contacts_stay_in_the_story(desk: Desk) -> None:
    """A note and a contact with another system's number are kept; an empty note is refused."""
    made = desk.confirmed()
    assert desk.post(f"cancelamentos/{made.id}/nota", text="Pediu retorno").status_code == 302
    assert desk.post(f"cancelamentos/{made.id}/nota", text="  ").status_code == 422
    fields: dict[str, Any] = {
        "kind": "complaint",
        "channel": "phone",
        "outside_protocol": "ERP-77",
        "summary": "Ligou",
    }
    assert desk.post(f"cancelamentos/{made.id}/contato", **fields).status_code == 302
    page = desk.get(f"cancelamentos/{made.id}/").content.decode()
    for words in ("Pediu retorno", "Reclamação · Telefone", "Número em outro sistema: ERP-77", "Ligou"):
        assert words in page, words
    assert (Note.objects.count(), Touchpoint.objects.count()) == (1, 1)
    found = desk.browser().post(desk.url("cancelamentos/busca"), {"q": "ERP-77"}, follow=True)
    assert made.protocol[12:] in found.content.decode()


def test_taking_and_handing_over(desk: Desk) -> None:
    """Whoever takes a request owns it; it is handed over only to people of the company."""
    made = desk.confirmed()
    assert desk.post(f"cancelamentos/{made.id}/assumir", Role.MANAGER).status_code == 302
    marina = desk.cast.marina.person.id
    assert Request.objects.get(id=made.id).owner_id == marina
    clara = desk.cast.clara.person.id
    assert desk.post(f"cancelamentos/{made.id}/responsavel", owner=clara).status_code == 422
    bruno = desk.cast.bruno.person.id
    assert desk.post(f"cancelamentos/{made.id}/responsavel", owner=bruno).status_code == 302
    assert Request.objects.get(id=made.id).owner_id == bruno
    assert "/assumir" not in desk.get(f"cancelamentos/{made.id}/").content.decode()


def test_a_disputed_fee_is_answered_with_a_sum_or_none(desk: Desk) -> None:
    """The answer about a fee needs its sum or "none", and always an explanation."""
    made = desk.confirmed(dispute="not_working")
    path = f"cancelamentos/{made.id}/multa"
    assert desk.post(path, answer="stated", amount="", words="Contrato assinado").status_code == 422
    assert desk.post(path, answer="stated", amount="dez reais", words="Contrato").status_code == 422
    assert desk.post(path, answer="none", words="").status_code == 422
    assert desk.post(path, answer="stated", amount="1.150,50", words="Contrato assinado").status_code == 302
    row = Request.objects.get(id=made.id)
    assert (row.fee_state, row.fee_minor) == ("stated", 115050)


def test_a_fee_can_be_disputed_afterwards_and_equipment_arranged(desk: Desk) -> None:
    """After confirming, the fee may still be disputed and the way back of equipment chosen."""
    customers.equipment_lend(
        workspace=desk.workspace, contract_id=desk.contract, kind="Roteador", serial="Z1"
    )
    made = desk.confirmed()
    assert desk.post(f"cancelamentos/{made.id}/discordancia", why="never_installed").status_code == 302
    assert Request.objects.get(id=made.id).fee_state == "disputed"
    bad = desk.post(f"cancelamentos/{made.id}/equipamento", way="pickup", day="2020-01-01", part="morning")
    assert bad.status_code == 422
    fields: dict[str, Any] = {"way": "pickup", "day": "2026-03-05", "part": "morning"}
    assert desk.post(f"cancelamentos/{made.id}/equipamento", **fields).status_code == 302
    assert "Nós buscamos" in desk.get(f"cancelamentos/{made.id}/").content.decode()


def test_authority_is_decided_on_the_page(desk: Desk) -> None:
    """A third party's request waits for its authorisation; accepted, it takes effect."""
    made = desk.third_party()
    page = desk.get(f"cancelamentos/{made.id}/").content.decode()
    assert "Decidir sobre a autorização" in page
    path = f"cancelamentos/{made.id}/autorizacao"
    assert desk.post(path, decision="accepted", evidence="").status_code == 422
    assert desk.post(path, decision="accepted", evidence="Procuração registrada").status_code == 302
    assert Request.objects.get(id=made.id).state == "confirmed"


def test_a_correction_keeps_before_after_and_why(desk: Desk) -> None:
    """Only what differs is corrected; the reason is needed; the story shows before and after."""
    made = desk.confirmed()
    path = f"cancelamentos/{made.id}/corrigir"
    page = desk.get(path).content.decode()
    assert 'value="139,90"' in page
    present: dict[str, Any] = {
        "channel": "phone", "declared_at": "2026-03-02T12:00", "effective_on": "2026-03-02",
        "product_name": "Internet + TV", "plan_name": "500 mega + Básico", "mrr_minor": "139,90",
        "fee_minor": "300,00", "city": "Campinas", "region": "SP",
    }  # fmt: skip
    refused = desk.post(path, **(present | {"city": "Sorocaba"}))
    assert refused.status_code == 422
    assert 'value="Sorocaba"' in refused.content.decode()
    assert desk.post(path, **(present | {"city": "Sorocaba", "why": "mudou de cidade"})).status_code == 302
    row = Request.objects.get(id=made.id)
    assert (row.city, row.mrr_minor, row.declared_at) == ("Sorocaba", 13990, MONDAY)
    last = ledger.entries_of(desk.workspace.id, made.id)[-1]
    assert (last.name, last.body["fields"]) == ("request.corrected", ["city"])
    assert "Cidade: “Campinas” → “Sorocaba”" in desk.get(f"cancelamentos/{made.id}/").content.decode()


def test_linked_requests_lead_to_each_other(desk: Desk) -> None:
    """A later wish shows the one it follows, and the earlier one shows who followed."""
    first = desk.opened()
    requests.request_withdraw(
        workspace=desk.workspace, actor=desk.bruno, request_id=first.id, why="changed_mind"
    )
    second = desk.opened(follows_id=first.id)
    assert f"cancelamentos/{first.id}/" in desk.get(f"cancelamentos/{second.id}/").content.decode()
    assert f"cancelamentos/{second.id}/" in desk.get(f"cancelamentos/{first.id}/").content.decode()


def test_somebody_who_left_the_company_is_still_named(desk: Desk) -> None:
    """What a former colleague did keeps their name in the story."""
    from atelogo.accounts.services.people import membership_remove

    made = desk.confirmed()
    membership_remove(
        workspace=desk.workspace, user_id=desk.cast.bruno.person.id, actor=actor_of(desk.cast.ana)
    )
    page = desk.get(f"cancelamentos/{made.id}/", Role.MANAGER).content.decode()
    assert "Bruno Balcão" in page


def test_the_page_costs_the_same_for_a_long_story(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Opening a request takes a fixed number of queries, however much happened to it."""
    made = desk.confirmed()
    browser = desk.browser()
    browser.get(desk.url(f"cancelamentos/{made.id}/"))
    with django_assert_num_queries(SHELL + 16):
        browser.get(desk.url(f"cancelamentos/{made.id}/"))
    for number in range(15):
        requests.note_add(
            workspace=desk.workspace, actor=desk.bruno, request_id=made.id, text=f"Nota {number}"
        )
    with django_assert_num_queries(SHELL + 16):
        browser.get(desk.url(f"cancelamentos/{made.id}/"))
