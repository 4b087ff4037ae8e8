"""/voices similar: which voices sound most like one, among those that one may use.

/voices similar Ada     Most like Ada: Grandma, yours, .83 · Bob, .61 · …; a stranger has about .63.

Only voices that were made from recordings can be compared: the built-in ones have no print.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from commands.core.casting import cast, named
from commands.core.command import command
from commands.core.context import Context
from commands.core.errors import Refused
from commands.core.params import VoiceName
from commands.core.reply import Action, Reply
from commands.core.voice_words import facts, is_mine, likeness
from engine.identity.thresholds import STRANGER
from storage import clones, recordings
from storage.database import Transaction
from storage.likeness import Alike
from storage.voices import Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 10
"""How many voices are told."""


class NotComparable(Refused):
    """{name} was not made from recordings, so nothing compares with it. Name a voice that was: /clone makes one."""


@command("voices", "similar")
async def similar_voices(ctx: Context, name: VoiceName = "") -> Reply:
    """Find the voices that sound most like one, among those that you may use.

    Args:
        name: Which voice; the one that speaks for you where you name none.
    """

    def look(tx: Transaction) -> tuple[Voice, list[Alike]]:
        own = clones.own(tx, ctx.asker.user_id, name) if name else None
        voice = own or (named(tx, ctx, name) if name else cast(tx, ctx, ""))
        found = _print(tx, voice)
        if found is None:
            raise NotComparable(name=voice.name)
        vector, model = found
        asker = ctx.asker
        near = ctx.host.likeness.nearest(
            tx, vector, model=model, user_id=asker.user_id, place_id=asker.place.id, n=MOST, but=voice.id
        )
        return voice, near

    voice, near = await ctx.read(look)
    return Reply(
        text=_told(ctx, voice, near),
        data={"name": voice.name},
        items=tuple({**facts(each.voice, ctx), "similarity": round(each.similarity, 3)} for each in near),
        actions=tuple(
            Action(
                label=f"Hear {each.voice.name}", command="voices preview", values={"name": each.voice.name}, handy=True
            )
            for each in near[:3]
        ),
        private=is_mine(voice, ctx),
    )


def _print(tx: Transaction, voice: Voice) -> tuple[NDArray[np.float32], str] | None:
    """Return how a voice sounds, as numbers, and what computed them: of its best recording, as its speaker has it."""
    import numpy as np

    known = [each for each in recordings.of_voice(tx, voice.id) if each.embedding and each.model]
    best = max(known, key=lambda each: (each.score or 0.0, -each.id), default=None)
    if best is None or best.embedding is None or best.model is None:
        return None
    return np.frombuffer(best.embedding, "<f4").astype(np.float32), best.model


def _told(ctx: Context, voice: Voice, near: Sequence[Alike]) -> str:
    if not near:
        return f"There is no other voice that you may use and that can be compared with {voice.name}."
    lines = [f"Most like {voice.name}; a stranger's voice has about {likeness(STRANGER)}:"]
    for each in near:
        whose = "yours" if is_mine(each.voice, ctx) else ""
        lines.append(" · ".join(part for part in (each.voice.name, whose, likeness(each.similarity)) if part))
    return "\n".join(lines)
