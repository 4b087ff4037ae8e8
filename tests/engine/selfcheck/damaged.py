"""Speech to judge, sound and damaged: espeak's, so that it is there everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.speech import Audio
from tests.engine.speech_sounds import TEXT, spoken

RATE = 22_050


def sound(samples: NDArray[np.float32]) -> Audio:
    """An utterance of these samples."""
    return Audio(samples=np.asarray(samples, np.float32), rate=RATE)


def said(text: str = TEXT, speaker: str = "en-gb") -> NDArray[np.float32]:
    """What espeak says, without its timings."""
    audio = spoken(text, speaker)
    assert audio.rate == RATE
    return audio.samples


def silence(seconds: float) -> NDArray[np.float32]:
    """Nothing."""
    return np.zeros(round(seconds * RATE), np.float32)


def twice(samples: NDArray[np.float32], begin: float, end: float) -> NDArray[np.float32]:
    """The same with the stretch between two moments, in seconds, said again."""
    return np.concatenate([samples[: round(end * RATE)], samples[round(begin * RATE) :]])


def noise(seconds: float, level: float = 0.05) -> NDArray[np.float32]:
    """A hiss."""
    return (level * np.random.default_rng(1).standard_normal(round(seconds * RATE))).astype(np.float32)
