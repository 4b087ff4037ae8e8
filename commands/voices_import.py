"""/voices import: a voice comes back from the file that /voices export has made of it.

/voices import + ada-voice.zip           Ada is back as it was, and speaks: /speak voice=Ada
/voices import + a file from elsewhere   Ada has its recordings. Whose voice it is has to agree before it is made.

Whoever brings a file may have written all of it. So its recordings are looked at as any other, their prints computed
anew, and they all have to be of one person; what an engine has learned is read by that engine's reader. Consent, and
what was learned, count only where this very Mynah has sealed the file, so that nothing in it was changed, and the same
person agreed on the account that brings it: who has taken back a copy of their own voice, and then brings it in, wants
it again. From another Mynah nobody can tell who has agreed; and the person who has lent their voice to somebody has to
be asked again, for meanwhile they may have taken it back.

Refused is whatever is no such file, in words and as a whole: nothing of it is kept then.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from commands.clone import ENGLISH, name_sources, note_recording
from commands.core.building import MADE_IN
from commands.core.cloning import (
    check_able,
    check_allowed,
    check_held,
    check_pace,
    check_room,
    check_same,
    next_steps,
)
from commands.core.command import Audience, Lane, command
from commands.core.context import Inquiry, JobContext
from commands.core.errors import Refused, UsageError
from commands.core.examining import BadRecording, Examined, examine_recording
from commands.core.labels import MOST_TAGS, TAG_LIMIT
from commands.core.moving import Moves
from commands.core.naming import check_free, checked_name
from commands.core.params import Attachment, Example, Kinds
from commands.core.quote import Quote
from commands.core.reply import Action, Reply
from commands.core.standing_in import MADE_OF
from commands.core.threads import off_loop
from commands.core.voice_archive import ENDING, MOST_BYTES, MOST_SAID, BadArchive, Unpacked, unpack
from commands.core.words import count, size
from engine.engine import EngineError, engines
from engine.speech import Speaker
from engine.text.hygiene import clean
from engine.value import value
from storage import clones, consents, files, identities, recordings, speakers, voice_folder, voices
from storage.consents import Evidence
from storage.database import Transaction
from storage.metrics import Charge, Metric
from storage.voices import Voice

if TYPE_CHECKING:
    from commands.core.voice_record import KeptConsent, KeptSpeaker, VoiceRecord

LONGEST_NOTES = 500
"""How much of a description is kept, in characters."""
READ = 0.1
"""How much of the work is done when the file is unpacked, from 0 to 1."""
RESTORED = "restored"
"""Under which name a consent that was brought back tells, among its versions, which one it was."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")
_OWN = ("spoken", "ticked", "host-own")
"""The rules under which somebody has agreed to a copy of their own voice, for themselves."""


@value
class Brought:
    """A file that is read and found good."""

    record: VoiceRecord
    """What it says of itself."""
    examined: Sequence[Examined]
    """Its recordings, the first that came first."""
    sealed: bool
    """Whether this very Mynah has written all of it."""
    speaker: Path | None
    """The file of what was learned, to be moved; None where it does not count."""


async def quote_import(inquiry: Inquiry, file: Attachment, name: str = "") -> Quote:
    """Check what can be checked before the file is there, and tell what it takes: a voice that is held.

    Raises:
        Refused: It cannot be brought in here.
    """
    check_allowed(inquiry)
    check_able(inquiry)
    wanted = checked_name(name) if name else ""
    if file.name.rpartition(".")[2].lower() != ENDING:
        raise UsageError(
            "{name} is no .{ending} file; /voices export makes one of a voice.", name=file.name[:60], ending=ENDING
        )
    if file.bytes > MOST_BYTES:
        raise UsageError(
            "{name} is {size}; {most} is the most.", name=file.name[:60], size=size(file.bytes), most=size(MOST_BYTES)
        )
    await inquiry.read(lambda tx: _check(tx, inquiry, wanted, bytes=file.bytes))
    return Quote(charges=(Charge(metric=Metric.VOICES, amount=1),))


@command("voices", "import", lane=Lane.SOON, quote=quote_import, private=True)
async def import_voice(
    ctx: JobContext,
    file: Annotated[Attachment, Kinds((ENDING,))],
    name: Annotated[str, Example("Ada")] = "",
) -> Reply:
    """Bring a voice in from a file that /voices export has made.

    One that was made here, of your own voice, speaks as it did. For any other, whose voice it is has to agree anew.

    Args:
        file: The file.
        name: What the voice is to be called; as it was where you leave it out.
    """
    check_allowed(ctx)
    check_able(ctx)
    brought = await _bring(ctx, file, name)
    kept = checked_name(name or brought.record.name)
    voice, again = await _keep(ctx, kept, brought)
    await name_sources(ctx, voice)
    if voice.figures.get(MADE_IN) != ctx.job_id:
        ctx.used[Metric.VOICES] = 0
    return _answer(ctx, voice, brought, again)


def _check(tx: Transaction, inquiry: Inquiry, name: str, *, job_id: int | None = None, bytes: int = 0) -> None:
    """Refuse one more voice, with so many bytes of recordings, where something stands in the way."""
    if inquiry.asker.rank < Audience.OWNERS:
        check_pace(tx, inquiry, job_id)
    check_room(tx, inquiry, bytes)
    if name and (voice := clones.own(tx, inquiry.asker.user_id, name)):
        raise Refused(
            "You have a voice called {name} already. Bring this one in under another name: /voices import name=…",
            name=voice.name,
        )
    if name:
        check_free(tx, name)
    check_held(tx, inquiry)


async def _bring(ctx: JobContext, file: Attachment, name: str) -> Brought:
    """Unpack a staged file, and look at everything in it.

    Raises:
        BadArchive: It is none that can be brought in.
        UsageError: No voice can be called so.
        BadRecording: No voice can be made of a recording in it.
        NoCloning: Something is missing on this machine.
    """
    ctx.workspace.mkdir(exist_ok=True)
    stop = threading.Event()
    folder = ctx.workspace / "in"
    await off_loop(partial(shutil.rmtree, folder, ignore_errors=True))
    unpacked = await off_loop(partial(unpack, ctx.host.data / file.path, folder, stop), stop.set)
    record = unpacked.record
    checked_name(name or record.name)
    sealed = record.is_sealed(ctx.host.key)
    learned = await asyncio.to_thread(_check_learned, unpacked)
    ctx.report(READ)
    examined = []
    for number in range(len(record.recordings)):
        examined.append(await _examine(ctx, unpacked, number))
        ctx.report(READ + (1 - READ) * len(examined) / len(record.recordings))
    speaker = unpacked.files[record.speaker.file.place] if record.speaker and sealed and learned else None
    return Brought(record=record, examined=examined, sealed=sealed, speaker=speaker)


async def _examine(ctx: JobContext, unpacked: Unpacked, number: int) -> Examined:
    """Look at a recording as at any other, in a folder of its own."""
    each = unpacked.record.recordings[number]
    said = ""
    if each.transcript is not None:
        if each.transcript.bytes > MOST_SAID:
            raise BadArchive(why=f"a transcript in it has {size(each.transcript.bytes)}.")
        path = unpacked.files[each.transcript.place]
        said = clean((await asyncio.to_thread(path.read_bytes)).decode("utf-8", "replace"))
    apart = replace(ctx, workspace=ctx.workspace / f"recording-{number}", report=lambda share: None)
    source = unpacked.files[each.file.place].absolute()
    name = " ".join(clean(each.name).split()) or "recording"
    recording = Attachment(name=name, path=str(source), bytes=each.file.bytes)
    return await examine_recording(apart, recording, name, said)


def _check_learned(unpacked: Unpacked) -> bool:
    """Whether what was learned can be spoken as here.

    Raises:
        BadArchive: Its file is none that its engine makes.
    """
    speaker = unpacked.record.speaker
    engine = engines().get(speaker.engine) if speaker else None
    if speaker is None or engine is None:
        return False
    try:
        return engine.check_learned(unpacked.files[speaker.file.place])
    except EngineError:
        raise BadArchive(why=f"{speaker.file.place} is no file that {speaker.engine} has made.") from None


async def _keep(ctx: JobContext, name: str, brought: Brought) -> tuple[Voice, bool]:
    """Note everything and move the files to where they stay, in one transaction; return the voice.

    A job that was cut off after this finds its voice, and goes on from here: the second value says that it was there.
    """
    moves = Moves()
    total = sum(each.bytes for each in brought.examined)

    def work(tx: Transaction) -> tuple[Voice, bool]:
        there = clones.own(tx, ctx.asker.user_id, name)
        if there is not None and _digests(tx, there) == sorted(each.sha256 for each in brought.examined):
            return there, True
        _check(tx, ctx, name, job_id=ctx.job_id, bytes=total)
        voice: Voice | None = None
        made = []
        for each in brought.examined:
            if files.by_digest(tx, each.sha256):
                raise BadRecording(why="Mynah itself made a recording in it; a voice is made of somebody who speaks.")
            held = recordings.of_voice(tx, voice.id) if voice else []
            check_same(name, held, each.found.print)
            voice, moved = note_recording(tx, ctx, voice, name, _language(brought.record), each)
            made += moved
        assert voice is not None, "the record of an archive has a recording"
        _describe(tx, voice, brought.record)
        if brought.sealed and (agreed := own_consent(tx, ctx, brought.record)):
            _agree(tx, ctx, voice, agreed)
            made += _restore(tx, ctx, voice, brought)
        moves.make(made)
        return _again(tx, voice), False

    try:
        return await ctx.commit(work)
    except Exception:
        moves.undo()
        raise


def _digests(tx: Transaction, voice: Voice) -> list[str]:
    return sorted(each.sha256 for each in recordings.of_voice(tx, voice.id))


def own_consent(tx: Transaction, inquiry: Inquiry, record: VoiceRecord) -> KeptConsent | None:
    """Return the decision in a sealed record by which the very person who brings it has agreed; None where none is."""
    key, asker = inquiry.host.key, inquiry.asker
    for each in record.consents:
        if each.status != "granted" or not each.is_signed(key):
            continue
        if each.rule == "host-given" and asker.rank is Audience.OWNERS and each.platform == asker.platform:
            return each
        if each.rule == "ticked" and inquiry.rules.consent != "ticked":
            continue
        if each.rule in _OWN and identities.is_theirs(tx, asker.user_id, each.account or "", key):
            return each
    return None


def _agree(tx: Transaction, ctx: JobContext, voice: Voice, agreed: KeptConsent) -> None:
    """Note a decision again, for the voice that is back, with the evidence that it had; it is signed anew."""
    asked = consents.ask(
        tx,
        voice_id=voice.id,
        holder_id=ctx.asker.user_id,
        person_id=None if agreed.rule == "host-given" else ctx.asker.user_id,
        rule=agreed.rule,
        statement=agreed.statement,
        words=agreed.words,
        recording_sha256=recordings.digest_of(tx, voice.id),
        platform=agreed.platform,
        life=1,
    )
    evidence = Evidence(
        answer_sha256=agreed.answer_sha256,
        heard=agreed.heard,
        matched=agreed.matched,
        similarity=agreed.similarity,
        threshold=agreed.threshold,
        versions={**agreed.versions, RESTORED: f"{agreed.id} of voice {agreed.voice}"},
    )
    decided = consents.decide(tx, asked.id, ctx.host.key, "granted", evidence)
    assert decided is not None, "it was asked just now"


def _restore(tx: Transaction, ctx: JobContext, voice: Voice, brought: Brought) -> list[tuple[Path, Path]]:
    """Let the voice speak as it did, where what was learned is there; return where its file goes.

    Where its engine is not open, or is another version by now, the voice is learned anew when it speaks first.
    """
    learned = brought.record.speaker
    if learned is None or brought.speaker is None:
        return []
    there = recordings.of_voice(tx, voice.id)
    best = max(there, key=lambda each: (each.score or 0.0, -each.id))
    figures = {**brought.record.figures, MADE_OF: sorted(each.id for each in there), MADE_IN: ctx.job_id}
    key = secrets.token_hex(8)
    speaker_id = speakers.add_learned(
        tx,
        speaker=_speaker(learned, key, voice),
        recording_id=best.id,
        user_id=ctx.asker.user_id,
        spoken_by=_again(tx, voice).spoken_by,
        figures=figures,
        model=best.model,
        embedding=best.embedding,
        embedding_seconds=best.embedding_seconds,
    )
    clones.set_speaker(tx, voice.id, speaker_id, figures, counted_in=ctx.asker.place.id)
    return [(brought.speaker, ctx.host.data / voice_folder.speaker(learned.engine, key))]


def _speaker(learned: KeptSpeaker, key: str, voice: Voice) -> Speaker:
    return Speaker(engine=learned.engine, key=key, name=voice.name, language=voice.language, sex=learned.sex)


def _describe(tx: Transaction, voice: Voice, record: VoiceRecord) -> None:
    """Take over what people have noted about a voice, as far as they could have typed it."""
    if notes := " ".join(clean(record.notes).split())[:LONGEST_NOTES]:
        clones.describe(tx, voice.id, notes)
    tags = dict.fromkeys(tag.casefold() for each in record.tags if (tag := "".join(clean(each).split())))
    if kept := [tag for tag in tags if len(tag) <= TAG_LIMIT][:MOST_TAGS]:
        clones.tag(tx, voice.id, kept)


def _language(record: VoiceRecord) -> str:
    return record.language if _LANGUAGE.fullmatch(record.language) else ENGLISH


def _again(tx: Transaction, voice: Voice) -> Voice:
    """The voice as it is now."""
    found = voices.get(tx, voice.id)
    assert found is not None, f"voice {voice.id} was made just now"
    return found


def _answer(ctx: JobContext, voice: Voice, brought: Brought, again: bool) -> Reply:
    held = count(len(brought.examined), "recordings")
    if voice.status == "ready":
        said = f"{voice.name} is {'there' if again else 'back'} as it was, and speaks: /speak voice={voice.name}"
        actions: tuple[Action, ...] = (
            Action(label="Hear it", command="voices preview", values={"name": voice.name}),
            Action(label="Share", command="voices share", values={"name": voice.name}, asks="whom"),
        )
    elif voice.consent:
        said = f"{voice.name} has its {held}, and its consent. It has to be made: /voices build {voice.name}"
        actions = next_steps(ctx, voice)
    else:
        why = (
            "It was agreed to by somebody else, or under another rule"
            if brought.sealed
            else "The file was made by another Mynah, or was changed, so nobody here can tell who has agreed"
        )
        said = f"{voice.name} has its {held}. {why}; whose voice it is has to agree before it is made. Is it yours?"
        actions = next_steps(ctx, voice)
    return Reply(
        text=said,
        private=True,
        actions=actions,
        data={
            "voice": voice.name,
            "status": voice.status,
            "consent": voice.consent or None,
            "recordings": len(brought.examined),
            "sealed": brought.sealed,
        },
    )
