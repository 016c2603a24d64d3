"""*Como cancelar*: public, in the company's own words where it wrote some, counted without anybody's name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from atelogo.accounts.services.workspaces import workspace_update
from atelogo.core import clock
from atelogo.core.tenancy import workspace_scope
from atelogo.events.ledger import SYSTEM
from atelogo.register.models import PageVisit, Touchpoint
from atelogo.web.portal.views.how_to import qr_svg
from tests.web.portal.conftest import NOON, Provider, text

PAGE = "como-cancelar"


def test_the_page_needs_no_login_and_leads_to_the_way_out(provider: Provider) -> None:
    """Channels, deadlines, fee, equipment and rights are there, with the company's own phone and windows."""
    page = text(Client().get(provider.path(PAGE)))
    for words in (
        "Como cancelar",
        "0800 111 2222",
        "A cobrança para em até 48 horas.",
        "Multa por cancelamento antecipado",
        "comodato",
        'href="/nova-rede/cancelar"',
        'href="/nova-rede/protocolos"',
    ):
        assert words in page
    assert "{" not in page


def test_the_companys_own_words_take_the_place_of_ours(provider: Provider) -> None:
    """A section the company wrote is shown as typed, as text; the others stay, and other languages too."""
    own = {"pt-br": {"needed": "Basta o CPF.\n\n- Traga <b>nada</b>"}}
    workspace_update(workspace=provider.workspace, changes={"how_to_cancel": own}, actor=SYSTEM)
    raw = Client().get(provider.path(PAGE)).content.decode()
    assert "Basta o CPF." in raw
    assert "&lt;b&gt;nada&lt;/b&gt;" in raw
    assert "Prazos" in raw
    assert "Basta o CPF." not in Client().get(provider.path(f"{PAGE}?lang=en")).content.decode()


def test_visits_are_counted_by_day_and_nothing_else_is_kept(provider: Provider) -> None:
    """Each opening adds one to its day; no other column could tell people apart, and nobody is contacted."""
    for hours in (0, 1, 13):
        with clock.clock_at(NOON + timedelta(hours=hours)):
            Client().get(provider.path(PAGE))
    Client().head(provider.path(PAGE))
    with workspace_scope(provider.workspace.id):
        rows = list(PageVisit.objects.order_by("day").values_list("page", "day", "visits"))
        assert not Touchpoint.objects.exists()
    assert [(page, day.isoformat(), visits) for page, day, visits in rows] == [
        (PAGE, "2026-03-02", 2),
        (PAGE, "2026-03-03", 1),
    ]
    assert {f.name for f in PageVisit._meta.get_fields()} == {"id", "workspace_id", "page", "day", "visits"}


def test_a_count_that_fails_stops_nobody(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page comes even when it cannot be counted."""

    def broken(**_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("atelogo.web.portal.views.how_to.page_visit_count", broken)
    assert Client().get(provider.path(PAGE)).status_code == 200


def test_no_cookie_is_set_on_a_mere_reader(provider: Provider) -> None:
    """Reading how to cancel leaves nothing in the browser."""
    assert not Client().get(provider.path(PAGE)).cookies


def test_the_code_is_a_sharp_picture_of_the_address(provider: Provider) -> None:
    """The SVG is the code of the page's public address, and may be kept for a day."""
    answer = Client().get(provider.path(f"{PAGE}/qr.svg"))
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content == qr_svg("http://127.0.0.1:8000/nova-rede/como-cancelar")
    assert qr_svg("a") != qr_svg("b")
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert re.search(rb"<svg[^>]*>", answer.content)


def test_the_sheet_for_the_counter_has_code_and_address(provider: Provider) -> None:
    """The sheet shows the code, the address in words and how else to ask."""
    page = text(Client().get(provider.path(f"{PAGE}/cartaz")))
    assert 'src="/nova-rede/como-cancelar/qr.svg"' in page
    assert "127.0.0.1:8000/nova-rede/como-cancelar" in page
    assert "Quer cancelar?" in page
