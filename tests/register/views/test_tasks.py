"""Pendências: what waits, for whom, until when, and how it is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from atelogo.accounts.domain.permissions import Role
from atelogo.core import clock
from atelogo.events import outbox
from atelogo.register.models import ManualTask, Request
from atelogo.register.services import billing_orders, requests
from tests.register.views.conftest import MONDAY, Desk

pytestmark = pytest.mark.django_db
SHELL = 4


def _stop_task(desk: Desk) -> ManualTask:
    """Confirm José's cancellation and let its deadline come near: a person must stop the charge."""
    desk.confirmed()
    with clock.clock_at(MONDAY + timedelta(hours=40)):
        assert billing_orders.late_stops(desk.workspace) == 1
    task: ManualTask = ManualTask.objects.get(kind="billing_stop")
    return task


def test_each_kind_of_work_has_its_tab_with_its_count(desk: Desk) -> None:
    """Unidentified, disputed and unauthorised requests are counted and shown each under its own tab."""
    desk.unidentified("Marta Lopes")
    desk.confirmed(dispute="not_working")
    _customer, other = desk.subscriber("1002", "Rita Souza")
    desk.confirmed(other)
    page = desk.get("pendencias/?tab=identify").content.decode()
    assert "Marta Lopes" in page
    assert "Rita" not in page
    assert "/identificar" in page
    assert "José da Conceição" in desk.get("pendencias/?tab=fee").content.decode()
    counts = {tab.code: tab.count for tab in desk.get("pendencias/").context["tabs"]}  # type: ignore[attr-defined]
    assert (counts["identify"], counts["fee"], counts["late"], counts["authority"]) == (1, 1, 0, 0)
    assert "failed" not in counts


def test_it_opens_on_what_is_due_today_the_most_urgent_first(desk: Desk) -> None:
    """The first tab mixes all kinds by deadline, and names each request once."""
    task = _stop_task(desk)
    with clock.clock_at(MONDAY + timedelta(hours=1)):
        desk.unidentified("Marta Lopes")
    with clock.clock_at(MONDAY + timedelta(hours=50)):
        answer = desk.get("pendencias/")
        lines = answer.context["lines"]  # type: ignore[attr-defined]
        assert "2 horas de atraso" in answer.content.decode()
    assert [(line.row.task_id, line.row.kind) for line in lines] == [
        (task.id, "billing_stop"),
        (None, "identify"),
    ]
    assert "Nada espera" in desk.get("pendencias/?mine=1", Role.MANAGER).content.decode()


def test_a_late_stop_shows_even_without_a_task(desk: Desk) -> None:
    """A stop past its deadline is in its tab whether or not anybody was given the step."""
    desk.confirmed()
    with clock.clock_at(MONDAY + timedelta(hours=49)):
        page = desk.get("pendencias/?tab=late").content.decode()
    assert "José da Conceição" in page
    assert "Parar a cobrança" in page


def test_after_a_refused_authorisation_the_holder_is_to_be_asked(desk: Desk) -> None:
    """A request whose third party was not accepted stays in sight until the holder is asked."""
    made = desk.third_party()
    requests.authority_decide(
        workspace=desk.workspace,
        actor=desk.bruno,
        request_id=made.id,
        accepted=False,
        evidence="sem procuração",
    )
    assert "Perguntar ao titular" in desk.get("pendencias/?tab=ask_holder").content.decode()
    assert desk.get("pendencias/").context["tabs"]  # type: ignore[attr-defined]


def test_work_is_taken_by_whoever_does_it(desk: Desk) -> None:
    """Taking a task or a request makes the person its owner."""
    task = _stop_task(desk)
    marina = desk.cast.marina.person.id
    assert desk.post(f"pendencias/{task.id}/assumir", Role.MANAGER).status_code == 302
    assert ManualTask.objects.get(id=task.id).owner_id == marina
    waiting = desk.unidentified()
    assert desk.post(f"pendencias/pedidos/{waiting.id}/assumir", Role.MANAGER).status_code == 302
    assert Request.objects.get(id=waiting.id).owner_id == marina


def test_a_stop_is_closed_only_on_its_proof_and_completes(desk: Desk) -> None:
    """Without proof the task stays open with what was typed; with it the cancellation is complete."""
    task = _stop_task(desk)
    path = f"pendencias/{task.id}/fechar"
    assert "Parar a cobrança" in desk.get(f"pendencias/{task.id}/").content.decode()
    assert desk.post(path, evidence="").status_code == 422
    future = desk.post(path, evidence="OS 4431 encerrada", stopped_at="2030-01-01T10:00")
    assert future.status_code == 422
    assert "OS 4431 encerrada" in future.content.decode()
    assert ManualTask.objects.get(id=task.id).state == "open"
    assert desk.post(path, evidence="OS 4431 encerrada", stopped_at="2026-03-02T11:30").status_code == 302
    row = Request.objects.get()
    assert (row.state, ManualTask.objects.get(id=task.id).state) == ("completed", "done")
    shown = desk.get(f"pendencias/{task.id}/").content.decode()
    assert "OS 4431 encerrada" in shown
    assert "Fechar a pendência" not in shown
    again = desk.browser().post(desk.url(path), {"evidence": "de novo"}, follow=True)
    assert "já foi fechada" in again.content.decode()


def test_fees_and_authorisations_are_decided_from_their_task(desk: Desk) -> None:
    """The task of a fee asks for its answer, the one of an authorisation for the decision."""
    disputed = desk.confirmed(dispute="not_working")
    fee = ManualTask.objects.get(kind="answer_fee")
    assert desk.post(f"pendencias/{fee.id}/fechar", answer="none", words="Sem multa").status_code == 302
    assert Request.objects.get(id=disputed.id).fee_state == "none"
    _customer, other = desk.subscriber("1002")
    waits = requests.request_declare(
        workspace=desk.workspace,
        actor=desk.bruno,
        declaration=desk.declaration(other, requester=requests.RequesterInput(relation="heir", name="Filha")),
    )
    check = ManualTask.objects.get(kind="check_authority")
    assert desk.post(f"pendencias/{check.id}/fechar", decision="accepted").status_code == 422
    accepted = desk.post(f"pendencias/{check.id}/fechar", decision="accepted", evidence="certidão de óbito")
    assert accepted.status_code == 302
    assert Request.objects.get(id=waits.id).state == "confirmed"


def test_a_declaration_is_matched_with_its_contract(desk: Desk) -> None:
    """What the person gave is looked up and offered; a person decides; the first time stays."""
    waiting = desk.unidentified("José", contract_hint="1001")
    path = f"cancelamentos/{waiting.id}/identificar"
    page = desk.get(path).content.decode()
    assert f'value="{desk.contract}"' in page
    found = desk.post(path, act="find", q="conceicao").content.decode()
    assert f'value="{desk.contract}"' in found
    assert "Ninguém encontrado" in desk.post(path, act="find", q="zzzz").content.decode()
    wrong = desk.post(path, act="match", customer="nonsense", contract=desk.contract)
    assert wrong.status_code == 422
    with clock.clock_at(MONDAY + timedelta(hours=3)):
        done = desk.post(path, act="match", customer=desk.customer, contract=desk.contract)
    assert done.status_code == 302
    row = Request.objects.get(id=waiting.id)
    assert (row.customer_id, row.contract_id, row.requested_at) == (desk.customer, desk.contract, MONDAY)


def test_matching_a_contract_in_progress_joins_the_two(desk: Desk) -> None:
    """When the contract has a request already, the declaration is joined into it and the page leads there."""
    standing = desk.confirmed()
    waiting = desk.unidentified("José")
    answer = desk.post(
        f"cancelamentos/{waiting.id}/identificar", act="match", customer=desk.customer, contract=desk.contract
    )
    assert answer.headers["Location"] == desk.url(f"cancelamentos/{standing.id}/")
    assert Request.objects.get(id=waiting.id).merged_into_id == standing.id


def test_failed_sendings_are_seen_and_sent_again_by_those_who_may(desk: Desk) -> None:
    """What failed for good is shown in plain words to managers, who send it once more; agents see no tab."""
    from atelogo.core.tasks import GiveUpError, Work, task

    @task("test.register_console_fails", max_attempts=1)
    def fails(_work: Work) -> None:
        raise GiveUpError("the channel refuses this address")

    outbox.enqueue("test.register_console_fails", workspace_id=desk.workspace.id, payload={}, key="k")
    outbox.drain()
    page = desk.get("pendencias/?tab=failed", Role.MANAGER).content.decode()
    assert "Envios que falharam" in page
    assert "dead" not in page.lower()
    (job,) = outbox.dead_jobs(desk.workspace.id)
    assert desk.post(f"pendencias/envios/{job.id}/reenviar", Role.MANAGER).status_code == 302
    assert outbox.dead_jobs(desk.workspace.id) == []
    assert "Envios que falharam" not in desk.get("pendencias/").content.decode()


def test_only_who_works_may_close(desk: Desk, stranger: Client) -> None:
    """An auditor reads a task without its form; a stranger finds nothing."""
    task = _stop_task(desk)
    page = desk.get(f"pendencias/{task.id}/", Role.AUDITOR).content.decode()
    assert "não a fecha" in page
    assert desk.post(f"pendencias/{task.id}/fechar", Role.AUDITOR, evidence="OS 1").status_code == 403
    assert stranger.post(desk.url(f"pendencias/{task.id}/fechar"), {"evidence": "OS 1"}).status_code == 404


def test_empty_pages_say_what_to_expect(desk: Desk) -> None:
    """With nothing waiting the page says what will show here."""
    assert "Nada espera" in desk.get("pendencias/").content.decode()
    assert "Nada deste tipo espera" in _with_one_waiting(desk)


def _with_one_waiting(desk: Desk) -> str:
    desk.unidentified()
    return desk.get("pendencias/?tab=fee").content.decode()


def test_the_tabs_cost_the_same_however_much_waits(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The first tab takes six queries beside the shell's, for one thing to do or for many."""
    desk.unidentified()
    desk.third_party()
    browser = desk.browser()
    path = desk.url("pendencias/")
    with clock.clock_at(MONDAY + timedelta(hours=40)):
        browser.get(path)
        with django_assert_num_queries(SHELL + 6):
            browser.get(path)
        for number in range(20):
            desk.unidentified(f"Pessoa {number}")
        with django_assert_num_queries(SHELL + 6):
            browser.get(path)
