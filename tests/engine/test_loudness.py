from __future__ import annotations

import math
from pathlib import Path

import av
import numpy as np
import pyloudnorm  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from engine.audio import peak
from engine.loudness import CALIBRATION, CEILING, MOST_GAIN, TARGET, _weighting, gain, limit, loudness
from tests.engine.speech_sounds import REAL, spoken

RATE = 22_050
VOICES = ("en-gb", "de", "ru", "en-gb+annie", "en-gb+adam", "en-gb+hugo", "en-gb+klatt", "en-gb+iven")
SENTENCES = {"de": "Der alte Wärter zählt die Boote im Hafen.", "ru": "Старый сторож считает лодки в гавани."}
ENGLISH = "The old keeper counts the boats in the harbour."


def sine(hertz: float, seconds: float, rate: int = RATE, level: float = 1.0) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def reference(samples: NDArray[np.float32], rate: int) -> float:
    return float(pyloudnorm.Meter(rate).integrated_loudness(samples.astype(np.float64)))


def whole_steps(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Cut a sound to whole steps: pyloudnorm counts a block that is not whole in, which the standard does not."""
    return samples[: int(len(samples) * 10 / rate) * rate // 10]


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=stream.rate)
        frames = [part for frame in container.decode(stream) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32), stream.rate


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("hertz", [60, 440, 997, 3_000, 7_000])
@pytest.mark.parametrize("level", [1.0, 0.05])
def test_sines_are_as_loud_as_pyloudnorm_says(rate: int, hertz: float, level: float) -> None:
    sound = sine(hertz, 3, rate, level)
    assert loudness(sound, rate) == pytest.approx(reference(sound, rate), abs=0.1)


def test_a_full_scale_sine_reads_what_the_standard_says() -> None:
    assert loudness(sine(997, 5, 48_000), 48_000) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("voice", VOICES)
def test_voices_are_as_loud_as_pyloudnorm_says(voice: str) -> None:
    sound = whole_steps(spoken(SENTENCES.get(voice, ENGLISH), voice).samples, RATE)
    assert loudness(sound, RATE) == pytest.approx(reference(sound, RATE), abs=0.1)


@pytest.mark.skipif(not REAL.exists(), reason="real speech does not lie beside the project")
def test_people_are_as_loud_as_pyloudnorm_says() -> None:
    files = sorted(REAL.rglob("*.flac")) + sorted(REAL.rglob("*.wav"))
    assert len(files) > 20
    for path in files:
        sound, rate = read(path)
        sound = whole_steps(sound, rate)
        assert loudness(sound, rate) == pytest.approx(reference(sound, rate), abs=0.1), path


def test_the_weighting_is_that_of_the_standard() -> None:
    # The coefficients that BS.1770-4 gives for 48 kHz, in its tables 1 and 2.
    z = np.exp(-2j * np.pi * np.arange(4097) / 8192)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    assert np.abs(_weighting(48_000, 8192) - shelf * high_pass).max() < 1e-4


def test_pauses_do_not_count() -> None:
    speech = spoken(ENGLISH).samples
    pause = np.zeros(5 * RATE, np.float32)
    assert loudness(np.concatenate([speech, pause, speech]), RATE) == pytest.approx(loudness(speech, RATE), abs=0.5)


def test_twice_as_strong_is_six_decibels_louder() -> None:
    speech = spoken(ENGLISH).samples
    assert loudness(speech * np.float32(0.5), RATE) == pytest.approx(loudness(speech, RATE) - 6.02, abs=0.01)


@pytest.mark.parametrize("count", [1, 10, 1_000, 8_819, 8_820, 9_000])
def test_what_is_shorter_than_a_block_has_a_loudness(count: int) -> None:
    assert loudness(sine(997, 1)[100 : 100 + count], RATE) == pytest.approx(-3, abs=3.5 if count > 10 else math.inf)


@pytest.mark.parametrize("count", [0, 1, 100, 8_820, 100_000])
def test_silence_is_infinitely_soft(count: int) -> None:
    assert loudness(np.zeros(count, np.float32), RATE) == -math.inf


@given(
    arrays.arrays(np.float32, st.integers(0, 30_000), elements=st.floats(-1, 1, width=16)), st.integers(8_000, 48_000)
)
def test_any_sound_has_a_loudness(samples: NDArray[np.float32], rate: int) -> None:
    assert -math.inf <= loudness(samples, rate) < 12


def test_a_gain_brings_a_sound_to_the_target() -> None:
    assert gain(TARGET) == 1
    assert gain(TARGET + 0.39) == gain(TARGET - 0.39) == 1, "nobody hears that"
    assert gain(TARGET + 0.41) < 1 < gain(TARGET - 0.41)
    assert gain(-25, -19) == pytest.approx(1.995, abs=0.001)
    assert gain(-13, -19) == pytest.approx(0.501, abs=0.001)
    assert gain(-math.inf) == gain(math.nan) == 1
    assert gain(-90) == MOST_GAIN


def test_voices_that_are_measured_once_say_everything_equally_loud() -> None:
    """What one text measures holds for others: the levels of eight voices, 18 LU apart, come within 2 LU."""
    before, after = [], []
    for voice in VOICES:
        made = gain(loudness(spoken(CALIBRATION, voice).samples, RATE))
        said = loudness(spoken(SENTENCES.get(voice, ENGLISH), voice).samples, RATE)
        before.append(said)
        after.append(said + 20 * math.log10(made))
    assert max(before) - min(before) > 15
    assert all(abs(level - TARGET) < 2 for level in after)


def test_what_is_not_too_loud_is_given_back_as_it_is() -> None:
    sound = sine(200, 1, level=CEILING)
    assert limit(sound, RATE) is sound
    nothing = np.zeros(0, np.float32)
    assert limit(nothing, RATE) is nothing


@given(
    arrays.arrays(np.float32, st.integers(1, 3_000), elements=st.floats(-8, 8, width=16)),
    st.integers(100, 48_000),
)
def test_no_sample_is_ever_above_the_ceiling(samples: NDArray[np.float32], rate: int) -> None:
    before = samples.copy()
    limited = limit(samples, rate)
    assert limited.dtype == np.float32
    assert len(limited) == len(samples)
    assert peak(limited) <= np.float32(CEILING)
    assert np.array_equal(samples, before)
    assert np.all(np.abs(limited) <= np.abs(before))
    assert np.all(limited * before >= 0)


def test_only_what_surrounds_a_peak_is_touched() -> None:
    sound = sine(200, 2, level=0.5)
    sound[RATE : RATE + 50] *= 3
    limited = limit(sound, RATE)
    changed = np.flatnonzero(limited != sound)
    assert changed.min() > RATE - 0.021 * RATE
    assert changed.max() < RATE + 50 + 0.021 * RATE


@pytest.mark.parametrize("level", [1.2, 2.0, 4.0])
def test_limiting_makes_no_click(level: float) -> None:
    """A tone whose loudness swells over the ceiling stays a tone: what is added stands far from clicks' high bands."""
    swell = 0.6 + 0.6 * np.sin(2 * np.pi * 1.3 * np.arange(2 * RATE) / RATE)
    sound = sine(150, 2, level=level) * swell.astype(np.float32)
    cut = np.clip(sound, -CEILING, CEILING).astype(np.float32)
    assert above(limit(sound, RATE), 2_000) < above(cut, 2_000) - 25


def above(sound: NDArray[np.float32], hertz: float) -> float:
    """The power above a frequency, against the whole, in dB."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    return float(10 * np.log10(power[int(hertz * len(sound) / RATE) :].sum() / power.sum()))
