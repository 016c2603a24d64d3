from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import setup
from tools.debian_packages import DEMO, TESTS, Need, packages_provide

LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-dev.lock", "pyproject.toml")


class Checkout:
    """A checkout in a temporary folder, where commands are noted instead of run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ran: list[str] = []
        for name in LOCKS:
            (root / name).write_text(f"{name}\n")

    def run(self, command: Sequence[str | Path], *, failure: str) -> None:
        """Note a command; the one that makes the environment does make its Python."""
        words = [str(word) for word in command]
        if "venv" in words:
            (self.root / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
            (self.root / ".venv" / "bin" / "python").touch()
            self.ran.append("venv")
        elif "-r" in words:
            assert "--require-hashes" in words
            self.ran.append(words[-1])
        else:
            assert "--no-index" in words
            self.ran.append("checkout")

    def provide(self, *, demo: bool) -> list[str]:
        """Set up; return what was run."""
        self.ran = []
        setup.environment_provide(demo=demo)
        return self.ran


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """Return a checkout with no environment yet."""
    made = Checkout(tmp_path)
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(setup, "run", made.run)
    return made


def test_the_first_run_installs_everything_by_hash(checkout: Checkout) -> None:
    """A fresh checkout gets an environment, the pinned pip, the locked packages and the checkout itself."""
    assert checkout.provide(demo=False) == [
        "venv",
        "requirements-build.lock",
        "requirements-dev.lock",
        "checkout",
    ]


def test_the_demo_installs_no_development_tools(checkout: Checkout) -> None:
    """What only developers need is not installed to see the demo."""
    assert checkout.provide(demo=True) == ["venv", "requirements-build.lock", "requirements.lock", "checkout"]


def test_a_second_run_does_nothing(checkout: Checkout) -> None:
    """When nothing has changed nothing is run."""
    checkout.provide(demo=False)
    assert checkout.provide(demo=False) == []
    assert checkout.provide(demo=True) == []


def test_developing_after_the_demo_adds_the_tools(checkout: Checkout) -> None:
    """An environment made for the demo grows to one for tests, without being made again."""
    checkout.provide(demo=True)
    assert checkout.provide(demo=False) == ["requirements-dev.lock", "checkout"]


def test_a_changed_lock_is_installed_again(checkout: Checkout) -> None:
    """A lock with another content is installed; one left alone is not."""
    checkout.provide(demo=False)
    (checkout.root / "requirements.lock").write_text("newer\n")
    assert checkout.provide(demo=False) == ["requirements-dev.lock", "checkout"]


def test_a_moved_checkout_makes_its_environment_again(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment knows its own path: copied elsewhere it is made anew."""
    checkout.provide(demo=True)
    stamp = checkout.root / ".venv" / "stamp.json"
    stamp.write_text(stamp.read_text().replace(str(checkout.root), "/elsewhere"))
    assert checkout.provide(demo=True)[0] == "venv"


def test_a_missing_package_is_named_with_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without root the set-up says which command would help and what will be left out."""
    monkeypatch.setattr("tools.debian_packages.os.geteuid", lambda: 1000)
    monkeypatch.setattr("tools.debian_packages.shutil.which", lambda name: f"/usr/bin/{name}")
    said: list[str] = []
    need = Need("pango", ("libpango-1.0-0",), lambda: False, "receipts as PDF")
    assert packages_provide((need,), say=said.append) == ["pango"]
    assert "sudo apt-get install --no-install-recommends libpango-1.0-0" in said[1]
    assert said[-1] == "without pango, this is left out: receipts as PDF"


def test_root_installs_after_one_update(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root the lists are refreshed once and the missing packages installed, the present ones not."""
    commands: list[list[str]] = []
    installed: list[str] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_options: object) -> Done:
        commands.append(command[1:])
        installed.extend(command if "install" in command else [])
        return Done()

    monkeypatch.setattr("tools.debian_packages.os.geteuid", lambda: 0)
    monkeypatch.setattr("tools.debian_packages.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("tools.debian_packages.subprocess.run", run)
    there = Need("fonts", ("fonts-dejavu-core",), lambda: True, "accents")
    absent = Need("gettext", ("gettext",), lambda: "gettext" in installed, "messages")
    assert packages_provide((there, absent), say=lambda _text: None) == []
    assert [command[0] for command in commands] == ["update", "install"]
    assert commands[1][-1] == "gettext"


@pytest.mark.parametrize("ci,code", [("true", 1), ("", 0)], ids=["on CI", "at home"])
def test_something_missing_fails_only_on_ci(monkeypatch: pytest.MonkeyPatch, ci: str, code: int) -> None:
    """At home a missing package is only said; under CI=true it is a failure."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(setup, "packages_provide", lambda *_needs, **_options: ["Chromium"])
    monkeypatch.setattr(setup, "environment_provide", lambda **_options: None)
    monkeypatch.setattr(setup, "messages_compile", lambda *_source, **_options: [])
    assert setup.main([]) == code


def test_the_demo_needs_neither_browser_nor_postgres() -> None:
    """Chromium and PostgreSQL are asked for by the tests alone."""
    assert {need.name for need in TESTS} - {need.name for need in DEMO} == {"PostgreSQL", "Chromium"}


def test_looking_for_packages_is_quick() -> None:
    """Seeing that everything is there takes a fraction of a second."""
    began = time.monotonic()
    for need in TESTS:
        need.present()
    assert time.monotonic() - began < 0.5
    assert sys.version_info >= setup.OLDEST
