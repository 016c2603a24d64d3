"""Settings > Reasons: the list, one reason, the tray, what waits, versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from atelogo.core.tenancy import workspace_scope
from atelogo.register.domain.reason_draft import Entry, leaves_of
from atelogo.register.queries.reason_settings import draft_in_hand, reason_book
from atelogo.register.services import requests as services
from atelogo.register.services import setup
from atelogo.register.services.opening import Declaration
from atelogo.register.services.reason_tree import reasons_for_spellings
from atelogo.register.services.reasons import version_now
from tests.cast import Cast, actor_of, signed_in
from tests.register.conftest import subscriber

REASONS = "/padaria-aurora/console/settings/reasons/"
LIST_QUERIES = 7  # company, session, person, membership; reasons, draft, counts


@pytest.fixture
def crew(cast: Cast) -> Iterator[Cast]:
    """Return the cast with the default tree, inside Padaria Aurora."""
    setup.workspace_prepare(workspace=cast.workspace)
    with workspace_scope(cast.workspace.id):
        yield cast


@pytest.fixture
def manager(crew: Cast) -> Client:
    """Return the browser of Marina, who keeps the reasons."""
    return signed_in(crew.marina)


def by_code(crew: Cast, code: str) -> Entry:
    """Return the reason called ``code``."""
    return next(one for one in reason_book(crew.workspace.id).values() if one.code == code)


def stated(crew: Cast, reason: UUID, number: str) -> None:
    """Record a subscriber's cancellation for a reason."""
    customer, contract = subscriber(crew.workspace, number)
    actor = actor_of(crew.bruno)
    wish = Declaration(channel="phone", identity="agent", customer_id=customer, contract_id=contract)
    opened = services.request_declare(
        workspace=crew.workspace, actor=actor, declaration=wish, choice=services.Choice()
    )
    services.request_reason_set(
        workspace=crew.workspace, actor=actor, request_id=opened.id, reason_id=reason, source="agent"
    )


def imported(crew: Cast, *spellings: str) -> list[UUID]:
    """Return the leaves that a file's unknown spellings became."""
    made = reasons_for_spellings(workspace=crew.workspace, actor=actor_of(crew.marina), spellings=spellings)
    return [made[one] for one in spellings]


def filled(browser: Client, page: str, **changes: str) -> dict[str, str]:
    """Return what the form of a page would send, with some fields changed."""
    form = browser.get(page).context["form"]
    given = {name: form[name].value() for name in form.fields}
    sent = {
        name: "on" if value is True else str(value)
        for name, value in given.items()
        if value not in {False, None}
    }
    return sent | changes


def text_of(browser: Client, page: str) -> str:
    """Return a page's text."""
    answer = browser.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def publish(browser: Client, note: str = "") -> Any:
    """Publish the draft."""
    return browser.post(f"{REASONS}changes", {"note": note})


def test_the_list_shows_groups_counts_and_what_customers_see(crew: Cast, manager: Client) -> None:
    """Groups and reasons stand in order with how often each is stated; eight are offered, which is right."""
    stated(crew, by_code(crew, "price_too_high").id, "1")
    stated(crew, by_code(crew, "price_increase").id, "2")
    text = text_of(manager, REASONS)
    assert text.index("Preço e concorrência") < text.index("Preço alto pelo que oferece")
    assert "2 cancelamentos" in text
    assert "vê 8 motivos" in text
    assert "se leem de relance" not in text
    assert "espera no rascunho" not in text
    assert "A classificar" not in text.partition("<main")[2]


def test_a_company_without_reasons_is_told_how_to_begin(cast: Cast) -> None:
    """A company whose tree was not made yet gets a page that says what to do, and can begin there."""
    browser = signed_in(cast.marina)
    assert "Ainda não há motivos" in text_of(browser, REASONS)
    assert "Ainda não há versões" in text_of(browser, f"{REASONS}versions/")
    assert "Nada espera classificação" in text_of(browser, f"{REASONS}classify")
    assert browser.post(f"{REASONS}groups/new", {"label_pt_br": "Preço"}).status_code == 302
    publish(browser)
    assert "Preço" in text_of(browser, REASONS)


def test_the_list_costs_the_same_whatever_it_holds(
    crew: Cast, manager: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The page is a fixed number of queries, with a draft and spellings that wait too."""
    manager.get(REASONS)
    with django_assert_num_queries(LIST_QUERIES):
        manager.get(REASONS)
    imported(crew, *(f"grafia {n}" for n in range(30)))
    manager.post(f"{REASONS}{by_code(crew, 'price_increase').id}/move", {"to": "up"})
    manager.get(REASONS)
    with django_assert_num_queries(LIST_QUERIES):
        manager.get(REASONS)
    with django_assert_num_queries(LIST_QUERIES):
        manager.get(f"{REASONS}classify")


def test_a_change_waits_until_it_is_published(crew: Cast, manager: Client) -> None:
    """A renamed reason is seen in the draft and the preview; only publishing makes it the next version."""
    high = by_code(crew, "price_too_high")
    page = f"{REASONS}{high.id}/"
    sent = filled(manager, page, label_pt_br="Caro demais", sensitive="on")
    assert manager.post(page, sent).status_code == 302
    assert by_code(crew, "price_too_high") == high
    assert "1 mudança espera no rascunho" in text_of(manager, REASONS)
    preview = text_of(manager, f"{REASONS}changes")
    assert "Passa a se chamar “Caro demais”." in preview
    assert "Marina Gerente" in preview
    assert publish(manager, "nomes mais claros").status_code == 302
    now = by_code(crew, "price_too_high")
    assert (now.label("pt-br"), now.sensitive, now.texts) == ("Caro demais", True, high.texts)
    versions = text_of(manager, f"{REASONS}versions/")
    assert "nomes mais claros" in versions
    assert "Marina Gerente" in versions
    then = text_of(manager, f"{REASONS}versions/1")
    assert "Preço alto pelo que oferece" in then
    assert "Caro demais" not in then
    changed = text_of(manager, f"{REASONS}versions/2")
    assert "Passa a se chamar “Caro demais”." in changed


def test_a_form_sent_unchanged_leaves_no_draft(crew: Cast, manager: Client) -> None:
    """Opening a reason and sending it as it is changes nothing."""
    for code in ("price_too_high", "price_market", "other"):
        page = f"{REASONS}{by_code(crew, code).id}/"
        assert manager.post(page, filled(manager, page)).status_code == 302
    assert draft_in_hand(crew.workspace.id) is None


def test_reasons_and_groups_are_added(crew: Cast, manager: Client) -> None:
    """A new group and a new reason in it come into force together."""
    group = {"label_pt_br": "Obras", "label_en": "Building works", "label_es": ""}
    assert manager.post(f"{REASONS}groups/new", group).status_code == 302
    row = draft_in_hand(crew.workspace.id)
    assert row is not None
    (key,) = row.changes
    page = f"{REASONS}new?group={key}"
    form = manager.get(page).context["form"]
    assert form["group"].value() == key
    sent = filled(
        manager, page, label_pt_br="Obra no prédio", definition_pt_br="Há obra no prédio.", ask_customer="on"
    )
    assert manager.post(page, sent).status_code == 302
    assert publish(manager).status_code == 302
    book = reason_book(crew.workspace.id)
    (leaf,) = leaves_of(book, UUID(key))
    assert leaf.label("pt-br") == "Obra no prédio"
    assert leaf.texts["pt-br"]["definition"] == "Há obra no prédio."
    text = text_of(manager, REASONS)
    assert "vê 9 motivos" in text
    assert "se leem de relance" in text


@pytest.mark.parametrize(
    "change,field",
    [
        ({"label_pt_br": "", "label_en": "", "label_es": ""}, "label_pt_br"),
        ({"label_pt_br": "x" * 61}, "label_pt_br"),
        ({"label_pt_br": "Reajuste ou fim do desconto"}, "label_pt_br"),
        ({"group": "00000000-0000-0000-0000-000000000000"}, "group"),
        ({"kind": "angry"}, "kind"),
        ({"interchange": ""}, "interchange"),
        ({"definition_es": "x" * 401}, "definition_es"),
    ],
)
def test_a_bad_reason_is_shown_beside_its_field(
    crew: Cast, manager: Client, change: dict[str, str], field: str
) -> None:
    """A name missing, too long or taken, and marks that do not exist come back with what is wrong."""
    page = f"{REASONS}{by_code(crew, 'price_too_high').id}/"
    answer = manager.post(page, filled(manager, page, **change))
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert draft_in_hand(crew.workspace.id) is None


def test_order_place_and_retiring(crew: Cast, manager: Client) -> None:
    """A reason moves up, moves to another group, is retired and offered again."""
    group = by_code(crew, "price_market")
    first, second = leaves_of(reason_book(crew.workspace.id), group.id)[:2]
    manager.post(f"{REASONS}{second.id}/move", {"to": "up"})
    text = text_of(manager, f"{REASONS}changes")
    assert "A ordem muda." in text
    other_group = by_code(crew, "moved_away").parent
    page = f"{REASONS}{first.id}/"
    manager.post(page, filled(manager, page, group=str(other_group)))
    manager.post(f"{REASONS}{by_code(crew, 'covered_elsewhere').id}/retire")
    publish(manager)
    book = reason_book(crew.workspace.id)
    assert leaves_of(book, group.id)[0].id == second.id
    assert book[first.id].parent == other_group
    gone = by_code(crew, "covered_elsewhere")
    assert gone.retired
    assert gone.label("pt-br") not in text_of(manager, REASONS)
    assert gone.label("pt-br") in text_of(manager, f"{REASONS}?retired=1")
    assert "Voltar a oferecer" in text_of(manager, f"{REASONS}{gone.id}/")
    manager.post(f"{REASONS}{gone.id}/retire", {"again": "1"})
    publish(manager)
    assert not by_code(crew, "covered_elsewhere").retired


def test_what_the_system_needs_stays(crew: Cast, manager: Client) -> None:
    """“Outro motivo” offers no way to retire or join it, and a forced one is refused in words."""
    other = by_code(crew, "other")
    text = text_of(manager, f"{REASONS}{other.id}/")
    assert "/retire" not in text
    assert "/join" not in text
    forced = manager.post(f"{REASONS}{other.id}/retire", follow=True).content.decode()
    assert "O sistema depende de" in forced
    assert draft_in_hand(crew.workspace.id) is None


def test_a_join_says_what_it_does(crew: Cast, manager: Client) -> None:
    """The preview of a join says how many cancellations count elsewhere; it is not undone."""
    rise, high = by_code(crew, "price_increase"), by_code(crew, "price_too_high")
    stated(crew, rise.id, "1")
    assert f'value="{high.id}"' in text_of(manager, f"{REASONS}{rise.id}/")
    manager.post(f"{REASONS}{rise.id}/join", {"into": str(high.id)})
    preview = text_of(manager, f"{REASONS}changes")
    assert "É juntado a “Preço alto pelo que oferece”." in preview
    assert "1 cancelamento passa a contar lá" in preview
    publish(manager)
    text = text_of(manager, f"{REASONS}{rise.id}/")
    assert "Isto não se desfaz." in text
    assert "Voltar a oferecer" not in text
    assert "Reajuste ou fim do desconto" in text_of(manager, f"{REASONS}{high.id}/")
    for into in ("", str(rise.id)):
        refused = manager.post(f"{REASONS}{high.id}/join", {"into": into}, follow=True)
        assert "alert-danger" in refused.content.decode()


def test_the_tray_joins_or_makes_reasons(crew: Cast, manager: Client) -> None:
    """Spellings stand by how often they were stated, with suggestions; the choices go into the draft."""
    dear, works, noise = imported(crew, "preço alto", "obra no prédio", "xyz")
    stated(crew, works, "1")
    assert "3 grafias vindas de importações" in text_of(manager, REASONS)
    text = text_of(manager, f"{REASONS}classify")
    assert text.index("obra no prédio") < text.index("preço alto")
    assert "Parece com:" in text
    high = by_code(crew, "price_too_high")
    group = by_code(crew, "price_market")
    given = {f"r-{dear}": f"join:{high.id}", f"r-{works}": f"own:{group.id}", f"r-{noise}": ""}
    assert manager.post(f"{REASONS}classify", given).status_code == 302
    assert "xyz" in text_of(manager, f"{REASONS}classify")
    publish(manager)
    book = reason_book(crew.workspace.id)
    assert book[dear].merged_into == high.id
    assert leaves_of(book, group.id)[-1].id == works
    assert "preço alto" in text_of(manager, f"{REASONS}{high.id}/")


@pytest.mark.parametrize("value", ["", "join:x", "steal:00000000-0000-0000-0000-000000000001", "x"])
def test_a_tray_without_a_choice_changes_nothing(crew: Cast, manager: Client, value: str) -> None:
    """What is no choice leaves the spelling where it is."""
    (raw,) = imported(crew, "xyz")
    answer = manager.post(f"{REASONS}classify", {f"r-{raw}": value}, follow=True)
    assert "Nada foi escolhido" in answer.content.decode()
    assert draft_in_hand(crew.workspace.id) is None


def test_a_tray_choice_that_cannot_stand_keeps_the_choices(crew: Cast, manager: Client) -> None:
    """A join to something that is not in use is refused in words, and what was chosen is still chosen."""
    one, two = imported(crew, "preço alto", "xyz")
    high = by_code(crew, "price_too_high")
    given = {f"r-{one}": f"join:{high.id}", f"r-{two}": f"join:{by_code(crew, 'price_market').id}"}
    answer = manager.post(f"{REASONS}classify", given)
    assert answer.status_code == 422
    assert f'value="join:{high.id}" selected' in answer.content.decode()
    assert draft_in_hand(crew.workspace.id) is None


def test_a_long_tray_comes_in_pages(crew: Cast, manager: Client) -> None:
    """More spellings than a page holds are turned over, and no page number breaks it."""
    imported(crew, *(f"grafia número {n:02d}" for n in range(30)))
    first, last = text_of(manager, f"{REASONS}classify"), text_of(manager, f"{REASONS}classify?page=2")
    assert "grafia número 24" in first
    assert "grafia número 25" not in first
    assert "grafia número 29" in last
    for page in ("0", "99", "x", "9" * 9):
        assert manager.get(f"{REASONS}classify?page={page}").status_code == 200


def test_changes_are_discarded_one_by_one_or_all(crew: Cast, manager: Client) -> None:
    """One reason's changes go alone; discarding all leaves nothing to publish."""
    high, rise = by_code(crew, "price_too_high"), by_code(crew, "price_increase")
    for reason in (high, rise):
        manager.post(f"{REASONS}{reason.id}/retire")
    manager.post(f"{REASONS}changes/discard", {"reason": str(high.id)})
    row = draft_in_hand(crew.workspace.id)
    assert row is not None
    assert list(row.changes) == [str(rise.id)]
    manager.post(f"{REASONS}changes/discard")
    assert draft_in_hand(crew.workspace.id) is None
    assert publish(manager).status_code == 422
    assert "Nenhuma mudança à espera" in text_of(manager, f"{REASONS}changes")
    assert manager.post(f"{REASONS}changes/discard", {"reason": "x"}).status_code == 404
    assert version_now(crew.workspace.id) == 1


def test_who_may_only_read_learns_what_a_reason_means(crew: Cast) -> None:
    """An agent, an analyst and an auditor read list, definition and versions, and are offered no change."""
    high = by_code(crew, "price_too_high")
    imported(crew, "xyz")
    for member in (crew.bruno, crew.caio, crew.dora):
        browser = signed_in(member)
        text = text_of(browser, f"{REASONS}{high.id}/")
        assert "Use quando…" in text
        assert "o cliente reclama do preço" in text
        for page in ("", f"{high.id}/", "classify", "changes", "versions/", "versions/1"):
            main = text_of(browser, REASONS + page).partition("<main")[2].partition("</main>")[0]
            assert "<form" not in main, (member.role, page)
        for page in (f"{high.id}/", f"{high.id}/retire", "classify", "changes", "changes/discard", "new"):
            assert browser.post(REASONS + page).status_code == 403


def test_other_companies_and_unknown_reasons(crew: Cast, manager: Client) -> None:
    """A stranger finds nothing here; what does not exist is not found."""
    high = by_code(crew, "price_too_high")
    stranger = signed_in(crew.clara)
    for page in ("", f"{high.id}/", "classify", "changes", "versions/"):
        assert stranger.get(REASONS + page).status_code == 404
    unknown = UUID(int=5)
    for page in (f"{unknown}/", "versions/99"):
        assert manager.get(REASONS + page).status_code == 404
    for page in (f"{unknown}/move", f"{unknown}/retire"):
        assert manager.post(REASONS + page).status_code == 404
    assert manager.post(f"{REASONS}{unknown}/join", {"into": str(high.id)}).status_code == 404
    own = f"/academia-lua/console/settings/reasons/{high.id}/"
    assert stranger.get(own).status_code == 404
