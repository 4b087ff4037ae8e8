"""What people do in Telegram, and what they hear and see."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.telegram_adapter.whole import Whole, whole


async def test_a_text_sent_in_private_comes_back_as_a_voice_message(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "Good morning, dear world.")
    seen = await ada.private.answer(sent, kind="voice")
    assert seen.file is not None and seen.file.content[:4] == b"OggS"
    assert '"Good morning, dear world."' in seen.text
    assert seen.buttons == ["Again", "Other voice", "Other format", "Keep"]
    assert [each.kind for each in ada.private.seen] == ["voice"]


async def test_options_stand_before_the_text_as_phones_write_them(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "/speak \u2014format=\u201cmp3\u201d voice=en-gb Hello there")
    seen = await ada.private.answer(sent)
    assert seen.kind == "audio"
    assert seen.file is not None and seen.file.name == "hello-there.mp3"


async def test_a_message_that_speak_answers_is_said(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Workshop", members=[ada], supergroup=True)
    told = await group.owner.says(group, "The kettle is on.")
    sent = await ada.says(group, "/speak", reply_to=told)
    seen = await group.answer(sent, kind="voice")
    assert "The kettle is on." in seen.text
    assert seen.reply_to is sent


async def test_a_text_file_is_said_with_its_caption_as_the_command(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, file=("a.txt", b"Once upon a time.", "text/plain"), caption="/speak format=wav")
    seen = await ada.private.answer(sent, kind="document")
    assert "Once upon a time." in seen.text
    assert seen.file is not None and seen.file.content[:4] == b"RIFF"


async def test_a_text_file_without_a_word_offers_to_be_said(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, file=("story.md", b"# Title\n\nOnce upon a time.", "text/markdown"))
    offered = await ada.private.answer(sent)
    assert offered.text == "What shall I do with story.md?" and offered.buttons == ["Speak"]
    await ada.presses(offered, "Speak")
    seen = await ada.private.answer(offered, kind="voice")
    assert "Once upon a time" in seen.text


async def test_another_kind_of_file_is_told_which_can_be_read(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, file=("a.pdf", b"%PDF", "application/pdf"))
    seen = await ada.private.answer(sent)
    assert seen.text.startswith("I can read .txt") and "listen to recordings" in seen.text


async def test_a_text_that_the_app_has_cut_becomes_one_job(mynah: Whole, ada: Person) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 95
    parts = await ada.pastes(ada.private, text)
    assert len(parts) == 2
    await ada.private.answer(parts[-1], where=lambda seen: seen.file is not None, within=20)
    assert await mynah.jobs() == 1
    assert await mynah.value("SELECT text FROM jobs") == text.strip()


async def test_a_part_that_is_told_again_after_a_restart_is_no_job_of_its_own(
    server: TelegramServer, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.pastes.NEARLY", 20)
    async with whole(server, tmp_path) as mynah:
        await ada.says(ada.private, "This is nearly a full message,")
        last = await ada.says(ada.private, "and its end.")
        seen = await ada.private.answer(last, kind="voice")
        assert seen.text.startswith('"This is nearly a full message, and its end."')
        assert await mynah.value("SELECT COUNT(*) FROM events WHERE job_id = 1") == 2
    server.updates.repeat()
    async with whole(server, tmp_path) as mynah:
        await asyncio.sleep(0.3)
        assert await mynah.jobs() == 1


async def test_a_long_text_alone_is_not_held_back_for_ever(
    mynah: Whole, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram_adapter.pastes.NEARLY", 20)
    await ada.private.answer(await ada.says(ada.private, "This is nearly a full message."), kind="voice")
    assert await mynah.jobs() == 1


async def test_the_same_update_twice_is_one_job(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "Say this once.")
    await ada.private.answer(sent, kind="voice")
    mynah.server.updates.repeat()
    await asyncio.sleep(0.2)
    assert await mynah.jobs() == 1
    assert len(ada.private.seen) == 1


async def test_an_update_that_is_told_again_after_a_restart_is_one_job(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    async with whole(server, tmp_path) as mynah:
        sent = await ada.says(ada.private, "Say this once.")
        await ada.private.answer(sent, kind="voice")
    server.updates.repeat()
    async with whole(server, tmp_path) as mynah:
        await asyncio.sleep(0.5)
        assert await mynah.jobs() == 1
    assert [each.kind for each in ada.private.seen] == ["voice"]


async def test_an_edited_message_is_no_new_request(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "Hello.")
    await ada.private.answer(sent, kind="voice")
    await ada.edits(sent, "Hello again.")
    await asyncio.sleep(0.2)
    assert await mynah.jobs() == 1


async def test_start_greets_and_says_what_to_type(mynah: Whole) -> None:
    bob = mynah.server.person("Bob")
    seen = await bob.private.answer(await bob.starts())
    assert seen.text.startswith("Hello, Bob. I am Mynah")
    assert "Send me a text" in seen.text and "/voices_list" in seen.text


async def test_a_link_with_a_code_joins_two_accounts(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    seen = await bob.private.answer(await bob.starts("link-abcdefgh"))
    assert seen.text.startswith("That code is not open")


async def test_what_is_missing_is_asked_for_and_the_answer_completes_it(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "/speak format=mp3")
    question = await ada.private.answer(sent)
    assert question.asks(ada)
    assert question.text.startswith("/speak needs text: What to say.")
    answered = await ada.answers(question, "Here you are.")
    seen = await ada.private.answer(answered, kind="audio")
    assert "Here you are." in seen.text


async def test_a_question_is_answered_after_a_restart_too(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    async with whole(server, tmp_path):
        question = await ada.private.answer(await ada.says(ada.private, "/jobs_show"))
        assert question.text.startswith("/jobs_show needs job:")
    async with whole(server, tmp_path):
        seen = await ada.private.answer(await ada.answers(question, "12"))
        assert seen.text == "You have no job 12; /jobs_list shows those you have."


async def test_a_question_that_is_answered_twice_is_no_longer_open(mynah: Whole, ada: Person) -> None:
    question = await ada.private.answer(await ada.says(ada.private, "/speak"))
    await ada.private.answer(await ada.answers(question, "Once."), kind="voice")
    seen = await ada.private.answer(await ada.answers(question, "Twice."))
    assert seen.text == "That question is no longer open. Please ask anew."


async def test_each_question_is_completed_by_its_own_answer(mynah: Whole, ada: Person) -> None:
    british = await ada.private.answer(await ada.says(ada.private, "/speak voice=en-gb"))
    american = await ada.private.answer(await ada.says(ada.private, "/speak voice=en-us"))
    word = await ada.private.answer(await ada.says(ada.private, "/lexicon_add"))
    seen = await ada.private.answer(await ada.answers(british, "Good morning."), kind="voice")
    assert "Great Britain" in seen.text
    seen = await ada.private.answer(await ada.answers(american, "Good evening."), kind="voice")
    assert "America" in seen.text
    seen = await ada.private.answer(await ada.answers(word, "SQL"))
    assert seen.text.startswith("/lexicon_add needs spoken")


async def test_after_a_restart_a_question_is_not_taken_for_one_of_another_command(
    server: TelegramServer, ada: Person, tmp_path: Path
) -> None:
    async with whole(server, tmp_path):
        text = await ada.private.answer(await ada.says(ada.private, "/speak voice=en-gb"))
        await ada.private.answer(await ada.says(ada.private, "/lexicon_add"))
    async with whole(server, tmp_path):
        seen = await ada.private.answer(await ada.answers(text, "Good morning."))
        assert seen.kind == "voice" and "Great Britain" in seen.text


async def test_a_quota_is_refused_in_words(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    async with whole(server, tmp_path, quota__characters_day=10):
        seen = await ada.private.answer(await ada.says(ada.private, "This is more than ten characters."))
        assert "characters" in seen.text and "10" in seen.text


async def test_other_bots_are_not_heard_whatever_they_say(mynah: Whole, ada: Person) -> None:
    group = mynah.server.group("Workshop", owner=ada)
    robot = mynah.server.person("Robot", username="robot")
    group.add([robot])
    robot.is_bot = True
    for command in mynah.app.commands.values():
        await robot.says(group, f"/{'_'.join(command.path)}@{mynah.server.bot.username} Hello.")
    seen = await group.answer(await ada.says(group, "/about"))
    assert seen.text.startswith("Mynah") and group.seen == [seen]
    assert await mynah.value("SELECT COUNT(*) FROM users") == 1, "and nobody noted that there was a bot"


async def test_every_other_command_is_answered_in_words(mynah: Whole, ada: Person) -> None:
    for command in mynah.app.commands.values():
        call = "_".join(command.path)
        if call in ("speak", "forget"):
            continue
        sent = await ada.says(ada.private, f"/{call}")
        seen = await ada.private.answer(sent, within=10)
        assert seen.text or seen.file, call
        assert "Traceback" not in seen.text and "went wrong on our side" not in seen.text, call


async def test_an_unknown_command_is_told_the_nearest_in_private_only(mynah: Whole, ada: Person) -> None:
    seen = await ada.private.answer(await ada.says(ada.private, "/speek Hello"))
    assert "Did you mean /speak?" in seen.text
    group = mynah.server.group("Workshop", members=[ada])
    assert await group.stays_quiet(after=await ada.says(group, "/speek Hello"))


async def test_a_group_of_commands_is_explained(mynah: Whole, ada: Person) -> None:
    seen = await ada.private.answer(await ada.says(ada.private, "/quota"))
    assert "/quota_show" in seen.text
    shown = await ada.private.answer(await ada.says(ada.private, "/quota show"))
    assert "Generations a day" in shown.text


async def test_a_text_is_no_markup_and_calls_nobody(mynah: Whole, ada: Person) -> None:
    sent = await ada.says(ada.private, "<b>*Hello*</b> @mynah_demo_bot and @ada, see https://example.org")
    seen = await ada.private.answer(sent, kind="voice")
    assert "<b>*Hello*</b>" in seen.text
    assert list(seen.marks) == []
