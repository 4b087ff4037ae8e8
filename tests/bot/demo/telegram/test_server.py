"""The server, by a real bot and by bare requests."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters, Update
from telegram.error import EndPointNotFound, InvalidToken, NetworkError
from telegram.ext import CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.demo.telegram.people import Person
from bot.demo.telegram.rules import Rules
from bot.demo.telegram.server import TelegramServer
from tests.bot.demo.telegram.bots import OPUS, Handler, running, talking


async def speak(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    assert message is not None
    await message.reply_chat_action("record_voice")
    progress = await message.reply_text("0 %")
    await progress.edit_text("50 %")
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="again")]])
    await message.reply_voice(
        io.BytesIO(OPUS),
        duration=2,
        caption=" ".join(context.args or []),
        reply_parameters=ReplyParameters(message.message_id),
        reply_markup=buttons,
    )


async def again(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Once more.")


async def listen(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    assert message is not None and message.voice is not None
    content = await (await message.voice.get_file()).download_as_bytearray()
    await message.reply_text(f"{message.voice.duration}, {bytes(content) == OPUS}")


def handlers() -> list[Handler]:
    return [CommandHandler("speak", speak), CallbackQueryHandler(again), MessageHandler(filters.VOICE, listen)]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_bot_hears_a_person_and_the_person_hears_the_bot(server: TelegramServer) -> None:
    async with running(server, handlers()):
        ada = server.person("Ada")
        sent = await ada.says(ada.private, "/speak Hello there")
        seen = await ada.private.answer(after=sent, kind="voice")
        assert seen.text == "Hello there" and seen.reply_to is sent and seen.buttons == ["Again"]
        assert seen.file is not None and seen.file.content == OPUS and seen.file.seconds == 2
        progress = await ada.private.answer(after=sent)
        assert [edit.text for edit in progress.edits] == ["50 %"]
        assert [action.kind for action in ada.private.actions] == ["record_voice"]
        pressed = await ada.presses(seen, "Again")
        assert (await pressed.answered())["text"] == "Once more."


async def test_a_bot_fetches_what_a_person_recorded(server: TelegramServer) -> None:
    async with running(server, handlers()):
        ada = server.person("Ada")
        sent = await ada.says(ada.private, voice=OPUS, seconds=7)
        assert (await ada.private.answer(after=sent)).text == "0:00:07, True"


async def test_every_call_is_kept(server: TelegramServer, bot: Bot, ada: Person) -> None:
    await bot.send_message(ada.id, "Hello")
    (call,) = server.called("sendMessage")
    assert call.text("text") == "Hello" and call.number("chat_id") == ada.id
    assert server.calls[-1] is call and server.calls[0].method == "getMe"


async def test_a_wrong_token_is_refused(server: TelegramServer) -> None:
    with pytest.raises(InvalidToken, match="rejected"):
        async with talking(server, token="1234:" + "A" * 35):
            pass


async def test_a_method_that_does_not_exist_is_not_found(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("brewCoffee")


@pytest.mark.parametrize(("token", "code"), [("1234:" + "A" * 35, 401), ("nonsense", 404)])
async def test_a_refusal_has_the_form_of_the_real_one(
    server: TelegramServer, session: aiohttp.ClientSession, token: str, code: int
) -> None:
    async with session.get(f"{server.base_url}{token}/getMe") as answer:
        words = {401: "Unauthorized", 404: "Not Found"}[code]
        assert answer.status == code
        assert await answer.json() == {"ok": False, "error_code": code, "description": words}


async def test_parameters_come_by_the_address_a_form_a_multipart_form_or_json(
    server: TelegramServer, session: aiohttp.ClientSession, ada: Person
) -> None:
    url = f"{server.base_url}{server.token}/sendMessage"
    given = {"chat_id": str(ada.id), "text": "[Hello]"}
    multipart = aiohttp.FormData(given, default_to_multipart=True)
    requests = [
        session.get(url, params=given),
        session.post(url, data=given),
        session.post(url, data=multipart),
        session.post(url, json={**given, "chat_id": ada.id, "disable_notification": True}),
    ]
    for request in requests:
        async with request as answer:
            assert (await answer.json())["result"]["text"] == "[Hello]"
    assert len(ada.private.seen) == 4


async def test_an_upload_that_is_too_large_is_refused() -> None:
    async with TelegramServer(rules=Rules(upload_bytes=100_000)) as server, talking(server) as bot:
        ada = server.person("Ada")
        await ada.starts()
        with pytest.raises(NetworkError, match="Request Entity Too Large"):
            await bot.send_document(ada.id, bytes(100_001))
        assert (await bot.send_document(ada.id, bytes(100_000))).document


async def test_a_connection_drops_before_or_after_the_thing_is_done(
    server: TelegramServer, bot: Bot, ada: Person
) -> None:
    server.faults.drop("sendMessage")
    with pytest.raises(NetworkError, match=r"RemoteProtocolError|ReadError"):
        await bot.send_message(ada.id, "Lost on the way")
    assert ada.private.seen == []
    server.faults.drop("sendMessage", after=True)
    with pytest.raises(NetworkError, match=r"RemoteProtocolError|ReadError"):
        await bot.send_message(ada.id, "Lost on the way back")
    assert [seen.text for seen in ada.private.seen] == ["Lost on the way back"]


async def test_a_proxy_in_between_answers_with_a_page(server: TelegramServer, bot: Bot, ada: Person) -> None:
    server.faults.refuse("sendMessage", 502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ada.id, "Hello")
    assert (await bot.send_message(ada.id, "Hello")).text == "Hello"


async def test_a_token_of_ones_own_can_be_used() -> None:
    async with TelegramServer(token="42:canary", bot_id=42, username="parrot_bot") as server, talking(server) as bot:
        assert (bot.id, bot.username) == (42, "parrot_bot")
