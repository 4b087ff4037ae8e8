"""Commands for tests: they take files, stumble, refuse, wait and write, as they are told."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from pathlib import Path

from commands.core.command import Audience, Command, Lane, command
from commands.core.context import Context, Inquiry, JobContext
from commands.core.errors import Failed
from commands.core.params import Attachment, Text
from commands.core.quote import Quote
from commands.core.reply import FileRef, Reply
from storage import audit
from storage.metrics import Charge, Metric


async def _one(inquiry: Inquiry, **values: object) -> Quote:
    return Quote(charges=(Charge(metric=Metric.GENERATIONS, amount=1),))


class Tricks:
    """The commands, and what is seen of them."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        """The jobs that began to wait, in order."""
        self.go_on = asyncio.Event()
        """What they wait for."""

    def all(self) -> dict[str, Command]:
        """Every command, by name."""
        found = (
            command("trick", "copy", lane=Lane.SOON, quote=_one)(copy),
            command("trick", "stumble", lane=Lane.NOW, quote=_one)(stumble),
            command("trick", "refuse", lane=Lane.NOW, quote=_one)(refuse),
            command("trick", "fill", lane=Lane.NOW, quote=_one)(fill),
            command("trick", "vanish", lane=Lane.NOW, quote=_one)(vanish),
            command("trick", "wait", lane=Lane.NOW, quote=_one)(self._wait),
            command("trick", "note")(note),
            command("trick", "break")(break_down),
            command("trick", "own", audience=Audience.OWNERS)(own),
        )
        return {each.name: each for each in found}

    async def _wait(self, ctx: JobContext) -> Reply:
        """Wait until it may go on."""
        self.begun.append(ctx.job_id)
        await self.go_on.wait()
        return Reply(text="Waited.")


async def copy(ctx: JobContext, file: Attachment, second: Attachment | None = None) -> Reply:
    """Give a file back.

    Args:
        file: The file.
        second: Another one.
    """
    ctx.workspace.mkdir()
    refs = []
    for each in filter(None, (file, second)):
        path = ctx.workspace / Path(each.path).name
        await asyncio.to_thread(shutil.copyfile, ctx.host.data / each.path, path)
        refs.append(FileRef(id=0, name=each.name, path=str(path), format="bin", bytes=path.stat().st_size))
    return Reply(text="Here it is.", files=tuple(refs))


async def stumble(ctx: JobContext, times: int = 1) -> Reply:
    """Go wrong a few times first.

    Args:
        times: How often.
    """
    if ctx.attempt <= times:
        raise RuntimeError(f"stumbled at attempt {ctx.attempt}")
    return Reply(text=f"Done at attempt {ctx.attempt}.")


async def refuse(ctx: JobContext) -> Reply:
    """Find out that it cannot be done."""
    ctx.workspace.mkdir()
    (ctx.workspace / "litter").write_text("left behind")
    raise Failed("There is no wind today.")


async def fill(ctx: JobContext) -> Reply:
    """Find the disk full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def vanish(ctx: JobContext) -> Reply:
    """Promise a file that is not there."""
    return Reply(files=(FileRef(id=0, name="a.wav", path=str(ctx.workspace / "gone"), format="wav", bytes=1),))


async def note(ctx: Context, text: Text) -> Reply:
    """Write something down.

    Args:
        text: What.
    """
    await ctx.commit(lambda tx: audit.note(tx, ctx.asker.user_id, ctx.asker.place.id, "note", None, {"text": text}))
    return Reply(text=f"Noted: {text}")


async def break_down(ctx: Context) -> Reply:
    """Meet a fault of our own."""
    raise RuntimeError("a fault of our own")


async def own(ctx: Context) -> Reply:
    """Do what only owners may."""
    return Reply(text="Yes.")
