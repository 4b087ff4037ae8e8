"""Faults: what Telegram's errors mean for what was to be sent."""

from __future__ import annotations

import httpx
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.adapter import TryLater, Undeliverable

PAUSE = 1.0
"""Seconds after which is tried again what Telegram could not take."""
REFUSED = 60.0
"""The same where it takes nothing from this bot at all."""
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""What goes wrong before anything is on its way."""
NO_SUCH = (
    "_messages_forbidden",
    "not enough rights to send",
    "too big for a photo",
    "photo_invalid_dimensions",
    "photo_save_file_invalid",
    "image_process_failed",
)
"""What is said of a file that may go as another kind."""
TAKEN_PERHAPS = ("(504)", "gateway timeout")
"""What a server says that has handed the request on and has not heard of it since."""


class Flooded(TelegramError):
    """Telegram wants the bot to wait for longer than is waited for in place."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Flood control exceeded. Retry in {seconds:.0f} seconds")
        self.seconds = seconds
        """For how long, in seconds."""


def judged(error: TelegramError) -> Exception:
    """Return what the courier is to be told: never again, later, or the error itself, where nobody knows.

    A request that was answered with a refusal was not done. One whose connection broke may have been.
    """
    if isinstance(error, Flooded):
        return TryLater(error.seconds)
    if isinstance(error, RetryAfter):
        return TryLater(seconds_of(error))
    if isinstance(error, Forbidden | BadRequest):
        return Undeliverable(error.message)
    if isinstance(error, InvalidToken):
        return TryLater(REFUSED)
    if isinstance(error, NetworkError):
        cause = error.__cause__
        if isinstance(cause, UNSENT):
            return TryLater(PAUSE)
        if not isinstance(cause, httpx.HTTPError) and not any(w in error.message.lower() for w in TAKEN_PERHAPS):
            return TryLater(PAUSE)
    return error


def seconds_of(error: RetryAfter) -> float:
    """For how long Telegram wants the bot to wait, in seconds."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def is_too_large(error: TelegramError) -> bool:
    """Whether a file was larger than the server takes."""
    words = error.message.lower()
    return "too large" in words or "file is too big" in words or "(413)" in words


def takes_no_such(error: TelegramError) -> bool:
    """Whether a file is not taken as this kind there: by a person's privacy, a group's permissions, or as no photo."""
    words = error.message.lower()
    return isinstance(error, BadRequest) and any(each in words for each in NO_SUCH)


def has_no_chat(error: TelegramError) -> bool:
    """Whether somebody cannot be written to in private: they have never started the bot, or stopped it."""
    return isinstance(error, Forbidden) or "chat not found" in error.message.lower()


def is_old_reference(error: TelegramError) -> bool:
    """Whether a file that was sent before cannot be sent again by its reference."""
    words = error.message.lower()
    wrong = ("wrong file identifier", "wrong remote file", "file reference", "can't use file of type", "wrong file_id")
    return isinstance(error, BadRequest) and any(each in words for each in wrong)


def takes_no_token(error: TelegramError) -> bool:
    """Whether the server does not know the token."""
    return "unauthorized" in error.message.lower()
