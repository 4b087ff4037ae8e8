"""Answers to buttons and inline questions, as the Bot API checks them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from telegram import (
    Bot,
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedAudio,
    InlineQueryResultCachedDocument,
    InlineQueryResultCachedVoice,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.error import BadRequest

from bot.demo.telegram.methods.asked import MOST_RESULTS
from bot.demo.telegram.people import Person
from tests.bot.demo.telegram.bots import MP3, OPUS, WAV

HELLO = InputTextMessageContent("Hello")


def articles(count: int) -> list[InlineQueryResult]:
    return [InlineQueryResultArticle(str(number), "Hello", HELLO) for number in range(count)]


async def test_files_that_were_sent_can_be_offered(bot: Bot, ada: Person) -> None:
    voice = (await bot.send_voice(ada.id, OPUS)).voice
    audio = (await bot.send_audio(ada.id, MP3)).audio
    document = (await bot.send_document(ada.id, WAV)).document
    assert voice and audio and document
    query = await ada.asks_inline("")
    button = InlineQueryResultsButton("Make one", start_parameter="new")
    results = [
        InlineQueryResultCachedVoice("v", voice.file_id, "Voice"),
        InlineQueryResultCachedAudio("a", audio.file_id),
        InlineQueryResultCachedDocument("d", "Document", document.file_id),
    ]
    assert await bot.answer_inline_query(query.id, results, button=button)
    assert [each["type"] for each in query.results] == ["voice", "audio", "document"]
    assert (await query.answered())["button"] == {"text": "Make one", "start_parameter": "new"}


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ([InlineQueryResultCachedVoice("1", "nonsense", "Voice")], "wrong file identifier"),
        ([*articles(1), *articles(1)], "result_id_duplicate"),
        ([InlineQueryResultArticle("x" * 65, "Hello", HELLO)], "result_id_invalid"),
        ([InlineQueryResultArticle("1", "", HELLO)], "title must be non-empty"),
    ],
)
async def test_results_that_telegram_would_not_show_are_refused(
    bot: Bot, ada: Person, results: Sequence[InlineQueryResult], why: str
) -> None:
    query = await ada.asks_inline("hel")
    with pytest.raises(BadRequest, match=rf"(?i){why}"):
        await bot.answer_inline_query(query.id, results)
    assert query.answer is None


async def test_there_are_not_too_many_results(bot: Bot, ada: Person) -> None:
    query = await ada.asks_inline("hel")
    with pytest.raises(BadRequest, match=r"(?i)results_too_much"):
        await bot.answer_inline_query(query.id, articles(MOST_RESULTS + 1))
    with pytest.raises(BadRequest, match=r"(?i)next_offset_invalid"):
        await bot.answer_inline_query(query.id, articles(1), next_offset="x" * 65)
    with pytest.raises(BadRequest, match=r"(?i)start_param_invalid"):
        await bot.answer_inline_query(query.id, [], button=InlineQueryResultsButton("Go", start_parameter="a b"))
    assert await bot.answer_inline_query(query.id, articles(MOST_RESULTS))


async def test_an_answer_to_a_button_is_short(bot: Bot, ada: Person) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query("1", "x" * 201)
    with pytest.raises(BadRequest, match=r"(?i)query ID is invalid"):
        await bot.answer_callback_query("1", "x")
