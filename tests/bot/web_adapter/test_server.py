"""The server hangs up on those who hold it up."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.web_adapter import server as serving
from bot.web_adapter.binding import bind
from bot.web_adapter.gate import Receive, Scope, Send

PATIENCE = 10.0
GOOD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await asyncio.sleep(0)


@asynccontextmanager
async def served(app: Callable[..., object]) -> AsyncIterator[int]:
    """Serve an app, and have the port."""
    bound = bind("127.0.0.1", 0)
    port = int(bound.getsockname()[1])
    running = serving.server(app)  # type: ignore[arg-type]  # any app of these
    task = asyncio.create_task(running.serve(sockets=[bound]))
    try:
        yield port
    finally:
        running.end()
        async with asyncio.timeout(PATIENCE):
            await task
        bound.close()


async def said(port: int, *pieces: bytes) -> bytes:
    """Send pieces and return all that comes until the other side hangs up."""
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()


async def test_it_serves_and_leaves_signals_alone() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with served(plain) as port:
        answer = await said(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"ok") and b"server:" not in answer.lower()
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def test_who_connects_and_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD", 0.05)
    async with served(plain) as port:
        assert await said(port) == b""


async def test_who_never_ends_the_head_of_a_request_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HEAD", 0.05)
    async with served(plain) as port:
        assert await said(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") == b""
        answer = await said(port, GOOD, b"GET / HTTP/1.1\r\nHost: ")
        assert answer.count(b"HTTP/1.1 200") == 1  # the second one on that connection never came


async def test_a_head_without_end_is_refused() -> None:
    async with served(plain) as port:
        answer = await said(port, b"GET / HTTP/1.1\r\nX: ", b"y" * (serving.HEAD_BYTES + 70_000))
        assert answer.startswith(b"HTTP/1.1 4") or answer == b""


async def test_who_does_not_read_the_answer_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "STUCK", 0.1)
    async with served(endless) as port:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000)
            writer.write(GOOD)
            reader._transport.pause_reading()  # type: ignore[attr-defined]  # nothing public stops it
            await asyncio.sleep(0.5)
            reader._transport.resume_reading()  # type: ignore[attr-defined]  # as above
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(10**9)
            writer.close()


async def test_of_too_many_connections_the_last_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "CONNECTIONS", 2)
    async with served(plain) as port:
        open_ones = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for reader, writer in open_ones:
            writer.write(GOOD)
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert await said(port, GOOD) == b""
        for _, writer in open_ones:
            writer.close()
