"""What a request on Discord and on Telegram takes, against two floors on the same library.

One floor sends a fixed sound: what the platform alone takes. The other says each text with the same engine in a
thread, and remembers nothing: what is above it is the price of being durable, fair and metered.

Each bot runs in a process of its own; the platform's stand-in, and the people on it, in this one. One person asks one
thing after another; then fifty ask at once. The bots take turns, so that a busy minute hits all of them. How long a
bot's event loop was held is told twice: on the clock, where a busy machine counts too, and in CPU seconds of the
loop's own thread. Mynah runs on the loop on which it is served; the floors on Python's own, as who writes a bot by
their libraries' first pages has it.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol

from bench.measure import table
from bot.demo.discord.server import DiscordServer
from bot.demo.telegram.server import TelegramServer
from engine.espeak_engine import EspeakEngine
from engine.mastering import Line, Mix, master
from engine.speech import Format, Utterance
from engine.take import Target, write

SAID = "Hello, I am Mynah, and this is number {number}."
BOTS = ("fixed", "saying", "mynah")
"""Two floors, and what is measured."""
PEOPLE = 50
ALONE, EACH = 50, 3
"""How much one person asks in a turn, and then how much each of fifty."""
WARM = 10
"""How much is asked before anything is measured."""
GUILDS, FEW_GUILDS = 2_500, 50
"""How many servers a bot is in; how many where each case gets a single turn only, to see that it runs."""
LONG = "It was a bright cold day in April, and the clocks were striking thirteen. " * 120
"""A text that is spoken all the while, for the event loop to be held by."""
FREE = {
    "MYNAH_QUOTA__GENERATIONS_DAY": "unlimited",
    "MYNAH_QUOTA__GENERATIONS_MONTH": "unlimited",
    "MYNAH_QUOTA__CHARACTERS_DAY": "unlimited",
    "MYNAH_QUOTA__CHARACTERS_MONTH": "unlimited",
    "MYNAH_QUOTA__SECONDS_DAY": "unlimited",
    "MYNAH_QUOTA__SECONDS_MONTH": "unlimited",
    "MYNAH_QUOTA__BYTES": "unlimited",
    "MYNAH_FILES__LEAST_FREE_MB": "1",
    "MYNAH_ENGINE__NAME": "espeak",
    "MYNAH_MYNAH__LOG_LEVEL": "warning",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a person saw of one request."""

    acknowledged: float
    """Seconds until the first answer."""
    delivered: float
    """Seconds until the sound was there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What a load took."""

    heard: Sequence[Heard]
    """What the people saw."""
    seconds: float
    """On the clock, as a whole."""
    cpu: float
    """CPU seconds of the bot, as a whole."""
    late_ms: float
    """How late its event loop was at the most."""
    held_ms: float
    """The most CPU that its event loop's thread spent between two looks."""

    @property
    def acknowledged(self) -> float:
        """The median of the time until the first answer, in ms."""
        return statistics.median(each.acknowledged for each in self.heard) * 1e3

    @property
    def delivered(self) -> float:
        """The median of the time until the sound is there, in ms."""
        return statistics.median(each.delivered for each in self.heard) * 1e3

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.heard) / self.seconds

    @property
    def each(self) -> float:
        """The CPU of a request, in ms."""
        return self.cpu / len(self.heard) * 1e3


class Platform(Protocol):
    """A stand-in with people on it."""

    name: str

    @property
    def env(self) -> Mapping[str, str]:
        """What a bot needs to know to be on it."""

    async def ask(self, person: int, text: str) -> Heard:
        """Have a person ask for something and wait until they hear it."""


class OnDiscord:
    """Fifty people in one server."""

    name = "discord"

    def __init__(self, server: DiscordServer) -> None:
        self.env = {
            "MYNAH_DISCORD__TOKEN": server.token,
            "MYNAH_DISCORD__API_BASE": server.api_base,
            "MYNAH_DISCORD__GATEWAY_URL": server.gateway_url,
        }
        guild = server.guild("Bench")
        self._channel = guild.channel
        self._people = [guild.person(f"Person {number}") for number in range(PEOPLE)]

    async def ask(self, person: int, text: str) -> Heard:
        """Send /speak and wait for the file."""
        exchange = await self._people[person].slash(self._channel, "speak", text=text)
        acknowledged = await exchange.acknowledged(within=60)
        await exchange.answer(with_file=True, within=120)
        return Heard(acknowledged=acknowledged, delivered=exchange.age)


class OnTelegram:
    """Fifty people, each in their private chat."""

    name = "telegram"

    def __init__(self, server: TelegramServer) -> None:
        self.env = {
            "MYNAH_TELEGRAM__TOKEN": server.token,
            "MYNAH_TELEGRAM__BASE_URL": server.base_url,
            "MYNAH_TELEGRAM__BASE_FILE_URL": server.base_file_url,
        }
        self._people = [server.person(f"Person {number}") for number in range(PEOPLE)]

    async def ask(self, person: int, text: str) -> Heard:
        """Send a text and wait for the voice message."""
        chat, begun = self._people[person].private, time.perf_counter()
        sent = await self._people[person].says(chat, text)
        await chat.answer(after=sent, kind="voice", within=120)
        took = time.perf_counter() - begun
        return Heard(acknowledged=took, delivered=took)


async def measure(folder: Path, turns: int) -> str:
    """Measure and return the tables."""
    sounds = {"discord": _sound(folder, Format.WAV), "telegram": _sound(folder, Format.OPUS)}
    tables = [await _side_by_side(name, folder, sound, turns) for name, sound in sounds.items()]
    guilds = FEW_GUILDS if turns == 1 else GUILDS
    tables += [await _busy(folder / "busy"), await _many(folder / "many", sounds["discord"], guilds)]
    return "\n\n".join(tables)


async def _side_by_side(name: str, folder: Path, sound: Path, turns: int) -> str:
    """Have each bot on a platform of its own, and let them take turns."""
    rounds: dict[str, tuple[list[Round], list[Round]]] = {kind: ([], []) for kind in BOTS}
    numbers = count()
    async with AsyncExitStack() as running:
        there: dict[str, tuple[Platform, Process]] = {}
        for kind in BOTS:
            platform = await running.enter_async_context(_platform(name))
            bot = await running.enter_async_context(_bot(kind, platform, folder / f"{name}-{kind}", sound))
            await _one(platform, 0, numbers, WARM)
            there[kind] = platform, bot
        for _ in range(turns):
            for kind, (platform, bot) in there.items():
                rounds[kind][0].append(await _round(bot, partial(_one, platform, 0, numbers, ALONE)))
            for kind, (platform, bot) in there.items():
                rounds[kind][1].append(await _round(bot, partial(_crowd, platform, numbers)))
    return _told(name, {kind: (_joined(alone), _joined(crowd)) for kind, (alone, crowd) in rounds.items()})


@asynccontextmanager
async def _platform(name: str) -> AsyncIterator[Platform]:
    if name == "discord":
        async with DiscordServer() as discord:
            yield OnDiscord(discord)
    else:
        async with TelegramServer() as telegram:
            yield OnTelegram(telegram)


@asynccontextmanager
async def _bot(kind: str, platform: Platform, folder: Path, sound: Path) -> AsyncIterator[Process]:
    """Run a bot on a platform until the block is left."""
    await asyncio.to_thread(folder.mkdir, parents=True)
    env = {**os.environ, **FREE, **platform.env, "MYNAH_DATA": str(folder / "data"), "BENCH_SOUND": str(sound)}
    argv = [sys.executable, "-m", "bench.chat_bot", kind, platform.name]
    bot = await asyncio.create_subprocess_exec(*argv, stdin=PIPE, stdout=PIPE, env=env, cwd=Path(__file__).parents[1])
    assert bot.stdout is not None and bot.stdin is not None
    try:
        async with asyncio.timeout(60):
            while (line := await bot.stdout.readline()) != b"ready\n":
                assert line, f"the {kind} bot ended before it was ready"
        yield bot
    finally:
        bot.stdin.close()
        try:
            await asyncio.wait_for(bot.wait(), 30)
        except TimeoutError:
            bot.kill()
            await bot.wait()


async def _tell(bot: Process) -> dict[str, float]:
    """Ask a bot what it took since it was asked last."""
    assert bot.stdout is not None and bot.stdin is not None
    bot.stdin.write(b"\n")
    await bot.stdin.drain()
    told: dict[str, float] = json.loads(await bot.stdout.readline())
    return told


async def _one(platform: Platform, person: int, numbers: Iterator[int], times: int) -> list[Heard]:
    """Let a person ask one thing after another; nothing is said twice, for that comes back without being said."""
    return [await platform.ask(person, SAID.format(number=next(numbers))) for _ in range(times)]


async def _crowd(platform: Platform, numbers: Iterator[int]) -> list[Heard]:
    """Let all people ask at once."""
    heard = await asyncio.gather(*(_one(platform, person, numbers, EACH) for person in range(PEOPLE)))
    return [each for some in heard for each in some]


async def _round(bot: Process, load: Callable[[], Awaitable[list[Heard]]]) -> Round:
    await _tell(bot)
    begun = time.perf_counter()
    heard = await load()
    seconds = time.perf_counter() - begun
    told = await _tell(bot)
    return Round(heard=heard, seconds=seconds, cpu=told["cpu"], late_ms=told["late_ms"], held_ms=told["held_ms"])


def _joined(rounds: Sequence[Round]) -> Round:
    return Round(
        heard=[heard for each in rounds for heard in each.heard],
        seconds=sum(each.seconds for each in rounds),
        cpu=sum(each.cpu for each in rounds),
        late_ms=max(each.late_ms for each in rounds),
        held_ms=max(each.held_ms for each in rounds),
    )


def _told(name: str, rounds: Mapping[str, tuple[Round, Round]]) -> str:
    one, many = rounds["mynah"]
    floors = [each for kind, each in rounds.items() if kind != "mynah"]
    rows = []
    for kind, (alone, crowd) in rounds.items():
        own = kind == "mynah"
        times = " / ".join(f"{alone.delivered / floor.delivered:.2f}" for floor, _ in floors) + " x (<= 2)"
        share = " / ".join(f"{crowd.rate / floor.rate:.0%}" for _, floor in floors) + " (>= 50 %)"
        cpu = f"{alone.each:.1f} / {crowd.each:.1f}"
        held = f"{max(alone.held_ms, crowd.held_ms):.0f} / {max(alone.late_ms, crowd.late_ms):.0f}"
        waits = (f"{alone.acknowledged:.1f}", f"{alone.delivered:.1f}", times if own else "")
        rows.append((kind, *waits, cpu, f"{crowd.rate:.0f}", share if own else "", held))
    head = (
        "bot", "acknowledged, ms", "delivered, ms", "to fixed / saying", "CPU ms each, alone / at once",
        f"{PEOPLE} at once, a second", "to fixed / saying", "loop held, CPU / clock ms",
    )  # fmt: skip
    title = f"{name.capitalize()}: one person {len(one.heard)} times, {PEOPLE} people {len(many.heard)} times"
    return table(title, head, rows)


async def _busy(folder: Path) -> str:
    """How long the loop is held while a long text is spoken beside others."""
    async with _platform("discord") as platform, _bot("mynah", platform, folder, folder) as bot:
        await platform.ask(0, SAID.format(number=0))
        long = asyncio.create_task(platform.ask(1, LONG[:5_900]))
        done = await _round(bot, lambda: _while(long, platform))
    rows = [("mynah", f"{done.held_ms:.0f}", f"{done.late_ms:.0f}", "<= 50")]
    return table(
        f"A text of {len(LONG[:5_900]):,} characters while {len(done.heard) - 1} others are spoken",
        ("bot", "longest hold of the loop, CPU ms", "on the clock, ms", "floor"),
        rows,
    )


async def _while(long: asyncio.Task[Heard], platform: Platform) -> list[Heard]:
    heard: list[Heard] = []
    while not long.done():
        heard.append(await platform.ask(2, SAID.format(number=len(heard) + 1)))
    return [*heard, await long]


async def _many(folder: Path, sound: Path, guilds: int) -> str:
    """What many servers take of memory."""
    rows = []
    for kind in ("fixed", "mynah"):
        async with DiscordServer() as server:
            server.crowd(guilds - 1)  # that of the people is one more, and a connection takes no more than 2,500
            platform = OnDiscord(server)
            async with _bot(kind, platform, folder / kind, sound) as bot:
                await platform.ask(0, SAID.format(number=0))
                rows.append((kind, f"{(await _tell(bot))['mib']:.0f}"))
    return table(f"Memory with {guilds:,} Discord servers", ("bot", "MiB"), rows)


def _sound(folder: Path, format: Format) -> Path:
    """Make the sound that a floor sends: what Mynah would say."""
    engine = EspeakEngine()
    engine.open()
    line = Line(utterance=Utterance(text=SAID.format(number=12), engine="espeak", speaker="en-us"))
    ((_, audio),) = engine.synthesize([line.utterance], lambda row: False)
    engine.close()
    return write(folder / f"floor.{format.suffix}", [master(audio, line, Mix())], Target(format=format)).path
