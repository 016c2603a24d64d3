"""Write docs/reference/errors.md from the errors in the code: `python -m tools.errors_page`."""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path

import django
from django.utils import translation

import atelogo
from atelogo.core.errors import AppError

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "errors.md"
_LEFT_OUT = ("migrations", "cli", "wsgi", "asgi", "settings")

_HEAD = """# Error codes

Every refusal has a stable code. Programs get it as `application/problem+json` (RFC 9457):

```json
{
  "type": "urn:atelogo:error:request_not_open",
  "title": "request not open",
  "status": 409,
  "code": "request_not_open",
  "detail": "...",
  "errors": [{"field": "name", "code": "required", "message": "..."}]
}
```

`detail` is in the reader's language; `errors` is there when fields are wrong; `incident` is there for a
fault of ours (`unexpected`) and names it in the log. People see the same fact on a page with the code.
A caller is answered in JSON when it prefers it (`Accept: application/json`) or asks below `/api/`.
Status 503 carries `Retry-After`.

Made from the code by `python -m tools.errors_page`; a test keeps both equal. `%(...)s` stands for a figure.

"""


def every_error() -> list[type[AppError]]:
    """Import the whole product and return its error classes that have a code of their own, by code."""
    for module in pkgutil.walk_packages(atelogo.__path__, "atelogo."):
        if not set(module.name.split(".")) & set(_LEFT_OUT):
            importlib.import_module(module.name)
    found = [
        kind for kind in _below(AppError) if kind.__module__.startswith("atelogo.") and "code" in vars(kind)
    ]
    return sorted(set(found), key=lambda kind: (str(vars(kind)["code"]), kind.__module__))


def _below(kind: type[AppError]) -> list[type[AppError]]:
    return [kind, *(deeper for sub in kind.__subclasses__() for deeper in _below(sub))]


def errors_page() -> str:
    """Give the whole page as Markdown, with one newline at its end."""
    lines = ["| code | status | room | says |", "|---|---|---|---|"]
    with translation.override("en"):
        for kind in every_error():
            room = kind.__module__.split(".")[1]
            says = str(getattr(kind, "message", "")).replace("|", "\\|").replace("\n", " ")
            lines.append(
                f"| `{getattr(kind, 'code', '')}` | {getattr(kind, 'status', '')} | {room} | {says} |"
            )
    return _HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelogo.settings")
    django.setup()
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(errors_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}: {len(every_error())} codes")


if __name__ == "__main__":
    main()
