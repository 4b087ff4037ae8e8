"""Standing in: which engine speaks a voice that was made of recordings, of those that have learned it and are open.

Ada was learned by coqui and by world. Where coqui is open it speaks her; where it is not, world stands in for it, and
that is said. Where an engine is open that is better than those that have learned her, it learns her first, from the
recordings that she was made of: a voice becomes better by itself with the engine that a host adds.
"""

from __future__ import annotations

from dataclasses import replace

from commands.core.context import Inquiry
from engine.engine import Abilities
from engine.licence import is_commercial
from storage import recordings, speakers
from storage.clock import DAY
from storage.database import Transaction
from storage.recordings import Recording
from storage.speakers import Learned
from storage.voices import Voice

MADE_OF, MADE_BY = "recordings", "engine"
"""Where the figures of a voice, and of its speakers, tell what they were made of, and by which version of an engine."""
NOT_LEARNED = "not_learned"
"""Where the figures of a voice tell which versions of which engines could not learn it, and when that was, in ms."""
PATIENCE = DAY
"""How long a voice waits until an engine that could not learn it tries again, in ms."""


def maker_of(inquiry: Inquiry, engine: str) -> str:
    """Name an engine that is open, with its version."""
    return f"{engine} {inquiry.host.abilities[engine].version}"


def cloners(inquiry: Inquiry) -> list[str]:
    """Return the engines that are open and learn voices, the one that sounds best first."""
    able = {name: each.quality for name, each in inquiry.host.abilities.items() if each.clones}
    return sorted(able, key=lambda name: -able[name])


def spoken(tx: Transaction, inquiry: Inquiry, voice: Voice) -> Voice:
    """Return a voice with the best of its speakers whose engine is open; as it is where it has none of them.

    It stays as it is, too, where its engine only has to be loaded, and nobody has begun to: then it is waited for.
    """
    there = inquiry.host.abilities
    if voice.kind != "clone" or (voice.engine not in there and inquiry.host.can_load(voice.engine)):
        return voice
    able = [each for each in speakers.of_voice(tx, voice.id) if each.engine in there]
    if not able:
        return voice

    def rank(each: Learned) -> tuple[bool, int, bool]:
        return _holds(inquiry, voice, each), there[each.engine].quality, each.engine == voice.engine

    best = max(able, key=rank)
    if best.engine == voice.engine:
        return voice
    missed = "" if voice.engine in there else voice.engine
    return replace(voice, engine=best.engine, speaker_key=best.key, licence=best.licence, instead_of=missed)


def due(tx: Transaction, inquiry: Inquiry, voice: Voice) -> str:
    """Return the engine that is to learn a voice before it speaks; empty where none is.

    It is the best that is open, where what it has learned of the voice is missing or holds no more, and where the
    recordings are there that the voice was made of.
    """
    if voice.kind != "clone" or voice.status != "ready" or not (able := cloners(inquiry)):
        return ""
    learned = speakers.of_voice(tx, voice.id)
    if not learned or is_learned(tx, inquiry, voice, able[0]):
        return ""
    in_vain = voice.figures.get(NOT_LEARNED)
    tried = in_vain.get(maker_of(inquiry, able[0])) if isinstance(in_vain, dict) else None
    if isinstance(tried, int) and tx.now - tried < PATIENCE:
        return ""
    return able[0] if material(tx, voice) else ""


def is_learned(tx: Transaction, inquiry: Inquiry, voice: Voice, engine: str) -> bool:
    """Whether an engine that is open has learned all that a voice was made of, so that it can speak it."""
    return any(each.engine == engine and _holds(inquiry, voice, each) for each in speakers.of_voice(tx, voice.id))


def material(tx: Transaction, voice: Voice) -> list[Recording]:
    """Return the recordings that a voice was made of and that are still there, the best first."""
    made_of = voice.figures.get(MADE_OF)
    among = made_of if isinstance(made_of, list) else []
    found = [each for each in recordings.of_voice(tx, voice.id) if each.id in among]
    return sorted((each for each in found if each.status == "ready" and each.passage), key=best_first)


def best_first(recording: Recording) -> tuple[float, int]:
    """Return by what recordings are sorted, so that the best comes first."""
    return -(recording.score or 0.0), recording.id


def licence_of(inquiry: Inquiry, voice: Voice) -> str:
    """Return the licence that what a voice says is under, an SPDX expression; empty where none restricts its use."""
    return restricts(voice, inquiry.host.abilities.get(voice.engine))


def restricts(voice: Voice, abilities: Abilities | None) -> str:
    """Return the same of a voice whose engine can do this."""
    licence = voice.licence or (abilities.licence if abilities else "")
    return "" if is_commercial(licence) else licence


def stands_in(voice: Voice) -> str:
    """Say that another engine speaks a voice than the one it was made for; empty where that is not so."""
    return f"{voice.engine} speaks it, for {voice.instead_of} is not running here" if voice.instead_of else ""


def _holds(inquiry: Inquiry, voice: Voice, learned: Learned) -> bool:
    """Whether what an engine has learned is of all that the voice was made of, and of this version of the engine."""
    if learned.figures.get(MADE_OF) != voice.figures.get(MADE_OF):
        return False
    abilities = inquiry.host.abilities.get(learned.engine)
    anew = abilities is not None and abilities.relearns
    return not anew or learned.figures.get(MADE_BY) == maker_of(inquiry, learned.engine)
