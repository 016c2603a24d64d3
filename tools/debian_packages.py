"""What the product and its tests need from the operating system: found by use, installed as root."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """Something the machine must offer: Debian packages, how to see it, what is left out without it."""

    name: str
    packages: tuple[str, ...]
    present: Callable[[], bool]
    left_out: str


def has_pango() -> bool:
    """Say whether the libraries behind WeasyPrint load."""
    try:
        for library in (
            "libpango-1.0.so.0",
            "libpangoft2-1.0.so.0",
            "libharfbuzz.so.0",
            "libfontconfig.so.1",
        ):
            ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """Say whether a font with accents is installed."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, or None."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
    )
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def chromium() -> str | None:
    """Return the path of Debian's Chromium, or None."""
    return shutil.which("chromium")


PANGO = Need(
    "pango",
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libpangocairo-1.0-0"),
    has_pango,
    "receipts as PDF (receipts as a page and as JSON work)",
)
FONTS = Need("fonts", ("fonts-dejavu-core",), has_fonts, "accented text in PDF receipts")
GETTEXT = Need(
    "gettext",
    ("gettext",),
    lambda: shutil.which("msgfmt") is not None,
    "nothing for the demo (Babel compiles the translations); `make messages` cannot collect new texts",
)
POSTGRES = Need(
    "PostgreSQL",
    ("postgresql",),
    lambda: postgres_bin() is not None,
    "every test on PostgreSQL and `make chaos`",
)
CHROMIUM = Need("Chromium", ("chromium",), lambda: chromium() is not None, "every test in a browser")

DEMO = (PANGO, FONTS, GETTEXT)
TESTS = (*DEMO, POSTGRES, CHROMIUM)


def packages_provide(needs: Sequence[Need], *, say: Callable[[str], None]) -> list[str]:
    """Install what is missing of ``needs`` when root on Debian; explain and return what still is."""
    missing = [need for need in needs if not need.present()]
    if not missing:
        return []
    names = [package for need in missing for package in need.packages]
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        say(f"installing Debian packages: {' '.join(names)}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            [apt, "update", "-qq"],
            [apt, "install", "-y", "-qq", "--no-install-recommends", *names],
        ):
            if subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL).returncode:
                say(f"`{' '.join(command)}` failed")
        missing = [need for need in missing if not need.present()]
    elif apt:
        say("not root, so Debian packages are not installed; to have them all:")
        say(f"    sudo apt-get install --no-install-recommends {' '.join(names)}")
    else:
        say("no apt-get here: install what is named below with this system's own tool")
    for need in missing:
        say(f"without {need.name}, this is left out: {need.left_out}")
    return [need.name for need in missing]
