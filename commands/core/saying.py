"""Saying a text: what it costs, and the reply with its file."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Sequence

from commands.core import plan as plans
from commands.core import sidecars
from commands.core.context import Inquiry, JobContext
from commands.core.entries import ref
from commands.core.errors import Failed, UsageError
from commands.core.estimate import LONG, quote_text
from commands.core.manner import USUAL, Manner
from commands.core.params import TEXT_LIMIT
from commands.core.plan import Plan
from commands.core.quote import Quote
from commands.core.reply import OWN_JOB, Action, FileRef, Json, Reply
from commands.core.script import lines, mix
from commands.core.standing_in import restricts, stands_in
from commands.core.words import duration, excerpt, file_name
from engine.encoding import Tags
from engine.engine import Abilities
from engine.take import Take, Target
from engine.text import pauses
from engine.text.hygiene import clean, speakable
from engine.text.pauses import PauseTooLong
from engine.value import replace, value
from storage import jobs, levels
from storage.files import File
from storage.metrics import Metric
from storage.voices import Voice

NEXT_STEPS = (
    Action(label="Again", command="history again", values={"job": OWN_JOB}, handy=True),
    Action(label="Other voice", command="history again", values={"job": OWN_JOB}, asks="voice", handy=True),
    Action(label="Other format", command="history again", values={"job": OWN_JOB}, asks="format", handy=True),
    Action(label="Keep", command="history keep", values={"job": OWN_JOB}, handy=True),
)
"""What can be done with something that was said."""
LOST = "\ufffd"
"""What stands for a character that came apart or could not be read; nobody says it, and nobody is charged for it."""
MOST_DIGITS, MOST_LETTERS = 300, 500
"""The longest number and the longest word that are read aloud; the longest words of any language have 200 letters."""
ENDLESS = re.compile(rf"\d{{{MOST_DIGITS + 1},}}|[A-Za-z\u00c0-\u024f\u0370-\u052f]{{{MOST_LETTERS + 1},}}")
"""Not of scripts that put no blanks between words."""
SENTENCES_ONLY = "this voice tells of sentences only, not of words"
SOME_SENTENCES_ONLY = "where its words could not be found, a sentence is told as a whole"


class EngineGone(Failed):
    """The engine of {voice} is not running here any more; nothing was charged. Choose another voice: /voices list."""


@value
class Prepared:
    """What the quote has found out."""

    text: str
    """The clean text."""
    plan: Plan
    """How it is said."""


async def ready(text: str) -> str:
    """Return a text clean and ready to be read aloud; a long one is not read on the event loop.

    Raises:
        UsageError: There is nothing in it to read, too much, or too long a pause.
    """
    return _ready(text) if len(text) <= LONG else await asyncio.to_thread(_ready, text)


async def quote(inquiry: Inquiry, text: str, voice: str, manner: Manner = USUAL) -> Quote:
    """Tell what it costs to say a clean text; nothing where a file of the person's own says it already.

    Raises:
        UsageError: The manner cannot be had here.
        NotFound: There is no such voice for the person.
    """
    plan = await plans.make(inquiry, text, voice, manner)
    settings = {**voice_settings(plan.voice), **manner.settings}
    quoted = replace(quote_text(text, manner), settings=settings, prepared=Prepared(text=text, plan=plan))
    if plan.answer:
        return replace(quoted, charges=(), file_id=plan.answer[0].id, reply=_known(plan.answer, text, plan, manner))
    return quoted


def voice_settings(voice: Voice) -> dict[str, str | float]:
    """Note in a job's settings whose voice it uses: by name, and what can be taken back by its number too."""
    return {"voice": voice.name} if voice.user_id is None else {"voice": voice.name, "voice_id": voice.id}


async def note(ctx: JobContext, plan: Plan, manner: Manner, **more: str) -> None:
    """Note which voice a job speaks with, where that is found as it begins: a name may mean another one by then."""
    told = {**manner.settings, **voice_settings(plan.voice), **more}
    await ctx.commit(lambda tx: jobs.describe(tx, ctx.job_id, told))


async def say(ctx: JobContext, text: str, plan: Plan, manner: Manner = USUAL) -> Reply:
    """Say a clean text, and answer with the file of it; one that is there by now is free.

    Raises:
        Failed: It cannot be said.
    """
    if plan.learner:
        plan = await _learned(ctx, text, plan, manner)
    if plan.answer:
        ctx.used.update(dict.fromkeys((Metric.GENERATIONS, Metric.CHARACTERS, Metric.SECONDS, Metric.BYTES), 0))
        return _known(plan.answer, text, plan, manner)
    if await ctx.studio.wait_for(plan.voice.engine):
        plan = await plans.renew(ctx, text, plan, manner)
    abilities = ctx.host.abilities.get(plan.voice.engine)
    if abilities is None:
        raise EngineGone(voice=plan.voice.name)
    gain = await _measured(ctx, plan, abilities) if plan.gain is None else plan.gain
    given = (text, plan, manner, abilities, ctx.studio.is_heard)
    script = lines(*given) if len(text) <= LONG else await asyncio.to_thread(lines, *given)
    licence = restricts(plan.voice, abilities)
    tags = Tags(title=excerpt(text), voice=_called(plan), licence=licence)
    target = Target(format=manner.kind_of_file, rate=manner.sample_rate.hz, thorough=len(text) > LONG, tags=tags)
    take = await ctx.studio.say(script, mix(plan, manner, abilities, gain), target)
    name = file_name(text, manner.kind_of_file.suffix)
    beside: Sequence[FileRef] = ()
    if manner.kinds:
        beside = await asyncio.to_thread(sidecars.write, take, ctx.workspace, name, manner.kinds, licence)
    ctx.used[Metric.CHARACTERS] = len(text)
    ctx.used[Metric.SECONDS] = math.ceil(take.seconds)
    ctx.used[Metric.BYTES] = take.bytes + sum(file.bytes for file in beside)
    figures = _figures(take, licence)
    return _reply(text, plan, manner, take, name, beside, figures, await _caveat(take, manner, abilities))


def _reply(
    text: str,
    plan: Plan,
    manner: Manner,
    take: Take,
    name: str,
    beside: Sequence[FileRef],
    figures: dict[str, Json],
    caveat: str,
) -> Reply:
    facts = [f'"{excerpt(text)}"', duration(take.seconds), _called(plan), stands_in(plan.voice), caveat]
    sound = FileRef(
        id=0,
        name=name,
        path=str(take.path),
        format=manner.kind_of_file.value,
        bytes=take.bytes,
        seconds=take.seconds,
        answers=plan.fingerprint,
        voice=manner.is_voice,
        ends=tuple(take.ends),
        voice_id=plan.voice.id if plan.voice.kind == "clone" else 0,
        figures=figures,
    )
    return Reply(
        text=" · ".join(fact for fact in facts if fact),
        files=(sound, *beside),
        actions=NEXT_STEPS,
        data={**_data(text, plan, take.seconds, cached=False), **figures},
    )


def _figures(take: Take, licence: str) -> dict[str, Json]:
    """What is kept with a file of how it was made."""
    told: dict[str, Json] = {"licence": licence} if licence else {}
    if take.score is not None:
        told |= {"score": round(take.score, 3), "retaken": take.retaken}
    return told


async def _learned(ctx: JobContext, text: str, plan: Plan, manner: Manner) -> Plan:
    """Have the voice learned by a better engine that has come, and plan anew; free, and whatever becomes of it."""
    from commands.core.building import learn_by  # only here: whoever speaks in another voice need not wait for it

    await learn_by(ctx, plan.voice.id, plan.learner)
    return await plans.renew(ctx, text, plan, manner)


async def _caveat(take: Take, manner: Manner, abilities: Abilities) -> str:
    """Say what is not known of the words that somebody wants to be told of; nothing where all is."""
    if "word" not in manner.kinds or "word" in abilities.timings:
        return ""
    known = await asyncio.to_thread(sidecars.words_known, take.timings)
    return "" if all(known) else SOME_SENTENCES_ONLY if any(known) else SENTENCES_ONLY


def _known(files: Sequence[File], text: str, plan: Plan, manner: Manner) -> Reply:
    """Answer with files that are there already."""
    sound, *_ = files
    assert sound.seconds is not None, f"file {sound.id} answers a text and is no sound"
    refs = tuple(ref(file, voice=manner.is_voice and file is sound) for file in files)
    told = f'"{excerpt(text)}" · {duration(sound.seconds)} · {_called(plan)} · said before, so it is free'
    return Reply(
        text=told,
        files=refs,
        actions=NEXT_STEPS,
        data=_data(text, plan, sound.seconds, cached=True),
    )


def _called(plan: Plan) -> str:
    """Who speaks, for people: a voice that somebody has made has no title, but the name that they gave it."""
    return plan.voice.title or plan.voice.name


def _data(text: str, plan: Plan, seconds: float, *, cached: bool) -> dict[str, Json]:
    return {
        "seconds": round(seconds, 3),
        "voice": plan.voice.name,
        "engine": plan.voice.engine,
        "cached": cached,
        "characters": len(text),
    }


async def _measured(ctx: JobContext, plan: Plan, abilities: Abilities) -> float:
    """Measure how many times as loud a voice has to be made, and note it: from now on it is always made so."""
    voice = plan.voice
    gain = await ctx.studio.measure(voice.engine, voice.speaker_key)
    await ctx.commit(lambda tx: levels.note(tx, voice.engine, voice.speaker_key, abilities.version, gain))
    return gain


def _check_endless(text: str) -> None:
    """Refuse what nobody can listen to: it takes an hour to say, and is in the text by mistake."""
    if found := ENDLESS.search(text):
        raise UsageError(
            "There is a {what} in that of {length:,} {of}; {most} is the most that is read aloud. Leave it out.",
            what="number" if found[0][0].isdigit() else "word",
            length=len(found[0]),
            of="digits" if found[0][0].isdigit() else "letters",
            most=MOST_DIGITS if found[0][0].isdigit() else MOST_LETTERS,
        )


def _ready(text: str) -> str:
    cleaned = clean(text.replace(LOST, ""))
    if not cleaned.strip():
        raise UsageError("There is nothing to say yet; put some words behind /speak.")
    if len(cleaned) > TEXT_LIMIT:  # ligatures and the like are longer when they are read
        raise UsageError(
            "That is {length:,} characters to read; {most:,} is the most. Send it in parts.",
            length=len(cleaned),
            most=TEXT_LIMIT,
        )
    if not speakable(pauses.without(cleaned)):
        raise UsageError("There is nothing in that to read aloud; add a word or two.")
    _check_endless(cleaned)
    try:
        pauses.total(cleaned)
    except PauseTooLong as error:
        raise UsageError("{why}", why=error) from None
    return cleaned
