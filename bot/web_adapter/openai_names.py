"""The names of OpenAI's speech API, and what they stand for here: its models are one engine, its voices are ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commands.core.context import Asker
from engine.text.language import detect
from engine.value import value
from storage import voices
from storage.database import Transaction

MODELS = ("auto", "tts-1", "tts-1-hd", "gpt-4o-mini-tts")
"""What clients call the model; whichever they name, the voice decides which engine speaks."""
OWN = "auto"
"""Stands for the voice that a person has by default."""
VOICES = {
    "alloy": OWN,
    "ash": "en-us+andy",
    "ballad": "en-gb+m3",
    "cedar": "en-us+m2",
    "coral": "en-us+annie",
    "echo": "en-us+m1",
    "fable": "en-gb+m6",
    "marin": "en-us+f3",
    "nova": "en-us+f2",
    "onyx": "en-us+m7",
    "sage": "en-us+linda",
    "shimmer": "en-us+f5",
    "verse": "en-us+michael",
}
"""What OpenAI's voices stand for where the host has not said otherwise; the own voice, where that one is not here."""


@value
class Meant:
    """Whose voice a client means."""

    voice: str
    """The name of the voice, as /speak takes it; empty for the person's own."""
    language: str = ""
    """What the text is in, where a voice of theirs that speaks every language stands for one of ours that does not."""


def names(settings: Sequence[str]) -> Mapping[str, str]:
    """Return what each of OpenAI's names stands for, with the host's own words for it ('alloy=Ada')."""
    said = dict(each.split("=", 1) for each in settings)
    return {**VOICES, **{name.strip().lower(): voice.strip() for name, voice in said.items()}}


def meant(
    tx: Transaction, asker: Asker, wanted: str, text: str, named: Mapping[str, str], languages: Sequence[str]
) -> Meant:
    """Tell whose voice a client means by a name; a voice of that very name goes before one of OpenAI's.

    Args:
        tx: The transaction to look in.
        asker: Who asks, and where.
        wanted: The name.
        text: What is to be said; OpenAI's voices speak every language, so its own is looked for.
        named: What OpenAI's names stand for.
        languages: What can be spoken here.
    """
    key = wanted.strip().lower()
    if key in ("", OWN):
        return Meant(voice="")
    if key not in named or _is_there(tx, asker, wanted):
        return Meant(voice=wanted)
    voice = named[key]
    if voice == OWN or not _is_there(tx, asker, voice.partition("+")[0]):
        return Meant(voice="")
    found = detect(text, languages, model=False) if "+" in voice else None
    same = found is None or found.partition("-")[0] == voice.partition("-")[0]
    return Meant(voice=voice, language="" if same or found is None else found)


def _is_there(tx: Transaction, asker: Asker, name: str) -> bool:
    return voices.named(tx, name, user_id=asker.user_id, place_id=asker.place.id) is not None
