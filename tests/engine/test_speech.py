from __future__ import annotations

import numpy as np
import pytest

from engine.speech import Audio, Timing

PCM = np.array([0, 16_384, -32_768], np.int16)
KNOWN = set(Audio.__slots__) - {"pcm", "_samples", "_peak"}
"""What is known of a sound besides it."""


def test_a_sound_in_sixteen_bits_has_samples_for_whoever_wants_them() -> None:
    audio = Audio(pcm=PCM, rate=3)
    assert audio.pcm is PCM
    assert (audio.count, audio.seconds, audio.peak) == (3, 1.0, 1.0)
    assert audio.samples.tolist() == [0.0, 0.5, -1.0]
    assert audio.samples.dtype == np.float32
    assert audio.samples is audio.samples, "they are made once"


def test_a_sound_is_given_in_one_form() -> None:
    with pytest.raises(TypeError, match="as samples or as pcm"):
        Audio(rate=3)
    with pytest.raises(TypeError, match="as samples or as pcm"):
        Audio(samples=np.zeros(3, np.float32), pcm=PCM, rate=3)


def test_another_sound_keeps_what_else_is_known() -> None:
    timings = (Timing(kind="word", text="a", start_ms=0, end_ms=1),)
    audio = Audio(pcm=PCM, rate=3, timings=timings, score=0.5, takes=2)
    other = audio.with_samples(np.zeros(2, np.float32))
    assert other.pcm is None
    assert other.count == 2
    for name in KNOWN:
        assert getattr(other, name) == getattr(audio, name)


@pytest.mark.parametrize("audio", [Audio(pcm=PCM, rate=3), Audio(samples=np.ones(2, np.float32), rate=3)])
def test_a_judged_sound_is_the_same_sound(audio: Audio) -> None:
    judged = audio.judged(score=0.9, takes=3)
    assert (judged.score, judged.takes, judged.pcm is None) == (0.9, 3, audio.pcm is None)
    for name in KNOWN - {"score", "takes"}:
        assert getattr(judged, name) == getattr(audio, name)
    assert np.array_equal(judged.samples, audio.samples)
