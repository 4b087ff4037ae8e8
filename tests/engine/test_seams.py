from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from engine.seams import is_smooth, silence, soften
from engine.speech import Audio
from tests.engine.speech_sounds import spoken

RATE = 22_050
FIRST, SECOND = "Nobody has ever asked him why.", "Every morning he counts the boats."


def step(sound: NDArray[np.float32]) -> float:
    """The largest step from one sample to the next."""
    return float(np.abs(np.diff(sound)).max())


def high_band(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """The energy above 4 kHz in each stretch of 5 ms, every 2.5 ms."""
    size = RATE // 200
    parts = np.lib.stride_tricks.sliding_window_view(sound, size)[:: size // 2] * np.hanning(size)
    return np.asarray((np.abs(np.fft.rfft(parts))[:, size * 4_000 // RATE :] ** 2).sum(axis=1))


def joined(parts: list[NDArray[np.float32]], gap: float) -> tuple[NDArray[np.float32], list[int]]:
    """Parts with silence before, between and after them, and where each begins and ends."""
    pause = silence(gap, RATE)
    sounds, edges, at = [pause], [], len(pause)
    for part in parts:
        edges += [at, at + len(part)]
        at += len(part) + len(pause)
        sounds += [part, pause]
    return np.concatenate(sounds), edges


def at_edges(values: NDArray[np.float64], edges: list[int], unit: int) -> float:
    return max(float(values[max(edge // unit - 2, 0) : edge // unit + 2].max()) for edge in edges)


@pytest.mark.parametrize("gap", [0.0, 0.25])
@pytest.mark.parametrize("cut", [False, True], ids=["whole sentences", "cut in the middle of vowels"])
def test_a_join_jumps_no_more_than_speech_does(gap: float, cut: bool) -> None:
    parts = [spoken(text).samples for text in (FIRST, SECOND)]
    if cut:
        parts = [part[loudest_stretch(part)] for part in parts]
    softened = [soften(part, RATE) for part in parts]
    sound, edges = joined(softened, gap)
    inside = max(map(step, parts))
    steps = np.abs(np.diff(sound, prepend=0, append=0))
    assert at_edges(steps, edges, 1) < 0.1 * inside
    energy, unit = high_band(np.pad(sound, RATE // 50)), RATE // 200 // 2
    hiss = max(high_band(part).max() for part in map(lambda text: spoken(text).samples, (FIRST, SECOND)))
    assert at_edges(energy, [edge + RATE // 50 for edge in edges], unit) < 0.1 * hiss


def test_the_measure_hears_a_click() -> None:
    part = spoken(FIRST).samples
    sound, edges = joined([part[loudest_stretch(part)]], 0.25)
    steps = np.abs(np.diff(sound, prepend=0, append=0))
    assert at_edges(steps, edges, 1) > 0.5 * step(part)


def loudest_stretch(part: NDArray[np.float32]) -> slice:
    """Half a second that begins and ends where the sound is at its loudest."""
    begin = int(np.argmax(np.abs(part[: len(part) // 3])))
    end = begin + RATE // 2 + int(np.argmax(np.abs(part[begin + RATE // 2 : begin + RATE])))
    return slice(begin, end + 1)


def test_what_begins_and_ends_softly_is_given_back_as_it_is() -> None:
    sound = np.concatenate([silence(0.01, RATE), spoken(FIRST).samples, silence(0.01, RATE)])
    assert soften(sound, RATE) is sound


def test_only_the_abrupt_end_is_faded() -> None:
    sound = np.full(RATE, 0.5, np.float32)
    sound[:200] = 0
    softened = soften(sound, RATE)
    assert np.array_equal(softened[: -RATE // 200], sound[: -RATE // 200])
    assert abs(softened[-1]) < 0.001
    assert np.all(np.diff(softened[-RATE // 200 :]) <= 0)


@given(
    arrays.arrays(np.float32, st.integers(0, 2_000), elements=st.floats(-1, 1, width=16)),
    st.sampled_from([8_000, 22_050, 48_000]),
)
def test_any_sound_is_softened_and_left_as_it_is(samples: NDArray[np.float32], rate: int) -> None:
    before = samples.copy()
    softened = soften(samples, rate)
    assert np.array_equal(samples, before)
    assert len(softened) == len(samples)
    assert softened.dtype == np.float32
    assert np.all(np.abs(softened) <= np.abs(before))
    fade = min(round(0.005 * rate), len(samples))
    assert np.array_equal(softened[fade : len(samples) - fade], samples[fade : len(samples) - fade])


def test_silence_lasts_as_long_as_it_is_told() -> None:
    assert len(silence(0.5, RATE)) == 11_025
    assert silence(0.5, RATE).dtype == np.float32
    assert not silence(0.5, RATE).any()
    assert len(silence(0, RATE)) == len(silence(-1, RATE)) == 0


@given(arrays.arrays(np.int16, st.integers(1, 400), elements=st.integers(-400, 400)))
def test_what_is_smooth_is_what_would_stay_as_it_is(pcm: NDArray[np.int16]) -> None:
    samples = pcm.astype(np.float32) / np.float32(32768)
    stays = soften(samples, RATE) is samples
    assert is_smooth(Audio(pcm=pcm, rate=RATE)) == is_smooth(Audio(samples=samples, rate=RATE)) == stays
