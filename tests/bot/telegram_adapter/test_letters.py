"""How an answer arrives: as a voice message, as what a chat takes instead, in parts, or not at all."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
from telegram.error import TelegramError

from bot.demo.telegram.people import Person
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from bot.telegram_adapter.address import Address
from commands.core.reply import Action, FileRef, Reply
from tests.bot.telegram_adapter.slow import Slow
from tests.bot.telegram_adapter.whole import Whole, whole


async def test_who_takes_no_voice_messages_gets_music_that_every_app_plays(mynah: Whole, ada: Person) -> None:
    ada.forbids_voice = True
    seen = await ada.private.answer(await ada.says(ada.private, "Hello there."), kind="audio")
    assert seen.file is not None and seen.file.name == "hello-there.mp3"
    with av.open(io.BytesIO(seen.file.content)) as sound:
        assert sound.format.name == "mp3"
    assert seen.buttons[0] == "Again"


async def test_a_group_that_takes_no_sound_at_all_is_told_so_in_words(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Library", members=[ada])
    group.forbids |= {"voice", "audio", "document"}
    seen = await group.answer(await ada.says(group, "/speak Hello there."))
    assert seen.kind == "text" and "No sound can be sent here" in seen.text
    assert '"Hello there."' in seen.text and seen.buttons[0] == "Again"


async def test_a_group_in_which_mynah_may_not_write_is_left_alone(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Library", members=[ada])
    group.forbids |= {"voice", "audio", "document", "text"}
    await ada.says(group, "/speak Hello there.")
    await mynah.delivery_is("undeliverable")
    assert group.seen == []


async def test_subtitles_come_after_the_sound(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "/speak timestamps=words Hello there.")
    sound, *beside = await ada.private.answers(4, sent)
    assert sound.kind == "voice" and sound.buttons[0] == "Again"
    assert [each.kind for each in beside] == ["document"] * 3
    assert {each.file.name.rpartition(".")[2] for each in beside if each.file} == {"json", "srt", "vtt"}


class TestSmallServer:
    """On a server that takes only small files."""

    @pytest.fixture
    async def server(self) -> AsyncIterator[TelegramServer]:
        async with TelegramServer(rules=Rules(upload_bytes=600_000)) as server:
            yield server

    async def test_what_is_too_large_comes_smaller_and_says_so(
        self, server: TelegramServer, ada: Person, tmp_path: Path
    ) -> None:
        async with whole(server, tmp_path):
            text = "The quick brown fox jumps over the lazy dog. " * 12
            sent = await ada.says(ada.private, f"/speak format=wav {text}")
            seen = await ada.private.answer(sent, within=20)
            assert seen.kind == "audio" and seen.file is not None and len(seen.file.content) < 600_000
            assert "too large for this chat" in seen.text


async def test_a_send_that_is_told_to_wait_is_made_a_little_later(mynah: Whole, ada: Person) -> None:
    mynah.server.faults.slow_down("sendVoice", retry_after=1)
    await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    assert len(mynah.server.called("sendVoice")) == 2


async def test_a_send_that_is_told_to_wait_for_long_waits_in_the_outbox(mynah: Whole, ada: Person) -> None:
    mynah.server.faults.slow_down("sendVoice", retry_after=40)
    await ada.says(ada.private, "Hello.")
    await mynah.until("SELECT attempts FROM deliveries WHERE state = 'queued'", 1)
    assert len(mynah.server.called("sendVoice")) == 1


async def test_a_server_that_stumbles_is_asked_again(mynah: Whole, ada: Person) -> None:
    mynah.server.faults.refuse("sendVoice", 502)
    await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice", within=12)
    assert len(mynah.server.called("sendVoice")) == 2


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_that_breaks_leaves_a_question_and_nothing_is_sent_twice_blindly(
    mynah: Whole, ada: Person, after: bool
) -> None:
    mynah.server.faults.drop("sendVoice", after=after)
    sent = await ada.says(ada.private, "Hello.")
    asked = await ada.private.answer(sent, kind="text")
    assert "Did it arrive?" in asked.text and asked.buttons == ["Send it again"]
    assert len(mynah.server.called("sendVoice")) == 1
    await ada.presses(asked, "Send it again")
    assert (await ada.private.answer(asked)).kind == "voice"


async def test_an_answer_at_once_is_tried_again_where_it_surely_did_not_go_out(mynah: Whole, ada: Person) -> None:
    mynah.server.faults.slow_down("sendMessage", retry_after=1)
    seen = await ada.private.answer(await ada.says(ada.private, "/help"))
    assert "/speak" in seen.text


async def test_who_has_stopped_mynah_is_not_written_to(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every()) as mynah:
        await ada.says(ada.private, "/slow")
        await slow.begun.wait()
        await ada.stops()
        slow.steps.put_nowait(1)
        await mynah.delivery_is("undeliverable")


async def test_a_group_that_has_thrown_mynah_out_is_not_written_to(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every()) as mynah:
        group = server.group("Workshop", members=[ada])
        await ada.says(group, "/slow")
        await slow.begun.wait()
        await group.kicks_bot()
        slow.steps.put_nowait(1)
        await mynah.delivery_is("undeliverable")
        assert await mynah.value("SELECT state FROM jobs") == "succeeded"


async def test_an_answer_to_a_group_that_has_become_a_supergroup_arrives_there(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    slow = Slow()
    async with whole(server, tmp_path, every=slow.every(), jobs__drain_seconds=0):
        group = server.group("Workshop", members=[ada])
        await ada.says(group, "/slow")
        await slow.begun.wait()
    new = await group.becomes_supergroup()
    server.updates.drop()
    later = Slow()
    async with whole(server, tmp_path, every=later.every()) as mynah:
        later.steps.put_nowait(1)
        assert (await new.answer()).text == "At last."
        places = await mynah.rows("SELECT key FROM places WHERE kind = 'group'")
        assert [row["key"] for row in places] == [str(new.id)]


async def test_of_a_long_answer_nothing_is_sent_twice_when_telegram_wants_a_pause(mynah: Whole, ada: Person) -> None:
    letters = mynah.adapter._letters
    assert letters is not None
    reply = Reply(text="\n".join(f"Line {number} of many." for number in range(500)))
    mynah.server.faults.delay("sendMessage", 0)
    mynah.server.faults.refuse("sendMessage", 500)
    with pytest.raises(TelegramError):
        await letters.send("long", Address(chat=ada.id), reply)
    await letters.send("long", Address(chat=ada.id), reply)
    seen = ada.private.seen
    assert len(seen) == 3 and all(len(each.text) <= 4_096 for each in seen)
    assert "\n".join(each.text for each in seen) == reply.text


async def test_words_too_long_for_a_caption_stand_alone_with_the_buttons(mynah: Whole, ada: Person) -> None:
    letters = mynah.adapter._letters
    assert letters is not None
    path = mynah.app.data / "a.txt"
    path.write_text("Once.")
    file = FileRef(id=0, name="a.txt", path=str(path), format="txt", bytes=5)
    action = Action(label="Keep", command="history keep", values={"job": 1})
    await letters.send("long", Address(chat=ada.id), Reply(text="words " * 200, files=(file,), actions=(action,)))
    document, words = ada.private.seen
    assert (document.kind, document.text, document.buttons) == ("document", "", [])
    assert words.reply_to is None and words.buttons == ["Keep"]


async def test_a_copy_of_everything_goes_to_its_person_alone(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Workshop", members=[ada])
    sent = await ada.says(group, "/export")
    assert (await group.answer(sent, within=10)).text == "I have answered you in private."
    seen = await ada.private.answer(kind="document")
    assert seen.file is not None and seen.file.name.endswith(".zip")
