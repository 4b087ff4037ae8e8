"""What sounds too much like itself."""

from __future__ import annotations

import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]  # it has no types

from engine.selfcheck import REPEATED, REPEATS, STILL
from engine.selfcheck.listening import listen
from engine.selfcheck.sameness import held, likeness
from tests.engine.selfcheck.damaged import RATE, noise, said, silence, sound, twice


def test_a_stretch_that_comes_twice_is_like_itself() -> None:
    plain = likeness(listen(sound(said())), REPEATS)
    again = likeness(listen(sound(twice(said(), 1.0, 2.0))), REPEATS)
    assert plain < REPEATED < again <= 1.001


@pytest.mark.parametrize("faster", [0.95, 1.05])
def test_it_may_be_said_a_little_otherwise_the_second_time(faster: float) -> None:
    speech = said()
    part = soxr.resample(speech[RATE : 2 * RATE], RATE, RATE * faster)
    again = np.concatenate([speech[: 2 * RATE], part, speech[2 * RATE :]])
    assert likeness(listen(sound(again)), REPEATS) > REPEATED


def test_pauses_are_not_like_each_other() -> None:
    speech = said("Hello.")
    paused = np.concatenate([speech, silence(2), said("A boat in the harbour."), silence(2)])
    assert likeness(listen(sound(paused)), REPEATS) < REPEATED


def test_a_sound_that_stands_still_is_noticed_for_as_long_as_it_does() -> None:
    speech = said()
    hum = 0.2 * np.sin(2 * np.pi * 150 * np.arange(RATE * 3 // 2) / RATE).astype(np.float32)
    assert held(listen(sound(speech)), STILL) < 0.5
    assert held(listen(sound(np.concatenate([speech, hum]))), STILL) == pytest.approx(1.5, abs=0.2)


def test_noise_stands_still_too_and_silence_is_none() -> None:
    speech = said()
    assert held(listen(sound(np.concatenate([speech, noise(1.5)]))), STILL) == pytest.approx(1.5, abs=0.2)
    assert held(listen(sound(np.concatenate([speech, silence(1.5)]))), STILL) < 0.5


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
def test_what_is_too_short_to_tell_is_neither(seconds: float) -> None:
    heard = listen(sound(noise(seconds)))
    assert likeness(heard, REPEATS) == -1 and held(heard, STILL) == 0
