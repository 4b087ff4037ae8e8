"""Files that people give: fetched from where Discord keeps them, piece by piece."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from commands.core.params import Attachment

PIECE = 256 * 1024
"""How many bytes are fetched before they are written down."""
PATIENCE = aiohttp.ClientTimeout(total=300, sock_connect=15, sock_read=30)


async def fetch(attachment: Attachment, to: Path) -> None:
    """Write what Discord holds of a file into a new one, and no more than Discord said that it is.

    Raises:
        aiohttp.ClientError: It is no longer there, or not what was told of.
    """
    left = attachment.bytes
    async with (
        aiohttp.ClientSession(timeout=PATIENCE, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(attachment.reference, allow_redirects=False) as response,
    ):
        if response.status != 200:  # not its address in the message: there is a key in it
            raise aiohttp.ClientError(f"Discord answers {response.status} when it is asked for a file")
        with await asyncio.to_thread(to.open, "wb") as file:
            async for piece in response.content.iter_chunked(PIECE):
                left -= len(piece)
                if left < 0:
                    raise aiohttp.ClientError("the file is larger than Discord said")
                await asyncio.to_thread(file.write, piece)
