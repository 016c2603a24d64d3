"""``atelogo verify``, ``checkpoint`` and ``worker --once``, as a person types them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.cli.installations import Installation, database_urls

pytestmark = pytest.mark.slow
RECEIPT = """
import base64, json
from atelogo.accounts.queries import workspace_by_slug
from atelogo.events import ledger, log
from tests.events.facts import happen
workspace = workspace_by_slug("aurora").id
receipt = {"protocol": "2026030512345678", "name": "Conceição"}
(entry,) = happen(workspace, personal={"receipt": receipt})
log.seal_all()
print(json.dumps({
    "receipt": receipt,
    "salt": base64.b64encode(ledger.salt_of(workspace, entry)).decode(),
    "entry": json.loads(log.leaf_of(workspace, entry).text()),
    "proof": log.proof_of(workspace, entry).text(),
}))
"""
ALTER = '''
from tests.events.facts import tamper
tamper("events_ledgerentry", """
UPDATE events_ledgerentry SET body = replace(body, '"number":{}', '"number":{}') WHERE seq =
(SELECT MIN(seq) FROM events_ledgerentry WHERE stream_seq = 3 AND name = 'sample.happened')
""")
'''


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Return an installation with one company and seven sealed facts."""
    folder = tmp_path_factory.mktemp("verify")
    with database_urls(connection.vendor, folder) as urls:
        made = Installation(folder / "one", urls[0])
        made.init()
        made.happen(7)
        yield made


def test_a_sound_register_leaves_with_zero(installation: Installation) -> None:
    """A sound register is said to be so, for people and for programs."""
    assert "aurora: sound (" in installation.run("verify")
    answer = installation.json("verify", "--workspace", "aurora")
    (company,) = answer["workspaces"]
    assert (answer["result"], company["result"], company["findings"]) == ("sound", "sound", [])
    assert company["entries"] >= 7


def test_an_altered_register_leaves_with_one_and_names_the_row(installation: Installation) -> None:
    """After a row was changed, verify names table, place and entry, and leaves with 1."""
    installation.python(ALTER.format(2, 9))
    said = installation.run("verify", code=1)
    assert "ALTERED" in said
    assert "events_ledgerentry place" in said
    answer = installation.json("verify", code=1)
    (finding,) = answer["workspaces"][0]["findings"]
    assert (finding["code"], len(finding["entry"])) == ("row_altered", 36)
    installation.python(ALTER.format(9, 2))
    assert installation.json("verify")["result"] == "sound"


def test_a_checkpoint_kept_outside(installation: Installation, tmp_path: Path) -> None:
    """A printed checkpoint can be given back later; a broken one is found, a foreign one refused."""
    kept = tmp_path / "kept.note"
    kept.write_text(installation.run("checkpoint", "--workspace", "aurora"))
    key = tmp_path / "key.txt"
    key.write_text(installation.run("checkpoint", "--workspace", "aurora", "--public-key"))
    installation.happen(1)
    installation.run("verify", "--checkpoint", kept, "--key", key)
    lines = kept.read_text().split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    (tmp_path / "broken.note").write_text("\n".join(lines))
    assert "not signed" in installation.run("verify", "--checkpoint", tmp_path / "broken.note", code=1)
    (tmp_path / "foreign.note").write_text("example.com/log\n3\n" + lines[2] + "\n\n")
    assert "no company" in installation.run("verify", "--checkpoint", tmp_path / "foreign.note", code=2)
    assert "cannot be read" in installation.run("verify", "--checkpoint", tmp_path / "absent", code=2)


def test_what_cannot_be_checked_leaves_with_two(installation: Installation, tmp_path: Path) -> None:
    """An unknown company, an unusable key or a database without tables is no verdict: exit code 2."""
    assert "no company called nobody" in installation.run("verify", "--workspace", "nobody", code=2)
    assert "public key" in installation.run("verify", "--key", "rubbish", code=2)
    empty = Installation(tmp_path / "empty", f"sqlite:///{tmp_path / 'empty' / 'atelogo.sqlite3'}")
    assert "no data here" in empty.run("verify", code=2)


def test_the_worker_does_what_is_due_and_ends(installation: Installation) -> None:
    """`worker --once` runs what is due and seals what is not sealed."""
    installation.python(
        "from atelogo.accounts.queries import workspace_by_slug\n"
        "from tests.events.facts import happen\n"
        "happen(workspace_by_slug('aurora').id, 3)"
    )
    assert "3 entries sealed" in installation.run("worker", "--once")


def test_a_receipt_is_checked_without_an_installation(installation: Installation, tmp_path: Path) -> None:
    """With the file and the public key alone, and no data folder, a receipt is genuine or it is not."""
    sealed = json.loads(installation.python(RECEIPT))
    key = installation.run("checkpoint", "--workspace", "aurora", "--public-key").strip()
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()

    def check(receipt: object, *, given: str = key) -> int:
        file = tmp_path / "receipt.json"
        file.write_text(json.dumps(receipt, ensure_ascii=False))
        words = ["verify", "receipt", str(file), "--key", given]
        done = subprocess.run(
            [sys.executable, "-c", "from atelogo.cli import main; main()", *words],
            cwd=nowhere,
            env={"PATH": "/usr/bin", "PYTHONPATH": installation.environment()["PYTHONPATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode

    assert check(sealed) == 0
    assert check({**sealed, "proof": None}) == 2
    assert check({**sealed, "receipt": {**sealed["receipt"], "protocol": "2026030512345679"}}) == 1
    assert check({**sealed, "entry": {**sealed["entry"], "recorded_at": "2020-01-01T00:00:00.000000Z"}}) == 1
    assert check({"receipt": 1}) == 2
    assert check(sealed, given="rubbish") == 2
    assert list(nowhere.iterdir()) == []
