"""What may stand under a message."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.demo.telegram.keyboards import checked
from bot.demo.telegram.people import Person
from bot.demo.telegram.refusal import Refused
from bot.demo.telegram.wire import Wire


def buttons(*given: Wire) -> Wire:
    return {"inline_keyboard": [[{"text": "Go", **each}] for each in given]}


async def test_people_see_the_buttons_row_by_row(bot: Bot, ada: Person) -> None:
    keys = [[InlineKeyboardButton(name, callback_data=name) for name in row] for row in ("ab", "c")]
    await bot.send_message(ada.id, "Choose", reply_markup=InlineKeyboardMarkup(keys))
    (seen,) = ada.private.seen
    assert seen.rows == [["a", "b"], ["c"]] and seen.button("c")["callback_data"] == "c"
    with pytest.raises(LookupError, match="no button says 'd'"):
        await ada.presses(seen, "d")


@pytest.mark.parametrize("data", ["ä" * 33, "x" * 65])
async def test_the_data_of_a_button_is_counted_in_bytes(bot: Bot, ada: Person, data: str) -> None:
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data=data)]])
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(ada.id, "Choose", reply_markup=markup)
    fits = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="ä" * 32)]])
    assert await bot.send_message(ada.id, "Choose", reply_markup=fits)


@pytest.mark.parametrize(
    "markup",
    [
        {"inline_keyboard": [{"text": "Go"}]},
        {"inline_keyboard": [[{"callback_data": "x"}]]},
        buttons({}),
        buttons({"callback_data": ""}),
        buttons({"callback_data": "x", "url": "https://example.org"}),
        buttons({"callback_data": "x", "colour": "red"}),
        buttons({"url": "example"}),
        {"inline_keyboard": [[{"text": "Go", "callback_data": "x"}] * 101]},
        {"force_reply": True, "input_field_placeholder": "x" * 65},
        {"buttons": []},
    ],
)
def test_what_telegram_would_not_show_is_refused(markup: Wire) -> None:
    with pytest.raises(Refused, match="Bad Request"):
        checked(markup)


@pytest.mark.parametrize(
    "markup", [buttons({"url": "https://example.org"}), {"force_reply": True, "selective": True}, {"keyboard": []}]
)
def test_what_telegram_shows_is_kept(markup: Wire) -> None:
    assert checked(markup) == markup


def test_an_empty_keyboard_is_none() -> None:
    assert checked({"inline_keyboard": []}) is None and checked(None) is None
