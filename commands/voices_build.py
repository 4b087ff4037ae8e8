"""/voices build: a voice that its person has agreed to is made of its recordings.

/voices build Ada     Ada is ready: a similar voice. It reached .71 of likeness … Hear it · Share · Make it mine

Refused are voices that nobody has agreed to yet, those that are made of all their recordings already, and those that
were taken back; each with what to do. What cannot be made is not charged.
"""

from __future__ import annotations

from commands.core.building import Built, build, check_buildable, own_voice
from commands.core.cloning import check_able, check_allowed
from commands.core.command import Lane, command
from commands.core.context import Inquiry, JobContext
from commands.core.params import VoiceName
from commands.core.quote import Quote
from commands.core.reply import Action, Reply
from commands.core.saying import voice_settings
from commands.core.standing_in import licence_of, maker_of
from commands.core.voice_words import likeness, listed_by
from commands.core.words import either
from engine.identity.thresholds import ONESELF, STRANGER
from engine.licence import terms
from storage.database import Transaction
from storage.metrics import Charge, Metric
from storage.voices import Voice


async def quote_build(inquiry: Inquiry, name: str) -> Quote:
    """Check that a voice can be made, and tell what it takes: a clone and, the first time, a voice that is held.

    Raises:
        Refused: It cannot be made now.
    """
    check_allowed(inquiry)
    maker = maker_of(inquiry, check_able(inquiry))

    def look(tx: Transaction) -> Voice:
        voice = own_voice(tx, inquiry, name)
        check_buildable(tx, voice, maker)
        return voice

    voice = await inquiry.read(look)
    charges = [Charge(metric=Metric.CLONES, amount=1)]
    if voice.counted_in is None:
        charges.append(Charge(metric=Metric.VOICES, amount=1))
    return Quote(charges=tuple(charges), settings=voice_settings(voice))


@command("voices", "build", lane=Lane.SOON, quote=quote_build, private=True)
async def build_voice(ctx: JobContext, name: VoiceName) -> Reply:
    """Make a voice of the recordings that you have given, once whose voice it is has agreed.

    It takes a minute or so. What comes of it is a similar voice, not the same: you are told how similar.

    Args:
        name: Which of your voices.
    """
    check_allowed(ctx)
    built = await build(ctx, name, check_able(ctx))
    voice = built.voice
    return Reply(
        text="\n".join(_lines(ctx, built)),
        private=True,
        actions=(
            Action(label="Hear it", command="voices preview", values={"name": voice.name}),
            Action(label="Share", command="voices share", values={"name": voice.name}, asks="whom"),
            Action(label="Make it mine", command="voices default", values={"name": voice.name}),
        ),
        data={
            "voice": voice.name,
            "status": voice.status,
            "consent": voice.consent,
            "engine": voice.engine,
            "built": dict(voice.figures),
            "licence": licence_of(ctx, voice),
            "speakers": listed_by(built.speakers),
        },
    )


def _lines(inquiry: Inquiry, built: Built) -> list[str]:
    """Say what was reached, beside what that is read against."""
    figures, name = built.voice.figures, built.voice.name
    lines = [f"{name} is {'made anew' if built.again else 'ready'}: a similar voice, not the same."]
    if isinstance(reached := figures.get("similarity"), float):
        lines.append(
            f"Its likeness to the very recordings that it was made of is {likeness(reached)}; a stranger's is about "
            f"{likeness(STRANGER)}, and the person's own {likeness(ONESELF)}."
        )
    share, by_base, words = (figures.get(each) for each in ("word_errors", "word_errors_base", "words"))
    if isinstance(share, float) and isinstance(by_base, float) and isinstance(words, int):
        lines.append(
            f"Of the {words} words by which its settings were chosen {_are(round(words * share))} misheard; of the "
            f"voice under it {round(words * by_base)}."
        )
    if others := [each.engine for each in built.speakers if each.engine != built.voice.engine]:
        lines.append(f"{built.voice.engine} speaks it; where that is not running, {either(others)} does.")
    if asked := terms(licence_of(inquiry, built.voice)):
        lines.append(f"What it says: {asked}.")
    lines.append(f"Now it speaks: /speak voice={name}")
    return lines


def _are(number: int) -> str:
    """'8 are', '1 is'."""
    return f"{number} {'is' if number == 1 else 'are'}"
