"""Cancelamentos: what the list shows, to whom, at what cost, and what its addresses hold."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from atelogo.accounts.domain.permissions import Role
from atelogo.core import clock
from atelogo.register.services import requests
from tests.register.views.conftest import CPF, MONDAY, Desk

pytestmark = pytest.mark.django_db
# Of every page: the company, the session, the person, their place in the company.
SHELL = 4


def test_it_opens_on_what_is_due_today(desk: Desk) -> None:
    """Without anything in the address the list shows what is due today or late, the most urgent first."""
    late = desk.confirmed()
    _customer, other = desk.subscriber("1002", "Rita Souza")
    with clock.clock_at(MONDAY + timedelta(hours=44)):
        fresh = desk.confirmed(other)
    with clock.clock_at(MONDAY + timedelta(hours=49)):
        page = desk.get("cancelamentos/").content.decode()
    assert late.protocol[8:12] in page
    assert "José da Conceição" in page
    assert fresh.protocol not in page
    assert "Rita Souza" not in page


def test_other_views_show_what_is_in_hand_and_everything(desk: Desk) -> None:
    """“In hand” leaves out what has ended; “all” shows it."""
    kept = desk.opened()
    requests.request_withdraw(
        workspace=desk.workspace, actor=desk.bruno, request_id=kept.id, why="changed_mind"
    )
    assert "José" not in desk.get("cancelamentos/?view=open").content.decode()
    assert "José" in desk.get("cancelamentos/?view=all").content.decode()


@pytest.mark.parametrize(
    "asked,found",
    [
        ("state=confirmed", True),
        ("state=completed", False),
        ("channel=phone", True),
        ("channel=web", False),
        ("owner=me", True),
        ("period=this_month", True),
        ("period=last_month", False),
        ("since=2026-03-02&until=2026-03-02", True),
        ("until=2026-03-01", False),
        ("plan=500+mega+%2B+B%C3%A1sico", True),
        ("plan=300+mega", False),
        ("region=SP", True),
        ("region=RJ", False),
        ("identity=agent", True),
        ("standing=stayed", False),
        ("state=nonsense&reason=nonsense&owner=nonsense&since=nonsense", True),
    ],
)
def test_filters_stand_in_the_address(desk: Desk, asked: str, found: bool) -> None:  # noqa: FBT001
    """Each filter of the address narrows the list; values that are none are passed over."""
    desk.confirmed()
    page = desk.get(f"cancelamentos/?{asked}").content.decode()
    assert ("José da Conceição" in page) is found


def test_a_reason_narrows_the_list_and_stays_chosen(desk: Desk) -> None:
    """The reason in the address is the one chosen in the form, and only its requests are shown."""
    made = desk.confirmed()
    price = desk.reason()
    requests.request_reason_set(
        workspace=desk.workspace, actor=desk.bruno, request_id=made.id, reason_id=price, source="agent"
    )
    shown = desk.get(f"cancelamentos/?reason={price}").content.decode()
    assert f'<option value="{price}" selected>' in shown
    assert "José" in shown
    assert "José" not in desk.get(f"cancelamentos/?reason={desk.reason('outages')}").content.decode()


@pytest.mark.parametrize(
    "term",
    ["José da Conceição", "conceicao", CPF, "111.444.777-35", "jose@example.com", "11 98765-4321", "1001"],
)
def test_people_are_found_by_anything_and_named_in_no_address(desk: Desk, term: str) -> None:
    """Name, document, contact and contract find the request; the address holds a token, never the term."""
    desk.confirmed()
    browser = desk.browser()
    answer = browser.post(desk.url("cancelamentos/busca?view=all&channel=phone"), {"q": term})
    where = answer.headers["Location"]
    asked = urlsplit(where).query
    assert "channel=phone" in asked
    for part in (term, "conceicao", CPF, "jose", "98765"):
        assert part.lower() not in asked.lower().replace("search=", "")
    page = browser.get(where).content.decode()
    assert "José da Conceição" in page
    assert "Rita" not in page


def test_a_protocol_leads_to_its_request(desk: Desk) -> None:
    """A protocol number, grouped or not, opens the request itself; an unknown one shows an empty list."""
    made = desk.confirmed()
    browser = desk.browser()
    grouped = " ".join(made.protocol[at : at + 4] for at in range(0, 16, 4))
    answer = browser.post(desk.url("cancelamentos/busca"), {"q": grouped}, follow=True)
    assert answer.redirect_chain[-1][0] == desk.url(f"cancelamentos/{made.id}/")
    assert browser.get(desk.url("cancelamentos/?protocol=2026030200000000")).status_code == 200


def test_a_forgotten_search_is_said(desk: Desk) -> None:
    """A search token that the session does not know any more is said, not silently dropped."""
    page = desk.get("cancelamentos/?search=abcdef").content.decode()
    assert "não está mais guardada" in page


@pytest.mark.parametrize(
    "asked,words",
    [
        ("", "Nada vence hoje"),
        ("?view=open", "Nenhum cancelamento aqui ainda"),
        ("?view=all&state=confirmed", "Nada encontrado"),
    ],
)
def test_empty_lists_say_what_to_do(desk: Desk, asked: str, words: str) -> None:
    """Each view that is empty says so in its own words, with a way on."""
    assert words in desk.get(f"cancelamentos/{asked}").content.decode()


def test_an_analyst_sees_initials(desk: Desk) -> None:
    """A role without personal data sees the rows with initials instead of names."""
    desk.confirmed()
    page = desk.get("cancelamentos/?view=all", Role.ANALYST).content.decode()
    assert "José" not in page
    assert "J. D. C." in page


def test_the_list_costs_the_same_however_long(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A page of the list takes five queries beside the shell's own, and one to count when there are more."""
    browser = desk.browser()
    made = desk.confirmed()
    requests.request_reason_set(
        workspace=desk.workspace,
        actor=desk.bruno,
        request_id=made.id,
        reason_id=desk.reason(),
        source="agent",
    )
    desk.unidentified()
    browser.get(desk.url("cancelamentos/?view=all"))
    with django_assert_num_queries(SHELL + 5):
        browser.get(desk.url("cancelamentos/?view=all"))
    with clock.clock_at(MONDAY - timedelta(hours=1)):
        for number in range(2000, 2060):
            desk.confirmed(desk.subscriber(str(number))[1])
    with django_assert_num_queries(SHELL + 6):
        page = browser.get(desk.url("cancelamentos/?view=all")).content.decode()
    assert page.count("protocol-link") == 50
    assert "cursor=" in page


def test_pages_follow_each_other_without_gap_or_repeat(desk: Desk) -> None:
    """Walking the pages by their links shows every request once."""
    made = {desk.confirmed(desk.subscriber(str(number))[1]).id for number in range(2000, 2060)}
    browser, seen, where = desk.browser(), [], "cancelamentos/?view=all"
    for _page in range(3):
        answer = browser.get(desk.url(where))
        context = answer.context
        seen += [line.row.id for line in context["lines"]]
        if not context["page"].next:
            break
        where = f"cancelamentos/?view=all&cursor={context['page'].next}"
    assert len(seen) == 60
    assert set(seen) == made


def test_sorting_by_date_turns_the_list_round(desk: Desk) -> None:
    """The date column sorts either way; an unknown order is passed over."""
    desk.confirmed()
    with clock.clock_at(MONDAY + timedelta(hours=1)):
        desk.confirmed(desk.subscriber("1002", "Rita Souza")[1])
    first = desk.get("cancelamentos/?view=all&sort=recorded_at").context["lines"][0]  # type: ignore[attr-defined]
    newest = desk.get("cancelamentos/?view=all&sort=nonsense").context["lines"][0]  # type: ignore[attr-defined]
    assert (first.name, newest.name) == ("José da Conceição", "Rita Souza")


def test_suggestions_for_filters_are_what_occurs(desk: Desk) -> None:
    """Products, plans and regions that occur are offered to the fields that narrow by them."""
    desk.confirmed()
    options = desk.get("cancelamentos/opcoes").content.decode()
    assert '<option value="Internet + TV">' in options
    assert '<option value="SP">' in options


def test_strangers_and_the_signed_out_see_nothing(desk: Desk, stranger: Client, client: Client) -> None:
    """Another company's owner gets "not found"; nobody signed in is led to the login."""
    desk.confirmed()
    for path in ("cancelamentos/", "cancelamentos/opcoes"):
        assert stranger.get(desk.url(path)).status_code == 404
        assert client.get(desk.url(path)).status_code == 302
    assert stranger.post(desk.url("cancelamentos/busca"), {"q": "José"}).status_code == 404


def test_an_altered_place_in_the_list_is_refused(desk: Desk) -> None:
    """A cursor that is not this list's is refused with its own error, never a crash."""
    assert desk.get("cancelamentos/?view=all&cursor=abc").status_code == 400


def test_searching_looks_up_first_and_costs_the_same(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A search adds four look-ups to the list, however many people bear the name."""
    desk.confirmed()
    browser = desk.browser()
    where = browser.post(desk.url("cancelamentos/busca?view=all"), {"q": "conceicao"}).headers["Location"]
    browser.get(where)
    with django_assert_num_queries(SHELL + 7):
        browser.get(where)
    for number in range(2000, 2010):
        desk.confirmed(desk.subscriber(str(number), "Maria Conceição")[1])
    desk.unidentified("Conceição de Tal")
    with django_assert_num_queries(SHELL + 8):
        assert browser.get(where).content.decode().count("protocol-link") == 12
