"""Casting: which voice says it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from commands.core.context import Asker, Inquiry
from commands.core.errors import NotFound, Refused
from commands.core.standing_in import spoken
from commands.core.words import either
from storage import clones, users, voices
from storage.database import Transaction
from storage.voices import Voice, fold

AUTO = "auto"
"""The default voice of a host who leaves the choice to Mynah."""
USUAL = "en"
"""What a text is taken for where nobody knows its language."""
LIKE = 0.75
"""How much a name must be like what was typed to be offered, from 0 to 1."""


class NotReady(Refused):
    """{name} cannot speak yet: {missing}"""


def cast(tx: Transaction, inquiry: Inquiry, name: str, language: str | None = None) -> Voice:
    """Return who says a text.

    A voice that is named says it, whatever the language: it was asked for. Where the person names a language beside a
    variant of a built-in voice, that variant speaks the language: 'en-gb+annie' and 'de' make 'de+annie'.

    Without a name, the first of these that speaks the language does: the person's own choice, the place's, the host's.
    Where none of them does, the best voice for the language does: a German text in an English voice is noise, and who
    chose a built-in voice chose how it sounds, not what it cannot read. A clone, or a voice that was trained, is chosen
    for whose voice it is, so it keeps every text. Where nobody knows the language, the first choice speaks.

    A clone has the best of its speakers whose engine is open.

    Args:
        tx: The transaction to look in.
        inquiry: Who asks, and where.
        name: The voice that the person names; empty where they name none.
        language: What the person says that the text is in, or what it was found to be in, as a BCP 47 tag.

    Raises:
        NotFound: There is none that the person may use; the sentence offers the nearest, or names the setting.
    """
    return spoken(tx, inquiry, _cast(tx, inquiry, name, language))


def _cast(tx: Transaction, inquiry: Inquiry, name: str, language: str | None) -> Voice:
    if name:
        voice = named(tx, inquiry, name)
        return _in_language(tx, inquiry, voice, language) if language else voice
    first: Voice | None = None
    for voice in _chosen(tx, inquiry):
        if not language or voice.kind != "builtin" or _speaks(inquiry, voice, language):
            return voice
        first = first or voice
    best = _best(tx, inquiry, language) if language else None
    return best or first or _best(tx, inquiry, USUAL) or _hosts(tx, inquiry)


def _chosen(tx: Transaction, inquiry: Inquiry) -> Iterator[Voice]:
    """Tell the voices that were chosen, the nearest choice first: the person's own, the place's, the host's.

    A built-in one whose engine is not there, for it is still loading, say, is passed over: who names it waits for it.
    """
    asker = inquiry.asker
    user = users.get(tx, asker.user_id)
    for voice_id in (user.default_voice_id if user else None, asker.place.default_voice_id):
        voice = voices.get(tx, voice_id) if voice_id is not None else None
        if voice is not None and _may_use(tx, voice, asker) and _is_there(inquiry, voice):
            yield voice
    if inquiry.rules.default_voice != AUTO and _is_there(inquiry, hosts := _hosts(tx, inquiry)):
        yield hosts


def _best(tx: Transaction, inquiry: Inquiry, language: str) -> Voice | None:
    """Return the best voice for a language, or None where nobody speaks it; only for English anybody will do then."""
    choice = inquiry.host.choice
    speaker = choice.best(language) or (choice.any() if language == USUAL else None)
    return voices.built_in(tx, speaker.engine, speaker.key) if speaker else None


def _is_there(inquiry: Inquiry, voice: Voice) -> bool:
    return voice.kind != "builtin" or voice.engine in inquiry.host.abilities


def _speaks(inquiry: Inquiry, voice: Voice, language: str) -> bool:
    return inquiry.host.choice.speaks(voice.engine, voice.speaker_key, voice.language, language)


def _in_language(tx: Transaction, inquiry: Inquiry, voice: Voice, language: str) -> Voice:
    """Return the same variant in another language, where its engine has that; else the voice itself."""
    _, plus, variant = voice.speaker_key.partition("+")
    if not plus or _speaks(inquiry, voice, language):
        return voice
    speaker = inquiry.host.choice.best(language, voice.engine)
    base = voices.built_in(tx, speaker.engine, speaker.key) if speaker else None
    return _varied(inquiry, base, variant) if base else voice


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
        NotReady: It is one of their own that does not speak yet, or any more; the sentence says what is missing.
        NotFound: There is none that they may use; the sentence offers the nearest.
    """
    user_id, place_id = inquiry.asker.user_id, inquiry.asker.place.id
    if voice := voices.named(tx, name, user_id=user_id, place_id=place_id):
        return voice
    if own := clones.own(tx, user_id, name):
        raise NotReady(name=own.name, missing=_missing(own))
    base, plus, variant = name.partition("+")
    if plus and (voice := voices.named(tx, base, user_id=user_id, place_id=place_id)):
        return _varied(inquiry, voice, variant)
    near = _nearest(tx, inquiry, base)
    hint = f"Did you mean {either(near)}?" if near else "/voices list shows those that you may use."
    raise NotFound("There is no voice {name!r}. {hint}", name=name[:40], hint=hint)


def _missing(voice: Voice) -> str:
    """Say what a person's own voice lacks to speak."""
    if voice.status == "revoked":
        return "the person whose voice it is has taken it back."
    if voice.kind == "clone" and not voice.consent:
        return (
            f"whose voice it is has to agree first. Yours: /consent own voice={voice.name} · Somebody else's: "
            f"/consent other voice={voice.name}"
        )
    if voice.kind == "clone":
        return f"it has to be made first. /voices build {voice.name}"
    return "it is not finished."


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
