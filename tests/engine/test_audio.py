from __future__ import annotations

import io
import math
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from engine.audio import HEADER_BYTES, BadAudio, check, join, peak, read_wav_header, to_sound, wav_header
from engine.engine import EngineError
from engine.speech import Audio, Timing

RATE = 22_050


def sound(samples: list[float] | NDArray[np.float32], rate: int = RATE) -> Audio:
    return Audio(samples=np.asarray(samples, dtype=np.float32), rate=rate)


def test_a_good_sound_passes() -> None:
    check(sound([0.0, 0.25, -0.5]), "a")


def test_a_sound_tells_its_peak() -> None:
    assert sound([0.0, 0.25, -0.5]).peak == 0.5
    assert Audio(pcm=np.array([0, 8192, -16384], np.int16), rate=RATE).peak == 0.5
    assert np.isnan(sound([0.0, np.nan, 0.5]).peak)
    assert sound([]).peak == 0.0


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        ([], "hello"),
        ([0.1, math.nan, 0.1], "hello"),
        ([0.1, math.inf], "hello"),
        ([0.1, -math.inf], "hello"),
        ([1.01], "hello"),
        ([-1.5], "hello"),
        ([0.0] * 1000, "hello"),
        ([1e-5] * 1000, "hello"),
        ([0.5] * (RATE * 60), "hi"),
    ],
    ids=["empty", "nan", "inf", "-inf", "too loud", "too loud below", "silent", "nearly silent", "a minute for two"],
)
def test_what_nobody_may_hear_does_not_pass(samples: list[float], text: str) -> None:
    with pytest.raises(BadAudio):
        check(sound(samples), text)


def test_bad_audio_is_an_engine_error() -> None:
    assert issubclass(BadAudio, EngineError)


def test_a_text_without_letters_may_be_silent() -> None:
    check(sound([0.0] * 1000), "... 1 !")


@given(arrays.arrays(np.int16, st.integers(0, 50_000)))
def test_sixteen_bits_come_out_as_they_were(whole: NDArray[np.int16]) -> None:
    assert np.array_equal(to_sound(sound(whole.astype(np.float32) / np.float32(32768))).pcm, whole)


@given(arrays.arrays(np.float32, st.integers(0, 2000), elements=st.floats(-4, 4, width=32)))
def test_samples_are_rounded_and_cut_at_full_scale(samples: NDArray[np.float32]) -> None:
    before = samples.copy()
    expected = np.clip(np.rint(samples.astype(np.float64) * 32768), -32768, 32767)
    assert np.array_equal(to_sound(sound(samples)).pcm, expected)
    assert np.array_equal(samples, before)


@given(arrays.arrays(np.float32, st.integers(1, 2000), elements=st.floats(-1, 1, width=32)), st.floats(0.25, 4))
def test_a_gain_makes_samples_louder_and_tells_the_peak_that_comes_of_it(
    samples: NDArray[np.float32], gain: float
) -> None:
    made = to_sound(sound(samples), gain=gain)
    expected = np.clip(samples.astype(np.float64) * gain * 32768, -32768, 32767)
    assert np.max(np.abs(made.pcm - expected)) <= 0.51
    assert made.peak == pytest.approx(min(1.0, peak(samples) * gain))


@given(arrays.arrays(np.int16, st.integers(1, 2000)), st.sampled_from([1.0, 0.3, 1.0347762, 2.5]))
def test_what_was_made_in_sixteen_bits_goes_into_a_file_as_its_samples_would(
    whole: NDArray[np.int16], gain: float
) -> None:
    in_bits = to_sound(Audio(pcm=whole, rate=RATE), gain=gain)
    in_samples = to_sound(sound(whole.astype(np.float32) / np.float32(32768)), gain=gain)
    assert np.array_equal(in_bits.pcm, in_samples.pcm)
    assert in_bits.peak == pytest.approx(in_samples.peak)
    assert to_sound(Audio(pcm=whole.astype(">i2"), rate=RATE), gain=gain).pcm.tobytes() == in_samples.pcm.tobytes()


def test_the_peak_of_nothing_is_nothing() -> None:
    assert peak(np.zeros(0, np.float32)) == 0.0


@pytest.mark.parametrize("count", [0, 1, 12_345])
def test_a_header_and_samples_make_a_file_that_the_standard_library_reads(count: int) -> None:
    data = to_sound(sound(np.linspace(-1, 1, count, dtype=np.float32))).pcm.tobytes()
    header = wav_header(RATE, len(data))
    assert len(header) == HEADER_BYTES
    assert read_wav_header(header) == (RATE, len(data))
    with wave.open(io.BytesIO(header + data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.readframes(count + 1) == data
    assert int.from_bytes(header[4:8], "little") == len(header) + len(data) - 8
    assert int.from_bytes(header[40:44], "little") == len(data)


def test_a_header_counts_what_stands_behind_the_samples() -> None:
    header = wav_header(RATE, 10, 26)
    assert int.from_bytes(header[4:8], "little") == len(header) - 8 + 10 + 26
    assert int.from_bytes(header[40:44], "little") == 10


def test_chunks_are_put_together_in_their_order() -> None:
    timings = [Timing(kind="word", text=text, start_ms=0, end_ms=1) for text in "ab"]
    first = Audio(samples=sound([0.1, 0.2]).samples, rate=RATE, timings=(timings[0],))
    second = Audio(samples=sound([0.3]).samples, rate=RATE, timings=(timings[1],))
    whole = join([first, second])
    assert np.array_equal(whole.samples, np.asarray([0.1, 0.2, 0.3], np.float32))
    assert whole.timings == tuple(timings)
    assert join([first]) is first


def test_chunks_in_sixteen_bits_stay_in_them_where_all_are() -> None:
    one, two = (Audio(pcm=np.asarray(part, np.int16), rate=RATE) for part in ([1, 2], [3]))
    whole = join([one, two])
    assert whole.pcm is not None
    assert whole.pcm.tolist() == [1, 2, 3]
    mixed = join([one, sound([0.5])])
    assert mixed.pcm is None
    assert mixed.samples.tolist() == [1 / 32768, 2 / 32768, 0.5]
