"""Files: what somebody has sent, fetched to disk."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from telegram import Bot
from telegram.error import BadRequest, NetworkError

from commands.core.errors import UsageError
from commands.core.params import Attachment
from commands.core.words import size

DOWNLOAD = 20_000_000
"""The largest file that Telegram lets bots fetch, in bytes; a server of one's own has no such limit."""

PAUSES = (1.0, 4.0)
"""After how many seconds a file is asked for again, for whose lack nothing but the connection is to blame."""


class TooLargeToFetch(UsageError):
    """Telegram lets bots fetch files of up to {most}; that one has {bytes}. Send it in parts."""


class Files:
    """Fetches files."""

    def __init__(self, bot: Bot, *, by_path: bool) -> None:
        """Take the bot; `by_path`: the server has them on this machine and says where."""
        self._bot = bot
        self._by_path = by_path

    def check(self, attachment: Attachment) -> None:
        """Refuse a file of which it is known now that it cannot be fetched.

        Raises:
            TooLargeToFetch: It is too large.
        """
        if not self._by_path and attachment.bytes > DOWNLOAD:
            raise TooLargeToFetch(most=size(DOWNLOAD), bytes=size(attachment.bytes))

    async def fetch(self, attachment: Attachment, path: Path) -> None:
        """Write a file to a path, as the desk wants it; what Telegram cannot give at once is asked for again."""
        for pause in PAUSES:
            try:
                return await self._fetch(attachment, path)
            except NetworkError as error:
                if isinstance(error, BadRequest):
                    raise
            await asyncio.sleep(pause)
        return await self._fetch(attachment, path)

    async def _fetch(self, attachment: Attachment, path: Path) -> None:
        file = await self._bot.get_file(attachment.reference)
        if self._by_path and file.file_path and Path(file.file_path).is_absolute():
            await asyncio.to_thread(shutil.copyfile, file.file_path, path)
            return
        content = await file.download_as_bytearray()
        await asyncio.to_thread(path.write_bytes, content)
