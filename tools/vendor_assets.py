"""Fetch the console's outside files from their packages and write them, with checksums, into the checkout.

    python tools/vendor_assets.py          refresh everything (needs npm; run by hand when a version changes)

What is fetched is said in `ASSETS` below; what was fetched is in `vendored.json` beside the files, and in
VENDORED.md for people. A test compares the files with the checksums.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "src" / "atelogo" / "web" / "static" / "vendor"
BROWSER_TESTS = ROOT / "tests" / "browser" / "vendor"

ICONS = (ROOT / "tools" / "icons.txt").read_text().split()  # outline icons of the sprite, one a line


@dataclass(frozen=True)
class Asset:
    """One package: its exact version, its licence, and which of its files are taken."""

    package: str
    version: str
    licence: str
    folder: str
    files: tuple[str, ...]
    used_for: str
    licence_files: tuple[str, ...] = ("LICENSE",)
    target: Path = CONSOLE


ASSETS = (
    Asset(
        "@tabler/core",
        "1.6.1",
        "MIT (contains Bootstrap and Popper, MIT)",
        "tabler",
        ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
        "the console's design system",
        licence_files=(),  # the package carries its licence in the head of each file only
    ),
    Asset(
        "@tabler/icons",
        "3.51.0",
        "MIT",
        "tabler-icons",
        (),
        'icons, as one sprite: <use href=".../sprite.svg#name">',
    ),
    Asset("htmx.org", "2.0.11", "0BSD", "htmx", ("dist/htmx.min.js",), "parts of pages that change in place"),
    Asset(
        "echarts",
        "6.1.0",
        "Apache-2.0 (contains zrender, BSD-3-Clause; d3, BSD-3-Clause)",
        "echarts",
        ("dist/echarts.common.min.js", "i18n/langPT-br.js"),
        "the console's charts",
        licence_files=("LICENSE", "NOTICE"),
    ),
    Asset(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        "axe-core",
        ("axe.min.js",),
        "accessibility checks in browser tests; not shipped",
        licence_files=("LICENSE", "LICENSE-3RD-PARTY.txt"),
        target=BROWSER_TESTS,
    ),
)

_MIT = """MIT License

{copyright}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def package_fetch(asset: Asset, into: Path) -> Path:
    """Download and unpack one package; return the folder of its files."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{asset.package}@{asset.version}"],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    folder = into / asset.folder
    with tarfile.open(into / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def sprite(icons: Path) -> str:
    """Return one SVG with a `<symbol>` per icon; ids are the icons' names."""
    symbols = []
    for name in sorted(set(ICONS)):
        svg = (icons / f"{name}.svg").read_text()
        body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        if body is None:
            raise ValueError(f"{name}.svg is not an SVG")
        drawn = re.sub(r">\s+<", "><", body[1]).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
            f'stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def asset_write(asset: Asset, source: Path) -> dict[str, str]:
    """Copy what is taken of one package; return the checksums by path below the vendor folder."""
    folder = asset.target / asset.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*asset.files, *asset.licence_files):
        (folder / Path(name).name).write_bytes((source / name).read_bytes())
    if asset.package == "@tabler/icons":
        (folder / "sprite.svg").write_text(sprite(source / "icons" / "outline"))
    if not asset.licence_files:
        head = (source / asset.files[0]).read_text()[:600]
        lines = [line.strip(" *") for line in head.splitlines() if "Copyright" in line]
        (folder / "LICENSE").write_text(_MIT.format(copyright="\n".join(lines)))
    return {
        f"{asset.folder}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def records_write(target: Path, records: list[dict[str, object]]) -> None:
    """Write `vendored.json` and VENDORED.md beside the files."""
    (target / "vendored.json").write_text(json.dumps(records, indent=2, ensure_ascii=False) + "\n")
    lines = [
        "# Files of others, kept here",
        "",
        "Taken unchanged from their packages by `tools/vendor_assets.py`; only the icon sprite is put",
        "together from the package's files. A test compares every file with its checksum. No page loads",
        "anything from another host.",
    ]
    for record in records:
        lines += [
            "",
            f"## {record['package']} {record['version']}",
            "",
            f"{record['licence']}. For {record['used_for']}.",
            "",
            "| file | sha256 |",
            "|---|---|",
        ]
        files = record["files"]
        if isinstance(files, dict):
            lines += [f"| `{name}` | `{checksum}` |" for name, checksum in files.items()]
    (target / "VENDORED.md").write_text("\n".join(lines) + "\n")


def wrong_files(target: Path) -> list[str]:
    """Return the files under ``target`` that are not what its `vendored.json` lists."""
    records = json.loads((target / "vendored.json").read_text())
    wanted = {name: checksum for record in records for name, checksum in record["files"].items()}
    have = {
        path.relative_to(target).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in target.rglob("*")
        if path.is_file()
        and path.name not in {"vendored.json", "VENDORED.md"}
        and path.suffix not in {".gz", ".br"}  # made beside the files when they are served
    }
    return sorted(name for name in wanted.keys() | have.keys() if wanted.get(name) != have.get(name))


def main() -> int:
    """Refresh every asset."""
    records: dict[Path, list[dict[str, object]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for asset in ASSETS:
            files = asset_write(asset, package_fetch(asset, Path(scratch)))
            record = {"package": asset.package, "version": asset.version, "licence": asset.licence}
            records.setdefault(asset.target, []).append(
                {**record, "used_for": asset.used_for, "files": files}
            )
            print(f"{asset.package} {asset.version}: {len(files)} files")
    for target, found in records.items():
        records_write(target, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
