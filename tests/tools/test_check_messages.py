from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tools.check_messages import ExtractionError, catalogues, check, extract, update
from tools.messages import messages_compile, stale_catalogues

pytestmark = pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=n>1;\n"

"""
DONE = 'msgid "Cancel"\nmsgstr "Cancelar"\n\nmsgid "Receipt"\nmsgstr "Comprovante"\n'


def package_make(root: Path, entries: str, language: str = "pt_BR") -> Path:
    """Make a package of one room with a text in Python, a text in a template, and a catalogue."""
    room = root / "product" / "room"
    folder = room / "locale" / language / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (room / "views.py").write_text(
        'from django.utils.translation import gettext as _\n\nTITLE = _("Cancel")\n'
    )
    (room / "templates").mkdir()
    (room / "templates" / "page.html").write_text('{% load i18n %}<p>{% translate "Receipt" %}</p>\n')
    (folder / "django.po").write_text(HEADER + entries)
    return root / "product"


def verdict(
    tmp_path: Path, entries: str, capsys: pytest.CaptureFixture[str], language: str = "pt_BR"
) -> tuple[int, str]:
    """Check a package with this catalogue; return the exit code and what was printed."""
    package = package_make(tmp_path / "source", entries, language)
    (tmp_path / "copy").mkdir()
    copy = extract(package, tmp_path / "copy", ["pt_BR", language])
    return check(package, copy, ["pt_BR"]), capsys.readouterr().out


def test_a_complete_catalogue_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Texts of code and templates that are all translated are no problem."""
    code, said = verdict(tmp_path, DONE, capsys)
    assert code == 0
    assert "pt_BR: 2 texts in 1 rooms, 0 gaps" in said


@pytest.mark.parametrize(
    "entries,complaint",
    [
        ('msgid "Cancel"\nmsgstr "Cancelar"\n', "in the code but not here: 'Receipt'"),
        (DONE + '\nmsgid "Old"\nmsgstr "Velho"\n', "no longer in the code: 'Old'"),
        (DONE.replace('"Comprovante"', '""'), "untranslated or fuzzy: 'Receipt'"),
        (DONE.replace('msgid "Receipt"', '#, fuzzy\nmsgid "Receipt"'), "untranslated or fuzzy: 'Receipt'"),
    ],
    ids=["missing", "obsolete", "empty", "fuzzy"],
)
def test_a_gap_or_a_drift_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entries: str, complaint: str
) -> None:
    """A text missing, left over, empty or fuzzy in a complete language fails and is named."""
    code, said = verdict(tmp_path, entries, capsys)
    assert code == 1
    assert complaint in said


def test_an_optional_language_may_have_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gaps in a language that need not be complete are counted, and only the complete one is blamed."""
    _code, said = verdict(tmp_path, DONE.replace('"Comprovante"', '""'), capsys, language="es")
    assert "es: 2 texts in 1 rooms, 1 gaps (may have gaps)" in said
    assert "room/es" not in said


def test_texts_with_no_catalogue_above_them_are_refused(tmp_path: Path) -> None:
    """A translatable text in a folder that no catalogue serves cannot be forgotten."""
    package = package_make(tmp_path / "source", DONE)
    (package / "stray").mkdir()
    (package / "stray" / "x.py").write_text(
        'from django.utils.translation import gettext as _\n\nTITLE = _("Nobody translates me")\n'
    )
    (tmp_path / "copy").mkdir()
    with pytest.raises(ExtractionError, match=r"folder above stray/x\.py"):
        extract(package, tmp_path / "copy", ["pt_BR"])


def test_an_update_adds_new_texts_and_keeps_translations(tmp_path: Path) -> None:
    """Updating a catalogue brings in what is new and leaves what was translated."""
    package = package_make(tmp_path / "source", 'msgid "Cancel"\nmsgstr "Cancelar"\n')
    (tmp_path / "copy").mkdir()
    copy = extract(package, tmp_path / "copy", ["pt_BR"])
    assert update(package, copy, ["pt_BR"]) == ["room/pt_BR"]
    text = catalogues(package)[("room", "pt_BR")].read_text()
    assert 'msgid "Receipt"' in text
    assert 'msgstr "Cancelar"' in text


@pytest.mark.parametrize("with_gettext", [True, False], ids=["msgfmt", "babel"])
def test_catalogues_compile_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_gettext: bool) -> None:  # noqa: FBT001
    """With gettext or without it, a catalogue is compiled when it is new and not again after."""
    if not with_gettext:
        monkeypatch.setattr("tools.messages.shutil.which", lambda _name: None)
    package = package_make(tmp_path / "source", DONE)
    said: list[str] = []
    assert messages_compile(package, python=Path(sys.executable), say=said.append) == []
    assert (package / "room/locale/pt_BR/LC_MESSAGES/django.mo").exists()
    assert stale_catalogues(package) == []
    assert len(said) == 1


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    """A catalogue that does not compile is returned, and the reason said."""
    package = package_make(tmp_path / "source", 'msgid "Cancel\n')
    said: list[str] = []
    failed = messages_compile(package, python=Path(sys.executable), say=said.append)
    assert [path.name for path in failed] == ["django.po"]
    assert "does not compile" in said[-1]
