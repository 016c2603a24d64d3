"""``/demo/as/<n>``: only in demo mode, only from this machine, a fresh link at each click."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.web.portal.conftest import Provider


@pytest.fixture
def demo(provider: Provider, settings: Any, tmp_path: Path) -> Provider:
    """Return the provider as a demonstration with Rita and, by the company's own id, José."""
    settings.ATELOGO_DEMO = True
    settings.ATELOGO_HOME = tmp_path
    links = [
        {"workspace": "nova-rede", "customer": str(provider.rita)},
        {"workspace": "nova-rede", "customer": "c1"},
        {"workspace": "gone", "customer": "c1"},
    ]
    (tmp_path / "demo.json").write_text(json.dumps({"links": links}))
    return provider


def test_each_click_lets_the_customer_in_anew(demo: Provider) -> None:
    """Every click mints its own link, so that none is ever used up."""
    tokens = set()
    for _click in range(2):
        browser = Client()
        answer = browser.get("/demo/as/1")
        assert answer.status_code == 303
        assert "no-store" in answer.headers["Cache-Control"]
        tokens.add(answer.headers["Location"])
        assert browser.get(answer.headers["Location"]).headers["Location"] == "/nova-rede/cancelar"
        assert browser.get("/nova-rede/cancelar").headers["Location"] == demo.contract(demo.ritas)
    assert len(tokens) == 2


def test_the_companys_own_id_works_too(demo: Provider) -> None:
    """A customer named by the company's id is let in like one named by ours."""
    browser = Client()
    browser.get(browser.get("/demo/as/2").headers["Location"])
    assert "1001" in browser.get("/nova-rede/cancelar").content.decode()


@pytest.mark.parametrize("number", [0, 3, 4, 99])
def test_other_numbers_are_not_found(demo: Provider, number: int) -> None:
    """There is nobody behind a number that the file does not hold, nor in a company that is gone."""
    assert Client().get(f"/demo/as/{number}").status_code == 404


def test_outside_the_demonstration_there_is_no_such_page(demo: Provider, settings: Any) -> None:
    """A real installation answers as if the address did not exist."""
    settings.ATELOGO_DEMO = False
    assert Client().get("/demo/as/1").status_code == 404


def test_from_another_machine_there_is_no_such_page(demo: Provider, settings: Any) -> None:
    """Visitors from elsewhere, or through a proxy, let nobody in."""
    assert Client(REMOTE_ADDR="10.0.0.8").get("/demo/as/1").status_code == 404
    assert Client(REMOTE_ADDR="nonsense").get("/demo/as/1").status_code == 404
    assert Client(headers={"X-Forwarded-For": "10.0.0.8"}).get("/demo/as/1").status_code == 404
    settings.ATELOGO_TRUSTED_PROXIES = 1
    assert Client().get("/demo/as/1").status_code == 404


@pytest.mark.parametrize("content", ["", "[]", '{"links": 5}'])
def test_a_missing_or_broken_file_lets_nobody_in(demo: Provider, settings: Any, content: str) -> None:
    """Without a readable list there is nobody to be."""
    (settings.ATELOGO_HOME / "demo.json").write_text(content)
    assert Client().get("/demo/as/1").status_code == 404
