"""Início and Motivos: the numbers on the page are the requests behind them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from atelogo.accounts.domain.permissions import Role
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import Actor
from atelogo.insights.domain.periods import Period, preset_period
from atelogo.insights.queries.confirmed import confirmed
from atelogo.insights.queries.reasons import reasons_pareto
from atelogo.insights.queries.requests_opened import requests_opened
from atelogo.insights.queries.time_to_cancel import time_to_cancel
from atelogo.insights.queries.value_lost import value_lost
from atelogo.insights.queries.withdrawn import withdrawn
from atelogo.register.models import Reason
from atelogo.register.queries.requests import RequestFilter, request_count
from atelogo.register.services import requests, setup
from tests.cast import Cast, signed_in
from tests.register.conftest import MONDAY, Shop, subscriber
from tests.register.services.test_request_open import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(cast: Cast) -> Shop:
    """Return the padaria on a Monday: two left, one took it back, one was voided, one came last month."""
    workspace = cast.workspace
    setup.workspace_prepare(workspace=workspace)
    with workspace_scope(workspace.id):
        reasons = list(Reason.objects.filter(code__in=("too_expensive", "moved_away")).order_by("code"))
        reasons = reasons or list(Reason.objects.all()[3:5])
        shop = Shop(workspace, workspace.id, workspace.id, Actor("staff"), Actor("customer"))
        for number, hours in (("1", 0), ("2", 1), ("3", 2), ("4", 3), ("5", -24 * 30)):
            with clock.clock_at(MONDAY + timedelta(hours=hours)):
                customer, contract = subscriber(workspace, number)
                shop = Shop(workspace, customer, contract, Actor("staff"), Actor("customer", customer))
                entered = clock.now() - timedelta(seconds=40)
                done = requests.request_declare(
                    workspace=workspace, actor=shop.person, declaration=asked(shop, intent_at=entered)
                )
                if number in {"1", "2"}:
                    requests.request_reason_set(
                        workspace=workspace,
                        actor=shop.person,
                        request_id=done.id,
                        reason_id=reasons[0].id,
                        source="customer",
                    )
                if number == "3":
                    requests.request_undo(workspace=workspace, actor=shop.person, request_id=done.id)
                if number == "4":
                    requests.request_void(
                        workspace=workspace, actor=shop.clerk, request_id=done.id, why="homônimo"
                    )
    return shop


def test_each_figure_counts_what_its_definition_says(busy: Shop) -> None:
    """Voided is outside everything; undone is a desistência; last month is the base of the change."""
    with clock.clock_at(MONDAY + timedelta(hours=5)), workspace_scope(busy.workspace.id):
        month = preset_period("this_month", MONDAY.date())
        opened = requests_opened(busy.workspace, month)
        assert (opened.value, opened.before, opened.series) == (3, 0, (0, 3))
        assert confirmed(busy.workspace, month).value == 2
        assert withdrawn(busy.workspace, month).value == 1
        assert value_lost(busy.workspace, month).value == 2 * 13990
        assert time_to_cancel(busy.workspace, month).value == 40
        january = Period(MONDAY.date().replace(month=1, day=1), MONDAY.date().replace(month=1, day=31))
        assert requests_opened(busy.workspace, january).value == 1
        assert time_to_cancel(busy.workspace, Period(None, MONDAY.date().replace(year=2020))).missing


def test_every_figure_opens_down_to_as_many_requests(busy: Shop) -> None:
    """The list behind a number holds exactly as many requests as the number says."""
    month = preset_period("this_month", MONDAY.date())
    with clock.clock_at(MONDAY + timedelta(hours=5)), workspace_scope(busy.workspace.id):
        for figure, standing in (
            (requests_opened, "counted"),
            (confirmed, "left"),
            (withdrawn, "stayed"),
        ):
            behind = RequestFilter(since=month.since, until=month.until, standing=standing)
            assert figure(busy.workspace, month).value == request_count(busy.workspace, behind)
        bars = reasons_pareto(busy.workspace, RequestFilter(), language="pt-br")
        for bar in bars:
            if bar.label != "Não informado":
                behind = RequestFilter(reason=bar.reason_id, standing="reasons")
                assert bar.bar.count == request_count(busy.workspace, behind)
        assert sum(bar.bar.count for bar in bars) == 3
        assert {bar.label for bar in bars} >= {"Não informado"}


def test_the_pages_show_the_figures(busy: Shop, cast: Cast) -> None:
    """Início and Motivos answer an agent with numbers, definitions and links to the list."""
    with clock.clock_at(MONDAY + timedelta(hours=5)):
        browser = signed_in(cast.bruno)
        home = browser.get("/padaria-aurora/console/").content.decode()
        assert "Pedidos hoje" in home
        assert "279,80" in home
        why = browser.get("/padaria-aurora/console/reasons?period=all").content.decode()
        assert "Por que os clientes cancelam?" in why
        sheet = browser.get("/padaria-aurora/console/reasons.csv?period=all").content.decode("utf-8-sig")
        assert sheet.splitlines()[0] == "Grupo;Motivo;Pedidos;Parcela;Acumulado;Mensalidades"


def test_an_empty_register_says_what_to_do(cast: Cast) -> None:
    """No data: a named reason instead of a number, and advice instead of an empty chart."""
    browser = signed_in(cast.ana)
    assert "Ainda não há dados suficientes" in browser.get("/padaria-aurora/console/").content.decode()
    page = browser.get("/padaria-aurora/console/reasons").content.decode()
    assert "importe cancelamentos anteriores" in page


@pytest.mark.parametrize("address", ["", "reasons", "reasons.csv"])
def test_strangers_and_the_signed_out_see_nothing(cast: Cast, address: str) -> None:
    """Another company's owner gets what an absent page gives; a signed-out reader is asked to sign in."""
    where = f"/padaria-aurora/console/{address}"
    assert signed_in(cast.clara).get(where).status_code == 404
    assert Client().get(where).status_code == 302
    for role in (Role.OWNER, Role.MANAGER, Role.ANALYST, Role.AGENT, Role.AUDITOR):
        assert signed_in(cast.staff[role]).get(where).status_code == 200
