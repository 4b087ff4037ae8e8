"""Refusals: what the Bot API answers where it gives no result."""

from __future__ import annotations

import math

from bot.demo.telegram.wire import Wire, present


class Refused(Exception):
    """The Bot API refuses, with a code and words that bots tell cases apart by."""

    def __init__(
        self, code: int, description: str, *, retry_after: int | None = None, migrate_to: int | None = None
    ) -> None:
        """Take the HTTP status, the words, and what may help: seconds to wait, or the chat's new id."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = present(retry_after=retry_after, migrate_to_chat_id=migrate_to)

    def wire(self) -> Wire:
        """The body of the answer."""
        body: Wire = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(words: str) -> Refused:
    """The request is wrong: 400."""
    return Refused(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refused:
    """The bot must not do that there: 403."""
    return Refused(403, f"Forbidden: {words}")


def too_fast(seconds: float) -> Refused:
    """The bot has to wait: 429, with whole seconds."""
    wait = max(1, math.ceil(seconds))
    return Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
