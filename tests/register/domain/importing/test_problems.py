from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from atelogo.register.domain.importing.fields import field_types
from atelogo.register.domain.importing.mapping import Mapping
from atelogo.register.domain.importing.problems import PROBLEMS
from atelogo.register.domain.importing.records import KINDS, Kind

ROOT = Path(__file__).parents[4]
PACKAGE = ROOT / "src" / "atelogo" / "register"
PAGE = (ROOT / "docs" / "reference" / "importing.md").read_text(encoding="utf-8")


def _message(text: str) -> str:
    return text.replace("%(detail)s", "...")


@pytest.mark.parametrize("language", ["pt_BR", "es"])
def test_every_message_is_translated(language: str) -> None:
    """Each code speaks Portuguese and Spanish, with the same places for names."""
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as stream:
        catalogue = read_po(stream)
    for problem in PROBLEMS.values():
        found = catalogue.get(problem.message)
        assert found is not None
        assert found.string
        assert ("%(detail)s" in str(found.string)) == ("%(detail)s" in problem.message)


def test_every_code_is_documented_in_both_languages() -> None:
    """The reference page has each code once, with its English and its Portuguese message."""
    with (PACKAGE / "locale" / "pt_BR" / "LC_MESSAGES" / "django.po").open("rb") as stream:
        catalogue = read_po(stream)
    for code, problem in PROBLEMS.items():
        found = catalogue.get(problem.message)
        assert found is not None
        row = f"| `{code}` | {_message(problem.message)} | {_message(str(found.string))} |"
        assert PAGE.count(row) == 1
    documented = set(re.findall(r"^\| `([a-z0-9_]+)` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE))
    assert documented == set(PROBLEMS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_documented(kind: Kind) -> None:
    """The reference page has each field of each kind with its type."""
    part = PAGE.partition(f"### {kind.capitalize()}\n")[2].partition("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)` \| (\w+) \|$", part, re.MULTILINE)) == set(field_types(kind).items())


def test_the_mapping_file_of_the_page_is_valid() -> None:
    """The example of the reference page is read as it stands."""
    example = PAGE.partition("```toml\n")[2].partition("```")[0]
    mapping = Mapping.from_toml(example)
    assert mapping.kind == "cancellations"
    assert mapping.columns["name"] == ("Nome", "Sobrenome")


def test_every_code_in_the_source_is_a_known_problem() -> None:
    """No module answers with a code that has no message."""
    raised = re.compile(r'(?:ImportProblemError|ValueProblemError)\(\s*"(\w+)"|\[\("(\w+)", ""\)\]')
    for path in (PACKAGE / "domain" / "importing").glob("*.py"):
        for found in raised.finditer(path.read_text(encoding="utf-8")):
            assert (found[1] or found[2]) in PROBLEMS
