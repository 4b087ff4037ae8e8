"""Casting: which voice says it."""

from __future__ import annotations

import difflib
from dataclasses import replace

from commands.core.context import Asker, Inquiry
from commands.core.errors import NotFound
from commands.core.words import either
from storage import users, voices
from storage.database import Transaction
from storage.voices import Voice, fold

LIKE = 0.75
"""How much a name must be like what was typed to be offered, from 0 to 1."""


def cast(tx: Transaction, inquiry: Inquiry, name: str) -> Voice:
    """Return the voice of that name; without a name the person's own, else the place's, else the host's.

    Raises:
        NotFound: There is none that the person may use; the sentence offers the nearest, or names the setting.
    """
    if name:
        return named(tx, inquiry, name)
    asker = inquiry.asker
    user = users.get(tx, asker.user_id)
    for voice_id in (user.default_voice_id if user else None, asker.place.default_voice_id):
        voice = voices.get(tx, voice_id) if voice_id is not None else None
        if voice is not None and _may_use(tx, voice, asker):
            return voice
    return _hosts(tx, inquiry)


def _hosts(tx: Transaction, inquiry: Inquiry) -> Voice:
    """Return the host's voice; where the settings name none that is there, only the host can mend it."""
    name = inquiry.rules.default_voice
    try:
        return named(tx, inquiry, name)
    except NotFound:
        near = _nearest(tx, inquiry, name.partition("+")[0])
        raise NotFound(
            "The default voice {name!r} is not there; set speech.default_voice in config.toml to one that is.{hint}",
            name=name[:40],
            hint=f" Did you mean {either(near)}?" if near else "",
        ) from None


def named(tx: Transaction, inquiry: Inquiry, name: str) -> Voice:
    """Return the voice that a person means by a name, which may have a variant behind it: 'en-gb+annie'.

    Raises:
        NotFound: There is none that they may use; the sentence offers the nearest.
    """
    user_id, place_id = inquiry.asker.user_id, inquiry.asker.place.id
    if voice := voices.named(tx, name, user_id=user_id, place_id=place_id):
        return voice
    base, plus, variant = name.partition("+")
    if plus and (voice := voices.named(tx, base, user_id=user_id, place_id=place_id)):
        return _varied(inquiry, voice, variant)
    near = _nearest(tx, inquiry, base)
    hint = f"Did you mean {either(near)}?" if near else "/voices list shows those that you may use."
    raise NotFound("There is no voice {name!r}. {hint}", name=name[:40], hint=hint)


def _nearest(tx: Transaction, inquiry: Inquiry, name: str) -> list[str]:
    """Return the names of voices that somebody may well have meant."""
    user_id, place_id = inquiry.asker.user_id, inquiry.asker.place.id
    near = voices.nearest(tx, name, user_id=user_id, place_id=place_id)
    found = (voices.named(tx, each, user_id=user_id, place_id=place_id) for each in near)
    return [voice.name for voice in found if voice and _is_like(voice, name)]


def _is_like(voice: Voice, typed: str) -> bool:
    """Tell whether a voice's name or title is much like what was typed, or has a word that begins so."""
    wanted = fold(typed)
    said = [fold(voice.name), *fold(voice.title).split(" (")]  # 'english' for 'English (America)'
    if any(word.startswith(wanted) for each in said for word in (each, *each.split())):
        return True
    return bool(difflib.get_close_matches(wanted, said, n=1, cutoff=LIKE))


def _varied(inquiry: Inquiry, voice: Voice, key: str) -> Voice:
    """Return the voice with one of its engine's variants put on."""
    there = inquiry.host.variants.get(voice.engine, ()) if voice.kind == "builtin" else ()
    known = {each.key: each for each in there}
    by_name = {_folded(each.name): each for each in there}
    wanted = _folded(key)
    if variant := known.get(wanted) or by_name.get(wanted):
        return replace(
            voice,
            name=f"{voice.name}+{variant.key}",
            title=f"{voice.title}, {variant.name}",
            sex=variant.sex or voice.sex,
            speaker_key=f"{voice.speaker_key}+{variant.key}",
            notes="",
        )
    near = [f"{voice.name}+{each}" for each in difflib.get_close_matches(wanted, known, n=3, cutoff=0.4)]
    hint = f"Did you mean {either(near)}?" if near else f"{voice.name} alone is there."
    raise NotFound("There is no variant {key!r} of {name}. {hint}", key=key[:40], name=voice.name, hint=hint)


def _folded(name: str) -> str:
    return "_".join(name.lower().replace("_", " ").split())


def _may_use(tx: Transaction, voice: Voice, asker: Asker) -> bool:
    """Tell whether a voice that was chosen once may still be used: it may have been made private, or may be gone."""
    if voice.status != "ready":
        return False
    if voice.visibility == "public" or voice.user_id == asker.user_id:
        return True
    there = voices.named(tx, voice.name, user_id=asker.user_id, place_id=asker.place.id)
    return there is not None and there.id == voice.id
