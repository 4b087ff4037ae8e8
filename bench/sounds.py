"""Speech to measure with."""

from __future__ import annotations

from functools import cache

from engine.audio import join
from engine.engine import EngineMissing
from engine.espeak_engine import EspeakEngine
from engine.flite_engine import FliteEngine
from engine.speech import Audio, Utterance
from engine.text.sentences import sentences


@cache
def engine() -> EspeakEngine:
    """espeak, opened once."""
    made = EspeakEngine()
    made.open()
    return made


@cache
def flite() -> FliteEngine | None:
    """flite, opened once; None where it is not installed."""
    made = FliteEngine()
    try:
        made.open()
    except EngineMissing:
        return None
    return made


@cache
def spoken(text: str, speaker: str = "en-us") -> Audio:
    """What espeak says, without its timings."""
    rows = [Utterance(text=sentence, engine="espeak", speaker=speaker) for sentence in sentences(text)]
    chunks = [audio for row in rows for _, audio in engine().synthesize([row], lambda row: False)]
    whole = join(chunks)
    return Audio(samples=whole.samples, rate=whole.rate)
