"""Two voices that say the same, for tests: espeak's, at the rate of conversions."""

from __future__ import annotations

from functools import cache

import numpy as np
import soxr  # type: ignore[import-untyped]  # it has no types
from numpy.typing import NDArray

from engine.conversion.features import RATE, Features, take_apart
from tests.engine.speech_sounds import spoken

TEXT = "Nobody has ever asked the old man why he counts the boats, and so they wait in the harbour until the evening."
LOW, HIGH = "en-us", "en-us+f5"


@cache
def said(speaker: str, text: str = TEXT) -> NDArray[np.float32]:
    """What a voice of espeak's says, at RATE."""
    audio = spoken(text, speaker)
    samples: NDArray[np.float32] = soxr.resample(audio.samples, audio.rate, RATE)
    return samples


@cache
def apart(speaker: str, text: str = TEXT) -> Features:
    """The same, taken apart."""
    return take_apart(said(speaker, text))
