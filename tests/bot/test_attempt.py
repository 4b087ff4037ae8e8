"""An attempt: a job ends in one transaction, well or not, or is tried again; and nothing is left half done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import attempt
from commands.core.reply import Action, Reply
from engine.fingerprint import questions
from tests.engine.speech_sounds import TEXT, spoken
from tests.fakes.running import running
from tests.fakes.waiting import until


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, not after seconds."""
    monkeypatch.setattr(attempt, "FIRST_PAUSE", 0.01)


async def test_what_goes_wrong_is_tried_again_and_charged_once(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick stumble", {"times": 2})
        await mynah.ended(job)
        assert mynah.post.sent[0]["reply"]["text"] == "Done at attempt 3."
        assert await mynah.charged() == (1, 0)


async def test_what_goes_wrong_every_time_fails_kindly_and_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick stumble", {"times": 99})
        await mynah.ended(job, "failed")
        reply = mynah.post.sent[0]["reply"]
        assert reply["error"] == "GaveUp" and reply["text"].startswith("Mynah tried this 3 times")
        assert Reply.from_json(json.dumps(reply)).actions == (
            Action(label="Try again", command="jobs retry", values={"job": job}),
        )
        assert await mynah.charged() == (0, 0)
        assert "stumbled at attempt 3" in caplog.text and "stumbled" not in reply["text"]


async def test_the_host_sets_how_often_is_tried(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__attempts=1) as mynah:
        await mynah.ended(await mynah.ticket("trick stumble", {"times": 1}), "failed")
    async with running(tmp_path, jobs__attempts=5) as mynah:
        await mynah.ended(await mynah.ticket("trick stumble", {"times": 4}))


async def test_what_was_said_is_known_from_then_on_and_its_file_is_let_go(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        for format in ("wav", "mp3"):
            await mynah.ended(await mynah.ticket("speak", {"text": TEXT, "voice": "en-gb", "format": format}))
        assert await mynah.value("SELECT COUNT(*) FROM sounds") == 0
        assert await mynah.app.sounds.find(questions(spoken())) == "made"
        assert await mynah.value("SELECT COUNT(*) FROM sounds") == 2


@pytest.mark.parametrize("way", ["history delete", "forget"])
async def test_what_is_deleted_is_let_go_first_so_that_its_room_is_free(tmp_path: Path, way: str) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("speak", {"text": TEXT, "voice": "en-gb"})
        await mynah.ended(job)
        if way == "forget":
            asked = await mynah.reply(way)
            await mynah.reply(way, {"confirm": asked.data["confirm"]})
        else:
            await mynah.reply(way, {"job": job})
        assert await mynah.value("SELECT COUNT(*) FROM files") == 0
        assert await mynah.value("SELECT COUNT(*) FROM sounds") == 1


async def test_a_job_that_cannot_be_done_says_why_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick refuse")
        await mynah.ended(job, "failed")
        row = await mynah.job(job)
        assert (row["attempt"], row["error_key"], row["error"]) == (1, "Failed", "There is no wind today.")
        assert mynah.post.sent[0]["reply"]["text"] == "There is no wind today."
        assert await mynah.charged() == (0, 0) and mynah.litter() == []


async def test_a_file_that_is_not_there_in_the_end_leaves_no_row_of_it(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("trick vanish"), "failed")
        assert await mynah.value("SELECT COUNT(*) FROM files") == 0
        assert await mynah.charged() == (0, 0)


async def test_a_request_that_an_older_mynah_stored_fails_in_words_and_costs_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__per_user=1) as mynah:
        blocking = await mynah.ticket("trick wait")
        gone = await mynah.ticket("speak", {"text": "Hello."})
        changed = await mynah.ticket("speak", {"text": "Hello."})
        sql = "UPDATE jobs SET command = 'sing' WHERE id = :id"
        await mynah.app.database.write(lambda tx: tx.run(sql, id=gone))
        sql = "UPDATE jobs SET signature = 'old', vals = :vals WHERE id = :id"
        vals = json.dumps({"text": "Hello.", "loudness": 3})
        await mynah.app.database.write(lambda tx: tx.run(sql, id=changed, vals=vals))
        mynah.tricks.go_on.set()
        await mynah.ended(blocking)
        await mynah.ended(gone, "failed")
        await mynah.ended(changed, "failed")
        assert "no longer knows /sing" in (await mynah.job(gone))["error"]
        assert "/speak has changed" in (await mynah.job(changed))["error"]
        assert await mynah.charged() == (1, 0)


async def test_a_job_that_was_taken_away_changes_nothing_any_more(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick wait")
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=job)
        await mynah.app.database.write(lambda tx: tx.run("UPDATE jobs SET attempt = 7 WHERE id = :id", id=job))
        mynah.tricks.go_on.set()
        await mynah.ended(await mynah.ticket("speak", {"text": "Next."}))
        row = await mynah.job(job)
        assert (row["state"], row["attempt"]) == ("running", 7)
        assert len(mynah.post.sent) == 1


async def test_a_job_can_be_asked_for_once_more_and_is_charged_then(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick stumble", {"times": 3})
        await mynah.ended(job, "failed")
        reply = await mynah.reply("jobs retry", {"job": job})
        assert reply.job == job, reply.text
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "succeeded", id=job)
        await mynah.ended(job)
        assert await mynah.charged() == (1, 0)


async def test_what_cannot_be_written_for_now_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(attempt, "PAUSE", 0.01)
    async with running(tmp_path) as mynah:
        forbid = "CREATE TRIGGER full BEFORE UPDATE OF state ON jobs WHEN NEW.finished_at IS NOT NULL BEGIN \
            SELECT RAISE(ABORT, 'database or disk is full'); END"
        await mynah.app.database.write(lambda tx: tx.run(forbid))
        job = await mynah.ticket("trick refuse")
        await until(lambda: "could not be written yet" in caplog.text)
        await mynah.app.database.write(lambda tx: tx.run("DROP TRIGGER full"))
        await mynah.ended(job, "failed")
        assert await mynah.charged() == (0, 0)


async def test_sound_whose_row_could_not_be_written_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as mynah:
        forbid = "CREATE TRIGGER full BEFORE INSERT ON deliveries WHEN (SELECT attempt FROM jobs ORDER BY id DESC) < 2 \
            BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        await mynah.app.database.write(lambda tx: tx.run(forbid))
        job = await mynah.ticket("speak", {"text": "Hello."})
        await mynah.ended(job)
        assert (await mynah.job(job))["attempt"] == 2
        assert [path.name for path in (mynah.folder / "generations").iterdir()] == ["1.wav"]
        assert mynah.litter() == []


async def test_a_full_disk_is_said_in_words_and_not_tried_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick fill")
        await mynah.ended(job, "failed")
        row = await mynah.job(job)
        assert (row["error_key"], row["attempt"]) == ("NoRoom", 1) and "make room" in row["error"]
        assert await mynah.charged() == (0, 0)


async def test_what_a_killed_attempt_left_goes_with_the_job(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick wait")
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=job)
        left = "UPDATE jobs SET state = 'ready', attempt = 2 WHERE id = :id"
        await mynah.app.runner.stop(job)
        await mynah.app.database.write(lambda tx: tx.run(left, id=job))
        for attempt_before in (1, 2):
            workspace = mynah.folder / "staging" / f"{job}-{attempt_before}"
            workspace.mkdir()
            (workspace / "half.bin").write_bytes(b"half")
        mynah.tricks.go_on.set()
        mynah.app.runner.wake()
        await mynah.ended(job)
        assert mynah.litter() == []


async def test_a_job_that_is_cancelled_takes_its_workspace_along(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("trick wait")
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "running", id=job)
        (mynah.folder / "staging" / f"{job}-7").mkdir()
        await mynah.reply("jobs cancel", {"job": job})
        assert mynah.litter() == []
