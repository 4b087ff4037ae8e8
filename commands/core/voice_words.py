"""How a voice is told of: whose it is, who has agreed to it, how far it is, who may use it."""

from __future__ import annotations

from collections.abc import Iterable

from commands.core.context import Inquiry
from commands.core.reply import Json
from commands.core.standing_in import licence_of
from commands.core.words import duration, iso, listed
from engine.licence import is_commercial, terms
from storage.recordings import Recording
from storage.speakers import Learned
from storage.voices import Consent, Visibility, Voice

AGREED: dict[Consent, str] = {
    "": "nobody has agreed to it yet",
    "spoken": "its owner's own voice, agreed to aloud",
    "given": "somebody else's voice, agreed to aloud by them",
    "ticked": "its owner says that it is their own voice; nobody has listened",
    "host-own": "the voice of who runs this Mynah",
    "host-given": "who runs this Mynah answers for it that its person has agreed",
}
"""How the person whose voice it is has agreed, by the rule under which it was."""
SHARED: dict[Visibility, str] = {
    "private": "for its owner alone",
    "place": "for everyone in one place",
    "public": "for everyone",
}
"""Who may use a voice."""


def called(voice: Voice) -> str:
    """What a voice is, for people to read: its title, or the name that somebody gave to one of their own."""
    return voice.title or voice.name


def full_name(voice: Voice) -> str:
    """A voice's name, with its title where that says more."""
    return voice.name if voice.title in ("", voice.name) else f"{voice.name} ({voice.title})"


def is_mine(voice: Voice, inquiry: Inquiry) -> bool:
    """Whether a voice is that of the person who asks."""
    return voice.user_id is not None and voice.user_id == inquiry.asker.user_id


def step(voice: Voice) -> str:
    """What stands between a voice and speaking; empty where nothing does."""
    if voice.status in ("ready", "retired"):
        return ""
    if voice.status in ("revoked", "failed"):
        return "taken back" if voice.status == "revoked" else "could not be made"
    return "has to be made" if voice.consent else "waits for consent"


def tagged(voice: Voice) -> str:
    """'#work #loud'."""
    return " ".join(f"#{tag}" for tag in voice.tags)


def likeness(share: float) -> str:
    """'.71'."""
    return f"{share:.2f}".replace("0.", ".", 1)


def origin(voice: Voice, inquiry: Inquiry) -> str:
    """Where a voice comes from, and whose it is."""
    if voice.kind == "builtin":
        return f"came with {voice.engine}"
    whose = "yours" if is_mine(voice, inquiry) else "somebody else's"
    return f"{'a clone' if voice.kind == 'clone' else 'a trained voice'}, {whose}"


def line(voice: Voice, inquiry: Inquiry) -> str:
    """Tell of a voice on one line."""
    own = "yours" if is_mine(voice, inquiry) else ""
    asked = "" if is_commercial(licence_of(inquiry, voice)) else "not for commercial use"
    parts = (voice.name, voice.title, voice.sex, own, step(voice) if own else "", tagged(voice), asked)
    return " · ".join(part for part in parts if part)


def about(voice: Voice, made_of: list[Recording]) -> list[str]:
    """Tell, line by line, what only its owner is told of a clone.

    Args:
        voice: The voice.
        made_of: Its recordings.
    """
    agreed = AGREED[voice.consent]
    told = [f"{agreed[0].upper()}{agreed[1:]}."]
    seconds = sum(each.seconds or 0.0 for each in made_of)
    best = max((each.score for each in made_of if each.score is not None), default=None)
    if made_of:
        count = "1 recording" if len(made_of) == 1 else f"{len(made_of)} recordings"
        told.append(f"{count}, {duration(seconds)}" + (f"; the best is {best:g} of 10." if best is not None else "."))
    if isinstance(reached := voice.figures.get("similarity"), float):
        told.append(f"A similar voice: likeness {likeness(reached)}.")
    told.append(f"It is {SHARED[voice.visibility]}." if not (left := step(voice)) else f"It {_is(left)}.")
    return told


def spoken_by(voice: Voice, learned: list[Learned], inquiry: Inquiry) -> list[str]:
    """Tell, line by line, which engines speak a voice, how like the person, and what their licences ask.

    Args:
        voice: The voice.
        learned: What engines have learned of it; only its owner is told of that.
        inquiry: Who asks, and where.
    """
    told = []
    if len(learned) > 1:
        told.append(f"Spoken by {listed([_reached(each) for each in learned])}.")
    if asked := terms(licence_of(inquiry, voice)):
        told.append(f"What it says: {asked}.")
    return told


def listed_by(learned: Iterable[Learned]) -> list[Json]:
    """Tell to programs what engines have learned of a voice."""
    return [
        {"engine": each.engine, "similarity": each.figures.get("similarity"), "licence": each.licence}
        for each in learned
    ]


def _reached(learned: Learned) -> str:
    """'world (likeness .71)'."""
    reached = learned.figures.get("similarity")
    return f"{learned.engine} (likeness {likeness(reached)})" if isinstance(reached, float) else learned.engine


def facts(voice: Voice, inquiry: Inquiry) -> dict[str, Json]:
    """Tell of a voice to programs."""
    told: dict[str, Json] = {
        "name": voice.name,
        "title": voice.title,
        "language": voice.language,
        "sex": voice.sex,
        "kind": voice.kind,
        "engine": voice.engine,
        "notes": voice.notes,
        "licence": licence_of(inquiry, voice) or None,
        "mine": is_mine(voice, inquiry),
    }
    if voice.kind == "clone":
        told |= {"status": voice.status, "consent": voice.consent or None, "tags": list(voice.tags)}
    if voice.kind == "clone" and is_mine(voice, inquiry):
        told |= {"visibility": voice.visibility, "built": dict(voice.figures), "created": iso(voice.created_at)}
    return told


def _is(left: str) -> str:
    """'waits for consent', 'has to be made', 'was taken back'."""
    return f"was {left}" if left == "taken back" else left
