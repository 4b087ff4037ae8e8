"""Signs: 'recording voice', as long as somebody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.telegram_adapter.address import Address

FIRST = 0.25
"""After how many seconds the first sign is given: for what is there by then it would come too late to be seen."""
EVERY = 4.5
"""Seconds between two signs; an app shows one for five."""
LONGEST = 600.0
"""For how long signs are given without news, in seconds."""
CHATS = 25
"""To how many chats at once; who waits in a long line knows it from their ticket."""


class Signs:
    """Shows in chats that something is being recorded."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._waiting: Counter[tuple[int, int]] = Counter()
        self._tasks: dict[tuple[int, int], asyncio.Task[None]] = {}

    def begin(self, to: Address) -> None:
        """Somebody waits there from now on."""
        key = (to.chat, to.topic)
        self._waiting[key] += 1
        if key not in self._tasks and len(self._tasks) < CHATS:
            task = asyncio.create_task(self._give(*key), name="recording voice")
            self._tasks[key] = task
            task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def end(self, to: Address) -> None:
        """One who waited there does so no longer."""
        key = (to.chat, to.topic)
        self._waiting[key] -= 1
        if self._waiting[key] <= 0:
            del self._waiting[key]
            if task := self._tasks.get(key):
                task.cancel()

    async def close(self) -> None:
        """Give no more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _give(self, chat: int, topic: int) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await asyncio.sleep(FIRST)
                while True:
                    with contextlib.suppress(TelegramError):  # it is a courtesy
                        await self._bot.send_chat_action(chat, ChatAction.RECORD_VOICE, message_thread_id=topic or None)
                    await asyncio.sleep(EVERY)
