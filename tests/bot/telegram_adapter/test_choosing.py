"""Buttons under an answer, and what is chosen from."""

from __future__ import annotations

from pathlib import Path

from bot.demo.telegram.people import Person
from bot.demo.telegram.server import TelegramServer
from tests.bot.telegram_adapter.whole import Whole, whole


async def test_again_answers_with_the_same_sound_without_an_upload(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    query = await ada.presses(first, "Again")
    again = await ada.private.answer(first, kind="voice")
    assert again.file is first.file
    assert [bool(call.files) for call in mynah.server.called("sendVoice")] == [True, False]
    assert (await query.answered())["text"] == ""


async def test_another_voice_is_chosen_from_a_keyboard_with_pages(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    await ada.presses(first, "Other voice")
    asked = await ada.private.answer(first)
    assert asked.text.startswith("Which voice?")
    assert len(asked.buttons) == 10 and asked.buttons[-2:] == ["More", "Close"]
    assert [len(row) for row in asked.rows] == [2, 2, 2, 2, 2]
    before = asked.buttons
    await ada.presses(asked, "More")
    await asked.becomes(lambda seen: seen.buttons != before)
    assert asked.buttons[-3:] == ["Back", "More", "Close"]
    chosen = asked.buttons[0]
    await ada.presses(asked, chosen)
    other = await ada.private.answer(asked, kind="voice")
    assert other.file is not first.file
    assert asked.deleted


async def test_choices_are_put_away_unchosen(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    await ada.presses(first, "Other format")
    asked = await ada.private.answer(first)
    assert asked.buttons == ["wav", "mp3", "flac", "ogg-opus", "m4a", "voice", "Close"]
    await ada.presses(asked, "Close")
    await ada.private.bell.wait(lambda: asked.deleted or None, 5)
    assert await mynah.jobs() == 1


async def test_another_format_comes_as_a_file(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    await ada.presses(first, "Other format")
    asked = await ada.private.answer(first)
    await ada.presses(asked, "wav")
    seen = await ada.private.answer(asked, kind="document")
    assert seen.file is not None and seen.file.name == "hello.wav"


async def test_what_a_button_did_appears_over_the_chat(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    shown = await (await ada.presses(first, "Keep")).answered()
    assert "kept" in str(shown["text"]) or "stays" in str(shown["text"])
    assert ada.private.seen == [first]


async def test_buttons_work_after_a_restart(server: TelegramServer, ada: Person, tmp_path: Path) -> None:
    async with whole(server, tmp_path):
        first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    async with whole(server, tmp_path) as mynah:
        await ada.presses(first, "Again")
        again = await ada.private.answer(first, kind="voice")
        assert again.file is first.file
        assert await mynah.jobs() == 2


async def test_who_presses_forget_me_is_forgotten(mynah: Whole, ada: Person) -> None:
    await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    asked = await ada.private.answer(await ada.says(ada.private, "/forget"))
    assert asked.buttons == ["Forget me", "Export first"]
    await ada.presses(asked, "Forget me")
    await mynah.until("SELECT COUNT(*) FROM identities", 0)
    assert await mynah.value("SELECT COUNT(*) FROM uploads") == 0


async def test_a_press_by_somebody_else_is_their_own_request(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    group = mynah.server.group("Workshop", members=[ada, bob])
    first = await group.answer(await ada.says(group, "/speak Hello."), kind="voice")
    shown = await (await bob.presses(first, "Again")).answered()
    assert "Number 1 is not in your history" in str(shown["text"]) and shown["show_alert"]
    assert await mynah.jobs() == 1


async def test_what_somebody_chooses_from_is_theirs_alone(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    group = mynah.server.group("Workshop", members=[ada, bob])
    first = await group.answer(await ada.says(group, "/speak Hello."), kind="voice")
    await ada.presses(first, "Other voice")
    asked = await group.answer(first)
    before = asked.buttons
    for message, label in ((first, "Other voice"), (asked, before[0]), (asked, "More"), (asked, "Close")):
        shown = await (await bob.presses(message, label)).answered()
        assert shown["text"] == "Who asked for that chooses. Ask for something yourself, and you do."
    assert group.seen == [first, asked] and asked.buttons == before
    await ada.presses(asked, before[0])
    await group.answer(asked, kind="voice")
    assert asked.deleted


async def test_nothing_but_choices_is_put_away_or_given_others(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "/about"))
    for data in ("~x", "~0~history again&job=1&voice=?"):
        first.markup = {"inline_keyboard": [[{"text": "Forged", "callback_data": data}]]}
        await (await ada.presses(first, "Forged")).answered()
        assert not first.deleted and first.buttons == ["Forged"]


async def test_what_a_button_still_lacks_is_asked_of_who_pressed_it(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    first.markup = {"inline_keyboard": [[{"text": "Old", "callback_data": "jobs show"}]]}
    await ada.presses(first, "Old")
    question = await ada.private.answer(first)
    assert question.asks(ada) and question.text.startswith("/jobs_show needs job")
    shown = await ada.private.answer(await ada.answers(question, "1"))
    assert shown.kind == "voice"


async def test_in_a_group_the_answer_to_a_press_stands_under_the_persons_own_message(mynah: Whole, ada: Person) -> None:
    bob = mynah.server.person("Bob")
    group = mynah.server.group("Workshop", members=[ada, bob])
    sent = await ada.says(group, "/voices_show en-gb")
    shown = await group.answer(sent)
    for person, answered in ((ada, sent), (bob, shown)):
        await person.presses(shown, "Hear it")
        seen = await group.answer(group.messages[-1], kind="voice")
        assert seen.reply_to is answered


async def test_a_button_of_another_time_is_answered_in_words(mynah: Whole, ada: Person) -> None:
    first = await ada.private.answer(await ada.says(ada.private, "Hello."), kind="voice")
    first.markup = {"inline_keyboard": [[{"text": "Old", "callback_data": "sing&song=3"}]]}
    shown = await (await ada.presses(first, "Old")).answered()
    assert "There is no command 'sing'" in str(shown["text"])
