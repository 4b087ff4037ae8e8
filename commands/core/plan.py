"""A plan: who says a text, in which language, by whose lexicon, and whether it was said before."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from commands.core.casting import cast
from commands.core.context import Inquiry
from commands.core.errors import UsageError
from commands.core.estimate import LONG
from commands.core.manner import Manner
from commands.core.standing_in import due, spoken
from commands.core.words import either
from engine.text.language import detect
from engine.text.lexicon import Entry, Lexicon
from storage import files, levels, lexicon, voices
from storage.database import Transaction
from storage.files import File
from storage.voices import Voice

READING = "2"
"""Changes whenever texts are read in another way than before, so that what was said in the old way is said anew."""


RENAMED = {"iw": "he", "in": "id", "ji": "yi"}
"""Languages by the tags that they had once."""
MOST_NAMED = 8
"""How many languages a refusal names."""
LONGEST_NAME = 40
"""How much of a language that nobody knows is compared with those that are known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How a text is to be said, as far as it can be told before."""

    voice: Voice
    """Who says it."""
    language: str
    """What it is read in, as a BCP 47 tag; empty where nobody knows."""
    lexicon: Lexicon
    """How the person, and their place, want words to be said."""
    gain: float | None
    """How many times as loud the voice is made; None where it was never measured."""
    fingerprint: str
    """Of all that its sound depends on, in hex."""
    answer: tuple[File, ...] = ()
    """Files of the person's own that say the same already, the sound first."""
    learner: str = ""
    """The engine that is to learn the voice before it speaks; empty where none is."""


async def make(inquiry: Inquiry, text: str, voice: str, manner: Manner) -> Plan:
    """Plan how a clean text is said in the voice of that name.

    Raises:
        NotFound: There is no such voice for the person.
        UsageError: Nobody here speaks the language that is asked for.
    """
    language = language_spoken(inquiry, manner.language) if manner.language else None
    if language is None and not voice:
        language = await _found(text, inquiry.host.languages)

    def look(tx: Transaction) -> Plan:
        return _look(tx, inquiry, text, cast(tx, inquiry, voice, language), language, manner)

    return await (inquiry.glance(look) if len(text) <= LONG else inquiry.read(look))


async def renew(inquiry: Inquiry, text: str, plan: Plan, manner: Manner) -> Plan:
    """Plan anew how a clean text is said in the same voice, of which an engine may have learned more meanwhile."""

    def look(tx: Transaction) -> Plan:
        voice = voices.get(tx, plan.voice.id)
        return plan if voice is None else _look(tx, inquiry, text, spoken(tx, inquiry, voice), plan.language, manner)

    return await inquiry.read(look)


def _look(tx: Transaction, inquiry: Inquiry, text: str, voice: Voice, language: str | None, manner: Manner) -> Plan:
    read_in = (manner.language and language) or voice.language or language or ""
    asker, abilities = inquiry.asker, inquiry.host.abilities.get(voice.engine)
    version = abilities.version if abilities else ""
    words = lexicon.of(tx, asker.user_id, asker.place.id)
    entries = tuple(Entry(word=w.word, spoken=w.spoken, language=w.language) for w in words)
    book = Lexicon(entries)
    changing = (
        [part for entry in book.matching(text, read_in) for part in (entry.word, entry.spoken)] if entries else []
    )
    sounds = (READING, voice.engine, version, voice.speaker_key, f"{voice.id}.{voice.revision}")
    fingerprint = manner.fingerprint(text, read_in, *sounds, *changing)
    learner = due(tx, inquiry, voice)
    return Plan(
        voice=voice,
        language=read_in,
        lexicon=book,
        gain=levels.gain(tx, voice.engine, voice.speaker_key, version),
        fingerprint=fingerprint,
        answer=() if learner else _answer(tx, inquiry, fingerprint),
        learner=learner,
    )


def _answer(tx: Transaction, inquiry: Inquiry, fingerprint: str) -> tuple[File, ...]:
    """Return the files that answer already, if all are still on the disk."""
    sound = files.answering(tx, inquiry.asker.user_id, fingerprint)
    if sound is None:
        return ()
    others = files.of_job(tx, sound.job_id) if sound.job_id is not None else []
    found = (sound, *(file for file in others if file.id != sound.id))
    return found if all((inquiry.host.data / file.path).is_file() for file in found) else ()


async def _found(text: str, among: Sequence[str]) -> str | None:
    """Find the language of a text: by its commonest words, else by a model, which takes half a second to load."""
    if language := detect(text, among, model=False):
        return language
    return await asyncio.to_thread(detect, text, among) if text else None


def language_spoken(inquiry: Inquiry, tag: str) -> str:
    """Return a language that is spoken here, for a tag or an English name; for a region that is not, its language."""
    spoken: Sequence[str] = inquiry.host.languages
    wanted = tag.strip().lower().replace("_", "-")
    for each in (wanted, wanted.partition("-")[0]):
        each = RENAMED.get(each, each)
        if each in spoken or any(other.startswith(f"{each}-") for other in spoken):
            return each
    names = _names(spoken)
    if wanted in names:
        return names[wanted]
    more = " …" if len(spoken) > MOST_NAMED else ""
    near = difflib.get_close_matches(wanted[:LONGEST_NAME], [*names, *spoken], n=3, cutoff=0.6)
    near = list(dict.fromkeys(names.get(each, each) for each in near))
    hint = f"Did you mean {either(near)}?" if near else f"What is spoken here: {', '.join(spoken[:MOST_NAMED])}{more}."
    raise UsageError("Nobody here speaks {language!r}. {hint}", language=tag[:20], hint=hint)


def _names(spoken: Sequence[str]) -> dict[str, str]:
    """Return the languages that are spoken by their English names in small letters: 'de' for 'german'."""
    from babel import Locale  # only here: it takes a while to import

    names = Locale("en").languages
    return {str(names[code]).lower(): tag for tag in reversed(spoken) if (code := tag.partition("-")[0]) in names}
