"""Pastes: a long text that an app has cut into messages becomes one text again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from telegram import Message

from bot.telegram_adapter.wording import TEXT, units

NEARLY = TEXT - 400
"""From how many UTF-16 units on a message may be a part of a longer text: apps cut at the last word that fits."""
WAIT = 1.0
"""How long the next part is waited for, in seconds."""


@dataclass
class _Paste:
    parts: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


class Pastes:
    """Waits for what belongs together: messages of one person in one chat, each but the last nearly full."""

    def __init__(self, wait: float = WAIT) -> None:
        self._wait = wait
        self._open: dict[tuple[int, int, int], _Paste] = {}

    async def whole(self, message: Message) -> list[Message]:
        """Return a message with those that go on from it, in order; nothing where another call returns it.

        Updates are handled at once and may overtake each other, so a part may come before the one that it follows.
        """
        text = message.text
        if not text:
            return [message]
        key = (message.chat.id, message.from_user.id if message.from_user else 0, message.message_thread_id or 0)
        paste = self._open.get(key)
        if paste is not None and not text.startswith("/"):
            paste.parts.append(message)
            paste.news.set()
            return []
        if paste is not None or units(text) < NEARLY:
            return [message]
        paste = self._open[key] = _Paste([message])
        try:
            while not _is_whole(paste.parts):
                paste.news.clear()
                await asyncio.wait_for(paste.news.wait(), self._wait)
        except TimeoutError:
            pass
        finally:
            del self._open[key]
        return sorted(paste.parts, key=lambda part: part.message_id)


def joined(parts: list[Message]) -> str:
    """Put the parts together: what was cut in the middle of a word goes on where it stopped."""
    texts = [part.text or "" for part in parts]
    return "".join(text if units(text) >= TEXT or text is texts[-1] else f"{text} " for text in texts)


def _is_whole(parts: list[Message]) -> bool:
    """Whether the last message is a short one."""
    last = max(parts, key=lambda part: part.message_id)
    return units(last.text or "") < NEARLY
