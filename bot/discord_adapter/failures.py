"""What went wrong between Mynah and Discord, and what that means for a send."""

from __future__ import annotations

import aiohttp
import discord

from bot.adapter import TryLater, Undeliverable

UNTIL_MENDED = 60.0
"""Seconds to wait where Discord refuses the bot's own token; it may get a new one."""
PAUSE = 5.0
"""Seconds to wait where Discord does not say for how long."""
TOO_LARGE, ANSWERED, NO_HISTORY = 40005, 40060, 160002
GONE = (403, 404)
OVER = 50027
"""The code of an interaction that is over."""


def is_too_large(error: discord.HTTPException) -> bool:
    """Tell whether a file was too large; nothing was sent then."""
    return error.status == 413 or error.code == TOO_LARGE


def is_answered(error: BaseException) -> bool:
    """Tell whether an interaction has had its first answer already."""
    return isinstance(error, discord.HTTPException) and error.code == ANSWERED


def is_unquotable(error: discord.HTTPException) -> bool:
    """Tell whether the message that is answered cannot be shown, for the bot may not read what was written before."""
    return error.code == NO_HISTORY


def is_gone(error: discord.HTTPException) -> bool:
    """Tell whether that way is closed: the interaction is over, the channel gone, the bot not allowed in it."""
    return error.code == OVER or (error.status in GONE and not is_unquotable(error))


def judged(error: Exception) -> Exception:
    """Return what the courier has to know of an error; it itself where nobody knows whether the message arrived."""
    if isinstance(error, discord.RateLimited):
        return TryLater(error.retry_after)
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError):
        return TryLater(PAUSE)
    if isinstance(error, discord.HTTPException):
        if error.status == 429:
            return TryLater(_wait(error))
        if error.status == 401:
            return TryLater(UNTIL_MENDED)
        if error.status >= 500:
            return TryLater(PAUSE)  # what Discord may have taken all the same, it recognises by its nonce
        return Undeliverable(f"Discord refuses it: {error.text or error.status} ({error.code})")
    return error


def is_passing(error: BaseException) -> bool:
    """Tell whether an error may be over in a while: the network, an outage, too many calls."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(
        error, OSError | aiohttp.ClientError | TimeoutError | discord.GatewayNotFound | discord.ConnectionClosed
    )


def in_words(error: BaseException) -> str:
    """Say an error in a line."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{error.host} cannot be reached"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _wait(error: discord.HTTPException) -> float:
    headers = getattr(error.response, "headers", {})
    try:
        return max(0.1, float(headers.get("Retry-After", PAUSE)))
    except ValueError:
        return PAUSE
