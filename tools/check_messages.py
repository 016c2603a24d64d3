"""Keep the translation catalogues true to the code: `make messages` updates them, the lint compares them.

    python tools/check_messages.py             fails on drift, and on gaps in a complete language
    python tools/check_messages.py --update    collects new texts into the catalogues

Texts are collected by Django's makemessages in a copy of the package, so that a check changes nothing.
msgids are the English texts: English needs no catalogue. A file's texts belong to the nearest `locale`
folder above it. Languages that must be complete stand in pyproject.toml, `[tool.atelogo]`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.messages import messages_compile

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "atelogo"
ON_CI = os.environ.get("CI", "").lower() in {"1", "true"}
_SHOWN = 10
_USES_TEXTS = re.compile(r"import .*n?p?gettext|\{% (?:blocktranslate|blocktrans|translate|trans)\b")
Key = tuple[str, str]


class ExtractionError(Exception):
    """Texts could not be collected; the message is makemessages' own."""


@dataclass
class Comparison:
    """One catalogue against the code: keys are (context, msgid)."""

    name: str
    language: str
    total: int = 0
    missing: list[Key] = field(default_factory=list)
    obsolete: list[Key] = field(default_factory=list)
    untranslated: list[Key] = field(default_factory=list)

    def problems(self, complete: Sequence[str]) -> Iterator[str]:
        """Give what must be mended: drift in any language, gaps in a complete one."""
        kinds = [("in the code but not here", self.missing), ("no longer in the code", self.obsolete)]
        if self.language in complete:
            kinds.append(("untranslated or fuzzy", self.untranslated))
        for kind, keys in kinds:
            for context, text in keys[:_SHOWN]:
                yield f"{self.name}: {kind}: {text!r}" + (f" (context {context!r})" if context else "")
            if len(keys) > _SHOWN:
                yield f"{self.name}: {kind}: and {len(keys) - _SHOWN} more"


def complete_languages(root: Path = ROOT) -> list[str]:
    """Return the languages whose catalogues may have no gap."""
    project = tomllib.loads((root / "pyproject.toml").read_text())
    return list(project["tool"]["atelogo"]["complete_languages"])


def catalogues(package: Path) -> dict[tuple[str, str], Path]:
    """Return every catalogue by (folder that holds `locale`, language)."""
    return {
        (str(po.parents[3].relative_to(package)), po.parents[1].name): po
        for po in sorted(package.rglob("locale/*/LC_MESSAGES/django.po"))
    }


def homeless(package: Path) -> list[str]:
    """Return the files with texts for people that have no `locale` folder above them."""
    return [
        str(path.relative_to(package))
        for path in sorted(package.rglob("*"))
        if path.suffix in {".py", ".html", ".txt"}
        and not {"vendor", "static"} & set(path.parts)
        and not any((above / "locale").is_dir() for above in path.parents if above.is_relative_to(package))
        and _USES_TEXTS.search(path.read_text(errors="replace"))
    ]


def extract(package: Path, into: Path, languages: Sequence[str]) -> Path:
    """Collect the texts of a copy of ``package`` under ``into``; return the copy."""
    copy = into / package.name
    ignored = shutil.ignore_patterns("__pycache__", "*.mo", "vendor", "static")
    shutil.copytree(package, copy, ignore=ignored)
    command = [sys.executable, "-m", "django", "makemessages", "--no-obsolete", "--no-location", "--no-wrap"]
    for language in languages:
        command += ["--locale", language]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    result = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        lost = homeless(package)
        said = (
            f"no `locale` folder above {', '.join(lost)}"
            if lost
            else (result.stderr or result.stdout).strip()
        )
        raise ExtractionError(said)
    return copy


def entries(po: Path, language: str) -> dict[Key, Message]:
    """Return the live entries of a catalogue; empty when the file is not there."""
    if not po.exists():
        return {}
    with po.open("rb") as file:
        catalogue = read_po(file, locale=language)
    found = {}
    for message in catalogue:
        text = message.id[0] if isinstance(message.id, tuple | list) else message.id
        if text:
            found[(message.context or "", str(text))] = message
    return found


def is_translated(message: Message) -> bool:
    """Say whether every form of an entry has its text and nobody needs to look at it again."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not message.fuzzy and all(forms)


def compare(package: Path, copy: Path, complete: Sequence[str]) -> list[Comparison]:
    """Compare the committed catalogues with what was collected in the copy."""
    committed, collected = catalogues(package), catalogues(copy)
    found = []
    for (owner, language), po in collected.items():
        if (owner, language) not in committed and language not in complete:
            continue  # an optional language that this room does not have yet
        wanted = entries(po, language)
        have = entries(package / owner / "locale" / language / "LC_MESSAGES" / "django.po", language)
        found.append(
            Comparison(
                name=f"{owner}/{language}",
                language=language,
                total=len(wanted),
                missing=sorted(wanted.keys() - have.keys()),
                obsolete=sorted(have.keys() - wanted.keys()),
                untranslated=sorted(key for key, message in have.items() if not is_translated(message)),
            )
        )
    return found


def update(package: Path, copy: Path, complete: Sequence[str]) -> list[str]:
    """Write the collected catalogues back; return those that changed."""
    changed = []
    committed = catalogues(package)
    for (owner, language), po in catalogues(copy).items():
        if (owner, language) not in committed and language not in complete:
            continue
        target = package / owner / "locale" / language / "LC_MESSAGES" / "django.po"
        if entries(po, language).keys() == entries(target, language).keys():
            continue  # only dates and wrapping differ
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(po, target)
        changed.append(f"{owner}/{language}")
    return changed


def check(package: Path, copy: Path, complete: Sequence[str]) -> int:
    """Print every problem and one line per language; return 1 when there is a problem."""
    compared = compare(package, copy, complete)
    problems = [problem for comparison in compared for problem in comparison.problems(complete)]
    for problem in problems:
        print(problem)
    for language in sorted({comparison.language for comparison in compared}):
        here = [comparison for comparison in compared if comparison.language == language]
        gaps = sum(len(comparison.untranslated) for comparison in here)
        kind = "must be complete" if language in complete else "may have gaps"
        total = sum(comparison.total for comparison in here)
        print(f"messages: {language}: {total} texts in {len(here)} rooms, {gaps} gaps ({kind})")
    print(f"messages: {len(problems)} problems")
    return int(bool(problems))


def main(arguments: Sequence[str]) -> int:
    """Check or update; return the exit code."""
    if shutil.which("xgettext") is None:
        print("messages: left out, because gettext is not installed (Debian package `gettext`)")
        return int(ON_CI or "--update" in arguments)
    complete = complete_languages()
    languages = sorted({*complete, *(language for _owner, language in catalogues(PACKAGE))})
    with tempfile.TemporaryDirectory() as scratch:
        try:
            copy = extract(PACKAGE, Path(scratch), languages)
        except ExtractionError as error:
            print(f"messages: {error}")
            return 1
        if "--update" not in arguments:
            return check(PACKAGE, copy, complete)
        for name in update(PACKAGE, copy, complete):
            print(f"messages: {name} updated: translate its new texts")
    return int(bool(messages_compile(ROOT / "src", python=Path(sys.executable), say=print)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
