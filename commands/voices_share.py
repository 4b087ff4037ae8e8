"""/voices share: who may use a voice besides its owner.

/voices share Ada here        Everyone in The Aviary can use Ada now. You agreed to: "I agree that …"
/voices share Ada everyone    Everyone who uses this Mynah can use Ada now, wherever they are.
/voices share Ada nobody      Ada is for you alone again.

How far it goes depends on who has agreed, and how:

- One's own voice, agreed to aloud, may go anywhere: whose it is decides it themselves, and can take it back.
- Somebody else's voice goes no further than one place. They agreed to a copy that the one who asked them has; they
  know that person and may know the place, but nobody has asked them whether strangers may speak as them. Who wants
  everybody to have their voice makes it on their own account, and shares it there.
- A voice for which a box was ticked goes no further than one place either: nobody has listened to whose it is, and
  those who are there know the one who says so.
- For what the host has vouched the host answers, and so decides.

Refused are also voices that cannot speak yet, and 'here' where there are only the two of us.
"""

from __future__ import annotations

import enum

from commands.core.building import own_voice
from commands.core.casting import named
from commands.core.command import command
from commands.core.consenting import OwnVoice
from commands.core.context import Context
from commands.core.errors import Refused
from commands.core.reply import Action, Reply
from commands.core.voice_words import facts
from engine.text.hygiene import clean
from storage import clones, consents, voices
from storage.database import Transaction
from storage.voices import Voice


class Whom(enum.Enum):
    """Who may use a voice."""

    NOBODY = "nobody"
    """Its owner alone."""
    HERE = "here"
    """Everyone in the place where it is asked."""
    EVERYONE = "everyone"
    """Everyone whom this Mynah knows."""


ANYWHERE = frozenset({"spoken", "host-own", "host-given"})
"""The rules under which a voice may be shared with everyone."""


class TooFar(Refused):
    """{name} can be shared with one place only: {why} Share it here: /voices share name={name} whom=here"""


@command("voices", "share", private=True)
async def share_voice(ctx: Context, name: OwnVoice, whom: Whom) -> Reply:
    """Let others use a voice of yours, or nobody any more.

    Args:
        name: Which of your voices.
        whom: nobody but you, everyone here, or everyone who uses this Mynah.
    """

    def change(tx: Transaction) -> tuple[Voice, str]:
        voice = own_voice(tx, ctx, name)
        if whom is not Whom.NOBODY:
            _check(tx, ctx, voice, whom)
        place_id = ctx.asker.place.id if whom is Whom.HERE else None
        visibility = {Whom.NOBODY: "private", Whom.HERE: "place", Whom.EVERYONE: "public"}[whom]
        clones.share(tx, voice.id, visibility, place_id)  # type: ignore[arg-type]  # the three of Visibility
        changed = voices.get(tx, voice.id)
        assert changed is not None, f"voice {voice.id} was shared just now"
        return changed, _statement(tx, voice)

    voice, agreed = await ctx.commit(change)
    lines = [_said(ctx, voice, whom)]
    if agreed and whom is not Whom.NOBODY:
        lines.append(f"{'You' if voice.spoken_by == ctx.asker.user_id else 'Whose voice it is'} agreed to: {agreed}")
    stop = Action(label="Keep it to myself", command="voices share", values={"name": voice.name, "whom": "nobody"})
    return Reply(
        text="\n".join(lines),
        private=True,
        actions=() if whom is Whom.NOBODY else (stop,),
        data=facts(voice, ctx),
    )


def _check(tx: Transaction, ctx: Context, voice: Voice, whom: Whom) -> None:
    """Refuse to share what cannot speak, or further than was agreed to."""
    if voice.status != "ready":
        named(tx, ctx, voice.name)  # says what is missing
    if whom is Whom.HERE and ctx.asker.place.kind == "direct":
        raise Refused(
            "Here are only the two of us. Ask in the server or the group in which {name} is to be shared.",
            name=voice.name,
        )
    if whom is Whom.EVERYONE and voice.consent not in ANYWHERE:
        why = (
            "it is the voice of somebody else, who agreed to a copy for you."
            if voice.consent == "given"
            else "a box was ticked for it, and nobody has listened to whose voice it is."
        )
        raise TooFar(name=voice.name, why=why)


def _said(ctx: Context, voice: Voice, whom: Whom) -> str:
    if whom is Whom.NOBODY:
        return f"{voice.name} is for you alone again. What others had said with it is theirs."
    if whom is Whom.EVERYONE:
        return f"Everyone who uses this Mynah can use {voice.name} now, wherever they are."
    place = " ".join(clean(ctx.asker.place.name).split())[:60]
    return f"Everyone in {place or 'this place'} can use {voice.name} now."


def _statement(tx: Transaction, voice: Voice) -> str:
    """What the person whose voice it is has agreed to, in its words and with its version."""
    granted = (each for each in consents.of_voice(tx, voice.id) if each.status == "granted")
    return next((f"\u201c{each.statement}\u201d" for each in granted), "")
