"""Settings > Company, Deadlines, Billing, and the overview that leads there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from atelogo.accounts.domain.workspace import Contacts, Windows, WorkspaceInfo
from atelogo.accounts.queries import workspace_by_id
from atelogo.accounts.services.workspaces import workspace_update
from atelogo.core import clock
from atelogo.events.ledger import SYSTEM, entries_of
from tests.cast import Cast, actor_of, signed_in

pytestmark = pytest.mark.django_db
HOME = "/padaria-aurora/console/settings/"
COMPANY = {
    "name": "Padaria Aurora",
    "legal_name": "Padaria Aurora Ltda.",
    "tax_id": "12.ABC.345/01DE-35",
    "sector": "services",
    "sac_phone": "0800 111 2222",
    "ombudsman": "ouvidoria@aurora.example",
    "email": "sac@aurora.example",
    "site": "https://aurora.example",
    "locale": "pt-br",
    "timezone": "America/Manaus",
}
WINDOWS = {"stop_hours": "24", "undo_hours": "12", "lapse_days": "10"}


def now_of(cast: Cast) -> WorkspaceInfo:
    """Return Padaria Aurora as it is stored now."""
    found = workspace_by_id(cast.workspace.id)
    assert found is not None
    return found


def text_of(browser: Client, page: str) -> str:
    """Return a page's text."""
    answer = browser.get(HOME + page)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_overview_leads_to_every_group(cast: Cast) -> None:
    """An owner finds a way to each group of settings, and each address answers."""
    browser = signed_in(cast.ana)
    text = text_of(browser, "")
    for page in (
        "company",
        "brand",
        "people",
        "deadlines",
        "billing",
        "custom-fields",
        "keys",
        "reasons/",
        "how-to-cancel/",
    ):
        assert f'href="{HOME}{page}"' in text
        assert browser.get(HOME + page).status_code == 200


def test_a_company_is_described(cast: Cast) -> None:
    """What is given about the company is kept in its one form, a CNPJ with letters included."""
    browser = signed_in(cast.ana)
    assert browser.post(f"{HOME}company", COMPANY).status_code == 302
    now = now_of(cast)
    assert now.contacts == Contacts(
        "0800 111 2222", "ouvidoria@aurora.example", "sac@aurora.example", "https://aurora.example"
    )
    assert (now.tax_id, now.timezone) == ("12ABC34501DE35", "America/Manaus")
    assert 'value="12.ABC.345/01DE-35"' in text_of(browser, "company")
    fact = entries_of(now.id, now.id)[-1]
    assert (fact.name, fact.actor) == ("workspace.settings_changed", actor_of(cast.ana))


@pytest.mark.parametrize(
    "field,value,said",
    [
        ("name", "", "name"),
        ("tax_id", "11.222.333/0001-82", "CNPJ"),
        ("email", "nobody", "e-mail"),
        ("site", "javascript:alert(1)", "site"),
        ("sector", "moon", "sector"),
        ("timezone", "Moon/Base", "timezone"),
    ],
)
def test_a_bad_value_is_shown_beside_its_field(cast: Cast, field: str, value: str, said: str) -> None:
    """A refused field is named with its error, what was typed stays, and nothing is changed."""
    answer = signed_in(cast.ana).post(f"{HOME}company", COMPANY | {field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in text
    assert 'value="0800 111 2222"' in text
    assert now_of(cast) == cast.workspace


def test_windows_are_set_and_explained(cast: Cast) -> None:
    """New windows are kept, and the page says what a request made now would be given."""
    browser = signed_in(cast.ana)
    assert browser.post(f"{HOME}deadlines", WINDOWS).status_code == 302
    assert now_of(cast).windows == Windows(24, 12, 10)
    with clock.clock_at(datetime(2026, 3, 2, 15, 0, tzinfo=UTC)):
        text = text_of(browser, "deadlines")
    assert "03/03/2026 às 12:00" in text
    assert "03/03/2026 às 00:00" in text
    assert "12/03/2026" in text


@pytest.mark.parametrize("field,value", [("stop_hours", "soon"), ("undo_hours", "-1"), ("lapse_days", "0")])
def test_impossible_windows_are_refused(cast: Cast, field: str, value: str) -> None:
    """A window that cannot be is refused beside its field, and the old ones stand."""
    answer = signed_in(cast.ana).post(f"{HOME}deadlines", WINDOWS | {field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert now_of(cast).windows == Windows()


def test_without_an_undo_the_page_says_so(cast: Cast) -> None:
    """Zero hours to undo shows that there is no such button."""
    workspace_update(workspace=cast.workspace, changes={"undo_hours": 0}, actor=SYSTEM)
    assert "sem botão de desfazer" in text_of(signed_in(cast.ana), "deadlines")


def test_billing_is_chosen_among_what_is_installed(cast: Cast) -> None:
    """The company's own system can be chosen; the simulator is no choice outside a demonstration."""
    browser = signed_in(cast.ana)
    text = text_of(browser, "billing")
    assert 'value="webhook_out"' in text
    assert 'value="simulator"' not in text
    assert browser.post(f"{HOME}billing", {"billing": "webhook_out"}).status_code == 302
    assert now_of(cast).billing == "webhook_out"
    refused = browser.post(f"{HOME}billing", {"billing": "simulator"})
    assert refused.status_code == 422
    assert now_of(cast).billing == "webhook_out"


@pytest.mark.parametrize("adapter", ["simulator", "gone_erp"])
def test_an_adapter_in_use_is_never_hidden(cast: Cast, adapter: str) -> None:
    """The adapter that the company uses is shown even where it is no longer offered."""
    workspace_update(workspace=cast.workspace, changes={"billing": adapter}, actor=SYSTEM)
    assert f'value="{adapter}"' in text_of(signed_in(cast.ana), "billing")


@pytest.mark.parametrize("page", ["company", "brand", "deadlines", "billing", "keys"])
def test_who_may_only_read_is_offered_nothing(cast: Cast, page: str) -> None:
    """An auditor and a manager read each page without a single form of it, and a forced one is refused."""
    for member in (cast.dora, cast.marina):
        browser = signed_in(member)
        text = text_of(browser, page).partition("<main")[2].partition("</main>")[0]
        assert "<form" not in text
        assert browser.post(HOME + page, COMPANY | WINDOWS).status_code == 403
    assert signed_in(cast.bruno).get(HOME + page).status_code == 403
    assert signed_in(cast.clara).get(HOME + page).status_code == 404
    assert now_of(cast) == cast.workspace


def test_a_reader_sees_words_not_codes(cast: Cast) -> None:
    """Who may only read sees the sector by its word and the CNPJ with its punctuation."""
    workspace_update(workspace=cast.workspace, changes={"tax_id": "11222333000181"}, actor=SYSTEM)
    text = text_of(signed_in(cast.dora), "company")
    assert "11.222.333/0001-81" in text
    assert "Serviços" in text
    assert "Padaria Aurora Ltda." in text


@pytest.mark.parametrize(
    "language,word", [("pt-br", "Configurações"), ("en", "Settings"), ("es", "Configuración")]
)
def test_every_page_reads_in_each_language(cast: Cast, language: str, word: str) -> None:
    """Each page of settings is served in the language asked for, its words filled in."""
    browser = signed_in(cast.ana)
    for page in ("", "company", "brand", "deadlines", "billing", "billing/webhook", "keys", "custom-fields",
                 "custom-fields/new", "reasons/", "reasons/groups/new", "reasons/classify", "reasons/changes",
                 "reasons/versions/", "how-to-cancel/", "how-to-cancel/es/channels"):  # fmt: skip
        answer = browser.get(f"{HOME}{page}?lang={language}")
        text = answer.content.decode()
        assert answer.status_code == 200, page
        assert f'<html lang="{language}"' in text
        assert word in text
        assert "%(" not in text
