"""Rhythm: how fast a bot may send, by Telegram's rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bot.telegram_adapter.faults import Flooded, seconds_of

JSONDict = dict[str, Any]
Answer = bool | JSONDict | list[JSONDict]
"""What the Bot API answers; its shape is the library's business."""

FREE = frozenset({"sendChatAction", "getChatMember", "deleteMessage", "getFile"})
"""What is no message: of twenty a minute in a group, none is spent on these."""
PATIENCE = 10.0
"""How many seconds are waited for in place; whoever has to wait longer is told so, and others go on."""
TRIES = 3
APART = 1.0
"""Seconds between two messages to a chat of which Telegram has said that it gets too many."""


@dataclass
class _Narrow:
    """A chat that gets too many: its messages go one after the other."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    until: float = 0.0


class Rhythm(AIORateLimiter):
    """Waits as the library's own limiter does, but not for what is no message, and not for long.

    Where Telegram says 'wait', that chat waits. The library would let all chats wait, so that whoever sends a hundred
    messages would silence the bot for everybody.
    """

    def __init__(self) -> None:
        super().__init__()
        self._narrow: dict[int, _Narrow] = {}

    def is_full(self, chat: int) -> bool:
        """Whether a chat has had what it may be sent for the moment, so that the next message would wait."""
        limiter = self._group_limiters.get(chat)
        return chat in self._narrow or (limiter is not None and not limiter.has_capacity())

    def is_busy(self, chat: int) -> bool:
        """Whether so much has been sent, there or to all chats, that what can wait should."""
        if chat in self._narrow:
            return True
        limiters = [self._base_limiter, self._group_limiters.get(chat)]
        return any(each is not None and not each.has_capacity(each.max_rate / 2) for each in limiters)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Make a request when its turn has come."""
        if endpoint in FREE:
            return await callback(*args, **kwargs)

        chat = data.get("chat_id")

        async def patient(*own: Any, **named: Any) -> Answer:
            return await self._patiently(chat if isinstance(chat, int) else 0, partial(callback, *own, **named))

        return await super().process_request(patient, args, kwargs, endpoint, data, rate_limit_args)

    async def _patiently(self, chat: int, request: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Make a request, and make it again where its chat only has to wait a little; 0: it is to no chat.

        Raises:
            Flooded: It has to wait for longer.
        """
        seconds = 0.0
        for _ in range(TRIES + 1):
            narrow = self._narrow.get(chat)
            try:
                return await (request() if narrow is None else self._in_turn(chat, narrow, request))
            except RetryAfter as error:
                seconds = seconds_of(error)
            if seconds > PATIENCE:
                break
            if chat:
                narrow = self._narrow.setdefault(chat, _Narrow())
                narrow.until = max(narrow.until, asyncio.get_running_loop().time() + seconds)
            else:
                await asyncio.sleep(seconds)
        raise Flooded(seconds)

    async def _in_turn(self, chat: int, narrow: _Narrow, request: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        now = asyncio.get_running_loop().time
        wait = max(0.0, narrow.until - now()) + narrow.waiting * APART
        if wait > PATIENCE:
            raise Flooded(wait)
        narrow.waiting += 1
        try:
            async with narrow.turn:
                await asyncio.sleep(max(0.0, narrow.until - now()))
                narrow.until = now() + APART
                return await request()
        finally:
            narrow.waiting -= 1
            if not narrow.waiting:
                self._narrow.pop(chat, None)
