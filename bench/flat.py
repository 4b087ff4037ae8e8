"""What XTTS leaves to others while it speaks: whether memory stays as it is, and how late the event loop is.

Memory is watched while a tiny model of random weights says a thousand sentences: what they are said with does not
matter to that, so it takes a minute in place of an hour.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.selfcheck import Verdict
from engine.speech import Audio, Utterance

if TYPE_CHECKING:
    from bench.xtts import Both
    from engine.coqui_engine.batch import Heard

SENTENCES, WARM = 1000, 200
"""How many sentences are said in all, and after how many everything has been used that is used at all."""
HEARD = 5.0
"""How long a sentence lasts that is listened to, in seconds."""
WORDS = ("river", "lemon", "window", "carpet", "dragon", "silver", "morning", "people")


async def measure(folder: Path, sentences: int = SENTENCES) -> str:
    """Say them, and tell in a line what memory they took, and how late the event loop was meanwhile."""
    if missing := [name for name in ("torch", "TTS") if find_spec(name) is None]:
        return f"Memory was not measured: {missing[0]} is not installed."
    delays: list[float] = []
    watching = asyncio.create_task(watch(delays))
    start = time.perf_counter()
    warm, end = await asyncio.to_thread(_say, folder, sentences)
    watching.cancel()
    taken = time.perf_counter() - start
    late = statistics.quantiles(delays, n=100)[98]
    return (
        f"{sentences:,} sentences by a tiny model in {taken:.0f} s, eight at once: {warm:.0f} MB after "
        f"{min(WARM, sentences)}, {end:.0f} MB after all ({end - warm:+.1f} MB). "
        f"The event loop was at most {1000 * late:.1f} ms late in 99 of 100 (aim: 50)."
    )


async def late(both: Both, users: int, folder: Path) -> float:
    """Tell how late the event loop is in 99 of 100, in seconds, while so many sentences are said and listened to.

    Each is judged as the engine does it, as if it lasted as long as sentences do, so that voices are told apart too.

    Args:
        both: What says them.
        users: How many at once.
        folder: Where the speaker encoder's weights lie or are put.
    """
    import numpy as np

    from engine.coqui_engine.ear import Ear

    ear = Ear(folder)
    delays: list[float] = []
    judged: list[Future[Verdict]] = []

    def hear(heard: Heard) -> None:
        sound = Audio(
            samples=np.resize(heard.samples.numpy(), round(HEARD * both.vocoder.rate)), rate=both.vocoder.rate
        )
        row = Utterance(text=" ".join(WORDS * 2), engine="coqui", speaker="ada")
        judged.append(ear.threads.submit(ear.judge, row, sound, "en", None))

    watching = asyncio.create_task(watch(delays))
    await asyncio.to_thread(both.together, users, hear)
    for each in judged:
        await asyncio.wrap_future(each)
    watching.cancel()
    ear.close()
    return statistics.quantiles(delays, n=100)[98]


async def watch(delays: list[float]) -> None:
    """Note how late the event loop is, over and over, in seconds."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.005)
        delays.append(time.perf_counter() - start - 0.005)


def resident_mb() -> float:
    """How much memory this process has, in MB; 0 where the system does not tell (Linux does)."""
    try:
        told = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmRSS:")) / 1000


def _say(folder: Path, sentences: int) -> tuple[float, float]:
    """Return the memory after some sentences, and after all, in MB."""
    from tests.engine.coqui_engine.tiny_engine import TinyCoqui  # the model that tests make for themselves

    engine = TinyCoqui()
    engine.home, engine.retakes = folder, 0
    engine.open()
    said, warm = 0, 0.0
    coming = _utterances(engine.speakers()[0].key, sentences)

    def more(room: int) -> Sequence[Utterance]:
        return [each for _, each in zip(range(room), coming, strict=False)]

    for _, made in engine.synthesize_more(more(engine.abilities().batch), lambda row: False, more):
        assert isinstance(made, Audio), made
        said += 1
        if said == min(WARM, sentences):
            warm = resident_mb()
    assert said == sentences, f"{said} of {sentences} were said"
    end = resident_mb()
    engine.close()
    return warm, end


def _utterances(speaker: str, count: int) -> Iterator[Utterance]:
    """Sentences that differ in length."""
    for number in range(count):
        words = (WORDS[(number + place) % len(WORDS)] for place in range(1 + number % 7))
        yield Utterance(text=f"{' '.join(words)}.", engine="coqui", speaker=speaker)
