"""/voices rename, describe, tag and delete: what people do with the voices that they have made.

/voices rename Ada Grandma     Ada is called Grandma now.
/voices describe Ada warm, a little hoarse
/voices tag Ada warm, radio    Ada is filed under #warm and #radio now; /voices list search=warm finds it.
/voices delete Ada             This removes Ada, its 2 recordings … · Let it go

What is not one's own is refused as what never was. A voice is let go in any state, also while it is being made.
"""

from __future__ import annotations

from typing import Annotated

from commands.core.building import own_voice
from commands.core.clearing import clear, in_use, tell_others
from commands.core.command import command
from commands.core.consenting import OwnVoice
from commands.core.context import Context
from commands.core.errors import Refused, UsageError
from commands.core.labels import tags_of
from commands.core.naming import check_free, checked_name
from commands.core.notices import tell_person
from commands.core.params import Body, Example
from commands.core.reply import BETWEEN_US, Action, Reply
from commands.core.voice_words import facts
from commands.core.words import count, listed
from engine.text.hygiene import clean
from storage import clones, recordings, users, voices
from storage.database import Transaction
from storage.voices import Voice, fold
from storage.withdrawal import Withdrawn, delete, outlived

NONE = "none"
"""What takes a description, or all tags, away."""
LONGEST_NOTES = 500
"""The most characters of a description."""


@command("voices", "rename", private=True)
async def rename_voice(ctx: Context, name: OwnVoice, to: Annotated[str, Example("Grandma")]) -> Reply:
    """Call a voice of yours something else.

    Args:
        name: Which of your voices.
        to: What it is to be called.
    """
    wanted = checked_name(to)

    def change(tx: Transaction) -> tuple[str, Voice]:
        voice = own_voice(tx, ctx, name)
        if fold(wanted) != fold(voice.name):
            check_free(tx, wanted)
        try:
            clones.rename(tx, voice.id, wanted)
        except clones.NameTaken:
            raise Refused("You have a voice called {name} already; choose another name.", name=wanted) from None
        return voice.name, _again(tx, voice)

    before, voice = await ctx.commit(change)
    return Reply(text=f"{before} is called {voice.name} now.", private=True, data=facts(voice, ctx))


@command("voices", "describe", private=True)
async def describe_voice(
    ctx: Context, name: OwnVoice, text: Annotated[str, Body(LONGEST_NOTES), Example("Warm.")]
) -> Reply:
    """Note what is worth knowing about a voice of yours; whoever may use it can read it.

    Args:
        name: Which of your voices.
        text: What there is to know; 'none' takes it away.
    """
    notes = " ".join(clean(text).split())
    if fold(notes) == NONE:
        notes = ""

    def change(tx: Transaction) -> Voice:
        voice = own_voice(tx, ctx, name)
        clones.describe(tx, voice.id, notes)
        return _again(tx, voice)

    voice = await ctx.commit(change)
    said = f"{voice.name}: {voice.notes}" if voice.notes else f"Nothing is noted about {voice.name} any more."
    return Reply(text=said, private=True, data=facts(voice, ctx))


@command("voices", "tag", private=True)
async def tag_voice(ctx: Context, name: OwnVoice, tags: Annotated[str, Example("warm, radio")]) -> Reply:
    """File a voice of yours under some words, in place of those before; lists can be searched for them.

    Args:
        name: Which of your voices.
        tags: Up to ten words, with commas or blanks between; 'none' takes all away.
    """
    wanted = () if fold(tags) == NONE else tags_of(tags)
    if not wanted and fold(tags) != NONE:
        raise UsageError("There is no word in that; 'none' takes all tags away.")

    def change(tx: Transaction) -> Voice:
        voice = own_voice(tx, ctx, name)
        clones.tag(tx, voice.id, wanted)
        return _again(tx, voice)

    voice = await ctx.commit(change)
    if voice.tags:
        under = listed([f"#{tag}" for tag in voice.tags])
        said = f"{voice.name} is filed under {under} now; /voices list search={voice.tags[0]} finds it."
    else:
        said = f"{voice.name} is filed under nothing any more."
    return Reply(text=said, private=True, data=facts(voice, ctx))


@command("voices", "delete", private=True)
async def delete_voice(ctx: Context, name: OwnVoice, confirm: bool = False) -> Reply:
    """Let a voice of yours go, with its recordings and what was learned from them; it cannot be undone.

    Args:
        name: Which of your voices.
        confirm: Whether it is to be done; leave it out to see first what goes.
    """
    if not confirm:
        return await _ask(ctx, name)

    def let_go(tx: Transaction) -> tuple[Voice, Withdrawn]:
        voice = own_voice(tx, ctx, name)
        gone = delete(tx, voice.id, ctx.host.key)
        tell_others(tx, ctx, gone.jobs)
        _tell_lender(tx, ctx, voice)
        return voice, gone

    voice, gone = await ctx.commit(let_go)
    left = await clear(ctx, gone.paths, gone.jobs)
    ctx.host.wake()
    return _receipt(voice, gone, left)


async def _ask(ctx: Context, name: str) -> Reply:
    """Say what goes, and ask."""

    def look(tx: Transaction) -> tuple[Voice, int]:
        voice = own_voice(tx, ctx, name)
        return voice, len(recordings.of_voice(tx, voice.id))

    voice, held = await ctx.read(look)
    goes = ["what was said with it and is kept here"] if voice.is_lent else []
    things = listed([f"{voice.name}, its {count(held, 'recordings')}", "what was learned of it", *goes])
    exported = ", or have exported of it," if outlived(voice) else ""
    stays = "" if goes else f" What you had said with it{exported} stays in /history."
    copy = "first" if outlived(voice) else "first, to be saved elsewhere: what is kept of it here goes, too"
    return Reply(
        text=f"This removes {things}.{stays} It cannot be undone; /voices export name={voice.name} gives you a copy "
        f"{copy}.\nTo do it: /voices delete name={voice.name} confirm=yes",
        private=True,
        actions=(
            Action(label="Let it go", command="voices delete", values={"name": voice.name, "confirm": True}),
            Action(label="Export first", command="voices export", values={"name": voice.name}),
        ),
        data=facts(voice, ctx),
        brief=BETWEEN_US,
    )


def _tell_lender(tx: Transaction, ctx: Context, voice: Voice) -> None:
    """Tell the person whose voice it is that the copy is gone."""
    if voice.spoken_by is None or not voice.is_lent:
        return
    holder = users.get(tx, ctx.asker.user_id)
    who = (holder.name if holder else "")[:60] or "Somebody"
    said = f"{who} has let {voice.name} go, the copy of your voice. It is gone, with everything made from it."
    tell_person(tx, voice.spoken_by, Reply(text=said, private=True, data={"voice": voice.name}, brief=BETWEEN_US))


def _again(tx: Transaction, voice: Voice) -> Voice:
    """The voice as it is now."""
    found = voices.get(tx, voice.id)
    assert found is not None, f"voice {voice.id} was changed just now"
    return found


def _receipt(voice: Voice, gone: Withdrawn, left: int) -> Reply:
    held = gone.rows.get("recordings", 0)
    source = "it" if held == 1 else "them"
    lines = [f"{voice.name} is gone, with its {count(held, 'recordings')} and what was learned from {source}."]
    if gone.files:
        lines.append(f"{count(gone.files, 'files')} in which it spoke went along.")
    if gone.jobs:
        lines.append(f"{count(len(gone.jobs), 'requests')} that would have used it cancelled.")
    lines += in_use(left)
    told = {"name": voice.name, "recordings": held, "files": gone.files, "jobs": len(gone.jobs)}
    return Reply(text=" ".join(lines), private=True, data=told)
