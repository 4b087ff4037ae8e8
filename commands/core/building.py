"""Building: a voice gets its speaker, learned by an engine from the voice's recordings."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from commands.core.context import Inquiry, JobContext
from commands.core.errors import Failed, NotFound, Refused
from commands.core.examining import NoCloning
from commands.core.standing_in import (
    MADE_BY,
    MADE_OF,
    NOT_LEARNED,
    best_first,
    cloners,
    due,
    is_learned,
    maker_of,
    material,
)
from engine.engine import EngineError, EngineMissing
from engine.passages import Source, gather
from engine.speech import Enrolled
from engine.value import value
from storage import clones, recordings, speakers, voice_folder, voices
from storage.database import Transaction
from storage.metrics import Metric
from storage.recordings import Recording
from storage.speakers import Learned
from storage.voices import Voice

log = logging.getLogger("mynah.building")

MADE_IN = "job"
"""Where the figures of a voice tell in which job it was made."""
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
    speakers: tuple[Learned, ...] = ()
    """What engines have learned of it, one of an engine."""


@value
class _Lesson:
    """A voice that an engine is to learn."""

    engine: str
    """The engine."""
    maker: str
    """It, with its version."""
    voice: Voice
    """The voice, as it was looked at."""
    found: Sequence[Recording]
    """What it is learned from, the best first."""
    made_of: Sequence[int]
    """The numbers of the recordings that the voice is made of."""
    place: int = 0
    """How many lessons of the same job come before it."""
    of: int = 1
    """How many lessons the job has."""


class _NoNeed(Exception):
    """Somebody else had the voice learned meanwhile."""


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
    return sorted(found, key=best_first)


async def build(ctx: JobContext, name: str, engine: str) -> Built:
    """Have an engine learn a voice, and let the voice speak so; the others learn it too, to stand in for that engine.

    All of it is committed at once, and is not done again after a kill behind that. A voice that only the others cannot
    learn is made all the same.

    Raises:
        Refused: It cannot be made now.
        Failed: The engine could not.
    """

    def look(tx: Transaction) -> tuple[Voice, list[_Lesson]]:
        voice = own_voice(tx, ctx, name)
        return voice, [] if _is_done(ctx, voice) else _lessons(tx, ctx, voice, engine)

    voice, lessons = await ctx.read(look)
    if lessons:
        *beside, main = lessons
        await _take(ctx, main, _make_ready, beside)

    def see(tx: Transaction) -> Built:
        made = _by_id(tx, voice.id)
        return Built(voice=made, again=made.revision > FIRST, speakers=tuple(speakers.of_voice(tx, made.id)))

    return await ctx.read(see)


def _lessons(tx: Transaction, ctx: JobContext, voice: Voice, engine: str) -> list[_Lesson]:
    """The lessons in which a voice is made: those of engines that may stand in, and last that of the one it is for.

    Raises:
        Refused: It cannot be made now.
    """
    found = check_buildable(tx, voice, maker_of(ctx, engine))
    made_of = sorted(each.id for each in found)
    same = voice.figures.get(MADE_OF) == made_of
    others = [each for each in cloners(ctx) if each != engine and not (same and is_learned(tx, ctx, voice, each))]
    return [
        _Lesson(
            engine=each,
            maker=maker_of(ctx, each),
            voice=voice,
            found=found,
            made_of=made_of,
            place=place,
            of=1 + len(others),
        )
        for place, each in enumerate((*others, engine))
    ]


async def learn_by(ctx: JobContext, voice_id: int, engine: str) -> None:
    """Have an engine learn a voice that is `due` to be learned by it; what it cannot learn stays as it is. It is free.

    A voice that an engine could not learn waits a day before it tries again.
    """

    def look(tx: Transaction) -> _Lesson | None:
        voice = voices.get(tx, voice_id)
        if voice is None or due(tx, ctx, voice) != engine:
            return None
        made_of = voice.figures.get(MADE_OF)
        return _Lesson(
            engine=engine,
            maker=maker_of(ctx, engine),
            voice=voice,
            found=material(tx, voice),
            made_of=made_of if isinstance(made_of, list) else [],
            of=0,
        )

    if (lesson := await ctx.read(look)) is None:
        return
    try:
        await _take(ctx, lesson, _take_over)
    except _NoNeed:
        return
    except _CANNOT as error:
        _say_why(lesson, error)
        await ctx.commit(lambda tx: _note_in_vain(tx, [lesson]))


def _say_why(lesson: _Lesson, error: Exception) -> None:
    log.warning("voice %d was not learned by %s: %s", lesson.voice.id, lesson.engine, error.__cause__ or error)


def _note_in_vain(tx: Transaction, lessons: Sequence[_Lesson]) -> None:
    """Note which engines could not learn a voice."""
    for lesson in lessons:
        if (voice := voices.get(tx, lesson.voice.id)) is not None:
            before = voice.figures.get(NOT_LEARNED)
            told = {**(before if isinstance(before, dict) else {}), lesson.maker: tx.now}
            clones.note_figures(tx, voice.id, {**voice.figures, NOT_LEARNED: told})


def _is_done(ctx: JobContext, voice: Voice) -> bool:
    return voice.status == "ready" and voice.figures.get(MADE_IN) == ctx.job_id


async def _take(ctx: JobContext, lesson: _Lesson, enter: _Enter, beside: Sequence[_Lesson] = ()) -> None:
    """Have the engine learn the voice, and enter what it has learned, if all that was asked before still holds.

    So that nothing is kept of a job that is cancelled, what comes of the lessons `beside` it, if anything, is entered
    in the same transaction.
    """
    pupils: list[_Pupil] = []
    in_vain: list[_Lesson] = []

    def work(tx: Transaction) -> tuple[str, ...]:
        *others, (main, enrolled, _) = pupils
        paths = enter(tx, ctx, main, enrolled)
        for other, learned, _ in others:
            paths += _give(tx, ctx, other, learned)
        _note_in_vain(tx, in_vain)
        for _, _, file in pupils:
            if not file.is_file():  # a sweep may have come by before there was a row that names it
                raise FileNotFoundError(file)
        return paths

    begun: list[tuple[str, str, Path]] = []
    try:
        for each in (*beside, lesson):
            key = secrets.token_hex(8)
            file = ctx.host.data / voice_folder.speaker(each.engine, key)
            begun.append((each.engine, key, file))
            try:
                pupils.append((each, await _learn(ctx, each, key), file))
            except _CANNOT as error:
                if each is lesson:
                    raise
                _say_why(each, error)
                in_vain.append(each)
        paths = await ctx.commit(work)
    except (Exception, asyncio.CancelledError):
        # It may be committed after all, where the task was cancelled meanwhile: then its row names the file.
        for engine, key, file in begun:
            await asyncio.shield(_drop(ctx, engine, key, file))
        raise
    await asyncio.to_thread(voice_folder.remove, ctx.host.data, paths)


async def _learn(ctx: JobContext, lesson: _Lesson, key: str) -> Enrolled:
    voice = lesson.voice
    sources = [_source(ctx.host.data, each) for each in lesson.found]
    report = _part(ctx.report, lesson.place, lesson.of)
    try:
        reference = await ctx.host.pool.run(gather, sources, language=voice.language or "en", name=voice.name)
        report(READ)
        return await ctx.host.enroll(lesson.engine, reference, key, _rest_of(report))
    except EngineMissing as error:
        raise NoCloning(why=error) from error
    except EngineError as error:
        raise NotLearned(name=voice.name) from error


def _make_ready(tx: Transaction, ctx: JobContext, lesson: _Lesson, enrolled: Enrolled) -> tuple[str, ...]:
    """Let a voice that may be made speak as what was learned; return the files to unlink."""
    voice = _by_id(tx, lesson.voice.id)
    check_buildable(tx, voice, lesson.maker)
    figures = _figures(ctx, lesson, enrolled)
    speaker_id = _enter(tx, voice, lesson, enrolled, figures)
    counted = voice.counted_in is not None
    if counted:
        ctx.used[Metric.VOICES] = 0
    place_id = None if counted else ctx.asker.place.id
    return clones.set_speaker(tx, voice.id, speaker_id, figures, counted_in=place_id)


def _take_over(tx: Transaction, ctx: JobContext, lesson: _Lesson, enrolled: Enrolled) -> tuple[str, ...]:
    """Let a voice speak as what was learned, unless its own engine is only away; return the files to unlink."""
    voice = _by_id(tx, lesson.voice.id)
    if due(tx, ctx, voice) != lesson.engine:
        raise _NoNeed
    if voice.engine != lesson.engine and voice.engine not in ctx.host.abilities:
        return _give(tx, ctx, lesson, enrolled)
    figures = _figures(ctx, lesson, enrolled)
    return clones.set_speaker(tx, voice.id, _enter(tx, voice, lesson, enrolled, figures), figures)


def _give(tx: Transaction, ctx: JobContext, lesson: _Lesson, enrolled: Enrolled) -> tuple[str, ...]:
    """Keep what was learned beside what the voice speaks as; return the files to unlink."""
    voice = _by_id(tx, lesson.voice.id)
    speaker_id = _enter(tx, voice, lesson, enrolled, _figures(ctx, lesson, enrolled))
    return speakers.give(tx, speaker_id, voice.id)


_Pupil = tuple[_Lesson, Enrolled, Path]
"""A lesson, what was learned in it, and where that lies."""
_CANNOT = (NoCloning, NotLearned, OSError)
"""What is raised where an engine cannot learn a voice."""
_Enter = Callable[[Transaction, JobContext, _Lesson, Enrolled], tuple[str, ...]]
"""Writes down what was learned; returns the files that are to be unlinked."""


def _figures(ctx: JobContext, lesson: _Lesson, enrolled: Enrolled) -> dict[str, object]:
    made = {MADE_OF: list(lesson.made_of), MADE_BY: lesson.maker, MADE_IN: ctx.job_id}
    return {**enrolled.figures, **made}


def _enter(tx: Transaction, voice: Voice, lesson: _Lesson, enrolled: Enrolled, figures: dict[str, object]) -> int:
    """Note a speaker that was learned, and return its number."""
    assert voice.user_id is not None, f"voice {voice.id} is a clone and nobody's"
    best = lesson.found[0]
    return speakers.add_learned(
        tx,
        speaker=enrolled.speaker,
        recording_id=best.id,
        user_id=voice.user_id,
        spoken_by=voice.spoken_by,
        figures=figures,
        model=best.model,
        embedding=best.embedding,
        embedding_seconds=best.embedding_seconds,
    )


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


def _part(report: Callable[[float], None], place: int, of: int) -> Callable[[float], None]:
    """Tell how far a lesson is as a part of all lessons; of none, nothing is told."""
    return lambda share: report((place + share) / of) if of else None


def _rest_of(report: Callable[[float], None]) -> Callable[[float], None]:
    """Tell how far the learning is as a part of the whole."""
    return lambda share: report(READ + (1 - READ) * share)
