"""The courier: everything in the outbox goes out once, or is asked about; what a platform cannot take now waits."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot import courier
from commands.core.reply import OWN_JOB, Action, Reply
from storage import deliveries
from tests.fakes.running import Running, running

STATES = "SELECT group_concat(state, ' ') FROM (SELECT state FROM deliveries ORDER BY id)"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, not after seconds."""
    monkeypatch.setattr(courier, "FIRST_PAUSE", 0.005)


async def post(mynah: Running, n: int = 1, **address: Any) -> None:
    """Put replies in the outbox."""
    await mynah.reply("help")  # so that there is a person

    def work(tx: Any) -> None:
        for number in range(n):
            deliveries.queue(
                tx,
                job_id=None,
                user_id=1,
                platform="durable",
                address={"to": f"ada{number}", **address},
                reply=Reply(text=f"Letter {number}").to_json(),
            )

    await mynah.app.database.write(work)
    mynah.app.courier.wake()


def arrived(mynah: Running) -> list[str]:
    return [message["reply"]["text"] for message in mynah.post.sent]


async def test_letters_go_out_in_order_no_more_at_once_than_the_platform_can_carry(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, 13, slow=0.01)
        await mynah.until(STATES, " ".join(["sent"] * 13))
        assert arrived(mynah) == [f"Letter {n}" for n in range(13)]
        assert mynah.post.most == mynah.post.limits.sends


async def test_what_the_platform_cannot_take_now_is_sent_later(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, later=3, repeatable=False)
        await mynah.until(STATES, "sent")
        assert arrived(mynah) == ["Letter 0"]
        assert await mynah.value("SELECT attempts FROM deliveries") == 4


async def test_an_address_that_is_full_is_waited_for_as_long_as_it_takes(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, busy=40, repeatable=False)
        await mynah.until(STATES, "sent")
        assert await mynah.value("SELECT attempts FROM deliveries") == 1


async def test_what_an_address_never_takes_is_not_tried_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, gone=True)
        await mynah.until(STATES, "undeliverable")
        assert await mynah.value("SELECT error FROM deliveries") == "they left"
        assert await mynah.value("SELECT attempts FROM deliveries") == 1


async def test_a_file_that_is_gone_by_now_is_not_waited_for(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        del mynah.app.adapters["durable"]
        job = await mynah.ticket("speak", {"text": "Hello."}, repeatable=False)
        await mynah.until("SELECT state FROM jobs WHERE id = :id", "succeeded", id=job)
        (mynah.folder / "generations" / "1.wav").unlink()
        mynah.app.adapters["durable"] = mynah.post
        mynah.app.courier.wake()
        await mynah.until(STATES, "undeliverable")
        assert "1.wav is no longer there" in await mynah.value("SELECT error FROM deliveries")


async def test_what_never_succeeds_is_given_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "TRIES", 3)
    async with running(tmp_path) as mynah:
        await post(mynah, later=99)
        await mynah.until(STATES, "undeliverable")
        assert await mynah.value("SELECT attempts FROM deliveries") == 3


async def test_a_send_that_breaks_is_repeated_where_that_does_no_harm(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, breaks=2)
        await mynah.until(STATES, "sent")
        assert arrived(mynah) == ["Letter 0"] * 3


async def test_a_send_that_breaks_is_asked_about_once_where_it_must_not_be_repeated(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, breaks=1, repeatable=False)
        await mynah.until(STATES, "unknown sent")
        assert len(arrived(mynah)) == 2 and "Did it arrive?" in arrived(mynah)[1]
    async with running(tmp_path / "b") as mynah:
        await post(mynah, breaks=9, repeatable=False)
        await mynah.until(STATES, "unknown unknown")
        assert len(arrived(mynah)) == 2, "a question is not asked about"


async def test_what_can_be_done_next_is_sent_with_the_number_of_the_job_that_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        first = await mynah.ticket("speak", {"text": "Hello."})
        await mynah.ended(first)
        second = await mynah.ticket("speak", {"text": "Hello."})
        await mynah.ended(second)
        told = [Reply.from_json(json.dumps(each["reply"])).actions for each in mynah.post.sent]
        assert [{action.values["job"] for action in actions} for actions in told] == [{first}, {second}]
        kept = await mynah.value("SELECT reply FROM deliveries WHERE job_id = :id", id=first)
        assert {action.values["job"] for action in Reply.from_json(kept).actions} == {OWN_JOB}
        assert not (await mynah.reply("history keep", {"job": second})).error


async def test_the_question_about_a_job_offers_to_have_it_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        job = await mynah.ticket("speak", {"text": "Hello."}, breaks=1, repeatable=False)
        await mynah.until(STATES, "unknown sent")
        assert Reply.from_json(json.dumps(mynah.post.sent[1]["reply"])).actions == (
            Action(label="Send it again", command="jobs show", values={"job": job}),
        )
        assert (await mynah.reply("jobs show", {"job": job})).files


async def interrupt(tmp_path: Path, **address: Any) -> None:
    """Stop Mynah as a kill would: the delivery is being sent, and then nothing more is written."""
    async with running(tmp_path) as mynah:
        await post(mynah, later=0, gone=True, **address)
        await mynah.until(STATES, "undeliverable")
        await mynah.app.database.write(
            lambda tx: tx.run(
                "UPDATE deliveries SET state = 'sending', error = NULL, address = replace(address, 'gone', 'x')"
            )
        )


async def test_after_a_kill_a_repeatable_send_is_repeated(tmp_path: Path) -> None:
    await interrupt(tmp_path, repeatable=True)
    async with running(tmp_path) as mynah:
        await mynah.until(STATES, "sent")
        assert arrived(mynah) == ["Letter 0"]


async def test_after_a_kill_an_unrepeatable_send_is_asked_about(tmp_path: Path) -> None:
    await interrupt(tmp_path, repeatable=False)
    async with running(tmp_path) as mynah:
        await mynah.until(STATES, "unknown sent")
        assert len(arrived(mynah)) == 1 and "Did it arrive?" in arrived(mynah)[0]


async def test_after_a_kill_an_address_that_went_with_it_gets_nothing(tmp_path: Path) -> None:
    await interrupt(tmp_path, durable=False)
    async with running(tmp_path) as mynah:
        await mynah.until(STATES, "undeliverable")
        assert arrived(mynah) == []


async def test_work_for_an_address_that_went_with_the_last_run_is_cancelled_and_refunded(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__drain_seconds=0) as mynah:
        gone = [await mynah.ticket("trick wait", durable=False) for _ in range(3)]
        kept = await mynah.ticket("trick wait")
        assert await mynah.charged() == (0, 4)
    async with running(tmp_path) as mynah:
        mynah.tricks.go_on.set()
        await mynah.ended(kept)
        assert {(await mynah.job(job))["state"] for job in gone} == {"cancelled"}
        assert (await mynah.job(gone[0]))["finished_by"] == "restart"
        assert await mynah.charged() == (1, 0)


async def test_letters_of_a_platform_that_does_not_run_wait_for_it(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        del mynah.app.adapters["durable"]
        await post(mynah, 2)
        await mynah.reply("help")
        mynah.app.courier.wake()
        await asyncio.sleep(0.02)
        assert await mynah.value(STATES) == "queued queued"
        mynah.app.adapters["durable"] = mynah.post
        mynah.app.courier.wake()
        await mynah.until(STATES, "sent sent")


@pytest.mark.parametrize(("repeatable", "states"), [(True, "queued"), (False, "unknown queued")])
async def test_a_send_that_is_cut_when_mynah_stops_is_judged_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repeatable: bool, states: str
) -> None:
    monkeypatch.setattr("bot.app.LAST_WORDS", 0.01)
    async with running(tmp_path) as mynah:
        await post(mynah, slow=60, repeatable=repeatable)
        await mynah.until(STATES, "sending")
    with closing(sqlite3.connect(tmp_path / "data" / "mynah.db")) as database:
        assert database.execute(STATES).fetchone() == (states,)


async def test_a_send_may_finish_when_mynah_stops(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await post(mynah, slow=0.05, repeatable=False)
        await mynah.until(STATES, "sending")
    assert arrived(mynah) == ["Letter 0"]


async def test_what_became_of_a_send_is_noted_as_soon_as_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "PAUSE", 0.005)
    async with running(tmp_path) as mynah:
        forbid = "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = 'sent' BEGIN \
            SELECT RAISE(ABORT, 'database or disk is full'); END"
        await mynah.app.database.write(lambda tx: tx.run(forbid))
        await post(mynah, repeatable=False)
        async with asyncio.timeout(5):
            await mynah.until(STATES, "sending")
        await mynah.app.database.write(lambda tx: tx.run("DROP TRIGGER full"))
        await mynah.until(STATES, "sent")
        assert arrived(mynah) == ["Letter 0"]


async def test_what_cannot_be_noted_does_not_keep_mynah_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "LAST_TRY", 0.01)
    monkeypatch.setattr("bot.app.LAST_WORDS", 0.01)
    async with asyncio.timeout(10), running(tmp_path) as mynah:
        forbid = "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = 'sent' BEGIN \
            SELECT RAISE(ABORT, 'database or disk is full'); END"
        await mynah.app.database.write(lambda tx: tx.run(forbid))
        await post(mynah)
        await mynah.until(STATES, "sending")
    with closing(sqlite3.connect(tmp_path / "data" / "mynah.db")) as database:
        assert database.execute(STATES).fetchone() == ("sending",)
