"""Write docs/reference/reasons.md from the default reason tree: `python -m tools.reasons_page`."""

from __future__ import annotations

from pathlib import Path

from atelogo.register.domain.reasons import (
    LANGUAGES,
    ReasonGroupSeed,
    ReasonSeed,
    customer_options,
    default_reason_tree,
    default_reasons,
)

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "reasons.md"

_HEAD = """# Default reasons for cancelling

Every new workspace starts with this tree; a company renames, moves, merges and adds in its own copy.
Codes never change. Made from `src/atelogo/register/domain/default_reasons.toml` by
`python -m tools.reasons_page`; a test keeps both equal.

- **Kind**: who wanted the end. *voluntary*: the customer; *involuntary*: nobody on the customer's side;
  *other*: not known, or no real exit.
- **Area**: who can act on it.
- **Exchange**: the nearest of the eight values that billing systems exchange, then our own where those
  are silent.
- **Marks**: *asked* = offered to the customer on the receipt page; *sensitive* = no offers, a person
  answers; *system* = written by the system alone.
"""


def reasons_page() -> str:
    """Give the whole page as Markdown, with one newline at its end."""
    groups = default_reason_tree()
    parts = [_HEAD, _asked()]
    parts += [_group(group) for group in groups]
    return "\n".join(parts)


def _asked() -> str:
    options = customer_options(default_reasons())
    rows = [[f"`{one.code}`", *(one.text(tag).customer_label or "" for tag in LANGUAGES)] for one in options]
    return "## What the customer is asked\n\n" + _table(["Code", *LANGUAGES], rows)


def _group(group: ReasonGroupSeed) -> str:
    names = " / ".join(group.label(tag) for tag in LANGUAGES)
    head = f"## `{group.code}`: {names}\n\n"
    if not group.reasons:
        return head + "Empty at first: reasons that an import brings wait here for a person.\n"
    titles = ["Code", *LANGUAGES, "Kind", "Area", "Exchange", "Marks"]
    rules = "".join(_rule(reason) for reason in group.reasons)
    return head + _table(titles, [_row(reason) for reason in group.reasons]) + "\n" + rules


def _row(reason: ReasonSeed) -> list[str]:
    exchange = f"`{reason.interchange}`" + (f", `{reason.extra_code}`" if reason.extra_code else "")
    marks = {"asked": reason.ask_customer, "sensitive": reason.sensitive, "system": reason.system}
    return [
        f"`{reason.code}`",
        *(reason.text(tag).label for tag in LANGUAGES),
        reason.kind,
        reason.area,
        exchange,
        ", ".join(mark for mark, holds in marks.items() if holds),
    ]


def _rule(reason: ReasonSeed) -> str:
    text = reason.text("en")
    return (
        f"- **{text.label}**. {text.definition} *Use when* {text.use_when} *Not when* {text.not_when} "
        f"*Example*: “{text.example}”\n"
    )


def _table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reasons_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}: {len(default_reasons())} reasons")


if __name__ == "__main__":
    main()
