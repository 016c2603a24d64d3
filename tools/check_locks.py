"""Check that the lock files cover their inputs: every package asked for is pinned, hashed, and in its range.

Reads files only. It cannot know whether newer versions exist; it does know whether somebody changed an
input and forgot its lock, and whether two locks disagree.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PAIRS = ("requirements-build", "requirements", "requirements-dev")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")


def lock_read(path: Path) -> dict[str, tuple[str, int]]:
    """Return the pinned version and the number of hashes of each package in a lock file."""
    pins: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text().splitlines():
        pin = _PIN.match(line)
        if pin:
            name = canonicalize_name(pin["name"])
            pins[name] = (pin["version"], 0)
        elif line.strip().startswith("--hash=sha256:") and name:
            version, hashes = pins[name]
            pins[name] = (version, hashes + 1)
    return pins


def inputs_read(path: Path) -> list[Requirement]:
    """Return what an input file asks for, its `-r` files included."""
    wanted = []
    for line in path.read_text().splitlines():
        text = line.split(" #")[0].strip()
        if text.startswith("-r "):
            wanted += inputs_read(path.parent / text.removeprefix("-r ").strip())
        elif text and not text.startswith(("#", "-")):
            wanted.append(Requirement(text))
    return wanted


def problems(root: Path) -> list[str]:
    """Return what is wrong with the lock files of ``root``, as sentences."""
    found: list[str] = []
    versions: dict[str, tuple[str, str]] = {}
    for stem in PAIRS:
        lock = f"{stem}.lock"
        pins = lock_read(root / lock)
        for requirement in inputs_read(root / f"{stem}.in"):
            pin = pins.get(canonicalize_name(requirement.name))
            if pin is None:
                found.append(f"{lock} lacks {requirement.name}: make the lock again")
            elif not requirement.specifier.contains(pin[0], prereleases=True):
                found.append(
                    f"{lock} has {requirement.name} {pin[0]}, {stem}.in asks for {requirement.specifier}"
                )
        for name, (version, hashes) in pins.items():
            if not hashes:
                found.append(f"{lock}: {name} has no hash")
            other, elsewhere = versions.setdefault(name, (version, lock))
            if other != version:
                found.append(f"{name} is {other} in {elsewhere} and {version} in {lock}")
        if "://" in (root / lock).read_text():
            found.append(f"{lock} holds an address")
    return found


def main() -> int:
    """Print what is wrong; return 1 when something is."""
    found = problems(ROOT)
    for line in found:
        print(line)
    print(f"locks: {len(found)} problems in {len(PAIRS)} files")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
