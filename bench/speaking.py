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

While espeak speaks, others take the processor's caches, and what comes after it costs more; and a difference of two
large numbers is uncertain. So both are measured once more with the sound there already, which leaves what is not
espeak's.

Every way keeps what it makes, each text in a file of its own, as whoever answers several people has to. To write over
one file again and again costs less: its memory is there already, where a virtual machine's host has to bring it first.
And all keep it in one folder's folders. Before ext4 makes a file, it looks at each that was deleted within some minutes
in the same part of its disk, which after a suite of tests takes .2 ms and more; a folder's folders are mostly
in one part, so that it takes everybody the same.
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
from dataclasses import dataclass, fields
from functools import partial
from itertools import count, islice, product
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.measure import Case, table, take_turns
from bench.queueing import BARE, BARE_ROW
from bot.app import App
from bot.cli_adapter.terminal import HOST, Terminal
from bot.config import load
from commands.core.reply import Reply
from commands.core.request import Request
from commands.core.threads import off_loop
from engine import take
from engine.espeak_engine import EspeakEngine
from engine.espeak_library import Speech, espeak_library
from engine.fingerprint import WavFingerprinter
from engine.mastering import Line, Mix, master
from engine.speech import Utterance
from storage import disk
from storage.clock import SystemClock
from storage.database import Database, Transaction
from storage.migrations import migrate

DATA = "data"
"""The folder in which everybody makes files."""
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
COLOURS = (
    *("black", "white", "brown", "green", "amber", "ivory", "mauve", "beige", "azure", "lilac", "ebony", "khaki"),
    *("coral", "peach", "olive", "sepia", "umber", "taupe"),
)
ANIMALS = ("horse", "tiger", "camel", "zebra", "otter", "whale", "eagle", "raven", "goose", "mouse", "sheep", "llama")
TEXTS = {length: form.format("quick brown fox") for length, form in FORMS.items()}
"""One of each."""
VOICE = "en-us"
HALF = len(COLOURS) * len(COLOURS) * len(ANIMALS) // 2
"""How many texts of a form one case of Mynah may take, and another may not."""
Run = Callable[[], Awaitable[None]]
"""Does it once."""


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


class Ready:
    """espeak's way to say a text, which `before` what is to be measured has the sound already."""

    def __init__(self, say: Callable[..., Speech]) -> None:
        """Take the way in which espeak says one."""
        self._say = say
        self._is_ready = False
        self._said: dict[int, Speech] = {}

    def __call__(self, text: str, **how: Any) -> Speech:
        """Say a text, or hand out what was said for another one of its length."""
        if not self._is_ready:
            return self._say(text, **how)
        if len(text) not in self._said:
            self._said[len(text)] = self._say(text, **how)
        said = self._said[len(text)]
        return Speech(bytearray(said.pcm), said.events)

    def before(self, run: Run) -> Run:
        """Make what does the same with the sound there already."""

        async def ready() -> None:
            self._is_ready = True
            try:
                await run()
            finally:
                self._is_ready = False

        return ready


@dataclass(frozen=True, kw_only=True)
class Ways:
    """What answers texts of one length, each in its way, and what belongs to it."""

    alone: Case
    """The engine."""
    mynah: Case
    """All of Mynah."""
    file: Case
    """Mynah's part that grows with the sound."""
    later: Case
    """What Mynah does when nobody waits."""
    least: Case
    """What no answer can do without."""
    mynah_ready: Case
    """All of Mynah, the sound being there."""
    least_ready: Case
    """What no answer can do without, the sound being there."""
    naive: Case | None
    """The program; None where it is not installed."""

    def all(self) -> list[Case]:
        """Return them in the order of the table."""
        cases = (getattr(self, each.name) for each in fields(self))
        return [case for case in cases if case is not None]


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    loaded = load(None, {"MYNAH_DATA": str(folder / DATA), "MYNAH_ENGINE__NAME": "espeak"})
    engine = EspeakEngine()
    engine.open()
    screen = Silent()
    ready = Ready(espeak_library().say)
    gc.disable()  # as `bot.__main__` begins; what the start makes is then looked through no more
    async with App.open(loaded, make=[lambda desk: Terminal(loaded.data, screen)]) as app, _bare(folder) as database:
        tables = []
        with patch.object(espeak_library(), "say", ready):
            for length, form in FORMS.items():
                first, second = (
                    partial(mynah, app, screen, islice(texts(form), begin, begin + HALF)) for begin in (0, HALF)
                )
                ways = Ways(
                    alone=_case("engine alone, in process", alone(engine, form)),
                    mynah=_case("Mynah, asked to delivered", first(), app.sounds.settle),
                    file=_case("of that: the file alone", _file(engine, TEXTS[length], folder)),
                    later=_case("later, when idle: to know it again", _known(engine, TEXTS[length], folder)),
                    least=_case("the least that answers durably", _least(engine, form, database, folder)),
                    mynah_ready=_case("Mynah, the sound being there", ready.before(second()), app.sounds.settle),
                    least_ready=_case(
                        "the least, the sound being there", ready.before(_least(engine, form, database, folder))
                    ),
                    naive=_naive(form, folder),
                )
                await take_turns(ways.all(), turns)
                tables.append(_table(length, ways))
    note = "" if ways.naive else "\n\nThe espeak-ng program is not installed here: no naive way to compare with."
    return "\n\n".join(tables) + note


def _case(name: str, run: Run, settle: Run | None = None) -> Case:
    return Case(name=name, run=run, repeats=50, settle=settle)


def _table(length: int, ways: Ways) -> str:
    engine, least, whole = ways.alone.cpu, ways.least.cpu, (ways.alone, ways.mynah, ways.least, ways.naive)
    own = f"<= {OWN:g} ms above the least"
    floors = {ways.mynah.name: f"< 1 x naive, {own}", ways.mynah_ready.name: own}
    rows = []
    for case in ways.all():
        bases = (engine, least) if case in whole else (0.0, ways.least_ready.cpu)
        above = ["" if case in (ways.file, ways.later) else f"{(case.cpu - base) * 1e3:+.2f}" for base in bases]
        ratio = f"{case.cpu / ways.naive.cpu:.2f} x" if ways.naive and case in whole else ""
        took = (f"{case.cpu * 1e3:.2f}", f"{case.wall * 1e3:.2f}")
        rows.append((case.name, *took, *above, ratio, floors.get(case.name, "")))
    head = ("case", "CPU ms", "wall ms", "above the engine", "above the least", "to naive", "floor")
    return table(f"About {length} characters ({len(TEXTS[length])}) to WAV", head, rows)


def texts(form: str) -> Iterator[str]:
    """Yield a text, no two times with the same words in its gap; for every case the same ones."""
    for colour, other, animal in product(COLOURS, COLOURS, ANIMALS):
        yield form.format(f"{colour} and {other} {animal}")


def own_files(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    """Yield a file that is not there yet, every time."""
    here = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder / DATA))
    return (here / f"{number}.{suffix}" for number in count())


def alone(engine: EspeakEngine, form: str) -> Run:
    """Make what has the engine alone say texts of that form, as many sentences at once as Mynah gives it."""
    given = texts(form)

    async def run() -> None:
        utterance = Utterance(text=next(given), engine="espeak", speaker=VOICE)
        for _ in engine.synthesize([utterance], lambda row: False):
            pass

    return run


def mynah(app: App, screen: Silent, given: Iterator[str], **values: object) -> Run:
    """Make what asks Mynah for one text after another, and waits until it is delivered."""

    async def run() -> None:
        request = Request(command="speak", values={"text": next(given), "voice": VOICE, **values})
        answer = await app.desk.ask(HOST, request)
        if isinstance(answer, Reply):
            raise RuntimeError(answer.text)
        await screen.wait()

    return run


def _file(engine: EspeakEngine, text: str, folder: Path) -> Run:
    """Make what masters a sound and writes its file: hashed, and seen to the disk."""
    line = Line(utterance=Utterance(text=text, engine="espeak", speaker=VOICE))
    ((_, audio),) = engine.synthesize([line.utterance], lambda row: False)
    files = own_files(folder, "alone", "wav")

    async def run() -> None:
        take.write(next(files), [master(audio, line, Mix())])

    return run


def _known(engine: EspeakEngine, text: str, folder: Path) -> Run:
    """Make what works out by what a sound is known again, from its file."""
    line = Line(utterance=Utterance(text=text, engine="espeak", speaker=VOICE))
    ((_, audio),) = engine.synthesize([line.utterance], lambda row: False)
    file = take.write(next(own_files(folder, "known", "wav")), [master(audio, line, Mix())]).path

    def know() -> None:
        with file.open("rb") as made:
            WavFingerprinter(made).finish()

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


def _least(engine: EspeakEngine, form: str, database: Database, folder: Path) -> Run:
    """Make what answers a text durably and does nothing else."""
    given, folder = texts(form), Path(tempfile.mkdtemp(prefix="least-", dir=folder / DATA))

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


def _naive(form: str, folder: Path) -> Case | None:
    """Make what starts the program for every text; None where it is not installed."""
    files, given = own_files(folder, "naive", "wav"), texts(form)
    if (program := shutil.which("espeak-ng")) is None:
        return None

    async def run() -> None:
        command = [program, "-v", VOICE, "-w", str(next(files)), next(given)]
        subprocess.run(command, check=True)  # noqa: ASYNC221  # uvloop's way to start a program costs more than Python's

    return Case(name="naive: the espeak-ng program", run=run, repeats=20)
