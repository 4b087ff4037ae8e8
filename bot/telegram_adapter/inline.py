"""Inline mode: whoever types the bot's name in any chat can send a clip of theirs there."""

from __future__ import annotations

import logging

from telegram import InlineQuery, InlineQueryResultCachedVoice, InlineQueryResultsButton
from telegram.error import TelegramError

from bot.callers import Caller
from bot.desk import Desk
from bot.telegram_adapter.people import PLATFORM
from commands.core.words import duration, excerpt

log = logging.getLogger("mynah.telegram")

PAGE = 20
"""How many clips are shown at once; the app asks for more as somebody scrolls."""
CACHED = 5
"""For how many seconds Telegram may show the same to the same person."""
FIRST = "Speak something first"
TITLE = 60


async def offer(query: InlineQuery, desk: Desk, account: str) -> None:
    """Answer with the clips of the person who types, the latest first, of which Telegram has the sound already."""
    user = query.from_user
    caller = Caller(platform=PLATFORM, account=str(user.id), name=user.full_name)
    first = int(query.offset) if query.offset.isdecimal() else 0
    clips = await desk.clips(caller, account, "voice", query.query)
    shown = [
        InlineQueryResultCachedVoice(
            id=str(clip.file_id),
            voice_file_id=clip.reference,
            title=excerpt(clip.words or clip.name, TITLE)
            + (f" · {duration(clip.seconds)}" if clip.seconds is not None else ""),
        )
        for clip in clips[first : first + PAGE]
    ]
    more = str(first + PAGE) if len(clips) > first + PAGE else ""
    button = None if clips else InlineQueryResultsButton(text=FIRST, start_parameter="hello")
    try:
        await query.answer(shown, cache_time=CACHED, is_personal=True, next_offset=more, button=button)
    except TelegramError as error:  # whoever typed on has asked anew
        log.debug("an inline query could not be answered: %s", error)
