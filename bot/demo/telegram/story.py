"""A conversation on the stand-in for Telegram: what people write and press, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.demo.telegram.messages import Message
from bot.demo.telegram.server import TelegramServer

PATIENCE = 30.0
"""Seconds that an answer may take."""
LOOK = 0.02
"""Seconds between two looks at whether Mynah is in."""


async def play(server: TelegramServer, folder: Path, say: Callable[[str], None]) -> None:
    """Play it, and leave the files that were sent in `folder`."""
    ada, bob = server.person("Ada", username="ada"), server.person("Bob", username="bob")
    group = server.group("The Aviary", owner=ada, members=[bob])
    for _ in range(round(PATIENCE / LOOK)):
        if server.menus:
            break
        await asyncio.sleep(LOOK)

    say("On Telegram, Bob writes to the bot\n")
    say("Bob   /start")
    _saw(await _answer(await bob.starts()), say)
    say("Bob   Good morning, everybody. I am Mynah.")
    sent = await bob.says(bob.private, "Good morning, everybody. I am Mynah.")
    said = await bob.private.answer(after=sent, kind="voice", within=PATIENCE)
    await _heard(said, folder, say)

    say("Bob   presses [Other voice]")
    await bob.presses(said, "Other voice")
    asked = await bob.private.answer(after=said, within=PATIENCE, where=lambda each: len(each.buttons) > 2)
    _saw(asked, say)
    choice = next((each for each in asked.buttons if each.startswith(("en-gb", "rms"))), asked.buttons[0])
    say(f"Bob   presses [{choice}]")
    await bob.presses(asked, choice)
    await _heard(await bob.private.answer(after=asked, kind="voice", within=PATIENCE), folder, say)

    say('\nIn the group "The Aviary"\n')
    say("Bob   /speak voice=en-gb speed=1.2 And now for all of you.")
    sent = await bob.says(group, "/speak voice=en-gb speed=1.2 And now for all of you.")
    await _heard(await group.answer(after=sent, kind="voice", within=PATIENCE), folder, say)
    say("Bob   /quota_set generations 5000")
    _saw(await _answer(await bob.says(group, "/quota_set generations 5000")), say)
    await _answer(await ada.starts())
    say("Ada   /quota_set generations 500   (the group is hers)")
    _saw(await _answer(await ada.says(group, "/quota_set generations 500")), say)
    say("\nIn Ada's own chat\n")
    _saw(ada.private.seen[-1], say)


async def _answer(sent: Message) -> Message:
    """Wait for what is answered to a message, in its chat."""
    return await sent.chat.answer(after=sent, within=PATIENCE)


async def _heard(message: Message, folder: Path, say: Callable[[str], None]) -> None:
    """Show a sound, and put it into the folder."""
    _saw(message, say)
    if message.file is not None:
        name = f"{message.chat.title}-{message.id}.ogg".lower().replace(" ", "-")
        await asyncio.to_thread((folder / name).write_bytes, message.file.content)


def _saw(message: Message, say: Callable[[str], None]) -> None:
    file = message.file
    lines = [f"      🎤 {file.kind}, {len(file.content):,} bytes"] if file is not None else []
    head, *rest = message.text.split("\n")
    lines = [f"Mynah {head}", *(f"      {line}" for line in rest), *lines]
    lines += ["      " + " ".join(f"[{label}]" for label in row) for row in message.rows]
    say("\n".join(line for line in lines if line.strip() != "Mynah"))
