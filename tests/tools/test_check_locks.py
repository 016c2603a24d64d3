from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_locks import PAIRS, ROOT, problems

PINNED = "django==5.2.1 \\\n    --hash=sha256:00\n"


def locks_make(root: Path, asked: str, pinned: str) -> Path:
    """Write the three pairs; the first two are sound, the last is as given."""
    for stem in PAIRS:
        (root / f"{stem}.in").write_text("# nothing\n")
        (root / f"{stem}.lock").write_text("")
    (root / f"{PAIRS[-1]}.in").write_text(asked)
    (root / f"{PAIRS[-1]}.lock").write_text(pinned)
    return root


def test_the_locks_of_this_checkout_cover_their_inputs() -> None:
    """Every package asked for is pinned within its range, with hashes, the same in each lock."""
    assert problems(ROOT) == []


def test_a_sound_lock_has_no_problem(tmp_path: Path) -> None:
    """A pin within its range and with a hash is all that is asked."""
    assert problems(locks_make(tmp_path, "Django>=5.2,<5.3\n", PINNED)) == []


@pytest.mark.parametrize(
    "asked,pinned,complaint",
    [
        ("httpx\n", PINNED, "lacks httpx"),
        ("Django>=6\n", PINNED, "asks for >=6"),
        ("Django\n", "django==5.2.1\n", "no hash"),
        ("Django\n", "--index-url https://example.org/\n" + PINNED, "holds an address"),
    ],
    ids=["forgotten", "out of range", "no hash", "address"],
)
def test_a_lock_that_does_not_fit_is_named(tmp_path: Path, asked: str, pinned: str, complaint: str) -> None:
    """A forgotten package, a pin out of range, a missing hash and an address are each found."""
    found = problems(locks_make(tmp_path, asked, pinned))
    assert len(found) == 1
    assert complaint in found[0]


def test_two_locks_that_disagree_are_named(tmp_path: Path) -> None:
    """The same package may not have two versions in two locks."""
    root = locks_make(tmp_path, "Django\n", PINNED)
    (root / "requirements.lock").write_text(PINNED.replace("5.2.1", "5.2.2"))
    assert ["is 5.2.2 in requirements.lock and 5.2.1" in problem for problem in problems(root)] == [True]
