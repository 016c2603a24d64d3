"""Texts of the public page *Como cancelar*: the default ones, and a company's own.

A section is plain paragraphs and lists, no markup: what a person types in a text box (blank line
between paragraphs, "- " before an item) is what `blocks_from_text` reads. Legal figures are
parameters with their source; the company sees the mark "conferir com seu jurídico" while editing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from atelogo.accounts.domain.workspace import WorkspaceInfo

LANGUAGES: Final = ("pt-BR", "en", "es")

# Filled from the workspace's settings, with no default of ours.
CONTACT_PARAMETERS: Final = ("company", "sac_phone", "ombudsman", "email", "site")

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_BULLET: Final = re.compile(r"\s*[-•*](?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure in the texts: its default, and where it was read (secondary sources)."""

    name: str
    default: int
    source: str


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs, one per line of `lines`, or the items of one list."""

    kind: Literal["paragraph", "list"]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page; `legal` sections need a lawyer's eye, `own` ones are the company's."""

    code: str
    title: str
    blocks: tuple[Block, ...]
    legal: bool
    source: str
    own: bool = False

    @property
    def text(self) -> str:
        """The body as a person edits it; `blocks_from_text` reads it back."""
        return text_from_blocks(self.blocks)


@dataclass(frozen=True, slots=True)
class HowToCancelPage:
    """The page in one language; `mark` is the note beside legal sections, for the company only."""

    language: str
    title: str
    lead: str
    mark: str
    sections: tuple[Section, ...]


def how_to_cancel_page(
    language: str,
    *,
    sector: str,
    parameters: Mapping[str, str | int],
    own: Mapping[str, str] | None = None,
) -> HowToCancelPage:
    """Give the page ready to show: a company's `own` text per section code, else the default.

    `parameters` overrides the figures' defaults and gives the contacts (CONTACT_PARAMETERS). A
    line with an empty or zero parameter is left out, and so is a section left with no line;
    braces with an unknown name stay as typed. An unknown language reads Portuguese.
    """
    page = default_page(language, sector=sector)
    if own:
        page = replace(page, sections=tuple(_replaced(section, own) for section in page.sections))
    values: dict[str, str | int] = dict.fromkeys(CONTACT_PARAMETERS, "")
    values |= {parameter.name: parameter.default for parameter in default_parameters()}
    values |= parameters
    filled = (_filled(section, values) for section in page.sections)
    return replace(page, sections=tuple(section for section in filled if section.blocks))


def company_page(
    workspace: WorkspaceInfo, language: str, *, own: Mapping[str, str] | None = None
) -> HowToCancelPage:
    """Give a company's page as customers see it; `own` stands in for the texts it has kept."""
    return how_to_cancel_page(
        language,
        sector=workspace.sector,
        parameters=parameters_of(workspace),
        own=own_texts(workspace, language) if own is None else own,
    )


def parameters_of(workspace: WorkspaceInfo) -> dict[str, str | int]:
    """Give what the company's settings fill in; other figures have their defaults."""
    contacts = workspace.contacts
    return {
        "company": workspace.name,
        "sac_phone": contacts.sac_phone,
        "ombudsman": contacts.ombudsman,
        "email": contacts.email,
        "site": contacts.site,
        "stop_hours": workspace.windows.stop_hours,
        "undo_hours": workspace.windows.undo_hours,
    }


def own_texts(workspace: WorkspaceInfo, language: str) -> Mapping[str, str]:
    """Give the company's own texts in a language, by section."""
    texts = {code.lower(): own for code, own in workspace.how_to_cancel.items()}
    return texts.get(language.lower(), {})


@cache
def default_page(language: str, *, sector: str) -> HowToCancelPage:
    """Give our texts for a sector, placeholders still in them: what the company starts to edit."""
    tag = _known(language)
    data = _data()
    return HowToCancelPage(
        language=tag,
        title=data["title"][tag],
        lead=data["lead"][tag],
        mark=data["mark"][tag],
        sections=tuple(_section(raw, tag, sector) for raw in data["section"] if _meant_for(raw, sector)),
    )


@cache
def default_parameters() -> tuple[Parameter, ...]:
    """Give the figures used in the texts, in the file's order."""
    return tuple(Parameter(raw["name"], raw["default"], raw["source"]) for raw in _data()["parameter"])


def unknown_parameters(text: str) -> tuple[str, ...]:
    """Give the names in braces that nothing fills in, so that the form can point them out."""
    known = {*CONTACT_PARAMETERS, *(parameter.name for parameter in default_parameters())}
    return tuple(name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in known)


def blocks_from_text(text: str) -> tuple[Block, ...]:
    """Read typed text: lines that begin with "- " are a list, other lines form paragraphs.

    A blank line ends a paragraph; a single line break within one is a space. Never raises.
    """
    found: list[Block] = []
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        bullet = _BULLET.match(line)
        words = " ".join((line[bullet.end() :] if bullet else line).split())
        if words and not bullet:
            paragraph.append(words)
            continue
        if paragraph:
            found.append(Block("paragraph", (" ".join(paragraph),)))
            paragraph = []
        if words:
            found.append(Block("list", (words,)))
    return _joined(found)


def text_from_blocks(blocks: Iterable[Block]) -> str:
    """Write blocks as editable text: the inverse of `blocks_from_text`."""
    return "\n\n".join(
        "\n".join(f"- {line}" for line in block.lines) if block.kind == "list" else "\n\n".join(block.lines)
        for block in blocks
    )


def _joined(blocks: Iterable[Block]) -> tuple[Block, ...]:
    # Neighbours of one kind are one block: a sector's items continue the list before them.
    joined: list[Block] = []
    for block in blocks:
        if joined and joined[-1].kind == block.kind:
            joined[-1] = Block(block.kind, joined[-1].lines + block.lines)
        else:
            joined.append(block)
    return tuple(joined)


def _section(raw: Mapping[str, Any], tag: str, sector: str) -> Section:
    return Section(
        code=raw["code"],
        title=raw[tag],
        blocks=_joined(
            Block(block["kind"], tuple(block[tag])) for block in raw["block"] if _meant_for(block, sector)
        ),
        legal=raw["legal"],
        source=raw["source"],
    )


def _meant_for(raw: Mapping[str, Any], sector: str) -> bool:
    return sector in raw.get("sectors", [sector])


def _replaced(section: Section, own: Mapping[str, str]) -> Section:
    blocks = blocks_from_text(own.get(section.code, ""))
    return replace(section, blocks=blocks, own=True) if blocks else section


def _filled(section: Section, values: Mapping[str, str | int]) -> Section:
    blocks = (
        Block(
            block.kind, tuple(_with_values(line, values) for line in block.lines if _complete(line, values))
        )
        for block in section.blocks
    )
    return replace(section, blocks=_joined(block for block in blocks if block.lines))


def _complete(line: str, values: Mapping[str, str | int]) -> bool:
    return all(values.get(name, "as typed") for name in _PLACEHOLDER.findall(line))


def _with_values(line: str, values: Mapping[str, str | int]) -> str:
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), line)


@cache
def _data() -> dict[str, Any]:
    raw = resources.files("atelogo.register.domain").joinpath("how_to_cancel.toml").read_bytes()
    return tomllib.loads(raw.decode("utf-8"))


def _known(language: str) -> str:
    primary = language.replace("_", "-").lower().split("-")[0]
    return next((tag for tag in LANGUAGES if tag.split("-")[0] == primary), LANGUAGES[0])
