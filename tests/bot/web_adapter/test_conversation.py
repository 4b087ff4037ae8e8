"""The conversation on the page: asked once, answered once, told to every tab, and there again after a reload."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli_adapter.terminal import HOST
from bot.web_adapter import conversation
from commands.core.reply import Json, Progress, Reply
from storage import tokens
from storage.database import Transaction
from tests.fakes.pages import Paged, Visit, paged


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Paged]:
    async with paged(tmp_path) as running:
        yield running


async def test_a_line_is_spoken_and_the_answer_is_there_after_a_reload(page: Paged) -> None:
    async with page.owner() as visit:
        asked = await visit.ask(line="Hello, I am here.")
        assert asked["ticket"]["job"] == asked["job"]
        answer = await visit.answer(asked["job"])
        (file,) = answer["files"]
        assert file["format"] == "wav" and file["seconds"] > 0.5
        assert file["url"] == f"/api/v1/files/audio/{file['id']}"
        you, mynah = await visit.history()
        assert (you["from"], you["ask"]["line"], you["job"]) == ("you", "Hello, I am here.", asked["job"])
        assert mynah == answer and mynah["ticket"] is None


async def test_the_same_event_told_twice_is_one_request(page: Paged) -> None:
    async with page.owner() as visit:
        sent = {"event": "told-twice", "command": "speak", "values": {"text": "Once."}}
        answers = await asyncio.gather(*(visit.client.post("/api/page/ask", json=sent) for _ in range(5)))
        (job,) = {each.json()["job"] for each in answers}
        await visit.answer(job)
        assert await page.mynah.value("SELECT COUNT(*) FROM jobs") == 1
        assert [each["from"] for each in await visit.history()] == ["you", "mynah"]


async def test_what_somebody_else_calls_by_the_same_event_is_theirs(page: Paged) -> None:
    sent = {"event": "the-same-id", "command": "speak", "values": {"text": "Mine alone."}}
    async with page.owner() as visit, page.program(await page.token()) as ada:
        mine = (await visit.client.post("/api/page/ask", json=sent)).json()
        await visit.answer(mine["job"])
        theirs = (await ada.client.post("/api/page/ask", json={**sent, "values": {"text": "Hers."}})).json()
        assert theirs["job"] != mine["job"]
        assert "Hers." in (await ada.answer(theirs["job"]))["text"]
        assert not any("Mine alone" in str(each) for each in await ada.history())


async def test_every_tab_is_told(page: Paged) -> None:
    async with page.owner() as visit, visit.listening() as first, visit.listening() as second:
        await visit.ask("about")
        for tab in (first, second):
            assert (await tab("message"))["ask"]["command"] == "about"
            told = await tab("message")
            assert told["from"] == "mynah" and "Mynah" in told["text"]


async def test_a_tab_that_comes_again_is_told_what_it_has_missed(page: Paged) -> None:
    async with page.owner() as visit:
        first = await visit.ask("about")
        second = await visit.ask("help")
        async with visit.listening(after=first["id"]) as tab:
            assert (await tab("message"))["ask"]["command"] == "help"
            assert (await tab("message"))["id"] == second["id"]


async def test_progress_is_told_while_a_job_runs_and_its_end_when_it_is_cancelled(page: Paged) -> None:
    async with page.owner() as visit, visit.listening() as tab:
        asked = await visit.ask("speak", {"text": "A long text is read for a while. " * 3_000})
        progress = await tab("progress")
        assert progress["job"] == asked["job"] and 0 < progress["share"] < 1
        cancelled = await visit.ask("jobs cancel", {"job": asked["job"]})
        assert not cancelled["error"]
        async with asyncio.timeout(10):
            while (told := await tab("job"))["state"] == "running":
                assert told["job"] == asked["job"]
        assert told == {"job": asked["job"], "state": "cancelled"}
        (ticket,) = [each for each in await visit.history() if each["ticket"]]
        assert ticket["ticket"]["state"] == "cancelled" and ticket["text"] == "That was cancelled."


async def test_what_is_missing_leaves_a_draft_that_is_completed(page: Paged) -> None:
    async with page.owner() as visit:
        asked = await visit.ask("speak", {"voice": "en-us"})
        assert asked["draft"] and asked["missing"] == "text" and not asked["error"]
        answer = await visit.client.post(
            f"/api/page/drafts/{asked['draft']}", json={"event": "completed", "values": {"text": "There it is."}}
        )
        assert answer.status_code == 202
        assert "There it is." in (await visit.answer(answer.json()["job"]))["text"]
        again = await visit.client.post(
            f"/api/page/drafts/{asked['draft']}", json={"event": "completed-twice", "values": {"text": "Again."}}
        )
        assert again.json()["error"] == "DraftGone"


async def test_a_refusal_is_a_message_with_its_key(page: Paged) -> None:
    async with page.owner() as visit:
        assert (await visit.ask("speak", {"text": "Hello.", "voice": "nobody-at-all"}))["error"]
        assert (await visit.ask("no such thing"))["error"] == "UsageError"
        assert (await visit.ask(line="/nonsense Hello."))["error"] == "UsageError"


async def test_help_for_a_line_is_answered_without_the_desk(page: Paged) -> None:
    async with page.owner() as visit:
        assert "--voice" in (await visit.ask(line="/speak --help"))["text"]


async def test_a_secret_is_told_once_and_not_kept(page: Paged) -> None:
    async with page.owner() as visit, visit.listening() as tab:
        made = await visit.ask("token make", {"name": "my editor"})
        secret = made["data"]["token"]
        assert secret in made["text"]
        await tab("message")
        assert secret not in str(await tab("message"))
        assert secret not in str(await visit.history())

    def kept(tx: Transaction) -> list[Json]:
        return [*tx.all("SELECT body FROM messages"), *tx.all("SELECT reply FROM events")]

    rows = await page.app.database.read(kept)
    assert rows and not any(secret in str(tuple(row)) for row in rows)


async def test_where_things_lie_on_this_machine_is_not_told(page: Paged) -> None:
    async with page.owner() as visit:
        said = await visit.spoken("Where is it?")
        shown = await visit.ask("jobs show", {"job": said["job"]})
        assert shown["files"] and str(page.mynah.folder) not in str(shown)


async def test_a_delivery_that_comes_twice_is_one_message(page: Paged) -> None:
    async with page.owner() as visit:
        answer = await visit.spoken("Once more.")
        await page.mynah.until("SELECT state FROM deliveries WHERE job_id = :id", "sent", id=answer["job"])
        row = await page.mynah.rows("SELECT * FROM deliveries WHERE job_id = :id", id=answer["job"])
        again = await page.page.deliver(row[0]["id"], {"page": True}, Reply.from_json(row[0]["reply"]))
        assert again == row[0]["reference"] == str(answer["id"])
        assert len([each for each in await visit.history() if each["job"] == answer["job"]]) == 2


async def test_what_a_program_asked_for_by_the_api_is_not_in_the_conversation(page: Paged) -> None:
    assert await page.page.deliver(99, {"api": "job"}, Reply(text="Fetched elsewhere.")) == ""
    assert page.page.durable({"api": "job"}) and not page.page.durable({"api": "speech", "tap": "k"})


async def test_a_tab_whose_token_was_revoked_is_let_go_of_though_there_is_always_something_to_tell(
    page: Paged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "BEAT", 0.3)
    async with page.program(await page.token()) as ada, ada.listening() as tab:
        job = (await ada.ask("speak", {"text": "Hello."}))["job"]
        talk = page.page._talk()

        async def go_on() -> None:
            while True:
                await talk.progress(Progress(job=job, done=0.5, left=1.0, note=""))
                await asyncio.sleep(0.02)

        telling = asyncio.create_task(go_on())
        try:
            assert (await tab("progress"))["job"] == job
            await page.app.database.write(lambda tx: tokens.revoke_all(tx, "api"))
            with pytest.raises(AssertionError, match="the stream ended"):
                await tab("nothing of the kind")
        finally:
            telling.cancel()


async def test_nothing_of_somebody_who_is_forgotten_stays(page: Paged) -> None:
    async with page.program(await page.token()) as ada:
        await ada.spoken("Nobody shall know.")
        asked = await ada.ask("forget")
        gone = await ada.ask("forget", {"confirm": asked["data"]["confirm"]})
        assert gone["id"] == 0 and "forgotten" in gone["text"]
        assert (await ada.client.get("/api/page/me")).status_code == 401
    assert await page.mynah.value("SELECT COUNT(*) FROM messages") == 0


async def test_a_job_that_is_deleted_from_history_goes_from_the_page(page: Paged) -> None:
    async with page.owner() as visit:
        said = await visit.spoken("To be deleted.")
        deleted = await visit.ask("history delete", {"job": said["job"]})
        assert not deleted["error"], deleted
        assert "To be deleted" not in str(await visit.history())


async def test_the_page_and_the_terminal_are_one_person(page: Paged) -> None:
    async with page.owner() as visit:
        said = await visit.spoken("From the page.")
    theirs = await page.app.desk.know(HOST)
    job = await page.mynah.job(said["job"])
    assert job["user_id"] == theirs.user_id and job["platform"] == "web"


async def test_what_waits_is_told_again_after_mynah_was_restarted(tmp_path: Path) -> None:
    async with paged(tmp_path, jobs__drain_seconds=0) as page, page.owner() as visit:
        asked = await visit.ask("speak", {"text": "This goes on after a restart. " * 2_000})
        cookie = visit.cookie
    async with paged(tmp_path) as page, page.anonymous(Origin=page.url, Cookie=cookie) as client:
        visit = Visit(client)
        async with visit.listening() as tab:
            assert (await tab("progress"))["job"] == asked["job"]
            assert (await visit.ask("jobs cancel", {"job": asked["job"]}))["error"] == ""
            while (await tab("job"))["state"] != "cancelled":
                pass
