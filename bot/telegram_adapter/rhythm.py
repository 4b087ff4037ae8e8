"""Rhythm: how fast a bot may send, by Telegram's rules."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
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


class Rhythm(AIORateLimiter):
    """Waits as the library's own limiter does, but not for what is no message, and not for long."""

    def __init__(self) -> None:
        super().__init__(max_retries=TRIES)

    def is_full(self, chat: int) -> bool:
        """Whether a group has had what it may be sent in a minute, so that the next message would wait."""
        limiter = self._group_limiters.get(chat)
        return limiter is not None and not limiter.has_capacity()

    def is_busy(self, chat: int) -> bool:
        """Whether so much has been sent, there or to all chats, that what can wait should."""
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

        async def patient(*own: Any, **named: Any) -> Answer:
            try:
                return await callback(*own, **named)
            except RetryAfter as error:
                if (seconds := seconds_of(error)) > PATIENCE:
                    raise Flooded(seconds) from None
                raise

        return await super().process_request(patient, args, kwargs, endpoint, data, rate_limit_args)
