"""A real chapter: spoken in one job, cancelled half-way in another, killed and resumed in a third."""

from __future__ import annotations

import os
import signal

import pytest

from tests.acceptance.program import PATIENCE, Program, seconds
from tests.acceptance.test_running import wait_spool

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")


def test_a_chapter_is_spoken_cancelled_and_resumed(mynah: Program, book_chapter: str) -> None:
    page = mynah.folder / "chapter.txt"
    page.write_text(book_chapter)
    with page.open("rb") as text:
        done = mynah("speak", "-", "--output", "whole.wav", "--json", input=text, timeout=60)
    assert done.returncode == 0, done.stdout
    whole = seconds(mynah.folder / "whole.wav")
    charged = mynah.used("characters")
    assert whole > 60 * len(book_chapter) / 1200
    assert 0.95 * len(book_chapter) < charged <= len(book_chapter)

    with mynah.start("speak", book_chapter, "--volume", "0.9", "--output", "cancelled.wav") as process:
        wait_spool(mynah, 15_000_000)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert not (mynah.folder / "cancelled.wav").exists()
    assert len(mynah.files()) == 1 and list(mynah.data.glob("spool/*")) == []
    assert mynah.used("characters") == charged

    with mynah.start("speak", book_chapter, "--volume", "0.8", "--output", "resumed.wav") as process:
        wait_spool(mynah, 15_000_000)
        process.kill()
    assert not (mynah.folder / "resumed.wav").exists()
    job = mynah.json("jobs")["items"][0]["id"]
    done = mynah("jobs", "retry", str(job), timeout=60)
    assert done.returncode == 0, done.stderr
    assert seconds(mynah.folder / "resumed.wav") == pytest.approx(whole, rel=0.01)
    assert mynah.used("characters") == 2 * charged
    assert len(mynah.files()) == 2 and list(mynah.data.glob("spool/*")) == []
