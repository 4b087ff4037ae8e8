"""A script: a text as the lines that an engine is given, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commands.core.errors import UsageError
from commands.core.manner import Manner
from commands.core.plan import Plan
from engine.engine import Abilities
from engine.mastering import Line, Mix
from engine.speech import Utterance
from engine.text.reading import Sentence, read

MOST_GROWN = 12
"""How many times as long as written a text may be when it is said: numbers grow eightfold."""
SPARE = 2_000
"""How many more characters than that may be said, so that no short text is refused."""


def lines(text: str, plan: Plan, manner: Manner, abilities: Abilities, heard: bool = False) -> list[Line]:
    """Turn a clean text into lines.

    An engine that says several sentences as well in one go as one by one gets them so, unless somebody wants to know
    when each is said: every crossing to it and back takes time. Where it is `heard` while it is said, a sentence comes
    first, and what follows is as long as all before it: so it begins at once, and goes on before that is over.

    Raises:
        UsageError: What is said for it is out of all proportion to what is written, and paid for.
    """
    sentences = read(text, language=plan.language, lexicon=plan.lexicon)
    if sum(len(sentence.spoken) for sentence in sentences) > MOST_GROWN * len(text) + SPARE:
        raise UsageError("Read out, that is far longer than it is written; /lexicon list shows what makes it so.")
    return list(_lines(sentences, plan, manner, abilities, heard))


def mix(plan: Plan, manner: Manner, abilities: Abilities, gain: float) -> Mix:
    """Tell how the lines are to sound, in a voice that is made `gain` times as loud."""
    return Mix(
        gain=gain * manner.volume,
        semitones=0.0 if abilities.pitch else manner.pitch,
        kinds=manner.kept,
        language=plan.language,
    )


def _lines(
    sentences: Sequence[Sentence], plan: Plan, manner: Manner, abilities: Abilities, heard: bool
) -> Iterator[Line]:
    longest = 0 if manner.kinds else abilities.passage
    most = 0 if heard else longest
    spoken, before, said = "", 0.0, None
    for sentence in sentences:
        if spoken and (not sentence.pieces or len(spoken) + len(sentence.spoken) >= most):
            yield _line(spoken, said, plan, manner, abilities, before=before)
            most = min(longest, most + len(spoken))
            spoken, before = "", 0.0
        if not sentence.pieces:
            before += sentence.pause
            continue
        spoken = f"{spoken} {sentence.spoken.strip()}" if spoken else sentence.spoken.strip()
        said = sentence
        if sentence.pause:
            yield _line(spoken, said, plan, manner, abilities, before=before, after=sentence.pause)
            spoken, before = "", 0.0
    if spoken:
        yield _line(spoken, said, plan, manner, abilities, before=before)


def _line(
    spoken: str,
    sentence: Sentence | None,
    plan: Plan,
    manner: Manner,
    abilities: Abilities,
    *,
    before: float = 0.0,
    after: float = 0.0,
) -> Line:
    utterance = Utterance(
        text=spoken,
        engine=plan.voice.engine,
        speaker=plan.voice.speaker_key,
        speed=manner.speed,
        pitch=manner.pitch if abilities.pitch else 0.0,
        language=plan.language,
    )
    return Line(utterance=utterance, before=before, after=after, sentence=sentence if manner.kinds else None)
