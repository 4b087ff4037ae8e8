"""Whose voice an utterance has, told by an encoder for which everybody is one of two."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.identity.voice_print import VoicePrint
from engine.selfcheck.whose import LEAST, whose
from engine.speech import Audio

RATE = 16_000


class LowOrHigh:
    """Gives each second the vector of a low hum or of a high one, and of nothing else."""

    def windows(self, speech: NDArray[np.float32], hop: int, *, most: int = 0) -> NDArray[np.float32]:
        parts = speech[: len(speech) // RATE * RATE].reshape(-1, RATE)
        high = np.abs(np.fft.rfft(parts)).argmax(axis=1) > 500
        vectors: NDArray[np.float32] = np.eye(256, dtype=np.float32)[high.astype(int)]
        return vectors


def hum(hertz: float, seconds: float) -> NDArray[np.float32]:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def audio(*pieces: NDArray[np.float32]) -> Audio:
    return Audio(samples=np.concatenate(pieces), rate=RATE)


LOW = VoicePrint(vector=np.eye(256, dtype=np.float32)[0], seconds=20, model="two")


def test_one_voice_is_like_itself_throughout() -> None:
    found = whose(audio(hum(200, 8)), LowOrHigh(), LOW)
    assert found.steady == pytest.approx(1) and found.like == pytest.approx(1)
    assert 0 < found.bound < 1


def test_somebody_else_who_goes_on_is_noticed_wherever_they_begin() -> None:
    for begins in (2, 5, 7):
        assert whose(audio(hum(200, begins), hum(900, 10 - begins)), LowOrHigh(), None).steady == pytest.approx(0)


def test_a_moment_of_another_sound_is_nobody_else() -> None:
    assert whose(audio(hum(200, 9), hum(900, 1)), LowOrHigh(), None).steady > 0.6


def test_somebody_else_from_the_beginning_is_not_like_who_was_asked() -> None:
    found = whose(audio(hum(900, 8)), LowOrHigh(), LOW)
    assert found.steady == pytest.approx(1)
    assert found.like is not None and found.like < found.bound


def test_nothing_is_said_of_what_is_too_short() -> None:
    found = whose(audio(hum(900, LEAST - 0.5)), LowOrHigh(), LOW)
    assert (found.steady, found.like) == (1, None)
