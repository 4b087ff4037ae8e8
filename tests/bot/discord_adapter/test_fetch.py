"""Files that people give: whole, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.discord_adapter.fetch import fetch
from commands.core.params import Attachment


@asynccontextmanager
async def serving(data: bytes) -> AsyncIterator[str]:
    """Serve a file, and an address that leads to it by another."""

    async def give(request: web.Request) -> web.Response:
        return web.Response(body=data)

    async def lead(request: web.Request) -> web.Response:
        raise web.HTTPFound("/file")

    app = web.Application()
    app.router.add_get("/file", give)
    app.router.add_get("/elsewhere", lead)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_file_is_fetched(tmp_path: Path) -> None:
    data = b"x" * 1_000_000
    async with serving(data) as base:
        given = Attachment(name="a.txt", bytes=len(data), reference=f"{base}/file")
        await fetch(given, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == data


@pytest.mark.parametrize(("path", "size"), [("file", 9), ("elsewhere", 10), ("gone", 10)])
async def test_what_is_not_what_was_told_is_not_fetched_and_its_address_not_said(
    tmp_path: Path, path: str, size: int
) -> None:
    async with serving(b"x" * 10) as base:
        given = Attachment(name="a.txt", bytes=size, reference=f"{base}/{path}?key=secret")
        with pytest.raises(aiohttp.ClientError) as failed:
            await fetch(given, tmp_path / "a")
    assert "secret" not in str(failed.value)
