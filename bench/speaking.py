"""What a spoken text costs: through Mynah, the naive way, and by the engine alone.

Through Mynah means the whole way: asked at the desk, queued, claimed, said, filed, put into the outbox and delivered
by the terminal's adapter, as in the chat. The naive way starts the espeak-ng program for every text. The floor is
Mynah's own engine, called directly, its sound thrown away.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench.measure import Case, table, take_turns
from bot.app import App
from bot.cli_adapter.terminal import HOST, Terminal
from bot.config import load
from commands.core.reply import Reply
from commands.core.request import Request
from engine.espeak_engine import EspeakEngine
from engine.speech import Utterance
from engine.text.sentences import sentences

OWN = 3.0
"""The most that Mynah's own work may cost above the engine, in CPU ms."""
TEXTS = {
    60: "The quick brown fox jumps over the lazy dog near the bank.",
    400: (
        "The quick brown fox jumps over the lazy dog near the river bank. Every morning the old keeper walks down the "
        "stone path, counts the boats in the harbour, and writes the number in a small blue book. He has done so for "
        "thirty years, in rain and in snow, and nobody has ever asked him why. When the last boat leaves, he closes "
        "the book, lights his lamp, and waits for the evening to come again."
    ),
}
VOICE = "en-us"


class Silent:
    """A screen that shows nothing, and tells when an answer has come."""

    def __init__(self) -> None:
        self._come = asyncio.Event()

    def answer(self, reply: Reply, paths: Sequence[Path]) -> None:
        """Make sure that it went well."""
        if reply.error or not paths[0].exists():
            raise RuntimeError(reply.text)
        self._come.set()

    async def wait(self) -> None:
        """Wait for the next answer."""
        await self._come.wait()
        self._come.clear()


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    loaded = load(None, {"MYNAH_DATA": str(folder / "data")})
    program = shutil.which("espeak-ng")
    engine = EspeakEngine()
    engine.open()
    screen = Silent()
    async with App.open(loaded, make=[lambda desk: Terminal(loaded.data, screen)]) as app:
        tables = []
        for length, text in TEXTS.items():
            cases = [
                Case(name="engine alone, in process", run=_alone(engine, text), repeats=50),
                Case(name="Mynah, asked to delivered", run=_mynah(app, screen, text), repeats=50),
            ]
            if program:
                cases.append(Case(name="naive: the espeak-ng program", run=_naive(program, text, folder), repeats=20))
            await take_turns(cases, turns)
            tables.append(_table(length, text, cases))
    note = "" if program else "\n\nThe espeak-ng program is not installed here: no naive way to compare with."
    return "\n\n".join(tables) + note


def _table(length: int, text: str, cases: list[Case]) -> str:
    alone, mynah, *naive = cases
    rows = []
    for case in cases:
        own = f"{(case.cpu - alone.cpu) * 1e3:+.2f}"
        ratio = f"{case.cpu / naive[0].cpu:.2f} x" if naive else "?"
        floor = f"< 1 x naive, own <= {OWN:g} ms" if case is mynah else ""
        rows.append((case.name, f"{case.cpu * 1e3:.2f}", f"{case.wall * 1e3:.2f}", own, ratio, floor))
    head = ("case", "CPU ms", "wall ms", "above the engine", "to naive", "floor")
    return table(f"About {length} characters ({len(text)}) to WAV", head, rows)


def _alone(engine: EspeakEngine, text: str) -> Callable[[], Awaitable[None]]:
    utterances = [Utterance(text=sentence, engine="espeak", speaker=VOICE) for sentence in sentences(text)]

    async def run() -> None:
        for utterance in utterances:
            for _ in engine.synthesize([utterance], lambda row: False):
                pass

    return run


def _mynah(app: App, screen: Silent, text: str) -> Callable[[], Awaitable[None]]:
    request = Request(command="speak", values={"text": text, "voice": VOICE})

    async def run() -> None:
        answer = await app.desk.ask(HOST, request)
        if isinstance(answer, Reply):
            raise RuntimeError(answer.text)
        await screen.wait()

    return run


def _naive(program: str, text: str, folder: Path) -> Callable[[], Awaitable[None]]:
    target = folder / "naive.wav"

    async def run() -> None:
        process = await asyncio.create_subprocess_exec(program, "-v", VOICE, "-w", str(target), text)
        if await process.wait() != 0:
            raise RuntimeError(f"{program} failed")

    return run
