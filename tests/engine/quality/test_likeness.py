from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.recordings import MUSIC, RATE, music, noise, noisy, people
from engine.quality import tracked
from engine.quality.activity import masked, spoken_spans
from engine.quality.frames import frames_of
from engine.quality.likeness import Likeness, likeness
from engine.quality.noise import levels_of
from tests.engine.quality_sounds import audio, needs_people, said


def heard(samples: NDArray[np.float32]) -> Likeness:
    frames = frames_of(samples)
    levels = levels_of(frames)
    track = tracked(audio(samples), len(frames))
    spans = spoken_spans(frames, levels, track > 0)
    return likeness(frames, levels, track, masked(spans, len(frames)) & (frames.powers > levels.floor))


def speaks(found: Likeness) -> bool:
    return found.articulate and not found.musical


def test_a_voice_that_says_something_is_heard_as_one() -> None:
    assert speaks(heard(said()))


@needs_people
def test_so_are_real_people_with_other_talk_in_the_background() -> None:
    for name, recordings in people().items():
        for each in recordings:
            assert speaks(heard(each)), name
        assert speaks(heard(noisy(recordings[0], noise("babble", len(recordings[0]), 1, but=name), 10)[0])), name


@pytest.mark.parametrize("kind", MUSIC)
def test_music_and_noise_are_not(kind: str) -> None:
    assert not speaks(heard(music(kind)))


def test_a_tune_is_known_by_its_notes_and_a_siren_by_saying_nothing() -> None:
    assert heard(music("melody")).musical
    siren = heard(music("siren"))
    assert siren.voiced > 0.9
    assert not siren.musical
    assert not siren.articulate


def test_a_whisper_has_no_voice_to_learn() -> None:
    """Noise in the bands of speech, with its loudness: what is left of a voice without its pitch."""
    frames = np.abs(said())
    smooth = np.convolve(frames, np.ones(320, np.float32) / 320, "same")
    assert not heard((smooth * noise("pink", len(smooth), 1)).astype(np.float32)).articulate


def test_nothing_is_like_nothing() -> None:
    assert heard(np.zeros(RATE, np.float32)) == Likeness(voiced=0.0, held=0.0, moved=0.0)
