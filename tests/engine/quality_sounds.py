"""Recordings to look into, most of them espeak's, so that they are there everywhere."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]  # it has no types
from numpy.typing import NDArray

from bench.recordings import RATE, SPEECH
from engine.speech import Audio
from tests.engine.speech_sounds import spoken

needs_people = pytest.mark.skipif(not SPEECH.exists(), reason="../shared/speech is not there")

_SENTENCES = (
    "The old keeper counts the boats in the harbour, and nobody has ever asked him why.",
    "He has done so for thirty years, in rain and in snow.",
    "On quiet nights you could hear the seals breathe.",
    "When the electric lamp came he was offered a pension, and he refused it.",
)


@cache
def said() -> NDArray[np.float32]:
    """Four sentences of espeak's with rests of .6 s around them and faint noise under all, 50 dB below."""
    rest = np.zeros(round(0.6 * RATE), np.float32)
    parts = [rest]
    for sentence in _SENTENCES:
        sound = spoken(sentence)
        parts += [soxr.resample(sound.samples, sound.rate, RATE), rest]
    speech = np.concatenate(parts)
    dice = np.random.default_rng(1)
    level = float(np.sqrt(np.mean(speech**2))) / 10 ** (50 / 20)
    return (speech + level * dice.standard_normal(len(speech))).astype(np.float32)


def audio(samples: NDArray[np.float32], rate: int = RATE) -> Audio:
    """A recording of these samples."""
    return Audio(samples=np.asarray(samples, np.float32), rate=rate)


def sine(hertz: float, seconds: float, rate: int = RATE, level: float = 0.5) -> NDArray[np.float32]:
    """A tone."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)
