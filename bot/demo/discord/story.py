"""A conversation on the stand-in for Discord: what people type and press, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.demo.discord.exchange import Exchange
from bot.demo.discord.seen import Seen
from bot.demo.discord.server import DiscordServer

PATIENCE = 30.0
"""Seconds that an answer may take."""
LOOK = 0.02
"""Seconds between two looks at whether Mynah is in."""
ONCE_UPON = "Once upon a time there was a bird who could say anything that it had heard. " * 70
"""A text long enough that somebody thinks better of it."""


async def play(server: DiscordServer, folder: Path, say: Callable[[str], None]) -> None:
    """Play it, and leave the files that were sent in `folder`."""
    guild = server.guild("The Aviary")
    channel = guild.channel
    ada, bob = guild.person("Ada", admin=True), guild.person("Bob")
    for _ in range(round(PATIENCE / LOOK)):
        if any(each["name"] == "speak" for each in server.commands):
            break
        await asyncio.sleep(LOOK)

    say('On Discord, in #general of "The Aviary"\n')
    say("Bob   /speak text: Good morning, everybody. I am Mynah.")
    said = await _heard(await bob.slash(channel, "speak", text="Good morning, everybody. I am Mynah."), folder, say)

    say("Bob   presses [Other voice]")
    menu = await (await bob.press(said, "Other voice")).answer(within=PATIENCE)
    choice = next(label for label in menu.menus[0].options if label.startswith(("en-gb", "rms", "awb")))
    say(f"      {_only(menu)}{menu.content}   [{menu.menus[0].placeholder or 'Choose'} ▾]")
    say(f"Bob   chooses {choice}")
    await _heard(await bob.choose(menu, choice), folder, say)

    say("Bob   /quota show")
    _saw(await (await bob.slash(channel, "quota show")).answer(within=PATIENCE), say)

    say("Bob   /quota set metric: generations limit: 5000")
    _saw(await (await bob.slash(channel, "quota set", metric="generations", limit="5000")).answer(within=PATIENCE), say)

    say("Ada   /quota set metric: generations limit: 500   (she is an admin there)")
    _saw(await (await ada.slash(channel, "quota set", metric="generations", limit="500")).answer(within=PATIENCE), say)

    say("Ada   /speak text: Once upon a time there was a bird …   format: voice")
    told = await ada.slash(channel, "speak", text=ONCE_UPON[:5_900], format="voice")
    line = await told.answer(within=PATIENCE)
    _saw(line, say)
    if "Cancel" in line.labels:
        say("Ada   presses [Cancel]")
        _saw(await (await ada.press(line, "Cancel")).answer(within=PATIENCE), say)


async def _heard(exchange: Exchange, folder: Path, say: Callable[[str], None]) -> Seen:
    """Show what was acknowledged, then the sound, which is put into the folder."""
    first = await exchange.answer(within=PATIENCE)
    if not first.files:
        _saw(first, say)
    last = await exchange.answer(with_file=True, within=PATIENCE)
    _saw(last, say)
    for file in last.files:
        target = folder / file.name
        target = target if not target.exists() else folder / f"{exchange.id[-4:]}-{file.name}"
        await asyncio.to_thread(target.write_bytes, file.data)
    return last


def _saw(seen: Seen, say: Callable[[str], None]) -> None:
    head, *rest = f"{_only(seen)}{seen.content}".split("\n")
    lines = [f"Mynah {head}", *(f"      {line}" for line in rest)]
    lines += [f"      📎 {each.name}, {len(each.data):,} bytes" for each in seen.files]
    if seen.labels:
        lines.append("      " + " ".join(f"[{label}]" for label in seen.labels))
    say("\n".join(lines))


def _only(seen: Seen) -> str:
    return "(only they see it) " if seen.private else ""
