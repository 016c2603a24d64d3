"""One page, one button: every choice with its sum, one request whatever is pressed how often."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from atelogo.core import clock, ids
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM
from atelogo.register.models import Contract, ContractLine, RequestItem
from atelogo.register.services import requests
from atelogo.register.services.requests import Declaration
from tests.web.portal.conftest import CPF, NOON, Mailbox, Provider, field, text


def page_of(provider: Provider, query: str = "") -> str:
    """Return the text of José's plain contract's page."""
    return text(provider.browser(provider.jose).get(provider.contract(provider.plain) + query)).replace(
        "\xa0", " "
    )


def test_the_page_says_what_will_happen(provider: Provider) -> None:
    """Plan, value, each last day with its sum, open charges and fate, fee with its sum, equipment, undo."""
    page = page_of(provider)
    for words in (
        "Internet · 500 mega",
        "R$ 99,90 por mês",
        "Hoje, 02/03/2026",
        "21 dias usados: R$ 74,93; multa de até R$ 300,00.",
        "No fim do período atual, 09/03/2026",
        "28 dias usados: R$ 99,90",
        "Boleto, vencimento 10/02/2026, R$ 99,90: continua: é de dias já usados.",
        "Pix, vencimento 10/03/2026, R$ 99,90: será trocada por uma fatura final só com os dias usados.",
        "Até R$ 300,00.",
        "R$ 600,00 de benefício × 6 meses que faltam ÷ 12 meses = R$ 300,00",
        "Discordo: não aceitei fidelidade",
        "Roteador (SN1)",
        "A cobrança para em até 48 horas.",
        "Você pode desfazer por 24 horas.",
        "Guardamos o que a lei manda guardar",
        "Confirmar cancelamento",
    ):
        assert words in page


def test_today_is_chosen_and_nothing_else_is(provider: Provider) -> None:
    """Now is the default; a later day and a dispute are never preselected."""
    raw = provider.browser(provider.jose).get(provider.contract(provider.plain)).content.decode()
    assert 'name="when" value="now" checked' in raw
    assert 'name="dispute" value="" checked' in raw
    assert raw.count(" checked") == 2


def test_a_date_shows_its_sum_before_the_button(provider: Provider) -> None:
    """Asking for the sums of a day keeps the choice and writes nothing."""
    browser = provider.browser(provider.jose)
    page = browser.get(provider.contract(provider.plain))
    sent = {"state": field(page, "state"), "when": "date", "on": "2026-06-10", "act": "preview"}
    answer = browser.post(provider.contract(provider.plain), sent | {"dispute": "no_coverage"})
    assert answer.status_code == 303
    shown = browser.get(answer.headers["Location"])
    assert "10/06/2026: " in text(shown)
    assert "multa de até R$ 150,00" in text(shown).replace("\xa0", " ")
    raw = shown.content.decode()
    assert 'value="2026-06-10"' in raw
    assert 'value="no_coverage" checked' in raw
    assert provider.requests() == []


@pytest.mark.parametrize(
    "chosen,last_day",
    [
        ({"when": "now"}, date(2026, 3, 2)),
        ({}, date(2026, 3, 2)),
        ({"when": "period_end"}, date(2026, 3, 9)),
        ({"when": "date", "on": "2026-05-01"}, date(2026, 5, 1)),
    ],
)
def test_one_press_confirms_with_the_chosen_day(
    provider: Provider, chosen: dict[str, str], last_day: date
) -> None:
    """One POST leaves a confirmed request and leads to its protocol by a 303."""
    browser = provider.browser(provider.jose)
    where = provider.confirmed(browser, provider.plain, **chosen)
    (row,) = provider.requests()
    assert where == f"/nova-rede/protocolos/{row.protocol}"
    assert (row.state, row.identity, row.effective_on) == ("confirmed", "signed_link", last_day)
    assert browser.get(where).status_code == 200


def test_a_dispute_holds_the_fee_and_cancels_all_the_same(provider: Provider) -> None:
    """One tap on a reason leaves the fee disputed with a day for the answer."""
    provider.confirmed(provider.browser(provider.jose), provider.plain, dispute="not_working")
    (row,) = provider.requests()
    assert (row.state, row.fee_state, row.fee_dispute) == ("confirmed", "disputed", "not_working")
    assert row.fee_answer_due_on == date(2026, 3, 9)
    assert "Discordo da multa." in row.declaration


@pytest.mark.parametrize("on", ["", "2026-03-01", "2027-03-05", "amanhã", "31/02/2026"])
def test_a_bad_day_is_said_at_its_field_and_nothing_is_lost(provider: Provider, on: str) -> None:
    """A missing, past, far or unreadable day gives 422, a message at the field, and what was typed."""
    browser = provider.browser(provider.jose)
    state = field(browser.get(provider.contract(provider.plain)), "state")
    answer = browser.post(
        provider.contract(provider.plain),
        {"state": state, "when": "date", "on": on, "dispute": "not_working"},
    )
    assert answer.status_code == 422
    raw = answer.content.decode()
    assert 'href="#id_on"' in raw
    assert 'aria-describedby="id_on-error"' in raw
    assert 'value="not_working" checked' in raw
    assert 'value="date" checked' in raw
    assert provider.requests() == []


def test_double_click_two_tabs_and_retries_are_one_request(provider: Provider) -> None:
    """The same form twice, another tab's form, and an old form after all: one protocol."""
    browser = provider.browser(provider.jose)
    forms = [field(browser.get(provider.contract(provider.plain)), "state") for _tab in range(2)]
    places = {
        browser.post(provider.contract(provider.plain), {"state": state}).headers["Location"]
        for state in (forms[0], forms[0], forms[1], forms[0])
    }
    assert len(places) == 1
    assert len(provider.requests()) == 1


def test_a_request_under_way_is_shown_instead_of_the_button(provider: Provider) -> None:
    """The page names the protocol and its state's page, and offers no second confirmation."""
    browser = provider.browser(provider.jose)
    where = provider.confirmed(browser, provider.plain)
    page = text(browser.get(provider.contract(provider.plain)))
    assert "Este contrato já tem um cancelamento." in page
    assert where in page
    assert "Confirmar cancelamento" not in page


def test_an_open_request_is_concluded_here(provider: Provider) -> None:
    """What somebody opened by phone says that it is not cancelled yet, and the button concludes it."""
    with workspace_scope(provider.workspace.id):
        opened = requests.request_open(
            workspace=provider.workspace,
            actor=SYSTEM,
            declaration=Declaration(
                channel="phone", identity="agent", customer_id=provider.jose, contract_id=provider.plain
            ),
        )
    browser = provider.browser(provider.jose)
    assert "ainda não cancelado. Para concluir" in text(browser.get(provider.contract(provider.plain)))
    assert provider.confirmed(browser, provider.plain).endswith(opened.protocol)
    (row,) = provider.requests()
    assert (row.state, row.channel) == ("confirmed", "phone")


# Combos ----------------------------------------------------------------------------------------------------
def lines_of(provider: Provider) -> dict[str, str]:
    """Return the public ids of the combo's lines by product."""
    with workspace_scope(provider.workspace.id):
        rows = ContractLine.objects.filter(contract_id=provider.combo).values_list("product__name", "id")
        return {name: ids.public_id("lin", line) for name, line in rows}


def test_part_of_a_combo_quotes_what_stays_before_confirming(provider: Provider) -> None:
    """Unticking a line and confirming shows first what stays and its price; then one press takes the word."""
    browser = provider.browser(provider.jose)
    television = lines_of(provider)["TV"]
    state = field(browser.get(provider.contract(provider.combo)), "state")
    sent = {"state": state, "several": "1", "item": [television]}
    answer = browser.post(provider.contract(provider.combo), sent)
    assert answer.status_code == 303
    assert provider.requests() == []
    page = browser.get(answer.headers["Location"])
    assert "O que fica custa R$ 99,90 por mês." in text(page).replace("\xa0", " ")
    again = browser.post(provider.contract(provider.combo), sent | {"state": field(page, "state")})
    assert "/protocolos/" in again.headers["Location"]
    with workspace_scope(provider.workspace.id):
        assert [item.amount_minor for item in RequestItem.objects.all()] == [4000]


def test_a_whole_combo_goes_in_one_press(provider: Provider) -> None:
    """With every line ticked there is no second look."""
    browser = provider.browser(provider.jose)
    provider.confirmed(browser, provider.combo, several="1", item=list(lines_of(provider).values()))
    with workspace_scope(provider.workspace.id):
        assert RequestItem.objects.count() == 2


def test_no_line_ticked_is_asked_again(provider: Provider) -> None:
    """Confirming with nothing ticked cancels nothing and says so."""
    browser = provider.browser(provider.jose)
    state = field(browser.get(provider.contract(provider.combo)), "state")
    answer = browser.post(provider.contract(provider.combo), {"state": state, "several": "1"})
    assert answer.status_code == 422
    assert "Escolha uma das opções" in text(answer)
    assert provider.requests() == []


# Whose contract ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("which", ["ritas", "none", "words"])
def test_a_contract_of_somebody_else_answers_as_absent(provider: Provider, method: str, which: str) -> None:
    """Another customer's contract, one that does not exist and an address made up all answer 404."""
    addresses = {
        "ritas": provider.contract(provider.ritas),
        "none": provider.contract(ids.new_id()),
        "words": provider.path("cancelar/contrato/tudo"),
    }
    browser = provider.browser(provider.jose)
    assert getattr(browser, method)(addresses[which]).status_code == 404
    assert provider.requests() == []


def test_a_session_opens_nothing_in_another_company(provider: Provider) -> None:
    """A cookie carried over to another workspace is nobody there."""
    from tests.cast import company

    company("outra", "Outra")
    browser = provider.browser(provider.jose)
    browser.cookies["atelogo_customer"]["path"] = "/"
    address = provider.contract(provider.plain).replace("nova-rede", "outra")
    assert browser.get(address).headers["Location"].startswith("/outra/cancelar")


# Nothing is lost --------------------------------------------------------------------------------------------
def test_an_ended_session_keeps_the_choices(provider: Provider, mailbox: Mailbox) -> None:
    """Confirming after half an hour asks to come in again and comes back with day and dispute chosen."""
    browser = provider.browser(provider.jose)
    state = field(browser.get(provider.contract(provider.plain)), "state")
    with clock.clock_at(NOON + timedelta(minutes=40)):
        sent = {"state": state, "when": "date", "on": "2026-05-01", "dispute": "not_working"}
        answer = browser.post(provider.contract(provider.plain), sent)
        assert answer.status_code == 403
        assert "ainda não foi registrado" in text(answer)
        browser.post(provider.path("cancelar/codigo/pedir"), {"who": CPF, "state": field(answer, "state")})
        entered = browser.post(provider.path("cancelar/codigo"), {"code": mailbox.code()})
        raw = browser.get(entered.headers["Location"]).content.decode()
    assert 'value="2026-05-01"' in raw
    assert 'value="not_working" checked' in raw


def test_a_stale_form_keeps_the_choices(provider: Provider) -> None:
    """A form whose protection does not match is shown again with what was chosen, ready to be sent."""
    browser = provider.browser(provider.jose, enforce_csrf_checks=True)
    sent = {"when": "date", "on": "2026-05-01", "dispute": "not_working"}
    answer = browser.post(provider.contract(provider.plain), sent)
    assert answer.status_code == 403
    assert "Esta página ficou aberta por muito tempo" in text(answer)
    assert 'value="2026-05-01"' in answer.content.decode()
    assert provider.requests() == []
    token = field(answer, "csrfmiddlewaretoken")
    again = browser.post(
        provider.contract(provider.plain),
        sent | {"csrfmiddlewaretoken": token, "state": field(answer, "state")},
    )
    assert again.status_code == 303
    assert provider.requests()[0].effective_on == date(2026, 5, 1)


def test_a_database_that_is_gone_keeps_the_form(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing can be recorded the page says so, with everything ready to be sent again."""

    def down(**_named: object) -> None:
        raise OperationalError

    browser = provider.browser(provider.jose)
    state = field(browser.get(provider.contract(provider.plain)), "state")
    monkeypatch.setattr("atelogo.web.portal.views.leave.way_out_declare", down)
    answer = browser.post(provider.contract(provider.plain), {"state": state, "when": "period_end"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Ainda não registrado" in text(answer)
    assert field(answer, "state") == state
    assert field(answer, "when") == "period_end"
    assert "0800 111 2222" in text(answer)


def test_many_presses_block_no_first_confirmation(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the limit a contract that runs is cancelled; one that was cancelled gets 429 and contacts."""
    monkeypatch.setattr("atelogo.web.portal.views.leave._PER_SESSION", 0)
    browser = provider.browser(provider.jose)
    provider.confirmed(browser, provider.plain)
    answer = browser.post(provider.contract(provider.plain), {"when": "period_end"})
    assert answer.status_code == 429
    assert "0800 111 2222" in text(answer)
    provider.confirmed(browser, provider.combo)
    assert [row.state for row in provider.requests()] == ["confirmed", "confirmed"]


def test_an_open_request_is_concluded_past_the_limit(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody opened by phone is not cancelled yet: its first confirmation is taken."""
    monkeypatch.setattr("atelogo.web.portal.views.leave._PER_SESSION", 0)
    with workspace_scope(provider.workspace.id):
        requests.request_open(
            workspace=provider.workspace,
            actor=SYSTEM,
            declaration=Declaration(
                channel="phone", identity="in_person", customer_id=provider.jose, contract_id=provider.plain
            ),
        )
    provider.confirmed(provider.browser(provider.jose), provider.plain)
    assert [row.state for row in provider.requests()] == ["confirmed"]


def test_a_contract_already_ended_is_declared_for_a_person(provider: Provider) -> None:
    """Who insists on a contract that has ended is recorded; a person looks at it."""
    with workspace_scope(provider.workspace.id):
        Contract.objects.filter(id=provider.plain).update(status="ended", ended_on=date(2026, 1, 1))
    provider.confirmed(provider.browser(provider.jose), provider.plain)
    (row,) = provider.requests()
    assert (row.contract_id, row.next_step) == (None, "identify")


# Cost ------------------------------------------------------------------------------------------------------
def test_the_page_costs_six_statements(provider: Provider) -> None:
    """Workspace, session, contract, lines, equipment, requests under way: no statement more by line."""
    browser = provider.browser(provider.jose)
    counts = []
    for contract in (provider.plain, provider.combo):
        with CaptureQueriesContext(connection) as captured:
            browser.get(provider.contract(contract))
        counts.append(len(captured))
    assert counts == [6, 6]


def test_the_page_is_light(provider: Provider) -> None:
    """Page, style and brand together stay far below 60 kB, even before compression."""
    from pathlib import Path

    from django.contrib.staticfiles import finders

    page = provider.browser(provider.jose).get(provider.contract(provider.combo))
    style = finders.find("web/portal.css")
    assert isinstance(style, str)
    brand = Client().get(provider.path("brand.css"))
    assert len(page.content) + Path(style).stat().st_size + len(brand.content) < 40_000
