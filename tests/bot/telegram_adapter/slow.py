"""A command that takes as long as a test wants."""

from __future__ import annotations

import asyncio

from commands.core.command import Command, Lane, command, commands
from commands.core.context import JobContext
from commands.core.reply import Reply


class Slow:
    """The command /slow, which is as far as it is told to be."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        """Set when one of them has begun."""
        self.steps: asyncio.Queue[float] = asyncio.Queue()
        """How far it is to be next, from 0 to 1; at 1 it is done."""

    def every(self) -> dict[str, Command]:
        """All commands there are, and this one."""
        return {**commands(), "slow": command("slow", lane=Lane.NOW)(self._slow)}

    async def _slow(self, ctx: JobContext) -> Reply:
        """Take your time."""
        self.begun.set()
        while (share := await self.steps.get()) < 1:
            ctx.studio._report(share)
        return Reply(text="At last.")
