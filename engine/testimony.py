"""Testimony: everything that is found out about what somebody has said to agree to a copy of their voice.

It is numeric work of a second or so, for the pool: what goes in and what comes out is fit for pickle.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine import consent_words
from engine.clean import read
from engine.examination import encoder_of
from engine.fingerprint import Gallery, Question, questions
from engine.fingerprint import of as fingerprint_of
from engine.identity.encoder import TooShort
from engine.identity.thresholds import Verdict, bounds, verdict
from engine.identity.voice_print import VoicePrint, similarity
from engine.synthetic import Likely, judge
from engine.value import value


@value
class Answered:
    """What was found in an answer."""

    speech: float
    """Seconds of speech, without pauses."""
    enough: bool
    """Whether that is enough to tell whose it is; if not, nothing else was looked for."""
    machine: Likely = "no"
    """Whether a machine has spoken it."""
    replayed: bool = False
    """Whether it is one of the recordings that the voice is made from, played once more."""
    heard: tuple[str, ...] = ()
    """The six words of the list that were heard; none where it is no person, or nothing new."""
    similarity: float = 0.0
    """How alike the voices of the answer and of the recordings are, from -1 to 1."""
    threshold: float = 0.0
    """From which likeness on they count as the same, for so much speech."""
    verdict: Verdict = "other"
    """Whether it is the same person."""
    fingerprint: bytes = b""
    """What its sound is known by when it comes again."""
    questions: tuple[Question, ...] = ()
    """What is looked for to know whether it was there before."""


def examine_answer(
    path: Path,
    *,
    recordings: Sequence[Path],
    prints: Sequence[VoicePrint],
    models: Path,
    among: Sequence[str],
    drawn: Sequence[str],
) -> Answered:
    """Examine an answer that `engine.clean.keep` has written.

    Args:
        path: The file.
        recordings: What the voice is made from, in files of that kind.
        prints: Whose voice those have, as far as it is known; prints of another encoder do not count.
        models: The folder of weights.
        among: The list from which words were drawn.
        drawn: The words that were drawn.

    Raises:
        WeightsMissing: The speaker encoder's are not on this machine.
        OSError: A file is not there.
    """
    answer, encoder = read(path), encoder_of(models)
    try:
        print = encoder.print(answer)
    except TooShort as error:
        return Answered(speech=error.seconds, enough=False)
    usable = [each for each in prints if each.model == print.model]
    known = together(usable or [encoder.print(read(each)) for each in recordings])
    machine = judge(answer).machine
    asked = questions(answer)
    gallery = Gallery((place, fingerprint_of(read(each))) for place, each in enumerate(recordings))
    replayed = bool(gallery.find(asked))
    return Answered(
        speech=print.seconds,
        enough=True,
        machine=machine,
        replayed=replayed,
        heard=() if machine == "yes" or replayed else tuple(consent_words.heard(answer, among, drawn)),
        similarity=similarity(print, known),
        threshold=bounds(min(print.seconds, known.seconds)).same,
        verdict=verdict(print, known),
        fingerprint=fingerprint_of(answer),
        questions=asked,
    )


def together(prints: Sequence[VoicePrint]) -> VoicePrint:
    """Return the print of all the recordings of one person: the mean, by their seconds.

    Raises:
        ValueError: They come from different encoders.
    """
    import numpy as np

    if len({each.model for each in prints}) != 1:
        raise ValueError("prints of different encoders cannot be joined")
    mean = np.sum([each.vector * np.float32(each.seconds) for each in prints], axis=0)
    vector = (mean / np.linalg.norm(mean)).astype(np.float32)
    return VoicePrint(vector=vector, seconds=sum(each.seconds for each in prints), model=prints[0].model)


def versions(model: str) -> Mapping[str, str]:
    """Return the versions of what testifies: the recogniser, the list of words, the statement, the encoder `model`."""
    return {
        "recogniser": f"pocketsphinx {importlib.metadata.version('pocketsphinx')}",
        "words": consent_words.VERSION,
        "statement": consent_words.STATEMENT_VERSION,
        "encoder": model,
    }
