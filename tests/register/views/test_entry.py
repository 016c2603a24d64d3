"""Novo cancelamento: finding, joining, recording once, and losing nothing that was typed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from atelogo.register.models import Inquiry, Note, Request, Requester, RequestItem, RequestReason, Touchpoint
from atelogo.register.services import customers, requests
from atelogo.register.services.customers import ContractInput, CustomerInput, LineInput
from tests.register.views.conftest import CPF, MONDAY, Desk

pytestmark = pytest.mark.django_db
PATH = "cancelamentos/novo/"
SHELL = 4


def _sent(desk: Desk, browser: Client, act: str, **fields: Any) -> Any:
    return browser.post(desk.url(PATH), {"act": act, "key": "k1", "mode": "known", **fields})


def _chosen(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "customer": desk.customer, "contract": desk.contract, "channel": "phone", "relation": "holder",
        "declared": "now", "when": "now", **more,
    }  # fmt: skip


def test_the_page_opens_on_the_notes(desk: Desk) -> None:
    """The first control is the free line of notes, with the focus; the finder is the next one."""
    page = desk.get(PATH).content.decode()
    controls = re.findall(
        r'<(?:textarea|input type="search"|input class="form-control")[^>]*name="(\w+)"', page
    )
    assert next(name for name in controls if name != "q") == "note"
    assert re.search(r'<textarea[^>]*name="note"[^>]*autofocus', page)


@pytest.mark.parametrize(
    "term", ["jose da conc", "111.444.777-35", "jose@example.com", "11 98765 4321", "1001"]
)
def test_a_customer_is_found_by_anything_and_alone_is_chosen(desk: Desk, term: str) -> None:
    """Sent without scripts, a search with one answer chooses it: contract, lines, sums are there at once."""
    desk.subscriber("2002", "Rita Souza")
    page = _sent(desk, desk.browser(), "find", q=term, note="quer sair").content.decode().replace("\xa0", " ")
    assert "Rita" not in page
    assert f'name="customer" value="{desk.customer}"' in page
    assert "multa de até R$ 300,00 (R$ 600,00 × 6 de 12 meses)" in page
    assert "Internet · 500 mega" in page
    assert "quer sair" in page


def test_several_answers_are_offered_without_losing_what_was_typed(desk: Desk) -> None:
    """With several answers each is offered; the note, the reason and the words stay as typed."""
    desk.subscriber("2002", "José Ribeiro")
    reason = desk.reason()
    page = _sent(
        desk, desk.browser(), "find", q="josé", note="ligou bravo", reason=reason, words="Quero sair <já>"
    ).content.decode()
    assert page.count('value="customer:') == 2
    assert "ligou bravo" in page
    assert f'<option value="{reason}" selected>' in page
    assert "Quero sair &lt;já&gt;" in page


def test_htmx_only_lists_and_never_chooses(desk: Desk) -> None:
    """While the agent is still typing, one answer is offered, not chosen."""
    answer = desk.browser().post(
        desk.url(PATH), {"act": "find", "q": "jose", "key": "k1"}, headers={"HX-Request": "true"}
    )
    assert f'value="customer:{desk.customer}"' in answer.content.decode()
    assert 'name="customer"' not in answer.content.decode()


def test_one_submission_records_everything(desk: Desk) -> None:
    """Request, reasons, words, competitor, note and score are kept by one sending, which gives the number."""
    price, outages = desk.reason(), desk.reason("outages")
    answer = _sent(
        desk, desk.browser(), "confirm",
        **_chosen(
            desk, note="Retornar à noite", reason=price, second=outages, free_text="subiu de novo",
            words="Quero cancelar", expected="300 mega de verdade", would_have_kept="consertar",
            competitor="Vizinha Net", competitor_price="79,90", competitor_speed="600 mega",
            identity_check="data_confirmed", when="period_end", dispute="not_accepted",
        ),
    )  # fmt: skip
    row = Request.objects.get()
    assert answer.headers["Location"] == desk.url(f"cancelamentos/{row.id}/registrado")
    assert (row.state, row.identity, row.channel, row.customer_id) == (
        "confirmed",
        "agent",
        "phone",
        desk.customer,
    )
    assert (row.effective_on, row.fee_state, row.declaration) == (
        date(2026, 3, 9),
        "disputed",
        "Quero cancelar",
    )
    assert (row.competitor, row.competitor_terms) == (
        "Vizinha Net",
        {"price_minor": 7990, "speed": "600 mega"},
    )
    assert (row.free_text, row.expected, row.would_have_kept) == (
        "subiu de novo",
        "300 mega de verdade",
        "consertar",
    )
    stated = RequestReason.objects.order_by("position").values_list("reason_id", flat=True)
    assert list(stated) == [price, outages]
    assert Note.objects.get().text == "Retornar à noite"
    assert (Requester.objects.get().relation, row.completeness) == ("holder", 100)
    told = desk.browser().get(answer.headers["Location"]).content.decode()
    assert " ".join(row.protocol[at : at + 4] for at in range(0, 16, 4)) in told
    assert "O último dia do serviço é 09/03/2026." in told


def test_pressing_twice_records_once(desk: Desk) -> None:
    """The same form sent again gives the same protocol and repeats neither the note nor anything else."""
    browser, fields = desk.browser(), _chosen(desk, note="uma vez só")
    first = _sent(desk, browser, "confirm", **fields)
    second = _sent(desk, browser, "confirm", **fields)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Location"].split("?")[0] == first.headers["Location"]
    assert (Request.objects.count(), Note.objects.count(), Touchpoint.objects.count()) == (1, 1, 0)


def test_an_active_request_is_seen_at_once_and_joined(desk: Desk) -> None:
    """With a request in progress the page says so before anything; recording joins it, once per sending."""
    first = desk.confirmed()
    browser = desk.browser()
    page = _sent(desk, browser, "find", q="1001").content.decode()
    assert "Este contrato já tem um pedido em andamento." in page
    assert first.protocol[12:] in page
    fields = _chosen(desk, note="ligou de novo", words="já pedi ontem")
    joined = _sent(desk, browser, "confirm", **fields)
    assert joined.headers["Location"] == desk.url(f"cancelamentos/{first.id}/registrado?joined=1")
    _sent(desk, browser, "confirm", **fields)
    assert Request.objects.count() == 1
    assert (Touchpoint.objects.count(), Note.objects.count()) == (1, 1)
    assert (
        "Pediu de novo por Telefone" in browser.get(desk.url(f"cancelamentos/{first.id}/")).content.decode()
    )


def test_only_recording_leaves_it_open(desk: Desk) -> None:
    """“Only record it” keeps the declaration with its date, cancels nothing and says so."""
    answer = _sent(desk, desk.browser(), "open", **_chosen(desk))
    row = Request.objects.get()
    assert (row.state, row.declared_at) == ("open", MONDAY)
    assert "Nada foi cancelado ainda." in desk.browser().get(answer.headers["Location"]).content.decode()


def test_some_lines_leave_and_the_rest_goes_on(desk: Desk) -> None:
    """Only the chosen lines are asked; what stays is priced before; no line at all is refused."""
    from atelogo.register.models import ContractLine

    tv = ContractLine.objects.get(amount_minor=4000).id
    browser = desk.browser()
    fields = _chosen(desk, line=str(tv), lines_of=desk.contract)
    page = _sent(desk, browser, "look", **fields).content.decode().replace("\xa0", " ")
    assert "O que fica custa R$ 99,90 por mês." in page
    none = _sent(desk, browser, "confirm", **_chosen(desk, lines_of=desk.contract))
    assert none.status_code == 422
    assert "Escolha ao menos um item do contrato." in none.content.decode()
    _sent(desk, browser, "confirm", **fields)
    assert [item.line_id for item in RequestItem.objects.all()] == [tv]


def test_a_customer_with_several_contracts_chooses_one(desk: Desk) -> None:
    """With several running contracts none is chosen by guess."""
    second = customers.contract_add(
        workspace=desk.workspace,
        customer_id=desk.customer,
        given=ContractInput(number="1009", lines=(LineInput("Telefone", "Fala", 3990),)),
    )
    browser = desk.browser()
    refused = _sent(desk, browser, "confirm", **_chosen(desk, contract="", note="fica"))
    assert refused.status_code == 422
    assert "Escolha o contrato." in refused.content.decode()
    assert "fica" in refused.content.decode()
    assert _sent(desk, browser, "confirm", **_chosen(desk, contract=second)).status_code == 302
    assert Request.objects.get().contract_id == second


@pytest.mark.parametrize(
    "fields,said",
    [
        ({"when": "date", "on": ""}, "Diga em que dia."),
        ({"when": "date", "on": "2020-01-01"}, "Escolha outro último dia"),
        ({"declared": "earlier"}, "Diga em que dia foi declarado."),
        (
            {"declared": "earlier", "declared_on": "2026-03-20", "evidence_kind": "call"},
            "Este dia ainda não chegou",
        ),
        ({"declared": "earlier", "declared_on": "2026-02-20"}, "Diga o que comprova a data anterior."),
        ({"competitor_price": "barato"}, "Escreva um valor como 89,90."),
        ({"customer": ""}, "Busque o cliente primeiro"),
        ({"reason": "outro"}, "escolha válida"),
        ({"customer": "00000000-0000-0000-0000-000000000001"}, "Busque o cliente primeiro"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_lost(
    desk: Desk, fields: dict[str, str], said: str
) -> None:
    """Each refusal says what is wrong; notes, words and choices are all still there; nothing is written."""
    typed = {
        "note": "anotado",
        "words": "Quero sair",
        "expected": "outra coisa",
        "second": str(desk.reason()),
    }
    answer = _sent(desk, desk.browser(), "confirm", **_chosen(desk, **(typed | fields)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    for words in ("anotado", "Quero sair", "outra coisa", f'value="{desk.reason()}" selected'):
        assert words in page
    assert Request.objects.count() == 0


def test_a_database_that_does_not_answer_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the register cannot be written for a moment, the page comes back with all that was typed."""
    from atelogo.register.views import entry

    def fails(**_given: object) -> None:
        raise OperationalError("locked")

    monkeypatch.setattr(entry, "request_typed", fails)
    answer = _sent(desk, desk.browser(), "confirm", **_chosen(desk, note="não perca isto"))
    assert answer.status_code == 503
    assert "não perca isto" in answer.content.decode()


def test_an_earlier_declaration_counts_from_its_day(desk: Desk) -> None:
    """A letter typed late counts from its own date, with evidence, number and who approves it."""
    _sent(
        desk, desk.browser(), "confirm",
        **_chosen(
            desk, declared="earlier", declared_on="2026-02-20", declared_time="09:30",
            evidence_kind="earlier_protocol", evidence_reference="ERP-123",
            approved_by=desk.cast.marina.person.id,
        ),
    )  # fmt: skip
    row = Request.objects.get()
    assert row.requested_at == datetime(2026, 2, 20, 12, 30, tzinfo=UTC)
    assert row.declared_evidence == {
        "kind": "earlier_protocol", "reference": "ERP-123", "approved_by": str(desk.cast.marina.person.id),
    }  # fmt: skip
    assert Touchpoint.objects.get().outside_protocol == "ERP-123"
    page = desk.get(f"cancelamentos/{row.id}/").content.decode()
    assert "aprovado por Marina Gerente" in page


def test_a_day_without_an_hour_counts_in_the_customers_favour(desk: Desk) -> None:
    """When nobody knows the hour, the deadlines run from the beginning of the day."""
    fields = _chosen(desk, declared="earlier", declared_on="2026-02-20", evidence_kind="letter")
    _sent(desk, desk.browser(), "confirm", **fields)
    assert Request.objects.get().requested_at == datetime(2026, 2, 20, 3, 0, tzinfo=UTC)


def test_a_relative_is_recorded_and_waits_for_the_check(desk: Desk) -> None:
    """Somebody else's wish is dated at once; the effect waits for the authorisation."""
    fields = _chosen(desk, relation="relative", requester_name="Sueli", authority="certidão", words="faleceu")
    answer = _sent(desk, desk.browser(), "confirm", **fields)
    row, who = Request.objects.get(), Requester.objects.get()
    assert (row.state, row.next_step, row.requested_at) == ("open", "check_authority", MONDAY)
    assert (who.relation, who.name, who.authority_state) == ("relative", "Sueli", "pending")
    assert (
        "conferimos se você pode agir pelo titular"
        in desk.browser().get(answer.headers["Location"]).content.decode()
    )


def test_contacts_of_a_company_are_chosen_from_the_list(desk: Desk) -> None:
    """A current contact of a company acts at once; one no longer authorised is recorded and checked."""
    company = customers.customer_add(
        workspace=desk.workspace, given=CustomerInput(name="Bom Preço Ltda", document="11222333000181")
    )
    contract = customers.contract_add(
        workspace=desk.workspace,
        customer_id=company,
        given=ContractInput(number="9001", lines=(LineInput("Internet", "Link", 19990),)),
    )
    rita = customers.contact_authorise(
        workspace=desk.workspace, customer_id=company, name="Rita Compras", role="Compras", document=CPF
    )
    nelson = customers.contact_authorise(
        workspace=desk.workspace, customer_id=company, name="Nelson", role="", document="52998224725",
        valid_until=date(2025, 1, 1),
    )  # fmt: skip
    page = desk.get(f"{PATH}?customer={company}&contract={contract}").content.decode()
    assert "Nelson (não está mais autorizado)" in page
    for contact, state in ((nelson, "open"), (rita, "confirmed")):
        fields = _chosen(
            desk, customer=company, contract=contract, relation="authorised_contact", contact_id=contact
        )
        _sent(desk, desk.browser(), "confirm", **(fields | {"key": str(contact)}))
        assert Request.objects.get(contract_id=contract).state == state


def test_an_unknown_customer_goes_to_the_tray(desk: Desk) -> None:
    """Without knowing who it is, what the person gave is enough; with nothing at all it is refused."""
    browser = desk.browser()
    page = _sent(desk, browser, "mode:unknown", note="sotaque do sul").content.decode()
    assert "Cliente ainda não identificado" in page
    assert "sotaque do sul" in page
    refused = _sent(desk, browser, "confirm", mode="unknown", channel="phone", when="now", relation="holder")
    assert refused.status_code == 422
    fields = {"requester_name": "Marta", "requester_contact": "11 97777-0000", "contract_hint": "casa 3"}
    _sent(
        desk, browser, "confirm", mode="unknown", channel="whatsapp", when="now", relation="holder", **fields
    )
    row, who = Request.objects.get(), Requester.objects.get()
    assert (row.identity, row.customer_id, row.next_step) == ("unverified", None, "identify")
    assert (who.name, who.contact, who.contract_hint) == ("Marta", "11 97777-0000", "casa 3")


def test_a_customer_without_a_contract_is_recorded_all_the_same(desk: Desk) -> None:
    """A customer whose contract is not here is no obstacle: the wish waits to be matched."""
    lone = customers.customer_add(workspace=desk.workspace, given=CustomerInput(name="Sem Contrato"))
    assert (
        _sent(desk, desk.browser(), "confirm", **_chosen(desk, customer=lone, contract="")).status_code == 302
    )
    row = Request.objects.get()
    assert (row.customer_id, row.contract_id, row.next_step) == (lone, None, "identify")


def test_a_question_is_no_cancellation(desk: Desk) -> None:
    """“It is only a question” keeps the question with its own protocol and touches no request."""
    browser = desk.browser()
    page = _sent(
        desk, browser, "mode:question", customer=desk.customer, note="n", words="guardado"
    ).content.decode()
    assert 'name="words" value="guardado"' in page
    assert "Se o cliente saísse:" in page
    fields = {"mode": "question", "customer": desk.customer, "topic": "fee", "channel": "phone"}
    assert _sent(desk, browser, "ask", **fields, question="").status_code == 422
    first = _sent(desk, browser, "ask", **fields, question="Quanto dá a multa?", answer="Até R$ 300")
    second = _sent(desk, browser, "ask", **fields, question="Quanto dá a multa?", answer="Até R$ 300")
    assert first.headers["Location"] == second.headers["Location"]
    assert (Inquiry.objects.count(), Request.objects.count()) == (1, 0)
    shown = browser.get(first.headers["Location"]).content.decode()
    assert "Quanto dá a multa?" in shown
    assert f"?customer={desk.customer}" in shown
    found = browser.post(desk.url("cancelamentos/busca"), {"q": Inquiry.objects.get().protocol})
    back = browser.get(found.headers["Location"])
    assert back.headers["Location"] == first.headers["Location"]


def test_a_wish_after_one_that_came_to_nothing_follows_it(desk: Desk) -> None:
    """A new wish for a contract whose last request was withdrawn is linked to it."""
    first = desk.opened()
    requests.request_withdraw(
        workspace=desk.workspace, actor=desk.bruno, request_id=first.id, why="changed_mind"
    )
    _sent(desk, desk.browser(), "confirm", **_chosen(desk))
    assert Request.objects.get(state="confirmed").follows_id == first.id


def test_every_reason_is_explained_on_the_page(desk: Desk) -> None:
    """Each reason on offer has its definition, use, misuse and example; the system's own are absent."""
    page = desk.get(PATH).content.decode()
    offered = set(re.findall(r'<option value="([0-9a-f-]{36})"', page.split('name="second"')[0]))
    offered -= {str(desk.cast.ana.person.id)}
    explained = set(re.findall(r'id="guide-([0-9a-f-]{36})"', page))
    assert len(offered) > 25
    assert offered == explained
    assert str(desk.reason("not_informed")) not in offered
    assert page.count("Use quando") == len(offered)
    assert 'aria-describedby="reason-help"' in page


def test_nobody_elses_customer_is_shown(desk: Desk) -> None:
    """An id of another company's customer in the address opens the empty page."""
    from atelogo.core.tenancy import workspace_scope

    with workspace_scope(desk.cast.elsewhere.id):
        theirs: UUID = customers.customer_add(
            workspace=desk.cast.elsewhere, given=CustomerInput(name="De Outra Empresa")
        )
    page = desk.get(f"{PATH}?customer={theirs}").content.decode()
    assert "De Outra Empresa" not in page
    assert 'name="customer"' not in page


def test_finding_costs_the_same_for_many_answers(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The finder's answer takes a fixed number of queries and shows at most eight people."""
    for number in range(3000, 3012):
        desk.subscriber(str(number), "Maria das Dores")
    browser = desk.browser()
    fields = {"act": "find", "q": "maria", "key": "k", "mode": "known"}
    browser.post(desk.url(PATH), fields)
    with django_assert_num_queries(SHELL + 9):
        page = browser.post(desk.url(PATH), fields).content.decode()
    assert page.count('value="customer:') == 8
    assert "Há mais." in page
