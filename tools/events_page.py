"""Write docs/reference/events.md from the events in the code: `python -m tools.events_page`."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import django

from atelogo.events import catalogue
from atelogo.events.catalogue import Event

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "events.md"
_KINDS = {
    "UUID": "id",
    "str": "text",
    "int": "integer",
    "bool": "true or false",
    "date": "date",
    "datetime": "moment",
}

_HEAD = """# Events

What can happen, as it stands in the ledger, in webhooks and in the warehouse. An event is a past fact: its
name, the version of its body, the stream it belongs to (a request, a contract, ...) with its place in it,
when it happened and when it was recorded, who did it, and the body below. Bodies hold ids, codes, times,
counts and sums; personal data never. It lies apart, encrypted, and can be shredded ([ledger](ledger.md)).

Ids are UUIDs, moments RFC 3339 in UTC with microseconds and `Z`, dates `YYYY-MM-DD`, money whole minor units
(`..._minor`) beside its ISO 4217 `currency`. There are no fractions. What is not known is null.

A body only gains members. A member that changes its meaning makes a new version of the event, and readers
are told by `v`. Who did it (`actor.kind`) is one of customer, staff, system, import, billing.

Made from the code by `python -m tools.events_page`; a test keeps both equal.
"""


def events_page() -> str:
    """Give the whole page as Markdown, with one newline at its end."""
    events = catalogue.all_events()
    parts = [_HEAD]
    room = ""
    for event in sorted(events, key=lambda each: (_room(each), each.name, each.schema)):
        if _room(event) != room:
            room = _room(event)
            parts.append(f"## {room.capitalize()}\n")
        parts.append(_section(event))
    return "\n".join(parts)


def _section(event: type[Event]) -> str:
    says = " ".join((event.__doc__ or "").split())
    lines = [f"### `{event.name}`" + (f" v{event.schema}" if event.schema > 1 else ""), "", says, ""]
    fields = dataclasses.fields(event)  # type: ignore[arg-type]
    if not fields:
        return "\n".join([*lines, "The body is empty.", ""])
    lines += ["| member | holds |", "|---|---|"]
    lines += [f"| `{field.name}` | {_kind(str(field.type))} |" for field in fields]
    return "\n".join([*lines, ""])


def _room(event: type[Event]) -> str:
    return event.__module__.rpartition(".")[2]


def _kind(annotation: str) -> str:
    plain, optional = annotation.removesuffix(" | None"), annotation.endswith(" | None")
    if plain.startswith("tuple[") and plain.endswith(", ...]"):
        inner = plain.removeprefix("tuple[").removesuffix(", ...]")
        words = f"list of {_kind(inner)}"
    elif plain.startswith("Mapping["):
        words = "object"
    else:
        words = _KINDS[plain]
    return f"{words} or null" if optional else words


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelogo.settings")
    django.setup()
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(events_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}: {len(catalogue.all_events())} events")


if __name__ == "__main__":
    main()
