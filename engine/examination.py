"""An examination: everything that is found out about a recording before a voice is made of it.

It is numeric work of a second or so, for the pool: what goes in and what comes out is fit for pickle.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from engine.clean import read
from engine.fingerprint import Question, questions
from engine.fingerprint import of as fingerprint_of
from engine.identity.encoder import Encoder, TooShort
from engine.identity.voice_print import VoicePrint
from engine.intake.errors import NotTaken
from engine.quality import assess
from engine.quality.report import Report
from engine.report_card import picture
from engine.synthetic import spoken_by_machine
from engine.value import value


class NotGoodEnough(NotTaken):
    """{why}"""


class SpokenByMachine(NotTaken):
    """That was spoken by a machine, not by a person; give a recording of somebody who speaks."""


@value
class Examination:
    """What was found out about a recording that is good enough."""

    report: Report
    """How good it is, and which stretch of it is the best."""
    print: VoicePrint
    """Whose voice it is."""
    fingerprint: bytes
    """What the sound is known by when it comes again."""
    questions: tuple[Question, ...]
    """What is looked for to know whether it was there before."""
    picture: bytes
    """The report card, as a PNG."""


def examine(path: Path, *, clipped: float, title: str, models: Path) -> Examination:
    """Examine a recording that `engine.clean.keep` has written.

    Args:
        path: The file.
        clipped: The share of its samples that were at full scale before it was made mono, from 0 to 1.
        title: What the report card says above everything else.
        models: The folder of weights.

    Raises:
        NotTaken: No voice can be made of it; the sentence says why, and what to do.
        WeightsMissing: The speaker encoder's are not on this machine.
    """
    audio = read(path)
    encoder = encoder_of(models)
    report = assess(audio, clipped=clipped, encoder=encoder)
    if report.refusal:
        raise NotGoodEnough(why=report.refusal)
    if spoken_by_machine(audio):
        raise SpokenByMachine
    try:
        print = encoder.print(audio)
    except TooShort as error:
        raise NotGoodEnough(why=str(error)) from None
    return Examination(
        report=report,
        print=print,
        fingerprint=fingerprint_of(audio),
        questions=questions(audio),
        picture=picture(audio, report, title),
    )


@lru_cache(1)
def encoder_of(models: Path) -> Encoder:
    """Return the speaker encoder of this process, opened once.

    Raises:
        WeightsMissing: Its weights are not on this machine.
    """
    return Encoder.load(models)
