"""The log of discord.py: warnings only, without the tokens of interactions, and without a traceback for every outage.

Whoever has the token of an interaction can write in the bot's name for a quarter of an hour, and it stands in the
addresses that discord.py logs. Below warnings stand whole messages of people, which are nobody's business.
"""

from __future__ import annotations

import logging
import re

import discord

_LOGGERS = ("client", "gateway", "http", "shard", "state", "app_commands.tree", "webhook.async_", "ui.view")
_TOKEN = re.compile(r"(?<=/)(webhooks|interactions)/(\d+)/[^/\s?]+")
_OUTAGE = ("Attempting a reconnect", "Failed to connect for shard_id")


class Hush(logging.Filter):
    """Takes out of a record what nobody should read."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if said.startswith(_OUTAGE):
            error = record.exc_info[1] if record.exc_info else None
            said = f"{said.rstrip('.')} ({error or type(error).__name__})"
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        record.msg, record.args = without_tokens(said), ()
        return True


def without_tokens(text: str) -> str:
    """Blot out the tokens of interactions in the addresses of a text."""
    return _TOKEN.sub(r"\1/\2/[secret]", text)


def hush() -> None:
    """Let discord.py log so, from now on."""
    logging.getLogger("discord").setLevel(logging.WARNING)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # of what is for voice channels only
    for name in _LOGGERS:
        logger = logging.getLogger(f"discord.{name}")
        if not any(isinstance(each, Hush) for each in logger.filters):
            logger.addFilter(Hush())
