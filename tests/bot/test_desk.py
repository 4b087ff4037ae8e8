"""The desk: every request is looked up, checked, and answered or queued; whatever goes wrong comes back in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from commands.core.command import Audience
from commands.core.params import FileFormat
from commands.core.reply import Reply
from commands.core.request import Request
from storage import blocks
from storage.clock import DAY, SetClock
from storage.queue import Ticket
from tests.fakes.running import ADA, BOB, running


async def test_a_job_gets_a_ticket_and_its_answer_goes_to_the_address(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        answer = await mynah.ask("speak", {"text": "Good morning."})
        assert isinstance(answer, Ticket) and answer.state == "ready" and answer.place == 0
        await mynah.ended(answer.job_id)
        (message,) = mynah.post.sent
        (file,) = message["reply"]["files"]
        assert message["to"] == "ada" and message["sizes"] == [file["bytes"]]
        assert Path(file["path"]).is_absolute() and message["reply"]["data"]["id"] == answer.job_id


async def test_a_quick_command_is_answered_at_once_and_nothing_is_queued(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        reply = await mynah.reply("help")
        assert "/speak" in reply.text and not reply.error
        assert reply.private, "whoever asks for help alone needs it"
        assert await mynah.value("SELECT COUNT(*) FROM jobs") == 0


@pytest.mark.parametrize(
    ("command", "values", "error", "words"),
    [
        ("speek", {}, "UsageError", "Did you mean /speak?"),
        ("speak", {}, "UsageError", "/speak needs text or file; give one of them."),
        ("speak", {"text": "  "}, "UsageError", "nothing to say"),
        ("speak", {"text": "Hi.", "voice": "nobody"}, "NotFound", "nobody"),
        ("speak", {"text": "Hi.", "colour": "red"}, "UsageError", "no 'colour'"),
        ("trick own", {}, "NotAllowed", "those who run this Mynah"),
        ("trick break", {}, "MynahError", "our side"),
    ],
)
async def test_what_is_refused_comes_back_in_private_and_in_words(
    tmp_path: Path, command: str, values: dict[str, object], error: str, words: str
) -> None:
    async with running(tmp_path) as mynah:
        reply = await mynah.reply(command, values)
        assert (reply.error, reply.private) == (error, True)
        assert words in reply.text
        assert await mynah.value("SELECT COUNT(*) FROM jobs") == 0
        assert await mynah.charged() == (0, 0)


async def test_those_whom_the_settings_name_are_owners(tmp_path: Path) -> None:
    async with running(tmp_path, owners__discord="7") as mynah:
        owner = replace(ADA, platform="discord", account="7")
        assert (await mynah.reply("trick own", caller=owner)).text == "Yes."
        assert (await mynah.reply("trick own", caller=replace(owner, account="8"))).error == "NotAllowed"
        assert (await mynah.reply("trick own", caller=replace(ADA, rank=Audience.OWNERS))).text == "Yes."


async def test_a_blocked_person_is_not_answered_there_but_an_owner_is(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.reply("help")
        await mynah.app.database.write(lambda tx: blocks.add(tx, 1, 1, None, "rude"))
        await mynah.reply("help", caller=BOB)  # after any quick command, nobody is kept in mind
        reply = await mynah.reply("help")
        assert reply.error == "Blocked" and "here (rude)" in reply.text
        assert reply.brief == "Mynah does not answer you here. /privacy, /export and /forget are for you all the same."
        assert not (await mynah.reply("help", caller=replace(ADA, rank=Audience.OWNERS))).error
        assert not (await mynah.reply("help", caller=replace(ADA, place="42", kind="server"))).error


async def test_what_is_kept_of_somebody_who_is_blocked_is_still_theirs_to_see_and_to_have_gone(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.reply("help")
        await mynah.app.database.write(lambda tx: blocks.add(tx, 1, None, None))
        await mynah.reply("help", caller=BOB)
        assert "Only who runs this Mynah can change that" in (await mynah.reply("help")).text
        assert "What is kept" in (await mynah.reply("privacy")).text
        assert (await mynah.reply("forget")).data["confirm"]
        assert isinstance(await mynah.ask("export"), Ticket)
        assert (await mynah.reply("speak", {"text": "Hello."})).error == "Blocked"


async def test_a_limit_that_is_reached_is_told_in_numbers_and_nothing_is_charged(tmp_path: Path) -> None:
    async with running(tmp_path, quota__generations_day=1) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "One."}))
        reply = await mynah.reply("speak", {"text": "Two."})
        assert reply.error == "QuotaReached"
        assert "1 generation a day" in reply.text and "starts again in" in reply.text
        assert await mynah.charged() == (1, 0)
        owner = replace(BOB, rank=Audience.OWNERS)
        for text in ("Three.", "Four."):
            await mynah.ended(await mynah.ticket("speak", {"text": text}, caller=owner))


async def test_only_so_many_jobs_of_a_person_may_wait_but_an_owners_may(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__per_user=1, jobs__waiting=2) as mynah:
        jobs = [await mynah.ticket("trick wait") for _ in range(3)]
        reply = await mynah.reply("trick wait")
        assert reply.error == "TooManyWaiting" and "2 of your requests are waiting already" in reply.text
        owner = replace(BOB, rank=Audience.OWNERS)
        jobs += [await mynah.ticket("trick wait", caller=owner) for _ in range(4)]
        mynah.tricks.go_on.set()
        for job in jobs:
            await mynah.ended(job)


async def test_with_the_disk_nearly_full_no_work_is_taken(tmp_path: Path) -> None:
    async with running(tmp_path, files__least_free_mb=10_000_000) as mynah:
        reply = await mynah.reply("speak", {"text": "Hello."})
        assert reply.error == "DiskFull" and "Make room" in reply.text
        assert not (await mynah.reply("jobs list")).error
        assert await mynah.charged() == (0, 0)


async def test_an_event_that_is_told_twice_is_one_job(tmp_path: Path) -> None:
    async with running(tmp_path, jobs__waiting=1) as mynah:
        first, second = await asyncio.gather(
            *(mynah.ask("speak", {"text": "Once."}, event_id="e1") for _ in range(2)),
        )
        assert isinstance(first, Ticket) and isinstance(second, Ticket)
        assert (first.again, second.again) == (False, True) and first.job_id == second.job_id
        await mynah.ended(first.job_id)
        third = await mynah.ask("speak", {"text": "Once."}, event_id="e1")
        assert isinstance(third, Ticket) and (third.job_id, third.state) == (first.job_id, "succeeded")
        assert len(mynah.post.sent) == 1 and await mynah.charged() == (1, 0)


async def test_an_event_that_is_told_twice_is_written_once_and_answered_alike(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        replies = await asyncio.gather(*(mynah.ask("trick note", {"text": "x"}, event_id="e1") for _ in range(3)))
        assert replies == [Reply(text="Noted: x")] * 3
        assert await mynah.value("SELECT COUNT(*) FROM audit") == 1
        await mynah.reply("trick note", {"text": "x"}, event_id="e2")
        assert await mynah.value("SELECT COUNT(*) FROM audit") == 2


async def test_what_was_written_just_before_a_kill_is_not_written_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.reply("trick note", {"text": "x"}, event_id="e1")
        await mynah.app.database.write(lambda tx: tx.run("UPDATE events SET reply = NULL"))  # as a kill leaves it
        assert (await mynah.reply("trick note", {"text": "x"}, event_id="e1")).text == "That is done already."
        assert await mynah.value("SELECT COUNT(*) FROM audit") == 1


async def test_a_refused_event_may_be_told_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        assert (await mynah.reply("speak", {"text": ""}, event_id="e1")).error
        await mynah.ended(await mynah.ticket("speak", {"text": "Now."}, event_id="e1"))


async def test_a_missing_value_is_asked_for_and_the_answer_completes_the_request(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        desk = mynah.app.desk
        asked = await desk.ask(ADA, _request("speak", {"voice": "en-us", "speed": "1.5"}), drafts=True)
        assert isinstance(asked, Reply) and asked.private and not asked.error
        assert asked.data["missing"] == "text" and "text or file" in asked.text
        code = str(asked.data["draft"])
        stranger = await desk.complete(BOB, code, {"text": "Mine."}, address={"to": "bob"})
        assert isinstance(stranger, Reply) and stranger.error == "DraftGone"
        done = await desk.complete(ADA, code, {"text": "Hello."}, address={"to": "ada"}, event_id="e9")
        assert isinstance(done, Ticket)
        await mynah.ended(done.job_id)
        assert mynah.post.sent[0]["reply"]["data"]["voice"] == "en-us"
        again = await desk.complete(ADA, code, {"text": "Hello."}, address={"to": "ada"}, event_id="e9")
        assert isinstance(again, Ticket) and again.job_id == done.job_id
        late = await desk.complete(ADA, code, {"text": "Hello."}, address={"to": "ada"})
        assert isinstance(late, Reply) and late.error == "DraftGone"


async def test_a_draft_that_still_lacks_something_asks_on_and_expires(tmp_path: Path, clock: SetClock) -> None:
    async with running(tmp_path, clock=clock) as mynah:
        desk = mynah.app.desk
        asked = await desk.ask(ADA, _request("speak", {}), drafts=True)
        assert isinstance(asked, Reply)
        again = await desk.complete(ADA, str(asked.data["draft"]), {"text": ""}, address={})
        assert isinstance(again, Reply) and again.data["missing"] == "text"
        clock.turn(2 * DAY)
        late = await desk.complete(ADA, str(again.data["draft"]), {"text": "Hello."}, address={"to": "ada"})
        assert isinstance(late, Reply) and late.error == "DraftGone"


async def test_names_are_completed_and_what_has_no_names_is_not(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        desk = mynah.app.desk
        assert "en-us" in await desk.suggest(ADA, "speak", "voice", "en-u")
        assert await desk.suggest(ADA, "speak", "text", "he") == []
        assert await desk.suggest(ADA, "nothing", "text", "he") == []


async def test_a_person_who_was_forgotten_is_new_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello."}))
        first = await mynah.reply("forget", event_id="e1")
        done = await mynah.reply("forget", {"confirm": first.data["confirm"]}, event_id="e2")
        assert not done.error, done.text
        assert await mynah.value("SELECT COUNT(*) FROM users") == 0
        await mynah.ended(await mynah.ticket("speak", {"text": "Hello again."}))
        assert await mynah.value("SELECT COUNT(*) FROM users") == 1


async def test_while_mynah_stops_nothing_is_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        mynah.app.desk.stop_taking()
        assert (await mynah.reply("help")).error == "Stopping"


def _request(command: str, values: dict[str, object]) -> Request:
    return Request(command=command, values=values, address={"to": "ada"})


async def test_the_draft_that_a_next_message_may_complete_is_found_again(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        desk = mynah.app.desk
        assert await desk.open_draft(ADA) == ""
        asked = await desk.ask(ADA, Request(command="speak", address={"to": "ada"}), drafts=True)
        assert isinstance(asked, Reply)
        assert await desk.open_draft(ADA) == asked.data["draft"]
        assert await desk.open_draft(BOB) == "" and await desk.open_draft(replace(ADA, place="42", kind="server")) == ""
        done = await desk.complete(ADA, asked.data["draft"], {"text": "Hello."}, address={"to": "ada"})
        assert isinstance(done, Ticket)
        assert await desk.open_draft(ADA) == ""


async def test_a_persons_sounds_that_a_platform_has_are_found_by_their_words(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        desk = mynah.app.desk
        for id, text in enumerate(("Good morning.", "Good night."), 1):
            await mynah.ended(await mynah.ticket("speak", {"text": text}))
            await desk.memory.note_upload(id, "durable:7", "voice", f"ref {id}")
        assert [clip.reference for clip in await desk.clips(ADA, "durable:7", "voice", "")] == ["ref 2", "ref 1"]
        assert [clip.reference for clip in await desk.clips(ADA, "durable:7", "voice", " MORNING")] == ["ref 1"]
        assert await desk.clips(BOB, "durable:7", "voice", "") == []


async def test_where_others_read_along_it_is_told_that_something_was_done_and_no_more(tmp_path: Path) -> None:
    async with running(tmp_path) as mynah:
        changed = await mynah.reply("lexicon add", {"word": "SQL", "spoken": "sequel"})
        assert changed.brief == "That is done." and "SQL" in changed.text
        assert (await mynah.reply("lexicon list")).brief == ""
        assert (await mynah.reply("forget")).brief == "That is between the two of us: ask me in a private chat."


async def test_a_value_that_a_button_asks_for_is_chosen_from_its_words_or_from_what_completes_it(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as mynah:
        desk = mynah.app.desk
        assert await desk.options(ADA, "speak", "format") == [each.value for each in FileFormat]
        assert (await desk.options(ADA, "speak", "voice"))[:2] == (await desk.suggest(ADA, "speak", "voice", ""))[:2]
        assert len(await desk.options(ADA, "speak", "voice")) == 25
        assert await desk.options(ADA, "speak", "speed") == await desk.options(ADA, "nothing", "voice") == []
