from __future__ import annotations

import numpy as np
import pytest

from bench.quality import snr_errors
from bench.recordings import NOISES, RATE, noise, noisy, people
from engine.quality.frames import frames_of
from engine.quality.noise import LEAST_SNR, MOST_SNR, SILENCE, Levels, decibels, levels_of
from tests.engine.quality_sounds import needs_people, said


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("ratio", [5, 10, 20, 30])
def test_speech_above_noise_is_known_to_three_decibels(kind: str, ratio: int) -> None:
    mixed, truth = noisy(said(), noise(kind, len(said()), 1), ratio)
    assert levels_of(frames_of(mixed)).snr == pytest.approx(truth, abs=3)


@needs_people
@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("ratio", [5, 15, 30])
def test_so_it_is_with_real_people(kind: str, ratio: int) -> None:
    source = {name: recordings[:1] for name, recordings in people().items()}
    errors = snr_errors(source, kind, ratio)
    assert len(errors) == len(source) >= 5
    assert max(map(abs, errors)) <= 3


def test_the_level_of_noise_is_what_it_was_made_with() -> None:
    mixed = said() + 0.01 * noise("white", len(said()), 2)
    # Of white noise to 8 kHz, what is below 60 Hz and above 7.9 kHz is not listened to.
    assert decibels(levels_of(frames_of(mixed)).noise) == pytest.approx(-40, abs=1)


def test_a_louder_recording_has_other_levels_and_the_same_ratio() -> None:
    soft, loud = levels_of(frames_of(said() * np.float32(0.1))), levels_of(frames_of(said()))
    assert decibels(loud.speech) - decibels(soft.speech) == pytest.approx(20, abs=0.1)
    assert loud.snr == pytest.approx(soft.snr, abs=0.5)


def test_silence_that_an_editor_has_put_around_a_recording_is_not_its_noise() -> None:
    mixed, _ = noisy(said(), noise("white", len(said()), 3), 15)
    padded = np.pad(mixed, 5 * RATE)
    assert levels_of(frames_of(padded)).snr == pytest.approx(levels_of(frames_of(mixed)).snr, abs=0.5)


def test_noise_alone_has_no_speech_above_it() -> None:
    assert levels_of(frames_of(0.1 * noise("white", 10 * RATE, 4))).snr < 0


def test_ratios_end_where_nobody_hears_a_difference() -> None:
    assert Levels(speech=1.0, noise=SILENCE, floor=SILENCE).snr == MOST_SNR
    assert Levels(speech=SILENCE, noise=1.0, floor=1.0).snr == LEAST_SNR
    assert decibels(0) == decibels(SILENCE) == -100
