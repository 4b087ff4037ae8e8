"""Whatever a server answers, a pull ends in a sentence, in time, and leaves no file that is not the file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest

from bot.models.errors import ModelError
from bot.models.fetch import Fetch, Patience
from bot.models.part import Part
from bot.models.source import Source
from engine.catalogue import PublishedFile

FILE = PublishedFile(path="config.json", url="https://huggingface.co/a/config.json")
PATIENCE = Patience(connect=0.5, read=0.3, window=0.5, tries=2, pause=0.01)
OK = b"HTTP/1.1 200 OK\r\n"

HOSTILE: dict[str, Iterator[bytes] | list[bytes]] = {
    "nothing": [],
    "no HTTP": [b"220 ready\r\n"],
    "another version": [b"HTTP/9.9 200 OK\r\n\r\n"],
    "no length and an end": [OK + b"\r\nabc"],
    "less than was announced": [OK + b"Content-Length: 10\r\n\r\nabc"],
    "a length below nothing": [OK + b"Content-Length: -1\r\n\r\nabc"],
    "a length of words": [OK + b"Content-Length: many\r\n\r\nabc"],
    "two lengths": [OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"],
    "a length of thousands of digits": [OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\nabc"],
    "a length of many gigabytes": [OK + b"Content-Length: 99999999999999\r\n\r\nabc"],
    "a chunk of no size": [OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"],
    "chunks that break off": [OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    "a head without an end": chain([OK], repeat(b"X: " + b"x" * 1_000 + b"\r\n", 1_000)),
    "a part that nobody asked for": [b"HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\nabc"],
    "a part of another file": [b"HTTP/1.1 206 P\r\nContent-Length: 3\r\nContent-Range: bytes 7-9/99\r\n\r\nabc"],
    "a redirect to nowhere": [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"],
    "a redirect to no address": [b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"],
    "a redirect to another host": [b"HTTP/1.1 302 Found\r\nLocation: //10.1.2.3/a\r\nContent-Length: 0\r\n\r\n"],
    "a redirect to a file": [b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"],
    "nothing new": [b"HTTP/1.1 304 Not Modified\r\n\r\n"],
    "another protocol": [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    "packed": [OK + b"Content-Encoding: br\r\nContent-Length: 3\r\n\r\nabc"],
}


async def given_up(answer: list[bytes], tmp_path: Path, *, endless: bool = False) -> str:
    """Fetch a file from a server that answers so; return what is said in the end."""

    over = asyncio.Event()
    serving: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        with suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            for piece in answer:
                writer.write(piece)
                await writer.drain()
            while endless and not (over.is_set() or writer.is_closing()):
                writer.write(answer[-1])
                await writer.drain()
                await asyncio.sleep(0.01)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    fetch = Fetch("xtts_v2", Source.of(f"http://127.0.0.1:{port}"), PATIENCE, lambda coming: None)
    try:
        async with asyncio.timeout(15):
            with pytest.raises(ModelError) as said:
                await fetch.get(FILE, Part(tmp_path / FILE.path, FILE.url), lambda there: None)
    finally:
        await fetch.close()
        over.set()
        server.close()
        await asyncio.gather(*filter(None, serving))
    return str(said.value)


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
async def test_an_answer_that_is_none_ends_in_a_sentence(answer: Iterator[bytes], tmp_path: Path) -> None:
    said = await given_up(list(answer), tmp_path)
    assert said.startswith(("127.0.0.1 did not give config.json", "What 127.0.0.1 gives", "The server sends on to"))
    assert not (tmp_path / FILE.path).exists()


@pytest.mark.parametrize("piece", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"])
async def test_a_server_that_never_comes_to_the_point_is_given_up(piece: bytes, tmp_path: Path) -> None:
    assert "it does not come to the point" in await given_up([piece], tmp_path, endless=True)
