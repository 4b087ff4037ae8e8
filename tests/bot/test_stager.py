"""Attachments: fetched after the ticket is out, whole or not at all; with the last one the job is ready."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path

import pytest

from bot import stager
from bot.stager import Fetch
from commands.core.params import Attachment
from commands.core.request import Request
from storage.queue import Ticket
from tests.fakes.running import ADA, Running, running
from tests.fakes.waiting import until

HERE = "SELECT COUNT(*) FROM jobs WHERE state = 'pending'"


def file(tmp_path: Path, name: str, content: bytes = b"some sound") -> Attachment:
    (tmp_path / name).write_bytes(content)
    return Attachment(name=name, bytes=len(content), reference=str(tmp_path / name))


async def test_a_job_waits_for_its_files_and_uses_them(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        values = {"file": file(tmp_path, "a.ogg", b"first"), "second": file(tmp_path, "b.ogg", b"the second")}
        answer = await mynah.ask("trick copy", values)
        assert isinstance(answer, Ticket) and answer.state == "pending"
        await mynah.ended(answer.job_id)
        assert mynah.post.sent[0]["sizes"] == [5, 10]
        assert mynah.litter() == []


async def test_a_file_that_cannot_be_fetched_fails_the_job_and_gives_everything_back(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        lost = Attachment(name="b.ogg", reference=str(tmp_path / "nowhere"))
        job = await mynah.ticket("trick copy", {"file": file(tmp_path, "a.ogg"), "second": lost})
        await mynah.ended(job, "failed")
        (message,) = mynah.post.sent
        assert message["reply"]["error"] == "AttachmentLost" and message["reply"]["text"].startswith("b.ogg could")
        assert await mynah.charged() == (0, 0) and mynah.litter() == []


async def test_a_disk_that_is_full_while_a_file_is_fetched_is_said_in_words(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:

        async def full(attachment: Attachment, destination: Path) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        job = await _ask(mynah, file(tmp_path, "a.ogg"), full)
        await mynah.ended(job, "failed")
        assert "make room" in mynah.post.sent[0]["reply"]["text"] and await mynah.charged() == (0, 0)


async def test_a_loss_that_cannot_be_written_for_now_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stager, "PAUSE", 0.01)
    async with running(tmp_path) as mynah:
        forbid = "CREATE TRIGGER full BEFORE UPDATE OF state ON jobs WHEN NEW.finished_at IS NOT NULL BEGIN \
            SELECT RAISE(ABORT, 'database or disk is full'); END"
        await mynah.app.database.write(lambda tx: tx.run(forbid))
        job = await mynah.ticket("trick copy", {"file": Attachment(name="b.ogg", reference=str(tmp_path / "nowhere"))})
        await until(lambda: "could not be written yet" in caplog.text)
        assert await mynah.value(HERE) == 1
        await mynah.app.database.write(lambda tx: tx.run("DROP TRIGGER full"))
        await mynah.ended(job, "failed")
        assert await mynah.charged() == (0, 0) and mynah.litter() == []


async def test_a_job_that_is_cancelled_meanwhile_leaves_no_file(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        fetching = asyncio.Event()

        async def never(attachment: Attachment, destination: Path) -> None:
            await asyncio.to_thread(destination.write_bytes, b"half of")
            fetching.set()
            await asyncio.Event().wait()

        job = await _ask(mynah, file(tmp_path, "a.ogg"), never)
        await fetching.wait()
        assert mynah.litter()
        assert not (await mynah.reply("jobs cancel", {"job": job})).error
        assert mynah.litter() == [] and await mynah.charged() == (0, 0)


async def test_files_that_were_still_on_their_way_when_mynah_stopped_are_asked_for_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:

        async def never(attachment: Attachment, destination: Path) -> None:
            await asyncio.Event().wait()

        job = await _ask(mynah, file(tmp_path, "a.ogg"), never)
        assert await mynah.value(HERE) == 1
    async with running(tmp_path) as mynah:
        await mynah.ended(job, "failed")
        assert mynah.post.sent[0]["reply"]["error"] == "AttachmentsLost"
        assert await mynah.charged() == (0, 0) and mynah.litter() == []


async def test_settling_waits_for_all_that_is_fetched(tmp_path: Path) -> None:
    async with running(tmp_path, once=True) as mynah:
        await mynah.ticket("trick copy", {"file": file(tmp_path, "a.ogg")})
        await mynah.app.desk.settle()
        assert await mynah.value(HERE) == 0


async def _ask(mynah: Running, attachment: Attachment, fetch: Fetch) -> int:
    request = Request(command="trick copy", values={"file": attachment}, address={"to": "ada"})
    answer = await mynah.app.desk.ask(ADA, request, fetch=fetch)
    assert isinstance(answer, Ticket)
    return answer.job_id
