"""The rules of this Telegram: its limits, which tests make small."""

from __future__ import annotations

from engine.value import value

MB = 1 << 20


@value
class Rules:
    """What the server allows."""

    download_bytes: int = 20 * MB
    """The largest file that getFile gives a link to."""
    upload_bytes: int = 50 * MB
    """The largest file that a bot can send."""
    voice_bytes: int = MB
    """The largest voice message; a larger one is shown as a file."""
    photo_bytes: int = 10 * MB
    """The largest photo."""
    photo_pixels: int = 10_000
    """How many pixels the width and the height of a photo may have together."""
    local: str = ""
    """A folder that the bot can read: files are then handed over there, of any size; empty is over the line."""
    link_seconds: float = 3_600.0
    """How long a link to a file works."""
    query_seconds: float = 900.0
    """How long a pressed button or an inline query can be answered."""
    privacy: bool = True
    """Whether the bot hears in groups only what is meant for it."""
    pace: bool = False
    """Whether a bot that sends too fast is told to wait."""
    chat_pause: float = 1.0
    """Seconds between two messages to one chat, where the pace is kept."""
    group_minute: int = 20
    """Messages to one group in a minute, where the pace is kept."""
    every_second: int = 30
    """Messages to all chats in a second, where the pace is kept."""
    webhook_pause: float = 0.05
    """Seconds until a webhook that failed is tried again; each pause is twice the last."""
