"""What people do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram import (
    Bot,
    InlineQueryResultArticle,
    InlineQueryResultCachedAudio,
    InlineQueryResultCachedVoice,
    InputTextMessageContent,
    Message,
    Update,
)

from bot.demo.telegram.people import LONGEST, Person
from bot.demo.telegram.server import TelegramServer
from bot.demo.telegram.wire import units
from tests.bot.demo.telegram.bots import MP3, OPUS


def told(server: TelegramServer) -> list[Update]:
    """What the bot is told, as the real library reads it."""
    return [Update.de_json(each.wire(), None) for each in server.updates.pending]


def message(server: TelegramServer) -> Message:
    """The last message that the bot is told of."""
    found = told(server)[-1].message
    assert found is not None
    return found


async def test_a_text_comes_with_its_commands(server: TelegramServer, ada: Person) -> None:
    await ada.says(ada.private, "  /speak Hello  ")
    heard = message(server)
    assert heard.text == "/speak Hello" and heard.parse_entities(["bot_command"]) == {heard.entities[0]: "/speak"}
    assert heard.from_user is not None and heard.from_user.language_code == "en" and heard.chat.type == "private"


async def test_a_file_comes_with_its_caption(server: TelegramServer, ada: Person) -> None:
    await ada.says(ada.private, "/speak", file=("letter.txt", b"Dear Bob", "text/plain"))
    heard = message(server)
    assert heard.document is not None and heard.document.file_name == "letter.txt" and heard.text is None
    assert heard.caption == "/speak" and heard.caption_entities[0].type == "bot_command"


async def test_a_voice_message_has_its_length_and_type(server: TelegramServer, ada: Person) -> None:
    await ada.says(ada.private, voice=OPUS, seconds=7)
    heard = message(server)
    assert heard.voice is not None and heard.voice.duration == timedelta(seconds=7)
    assert (heard.voice.mime_type, heard.voice.file_size) == ("audio/ogg", len(OPUS))


async def test_music_has_its_name(server: TelegramServer, ada: Person) -> None:
    await ada.says(ada.private, audio=("song.mp3", MP3, "audio/mpeg"), caption="/clone")
    heard = message(server)
    assert heard.audio is not None and heard.audio.file_name == "song.mp3" and heard.caption == "/clone"


async def test_videos_have_a_name_and_a_caption_and_round_ones_have_neither(
    server: TelegramServer, bot: Bot, ada: Person
) -> None:
    await ada.says(ada.private, video=("clip.mp4", OPUS, "video/mp4"), caption="/clone Ada", seconds=7)
    heard = message(server)
    assert heard.video is not None and heard.video.file_name == "clip.mp4" and heard.caption == "/clone Ada"
    assert heard.video.duration == timedelta(seconds=7)
    await ada.says(ada.private, note=OPUS)
    heard = message(server)
    assert heard.video_note is not None and heard.video_note.file_size == len(OPUS) and heard.video_note.length > 0
    assert bytes(await (await bot.get_file(heard.video_note.file_id)).download_as_bytearray()) == OPUS


async def test_a_paste_is_cut_between_words_and_loses_none(ada: Person) -> None:
    text = " ".join(f"word{number}" for number in range(1_500))
    sent = await ada.pastes(ada.private, text)
    assert len(sent) == 4 and all(LONGEST - 300 < units(each.text) <= LONGEST for each in sent[:-1])
    assert " ".join(each.text for each in sent) == text


async def test_some_apps_cut_a_paste_at_the_very_character(ada: Person) -> None:
    sent = await ada.pastes(ada.private, "x" * 5_000, exact=True)
    assert [len(each.text) for each in sent] == [4_096, 904]
    sent = await ada.pastes(ada.private, "🦜" * 3_000)
    assert [len(each.text) for each in sent] == [2_048, 952]
    with pytest.raises(ValueError, match="`pastes` cuts them"):
        await ada.says(ada.private, "x" * 4_097)


async def test_following_a_link_starts_the_bot_with_its_payload(server: TelegramServer) -> None:
    bob = server.person("Bob", language="de")
    assert not bob.started
    await bob.starts("link-abc")
    assert message(server).text == "/start link-abc" and bob.started


async def test_who_stopped_the_bot_starts_it_again(server: TelegramServer, ada: Person) -> None:
    await ada.stops()
    with pytest.raises(ValueError, match="Ada has stopped the bot"):
        await ada.says(ada.private, "Hello")
    await ada.starts()
    changes = [each.my_chat_member for each in told(server) if each.my_chat_member]
    assert [each.new_chat_member.status for each in changes] == ["kicked", "member"]
    assert message(server).text == "/start"


async def test_an_edit_tells_when(server: TelegramServer, ada: Person) -> None:
    sent = await ada.says(ada.private, "/speak Helo")
    await ada.edits(sent, "/speak Hello")
    edited = told(server)[-1].edited_message
    assert edited is not None and edited.text == "/speak Hello" and edited.edit_date is not None


async def test_a_message_is_forwarded_with_the_name_of_its_author(
    server: TelegramServer, bot: Bot, ada: Person
) -> None:
    await bot.send_voice(ada.id, OPUS)
    bob = server.person("Bob")
    await bob.forwards(ada.private.seen[0], bob.private)
    heard = message(server)
    assert heard.voice is not None and heard.forward_origin is not None and heard.forward_origin.type == "user"
    await bot.send_message(ada.id, "Between us", protect_content=True)
    with pytest.raises(ValueError, match="cannot be forwarded"):
        await ada.forwards(ada.private.seen[1], ada.private)


async def test_what_is_chosen_inline_is_sent_in_the_name_of_the_bot(
    server: TelegramServer, bot: Bot, ada: Person
) -> None:
    voice = (await bot.send_voice(ada.id, OPUS)).voice
    audio = (await bot.send_audio(ada.id, MP3, title="A song")).audio
    assert voice is not None and audio is not None
    query = await ada.asks_inline("hel")
    heard = told(server)[-1].inline_query
    assert heard is not None and (heard.query, heard.chat_type) == ("hel", "sender")
    content = InputTextMessageContent("Hello from the bot")
    await bot.answer_inline_query(
        heard.id,
        [
            InlineQueryResultCachedVoice("1", voice.file_id, "Hello there"),
            InlineQueryResultArticle("2", "A text", content),
            InlineQueryResultCachedAudio("3", audio.file_id),
        ],
    )
    group = server.group("Workshop")
    sent = await ada.chooses(query, "Hello there", group)
    assert sent.kind == "voice" and sent.via_bot is server.bot
    assert (await ada.chooses(query, "A text", group)).text == "Hello from the bot"
    assert (await ada.chooses(query, "A song", group)).kind == "audio"
    chosen = [each.chosen_inline_result for each in told(server) if each.chosen_inline_result]
    assert [each.result_id for each in chosen] == ["1", "2", "3"]
    with pytest.raises(LookupError, match="there is no 'Goodbye'"):
        await ada.chooses(query, "Goodbye", group)


async def test_nobody_deletes_a_message_before_the_bots_eyes(server: TelegramServer, ada: Person) -> None:
    sent = await ada.says(ada.private, "Never mind")
    before = len(server.updates.pending)
    await ada.deletes(sent)
    assert ada.private.find(sent.id) is None and len(server.updates.pending) == before


async def test_nobody_writes_in_somebody_elses_chat(server: TelegramServer, ada: Person) -> None:
    with pytest.raises(ValueError, match="Bob cannot write"):
        await server.person("Bob").says(ada.private, "Hello")
