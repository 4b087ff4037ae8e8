"""Building: a voice gets its speaker, learned by an engine from the voice's recordings."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from commands.core.context import Inquiry, JobContext
from commands.core.errors import Failed, NotFound, Refused
from commands.core.examining import NoCloning
from engine.engine import EngineError, EngineMissing
from engine.passages import Source, gather
from engine.speech import Enrolled
from engine.value import value
from storage import clones, recordings, speakers, voice_folder, voices
from storage.database import Transaction
from storage.metrics import Metric
from storage.recordings import Recording
from storage.voices import Voice

MADE_OF, MADE_BY, MADE_IN = "recordings", "engine", "job"
"""Where the figures of a voice tell what it was made of, by which version of which engine, and in which job."""
FIRST = 2
"""The revision of a voice that was made once: 1 is that of one that never was."""
READ = 0.1
"""How much of the work is done when the recordings are read, from 0 to 1."""


class NotLearned(Failed):
    """{name} could not be made of these recordings; nothing was charged. Add a longer or clearer one and try again."""


@value
class Built:
    """A voice that can speak, and what it reached."""

    voice: Voice
    """The voice, with its figures."""
    again: bool
    """Whether it could speak before."""


def own_voice(tx: Transaction, inquiry: Inquiry, name: str) -> Voice:
    """Return a clone of the person's own by its name, whatever its status.

    Raises:
        NotFound: They have none of that name.
    """
    voice = clones.own(tx, inquiry.asker.user_id, name)
    if voice is None or voice.kind != "clone":
        raise NotFound("You have made no voice {name!r}. /clone makes one of a recording.", name=name[:40])
    return voice


def check_buildable(tx: Transaction, voice: Voice, maker: str) -> list[Recording]:
    """Return the recordings that a voice is to be made of, the best first.

    Args:
        tx: The transaction to look in.
        voice: The voice.
        maker: What would make it: an engine and its version.

    Raises:
        Refused: It cannot be made now; the sentence says what is missing.
    """
    if voice.status == "revoked":
        raise Refused("{name} was taken back by the person whose voice it is.", name=voice.name)
    if not voice.consent:
        raise Refused(
            "Nobody has agreed to {name} yet. Is it your own voice: /consent own voice={name}. Is it somebody else's: "
            "/consent other voice={name}",
            name=voice.name,
        )
    found = [each for each in recordings.of_voice(tx, voice.id) if each.status == "ready" and each.passage]
    if not found:
        raise Refused("{name} has no recording left to be made from. Give one: /clone {name}", name=voice.name)
    same = (voice.figures.get(MADE_OF), voice.figures.get(MADE_BY)) == (sorted(each.id for each in found), maker)
    if voice.status == "ready" and same:
        raise Refused(
            "{name} is made of all that there is already. Add a recording, and it gets better: /clone {name}",
            name=voice.name,
        )
    return sorted(found, key=lambda each: (-(each.score or 0.0), each.id))


def maker_of(inquiry: Inquiry, engine: str) -> str:
    """Name an engine with its version."""
    return f"{engine} {inquiry.host.abilities[engine].version}"


async def build(ctx: JobContext, name: str, engine: str) -> Built:
    """Have an engine learn a voice, and let the voice speak so.

    What was committed before a kill is not done again.

    Raises:
        Refused: It cannot be made now.
        Failed: The engine could not.
    """
    maker = maker_of(ctx, engine)

    def look(tx: Transaction) -> tuple[Voice, list[Recording]]:
        voice = own_voice(tx, ctx, name)
        return voice, [] if _is_done(ctx, voice) else check_buildable(tx, voice, maker)

    voice, found = await ctx.read(look)
    if found:
        await _make(ctx, engine, voice, found, maker)
    voice = await ctx.read(lambda tx: _by_id(tx, voice.id))
    return Built(voice=voice, again=voice.revision > FIRST)


def _is_done(ctx: JobContext, voice: Voice) -> bool:
    return voice.status == "ready" and voice.figures.get(MADE_IN) == ctx.job_id


async def _make(ctx: JobContext, engine: str, voice: Voice, found: Sequence[Recording], maker: str) -> None:
    key = secrets.token_hex(8)
    learned = ctx.host.data / voice_folder.speaker(engine, key)
    try:
        enrolled = await _learn(ctx, engine, key, voice, found)
        paths = await _commit(ctx, voice.id, found, enrolled, learned, maker)
    except (Exception, asyncio.CancelledError):
        # It may be committed after all, where the task was cancelled meanwhile: then its row names the file.
        await asyncio.shield(_drop(ctx, engine, key, learned))
        raise
    await asyncio.to_thread(voice_folder.remove, ctx.host.data, paths)


async def _learn(ctx: JobContext, engine: str, key: str, voice: Voice, found: Sequence[Recording]) -> Enrolled:
    sources = [_source(ctx.host.data, each) for each in found]
    try:
        reference = await ctx.host.pool.run(gather, sources, language=voice.language or "en", name=voice.name)
        ctx.report(READ)
        return await ctx.host.enroll(engine, reference, key, _rest_of(ctx.report))
    except EngineMissing as error:
        raise NoCloning(why=error) from None
    except EngineError as error:
        raise NotLearned(name=voice.name) from error


async def _commit(
    ctx: JobContext, voice_id: int, found: Sequence[Recording], enrolled: Enrolled, learned: Path, maker: str
) -> tuple[str, ...]:
    """Let the voice speak as what was learned, if all that was asked before still holds; return the files to unlink."""
    best = found[0]
    figures = {
        **enrolled.figures,
        MADE_OF: sorted(each.id for each in found),
        MADE_BY: maker,
        MADE_IN: ctx.job_id,
    }

    def work(tx: Transaction) -> tuple[str, ...]:
        voice = _by_id(tx, voice_id)
        check_buildable(tx, voice, maker)
        if not learned.is_file():  # a sweep may have come by before there was a row that names it
            raise FileNotFoundError(learned)
        speaker_id = speakers.add_learned(
            tx,
            speaker=enrolled.speaker,
            recording_id=best.id,
            user_id=ctx.asker.user_id,
            spoken_by=voice.spoken_by,
            figures=figures,
            model=best.model,
            embedding=best.embedding,
            embedding_seconds=best.embedding_seconds,
        )
        counted = voice.counted_in is not None
        if counted:
            ctx.used[Metric.VOICES] = 0
        place_id = None if counted else ctx.asker.place.id
        return clones.set_speaker(tx, voice.id, speaker_id, figures, counted_in=place_id)

    return await ctx.commit(work)


def _by_id(tx: Transaction, voice_id: int) -> Voice:
    """Return a voice, whatever it is called by now.

    Raises:
        NotFound: It is gone.
    """
    voice = voices.get(tx, voice_id)
    if voice is None:
        raise NotFound("The voice is not there any more; nothing was charged.")
    return voice


async def _drop(ctx: JobContext, engine: str, key: str, learned: Path) -> None:
    """Remove what was learned for nothing."""

    def work(tx: Transaction) -> None:  # in the writer's turn, behind a commit that is still under way
        if not speakers.is_learned(tx, engine, key):
            learned.unlink(missing_ok=True)

    await ctx.database.write(work)


def _source(data: Path, recording: Recording) -> Source:
    assert recording.passage is not None and recording.seconds is not None, f"recording {recording.id} is not ready"
    return Source(
        path=data / recording.path,
        passage=recording.passage,
        seconds=recording.seconds,
        transcript=recording.transcript or "",
    )


def _rest_of(report: Callable[[float], None]) -> Callable[[float], None]:
    """Tell how far the learning is as a part of the whole."""
    return lambda share: report(READ + (1 - READ) * share)
