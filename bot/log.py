"""The log: where it goes, and what never stands in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bot.settings import Mynah, Settings

FILE = "mynah.log"
FILE_BYTES = 5_000_000
"""Size at which the log begins a new file; three old ones are kept."""
QUIET = ("httpx", "httpcore", "apscheduler", "aiosqlite")
"""Libraries of which only warnings are worth reading; httpx would write the Telegram token with every request."""

_TOKEN = re.compile(r"\b\d{6,12}(?::|%3A)[\w-]{30,}|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|\bmynah_[\w-]{43}")
"""What Telegram's and Discord's tokens look like, and those of the page."""


class Redacting(logging.Formatter):
    """Formats a record, traceback and all, and blots out every secret in it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")
        known = sorted({form for s in secrets if s for form in (s, quote(s, safe=""))}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, known))) if known else None

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if self._secrets:
            text = self._secrets.sub("[secret]", text)
        return _TOKEN.sub("[secret]", text)


@contextmanager
def logging_to(settings: Settings, data: Path, *, chat: bool) -> Iterator[None]:
    """Log as the settings say until the block ends; the data folder is there, `chat`: a person uses the terminal."""
    handler = _handler(settings.mynah, data, chat)
    handler.setFormatter(Redacting(secrets(settings)))
    root = logging.getLogger()
    before = root.level
    root.setLevel(settings.mynah.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


def secrets(settings: Settings) -> list[str]:
    """Every secret that the settings hold."""
    return [settings.discord.token.get_secret_value(), settings.telegram.token.get_secret_value()]


def _handler(settings: Mynah, data: Path, chat: bool) -> logging.Handler:
    if settings.log == "stderr" or (settings.log == "auto" and not chat):
        return logging.StreamHandler(sys.stderr)
    from logging.handlers import RotatingFileHandler

    return RotatingFileHandler(data / FILE, maxBytes=FILE_BYTES, backupCount=3, encoding="utf-8", delay=True)
