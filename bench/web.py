"""The HTTP API: how soon speech is heard, and what a hundred clients at once wait, each beside a bare server's floor.

The bare server is FastAPI and uvicorn around the same espeak, on a thread of its own: it knows nobody, keeps nothing,
checks nothing, and says the first sentence by itself before the rest, as whoever wants to be heard soon would.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from bench.measure import table
from bot.app import App
from bot.config import load
from bot.web_adapter import Web
from bot.web_adapter.adapter import TOKEN_FILE
from engine.audio import to_sound
from engine.encoding.streamed import Kind, streamed
from engine.encoding.tags import Tags
from engine.espeak_engine import EspeakEngine
from engine.speech import Utterance
from storage.statistics import percentile

SPEECH = "/v1/audio/speech"
CHARACTERS = 5_000
"""How long the text is of which the first byte is waited for."""
SOON = 150.0
"""The most ms that may pass until then."""
CLIENTS = 100
"""How many ask at once."""
SENTENCE = "The old keeper counts the boats in the harbour, and nobody asks why. "
KINDS = ("wav", "mp3", "opus")


@dataclass
class Heard:
    """How long things took, in ms."""

    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    texts = _texts()
    async with _mynah(folder) as mynah, _bare() as bare:
        long = {(side, kind): Heard() for kind in KINDS for side in ("Mynah", "bare server")}
        crowd: dict[str, list[float]] = {"Mynah": [], "bare server": []}
        sides = {"Mynah": mynah, "bare server": bare}
        for turn in range(turns + 1):  # the first warms up
            for (side, kind), heard in long.items():
                first, last = await _hear(sides[side], next(texts), kind)
                if turn:
                    heard.first.append(first)
                    heard.last.append(last)
            for side, client in sides.items():
                crowd[side] = await _crowd(client, texts) + (crowd[side] if turn > 1 else [])
    return f"{_of_long(long)}\n\n{_of_crowd(crowd)}"


def _of_long(long: dict[tuple[str, str], Heard]) -> str:
    rows = []
    for (side, kind), heard in long.items():
        floor = statistics.median(long["bare server", kind].first)
        first, last = statistics.median(heard.first), statistics.median(heard.last)
        ratio = f"{first / floor:.2f} x" if side == "Mynah" else "1"
        wanted = f"<= {SOON:.0f} ms" if side == "Mynah" else ""
        rows.append((f"{side}, {kind}", f"{first:.0f}", f"{last:.0f}", f"{first / last:.0%}", ratio, wanted))
    head = ("case", "first byte ms", "last byte ms", "first of last", "ratio", "floor")
    return table(f"{CHARACTERS:,} characters at POST {SPEECH}", head, rows)


def _of_crowd(crowd: dict[str, list[float]]) -> str:
    floor = percentile([round(each) for each in crowd["bare server"]], 0.5)
    rows = []
    for side, waits in crowd.items():
        p50, p99 = (percentile([round(each) for each in waits], share) for share in (0.5, 0.99))
        ratio = f"{p50 / floor:.2f} x" if side == "Mynah" else "1"
        rows.append((side, f"{p50:.0f}", f"{p99:.0f}", f"{p99 / p50:.2f} x", ratio))
    head = ("case", "p50 ms", "p99 ms", "p99 of p50", "ratio")
    return table(f"{CLIENTS} clients at once, {len(SENTENCE)} characters each", head, rows)


async def _hear(client: httpx.AsyncClient, text: str, kind: str) -> tuple[float, float]:
    """Return when the first byte came, and when the last, in ms."""
    begun, first = time.perf_counter(), 0.0
    wanted = {"model": "tts-1", "input": text, "voice": "en-gb", "response_format": kind}
    async with client.stream("POST", SPEECH, json=wanted) as answer:
        if answer.status_code != 200:
            raise RuntimeError((await answer.aread()).decode())
        async for _ in answer.aiter_raw():
            first = first or 1_000 * (time.perf_counter() - begun)
    return first, 1_000 * (time.perf_counter() - begun)


async def _crowd(client: httpx.AsyncClient, texts: Iterator[str]) -> list[float]:
    """Return how long each of many waited that came at once, in ms."""
    asked = (next(texts)[: len(SENTENCE)] for _ in range(CLIENTS))
    return [last for _, last in await asyncio.gather(*(_hear(client, text, "wav") for text in asked))]


def _texts() -> Iterator[str]:
    """Texts that nobody has had said before."""
    whole = SENTENCE * (CHARACTERS // len(SENTENCE) + 1)
    return (f"Number {number}. {whole}"[:CHARACTERS] for number in itertools.count())


@asynccontextmanager
async def _mynah(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a Mynah, as its owner: nothing limits them."""
    told = {
        "MYNAH_DATA": str(folder / "data"),
        "MYNAH_ENGINE__NAME": "espeak",
        "MYNAH_WEB__PORT": "0",
        "MYNAH_WEB__REQUESTS_MINUTE": "1000000",
        "MYNAH_JOBS__PER_USER": "4",
        "MYNAH_FILES__LEAST_FREE_MB": "1",
    }
    loaded = load(None, told, folder)
    async with App.open(loaded, make=[lambda desk: Web(desk, loaded.settings.web)]) as app:
        page = app.adapters[Web.name]
        assert isinstance(page, Web)
        async with _client(page.address) as client:
            await client.get("/healthz")  # the first to come has it built
            token = await asyncio.to_thread((app.data / TOKEN_FILE).read_text)
            client.headers["Authorization"] = f"Bearer {token.strip()}"
            yield client


@asynccontextmanager
async def _bare() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the bare server."""
    site, engine, turn = FastAPI(), EspeakEngine(), asyncio.Lock()
    engine.open()

    @site.post(SPEECH)
    async def speech(wanted: dict[str, Any]) -> StreamingResponse:
        head, dot, rest = wanted["input"].partition(". ")

        async def sound() -> AsyncIterator[bytes]:
            encoder = None
            for text in filter(None, (head + dot, rest)):
                async with turn:  # espeak says one thing at a time
                    audio = await asyncio.to_thread(partial(_say, engine, text))
                encoder = encoder or streamed(Kind(wanted["response_format"]), audio.rate, Tags(title="", voice=""))
                yield await asyncio.to_thread(encoder.feed, to_sound(audio).pcm)
            if encoder is not None:
                yield encoder.end()

        return StreamingResponse(sound())

    listening = socket.create_server(("127.0.0.1", 0), backlog=2 * CLIENTS)
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        async with _client(f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            yield client
    finally:
        server.should_exit = True
        await serving
        engine.close()


def _say(engine: EspeakEngine, text: str) -> Any:
    from engine.audio import join

    utterance = Utterance(text=text, engine="espeak", speaker="en-gb")
    return join([audio for _, audio in engine.synthesize([utterance], lambda row: False)])


def _client(address: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    return httpx.AsyncClient(base_url=address, limits=limits, timeout=120, trust_env=False)
