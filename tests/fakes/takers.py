"""Commands for tests that take recordings as /clone and /consent do, and tell what they were given."""

from __future__ import annotations

import asyncio
import hashlib
import struct
import zlib
from typing import Annotated

from commands.core.command import Command, Lane, command
from commands.core.context import Context, JobContext
from commands.core.params import Attachment, Menu, SoundFile, TextFile
from commands.core.reply import Action, FileRef, Reply
from storage import drafts, places
from storage.database import Transaction

CARD = (1_200, 675)
"""How wide and high the picture is that comes with an answer, in pixels."""


def takers() -> dict[str, Command]:
    """Every command, by name."""
    found = (
        command("clone", lane=Lane.SOON, private=True)(clone),
        command("consent", "own", private=True)(own),
        command("consent", "answer", lane=Lane.SOON, private=True)(answer),
    )
    return {each.name: each for each in found}


async def clone(
    ctx: JobContext,
    name: str,
    recording: Annotated[SoundFile, Menu("Clone this voice")],
    transcript: TextFile | None = None,
) -> Reply:
    """Tell which recording came, with a picture.

    Args:
        name: What the voice is called.
        recording: Somebody who speaks.
        transcript: What is said in it.
    """
    ctx.workspace.mkdir(exist_ok=True)
    picture = ctx.workspace / "card.png"
    picture.write_bytes(png(*CARD))
    said = f", with {await fingerprint(ctx, transcript)}" if transcript else ""
    return Reply(
        text=f"{name}: {await fingerprint(ctx, recording)}{said}",
        private=True,
        files=(FileRef(id=0, name="ada.png", path=str(picture), format="png", bytes=picture.stat().st_size),),
        actions=(Action(label="It is my voice", command="consent own", values={"voice": name}),),
    )


async def own(ctx: Context, voice: str) -> Reply:
    """Ask for a voice message.

    Args:
        voice: Which voice.
    """

    def ask(tx: Transaction) -> None:
        direct = places.ensure(tx, ctx.asker.platform, "direct", "direct", "")
        for place_id in {ctx.asker.place.id, direct.id}:
            drafts.leave(
                tx,
                user_id=ctx.asker.user_id,
                place_id=place_id,
                command="consent answer",
                signature=ctx.host.commands["consent answer"].signature,
                values={"voice": voice},
                missing="recording",
                address={"by": "voice message"},
            )

    await ctx.commit(ask)
    later = Action(label="Not now", command="about")
    return Reply(text="Say this as one voice message: I agree.", private=True, actions=(later,))


async def answer(
    ctx: JobContext, recording: Annotated[SoundFile, Menu("Give as consent")], voice: str = "nobody"
) -> Reply:
    """Tell which answer came.

    Args:
        recording: What was said.
        voice: For which voice.
    """
    return Reply(text=f"Heard for {voice}: {await fingerprint(ctx, recording)}", private=True)


async def fingerprint(ctx: JobContext, file: Attachment) -> str:
    """Tell a file by what is in it."""
    return shown(await asyncio.to_thread((ctx.host.data / file.path).read_bytes))


def shown(content: bytes) -> str:
    """Tell some bytes from others."""
    return hashlib.sha256(content).hexdigest()[:12]


def png(wide: int, high: int) -> bytes:
    """Make a black picture."""
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((wide + 1) * high))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
