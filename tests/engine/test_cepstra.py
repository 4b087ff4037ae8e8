from __future__ import annotations

import numpy as np
import pytest

from engine.cepstra import RATE, STEP, frame_energies, mean_cepstrum
from engine.espeak_library import espeak_library


def speech() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    import soxr  # type: ignore[import-untyped]  # it has no types

    library = espeak_library()
    american = next(file.path for file in library.languages if file.languages[0] == "en-us")
    text = "The old lighthouse was built long ago, and somebody climbed its steps every evening."
    pcm = np.frombuffer(library.say(text, voice=american, pace=175).pcm, np.int16)
    resampled: np.ndarray[tuple[int], np.dtype[np.int16]] = soxr.resample(pcm, library.rate, RATE)
    return resampled


def test_the_mean_is_near_what_the_recogniser_finds_itself() -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    pcm = speech()
    decoder = pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL", lm=None)
    decoder.set_align_text("the")
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    own = np.array([float(value) for value in decoder.get_cmn(True).split(",")])
    mean = mean_cepstrum(pcm)
    assert mean.shape == own.shape == (13,)
    assert np.abs(mean - own).max() < 4


@pytest.mark.parametrize("length", [0, 1, STEP, 409, 410, 411, 5_000])
def test_short_sounds_have_a_mean_and_energies(length: int) -> None:
    pcm = np.full(length, 1000, np.int16)
    assert np.isfinite(mean_cepstrum(pcm)).all()
    assert frame_energies(pcm).tolist() == [1_000_000.0] * (length // STEP)


def test_a_long_sound_is_worked_on_in_parts() -> None:
    pcm = np.tile(speech(), 10)
    assert np.abs(mean_cepstrum(pcm) - mean_cepstrum(pcm[: len(pcm) // 10])).max() < 0.5
