"""The verdict finds what a kill could leave behind: each fault is made by hand here, and has to be seen."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.siege import Siege
from tests.faults.verdict import judge

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the siege forks")


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one life leaves that nobody cut short."""
    root = tmp_path_factory.mktemp("peace")
    Siege(root, seed=1).run(0)
    return root


@pytest.fixture
def root(peace: Path, tmp_path: Path) -> Path:
    shutil.copytree(peace, tmp_path / "root")
    return tmp_path / "root"


def sql(statement: str) -> Callable[[Path], None]:
    def run(root: Path) -> None:
        with contextlib.closing(sqlite3.connect(root / "data" / "mynah.db")) as database:
            assert database.execute(statement).rowcount >= 1
            database.commit()

    return run


def put(path: str, content: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        with (root / path).open("a") as file:
            file.write(content)

    return write


def test_peace_leaves_nothing_to_find(root: Path) -> None:
    verdict = judge(root)
    assert verdict.faults == ()
    assert verdict.figures["jobs"] == {"succeeded": 5, "failed": 1}


def sound(root: Path) -> Path:
    """One of the sounds that were made."""
    return min((root / "data" / "generations").glob("*.wav"))


def lengthen(root: Path) -> None:
    with sound(root).open("a") as file:
        file.write("more")


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (sql("DELETE FROM events WHERE job_id = 1"), "6 jobs|is None now"),
        (sql("UPDATE jobs SET error_key = 'GaveUp' WHERE state = 'failed'"), "is failed"),
        (sql("DELETE FROM deliveries WHERE job_id = 2"), "nobody was told of job 2"),
        (sql("UPDATE ledger SET used = used * 2 WHERE job_id = 1 AND kind = 'settle'"), "was charged 2 times"),
        (sql("UPDATE balances SET used = used + 1 WHERE metric = 'characters'"), "is not what the ledger says"),
        (sql("UPDATE balances SET reserved = reserved + 1 WHERE metric = 'bytes'"), "still set aside"),
        (sql("UPDATE files SET bytes = bytes + 1 WHERE id = 1"), "is not what its row says"),
        (sql("DELETE FROM files WHERE id = 2"), "is there without its row"),
        (lambda root: sound(root).unlink(), "has a row and is not there"),
        (put("data/spool/7-1.wav", ""), "spool/7-1.wav lies about"),
        (put("data/staging/7-file.part", ""), "staging/7-file.part lies about"),
        (lengthen, "is not what its row says"),
        (sql("UPDATE deliveries SET state = 'sending', reference = NULL WHERE id = 1"), "delivery 1 is sending"),
        (sql("UPDATE deliveries SET id = 99 WHERE id = 1"), "counts as sent and never arrived"),
        (
            sql("UPDATE deliveries SET state = 'unknown', reference = NULL, error = 'x' WHERE id = 1"),
            "nobody was asked",
        ),
        (put("errors.log", "ERROR: something\n"), "errors were logged"),
    ],
)
def test_every_fault_is_seen(root: Path, harm: Callable[[Path], None], found: str) -> None:
    harm(root)
    faults = "\n".join(judge(root).faults)
    assert any(each in faults for each in found.split("|")), faults


def test_a_second_copy_of_what_must_not_be_repeated_is_seen(root: Path) -> None:
    letters = (root / "post" / "sent.jsonl").read_text()
    put("post/sent.jsonl", letters)(root)
    faults = judge(root).faults
    assert len(faults) == 3 and all("arrived 2 times" in fault for fault in faults)
