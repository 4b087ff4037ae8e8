"""Speech to test with: espeak's, and real people's where the files lie beside the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.audio import join
from engine.espeak_engine import EspeakEngine
from engine.speech import Audio, Utterance

REAL = Path(__file__).parents[3] / "shared" / "speech"
TEXT = "The old keeper counts the boats in the harbour, and nobody has ever asked him why."


@cache
def spoken(text: str = TEXT, speaker: str = "en-gb") -> Audio:
    """What espeak says, at 22,050 Hz."""
    engine = EspeakEngine()
    engine.open()
    said = engine.synthesize([Utterance(text=text, engine="espeak", speaker=speaker)], lambda row: False)
    return join([audio for _, audio in said])


def pcm(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Samples as whole numbers."""
    return np.rint(samples * 32768).clip(-32768, 32767).astype(np.int16)
