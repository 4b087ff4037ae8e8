"""What an utterance is judged by, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from engine.identity.voice_print import VoicePrint
from engine.selfcheck.whose import Encoder
from engine.value import value

Fault = Literal[
    "silent", "rushed", "dragged", "pause", "repeat", "held", "cut off", "clipped", "changes speaker", "other speaker"
]
"""What can be wrong with an utterance: nothing is said; less is said than stands there, or faster; more, or slower; it
is silent for long; a stretch comes twice; a sound does not end; it stops in the middle of one; it is louder than there
is room for; somebody else goes on; it is somebody else."""


@value
class Expected:
    """What an utterance should be like, beside its text."""

    language: str = "en"
    """What is spoken, as a BCP 47 tag; how long it should take is judged for the 17 languages of `pace.LETTER` only."""
    speed: float = 1.0
    """The pace that was asked for; 2 is twice as fast."""
    pace: float = 0.0
    """How long this speaker takes for a text against what is usual (`Verdict.pace` of what was good); 0: not known."""
    encoder: Encoder | None = None
    """Tells voices apart (`engine.identity.Encoder`); None: whose voice it is, is not judged."""
    speaker: VoicePrint | None = None
    """Whose voice it should have, by that encoder; None: only whether it stays one voice is judged."""


@value
class Verdict:
    """What was found of an utterance."""

    score: float
    """How good it is, from 0 to 1, by what is worst of it: below 0.5 where there is a fault, and only there."""
    faults: tuple[Fault, ...]
    """What is wrong, what is worst first; empty where nothing is."""
    figures: Mapping[str, float]
    """What was measured, by the names that `judge` explains, rounded; fit for JSON."""
    pace: float
    """How long it took against what is usual for its text, at speed 1; 0 where that is not known."""
