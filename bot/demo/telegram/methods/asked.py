"""Answers to pressed buttons and to inline questions."""

from __future__ import annotations

import re

from bot.demo.telegram.call import Call
from bot.demo.telegram.refusal import bad
from bot.demo.telegram.wire import Wire, units
from bot.demo.telegram.world import World

MOST_RESULTS = 50
CACHED = {"voice": "voice_file_id", "audio": "audio_file_id", "document": "document_file_id"}
TITLED = ("voice", "document")
"""Kinds of cached files that need a title; music has its own."""


def answer_callback(world: World, call: Call) -> bool:
    """Answer somebody who pressed a button."""
    if units(call.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query = world.queries.open(call.text("callback_query_id"))
    answer: Wire = {"text": call.text("text"), "show_alert": call.flag("show_alert"), "url": call.text("url")}
    query.answers(answer)
    return True


def answer_inline(world: World, call: Call) -> bool:
    """Offer results to somebody who asks inline."""
    results = call.records("results")
    query = world.queries.open(call.text("inline_query_id"))
    if len(results) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    if len(call.text("next_offset").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    ids = [str(each.get("id", "")) for each in results]
    if not all(1 <= len(id.encode()) <= 64 for id in ids):
        raise bad("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    for each in results:
        _check(world, each)
    button = call.record("button")
    if button is not None:
        _check_button(button)
    query.answers(
        {
            "results": results,
            "button": button,
            "is_personal": call.flag("is_personal"),
            "cache_time": call.number("cache_time"),
            "next_offset": call.text("next_offset"),
        }
    )
    return True


def _check(world: World, result: Wire) -> None:
    kind = str(result.get("type", ""))
    if kind == "article":
        if not result.get("title"):
            raise bad("can't parse inline query result: title must be non-empty")
        if not isinstance(result.get("input_message_content"), dict):
            raise bad("can't parse inline query result: message content is not specified")
        return
    name = CACHED.get(kind)
    if name is None:
        raise bad(f"unsupported inline query result type {kind!r}")
    file = world.files.find(str(result.get(name, "")))
    if file is None or file.kind != kind:
        raise bad("wrong file identifier/HTTP URL specified")
    if kind in TITLED and not result.get("title"):
        raise bad("can't parse inline query result: title must be non-empty")


def _check_button(button: Wire) -> None:
    if not button.get("text"):
        raise bad("can't parse inline query results button: text must be non-empty")
    payload = str(button.get("start_parameter", ""))
    if "web_app" not in button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
        raise bad("START_PARAM_INVALID")


METHODS = {"answerCallbackQuery": answer_callback, "answerInlineQuery": answer_inline}
