"""What a spoken text costs: through Mynah, the naive way, and by the engine alone.

Through Mynah means the whole way: asked at the desk, queued, claimed, said, filed, put into the outbox and delivered
by the terminal's adapter, as in the chat. The naive way starts the espeak-ng program for every text. The floor is
Mynah's own engine, called directly, its sound thrown away. Of what is above it, the part that grows with the sound is
shown by itself: to make 16 bits of it, hash it, write it and see it to the disk. What is done later, when nobody waits,
is no part of the way and has a row of its own: to work out by what the sound is known if it comes back.

The least that answers durably is that engine with nothing around it but what no answer can do without: a row for what
is asked, committed; a thread for the engine and one for the file; the file hashed, seen to the disk and given its name;
a row for it, committed; and a row that says that it was sent. No person, place, quota, voice, reading, queue, turns,
cancelling, retries, crash or reply: so what Mynah costs above it is what Mynah is.

Every way keeps what it makes, each text in a file of its own, as whoever answers several people has to. To write over
one file again and again costs less: its memory is there already, where a virtual machine's host has to bring it first.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count, product
from pathlib import Path

from bench.measure import Case, table, take_turns
from bench.queueing import BARE, BARE_ROW
from bot.app import App
from bot.cli_adapter.terminal import HOST, Terminal
from bot.config import load
from commands.core.reply import Reply
from commands.core.request import Request
from commands.core.threads import off_loop
from engine import fingerprint, take
from engine.espeak_engine import EspeakEngine
from engine.mastering import Line, Mix, master
from engine.speech import Utterance
from storage import disk
from storage.clock import SystemClock
from storage.database import Database, Transaction
from storage.migrations import migrate

OWN = 3.0
"""The most that Mynah may cost above the least that answers durably, in CPU ms."""
FORMS = {
    60: "The {} jumps over the lazy dog by the bank.",
    400: (
        "The {} jumps over the lazy dog near the river bank. Every morning the old keeper walks down the "
        "stone path, counts the boats in the harbour, and writes the number in a small blue book. He has done so for "
        "thirty years, in rain and in snow, and nobody has ever asked him why. When the last boat leaves, he closes "
        "the book, lights his lamp, and waits for the evening to come again."
    ),
}
"""Each is said with other words in its gap every time: what was said before comes back without being said."""
COLOURS = ("black", "white", "brown", "green", "amber", "ivory", "mauve", "beige", "azure", "lilac", "ebony", "khaki")
ANIMALS = ("horse", "tiger", "camel", "zebra", "otter", "whale", "eagle", "raven", "goose", "mouse", "sheep", "llama")
TEXTS = {length: form.format("quick brown fox") for length, form in FORMS.items()}
"""One of each."""
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
    loaded = load(None, {"MYNAH_DATA": str(folder / "data"), "MYNAH_ENGINE__NAME": "espeak"})
    program = shutil.which("espeak-ng")
    engine = EspeakEngine()
    engine.open()
    screen = Silent()
    gc.disable()  # as `bot.__main__` begins; what the start makes is then looked through no more
    async with App.open(loaded, make=[lambda desk: Terminal(loaded.data, screen)]) as app, _bare(folder) as database:
        tables = []
        for length, form in FORMS.items():
            cases = [
                Case(name="engine alone, in process", run=alone(engine, form), repeats=50),
                Case(
                    name="Mynah, asked to delivered",
                    run=mynah(app, screen, form),
                    repeats=50,
                    settle=app.sounds.settle,
                ),
                Case(name="of that: the file alone", run=_file(engine, TEXTS[length], folder), repeats=50),
                Case(
                    name="later, when idle: to know the sound again",
                    run=_known(engine, TEXTS[length], folder),
                    repeats=50,
                ),
                Case(name="the least that answers durably", run=_least(engine, form, database, folder), repeats=50),
            ]
            if program:
                cases.append(Case(name="naive: the espeak-ng program", run=_naive(program, form, folder), repeats=20))
            await take_turns(cases, turns)
            tables.append(_table(length, cases))
    note = "" if program else "\n\nThe espeak-ng program is not installed here: no naive way to compare with."
    return "\n\n".join(tables) + note


def _table(length: int, cases: list[Case]) -> str:
    alone, mynah, file, later, least, *naive = cases
    rows = []
    for case in cases:
        own, more = ("" if case in (file, later) else f"{(case.cpu - low.cpu) * 1e3:+.2f}" for low in (alone, least))
        ratio = f"{case.cpu / naive[0].cpu:.2f} x" if naive else "?"
        floor = f"< 1 x naive, <= {OWN:g} ms above the least" if case is mynah else ""
        rows.append((case.name, f"{case.cpu * 1e3:.2f}", f"{case.wall * 1e3:.2f}", own, more, ratio, floor))
    head = ("case", "CPU ms", "wall ms", "above the engine", "above the least", "to naive", "floor")
    return table(f"About {length} characters ({len(TEXTS[length])}) to WAV", head, rows)


def texts(form: str) -> Iterator[str]:
    """Yield a text, no two times with the same words in its gap; for every case the same ones."""
    for colour, other, animal in product(COLOURS, COLOURS, ANIMALS):
        yield form.format(f"{colour} and {other} {animal}")


def own_files(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    """Yield a file that is not there yet, every time."""
    here = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    return (here / f"{number}.{suffix}" for number in count())


def alone(engine: EspeakEngine, form: str) -> Callable[[], Awaitable[None]]:
    """Make what has the engine alone say texts of that form, as many sentences at once as Mynah gives it."""
    given = texts(form)

    async def run() -> None:
        utterance = Utterance(text=next(given), engine="espeak", speaker=VOICE)
        for _ in engine.synthesize([utterance], lambda row: False):
            pass

    return run


def mynah(app: App, screen: Silent, form: str, **values: object) -> Callable[[], Awaitable[None]]:
    """Make what asks Mynah for texts of that form, and waits until each is delivered."""
    given = texts(form)

    async def run() -> None:
        request = Request(command="speak", values={"text": next(given), "voice": VOICE, **values})
        answer = await app.desk.ask(HOST, request)
        if isinstance(answer, Reply):
            raise RuntimeError(answer.text)
        await screen.wait()

    return run


def _file(engine: EspeakEngine, text: str, folder: Path) -> Callable[[], Awaitable[None]]:
    """Make what masters a sound and writes its file: hashed, and seen to the disk."""
    line = Line(utterance=Utterance(text=text, engine="espeak", speaker=VOICE))
    ((_, audio),) = engine.synthesize([line.utterance], lambda row: False)
    files = own_files(folder, "alone", "wav")

    async def run() -> None:
        take.write(next(files), [master(audio, line, Mix())])

    return run


def _known(engine: EspeakEngine, text: str, folder: Path) -> Callable[[], Awaitable[None]]:
    """Make what works out by what a sound is known again, from its file."""
    line = Line(utterance=Utterance(text=text, engine="espeak", speaker=VOICE))
    ((_, audio),) = engine.synthesize([line.utterance], lambda row: False)
    file = take.write(next(own_files(folder, "known", "wav")), [master(audio, line, Mix())]).path

    def know() -> None:
        with file.open("rb") as made:
            fingerprint.of_file(made)

    async def run() -> None:
        know()

    return run


@asynccontextmanager
async def _bare(folder: Path) -> AsyncIterator[Database]:
    """Open a database with nothing in it but rows that tell what was asked."""
    clock = SystemClock()
    migrate(folder / "bare.db", [BARE], folder / "copies", clock.now())
    database = await Database.open(folder / "bare.db", clock)
    try:
        yield database
    finally:
        await database.close()


def _least(engine: EspeakEngine, form: str, database: Database, folder: Path) -> Callable[[], Awaitable[None]]:
    """Make what answers a text durably and does nothing else."""
    given, folder = texts(form), Path(tempfile.mkdtemp(prefix="least-", dir=folder))

    def keep(tx: Transaction, text: str) -> int:
        return int(tx.value(f"{BARE_ROW} RETURNING id", text=text, now=tx.now))

    def name(tx: Transaction, made: take.Take, number: int) -> None:
        keep(tx, made.sha256)
        os.replace(made.path, folder / f"{number}.wav")
        disk.sync_folder(folder)

    async def run() -> None:
        line = Line(utterance=Utterance(text=next(given), engine="espeak", speaker=VOICE))
        number = await database.write(lambda tx: keep(tx, line.utterance.text))
        ((_, audio),) = await off_loop(lambda: list(engine.synthesize([line.utterance], lambda row: False)))
        sounds = [master(audio, line, Mix())]
        made = await off_loop(lambda: take.write(folder / f"{number}.part", sounds))
        await database.write(lambda tx: name(tx, made, number))
        await database.note(lambda tx: tx.run("UPDATE bench_orders SET at = 0 WHERE id = :id", id=number))

    return run


def _naive(program: str, form: str, folder: Path) -> Callable[[], Awaitable[None]]:
    files, given = own_files(folder, "naive", "wav"), texts(form)

    async def run() -> None:
        command = [program, "-v", VOICE, "-w", str(next(files)), next(given)]
        subprocess.run(command, check=True)  # noqa: ASYNC221  # uvloop's way to start a program costs more than Python's

    return run
