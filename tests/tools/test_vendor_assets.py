from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tools.vendor_assets import BROWSER_TESTS, CONSOLE, ICONS, sprite, wrong_files


@pytest.mark.parametrize("folder", [CONSOLE, BROWSER_TESTS], ids=["console", "browser tests"])
def test_vendored_files_match_their_checksums(folder: Path) -> None:
    """Every outside file is listed in vendored.json and is byte for byte what was fetched."""
    assert wrong_files(folder) == []


def test_a_changed_or_unlisted_file_is_named(tmp_path: Path) -> None:
    """A file edited by hand, and a file that nobody listed, are both found."""
    copy = tmp_path / "vendor"
    shutil.copytree(CONSOLE, copy)
    (copy / "htmx" / "htmx.min.js").write_text("changed")
    (copy / "stray.js").write_text("new")
    assert wrong_files(copy) == ["htmx/htmx.min.js", "stray.js"]


def test_every_package_names_its_licence_and_keeps_its_text() -> None:
    """Each vendored package says its licence and version, and its licence text lies beside it."""
    for folder in (CONSOLE, BROWSER_TESTS):
        for record in json.loads((folder / "vendored.json").read_text()):
            assert record["licence"]
            assert record["version"]
            assert any(name.endswith("/LICENSE") for name in record["files"])


def test_the_sprite_holds_every_listed_icon(tmp_path: Path) -> None:
    """The icon sprite has one symbol per listed name, and no script."""
    text = (CONSOLE / "tabler-icons" / "sprite.svg").read_text()
    assert {name for name in ICONS if f'<symbol id="{name}"' not in text} == set()
    assert "<script" not in text
    assert text.count("<symbol ") == len(set(ICONS))


def test_a_sprite_is_built_from_icons_by_name(tmp_path: Path) -> None:
    """Each icon's drawing stands under its own id."""
    for name in ICONS:
        (tmp_path / f"{name}.svg").write_text(f'<svg width="24">\n  <path d="{name}"/>\n</svg>')
    assert '<symbol id="home" ' in sprite(tmp_path)
    assert '<path d="home"/></symbol>' in sprite(tmp_path)
