"""`mynah demo`: a conversation on a stand-in for a platform, on the terminal."""

from __future__ import annotations

import logging

from bot.cli_adapter import streams
from bot.cli_adapter.clean import printable


async def show(platform: str) -> int:
    """Show the conversation, and say where what was said in it lies; return the exit status."""
    from bot.demo import stage

    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    streams.say(f"This is a stand-in for {platform.capitalize()}, on this machine only; it needs no account.\n")
    folder = await stage.show(platform, lambda text: streams.say(printable(text)))
    streams.say(f"\nWhat you have just read was really said; listen to it in {folder}")
    streams.say(f"docs/{platform}.md tells how Mynah gets onto the real one.")
    return 0
