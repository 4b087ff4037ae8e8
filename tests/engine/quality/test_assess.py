from __future__ import annotations

import json
import time

import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]  # it has no types
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from bench.recordings import MUSIC, RATE, cut_off, music, noise, noisy, people
from engine.pool import Pool
from engine.quality import Report, assess
from engine.speech import Audio
from tests.engine.quality_sounds import audio, needs_people, said, sine


class Listener:
    """Hears as many people as it is told, and keeps how long it listened."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.seconds: list[float] = []

    def speakers(self, audio: Audio) -> int:
        self.seconds.append(audio.seconds)
        return self.count


def test_a_good_recording_is_told_as_one() -> None:
    report = assess(audio(said()), encoder=Listener(1))
    assert report.refusal == ""
    assert report.score > 7
    assert report.snr_db > 25
    assert report.clipping < 1e-5
    assert report.speakers == 1
    assert 0.5 < report.speech_seconds / report.seconds < 1
    assert report.silence == pytest.approx(1 - report.speech_seconds / report.seconds)
    assert 0 <= report.passage[0] < report.passage[1] <= report.seconds == len(said()) / RATE


@needs_people
def test_real_people_are_taken() -> None:
    for name, recordings in people().items():
        reports = [assess(audio(each)) for each in recordings]
        assert any(not report.refusal for report in reports) or name == "jfk", name
        assert all("s of speech" in report.refusal for report in reports if report.refusal), name


def test_worse_is_worse() -> None:
    scores = [
        assess(audio(noisy(said(), noise("pink", len(said()), 1), ratio)[0])).score for ratio in (5, 12, 18, 24, 40)
    ]
    assert scores == sorted(scores)
    assert scores[0] < 4 < 7 < scores[-1]
    cut = [assess(audio(cut_off(said(), share))).score for share in (0.1, 0.02, 0.003, 0.0)]
    assert cut == sorted(cut)


@pytest.mark.parametrize("kind", MUSIC)
def test_what_is_no_speech_is_refused(kind: str) -> None:
    report = assess(audio(music(kind)))
    assert report.refusal
    assert report.score == 0
    assert report.advice == ()


def test_several_people_are_refused_and_told() -> None:
    report = assess(audio(said()), encoder=Listener(2))
    assert report.speakers == 2
    assert "more than one person" in report.refusal


def test_a_long_recording_is_listened_to_in_parts_and_a_mute_one_not_at_all() -> None:
    listener = Listener(1)
    assess(audio(np.tile(said(), 10)), encoder=listener)
    assert listener.seconds == [pytest.approx(90)]
    assert assess(audio(np.zeros(10 * RATE, np.float32)), encoder=listener).speakers == 0
    assert len(listener.seconds) == 1


def test_what_channels_lost_before_they_were_mixed_counts() -> None:
    assert assess(audio(said()), clipped=0.02).clipping == 0.02
    assert "cut to pieces" in assess(audio(said()), clipped=0.2).refusal


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_the_rate_of_a_file_changes_little(rate: int) -> None:
    plain, other = assess(audio(said())), assess(audio(soxr.resample(said(), RATE, rate), rate))
    # Half of white noise lies above what a phone lets through.
    assert other.snr_db == pytest.approx(plain.snr_db, abs=4 if rate == 8_000 else 1)
    assert other.speech_seconds == pytest.approx(plain.speech_seconds, abs=0.5)
    assert other.pitch_hz == pytest.approx(plain.pitch_hz, rel=0.02)
    assert other.loudness_lufs == pytest.approx(plain.loudness_lufs, abs=0.5)
    assert (other.bandwidth_hz < 4_100) == (rate == 8_000)


def test_the_same_recording_has_the_same_report() -> None:
    assert assess(audio(said())) == assess(audio(said().copy()))


def test_a_minute_takes_less_than_two_seconds() -> None:
    minute = np.resize(soxr.resample(said(), RATE, 48_000), 60 * 48_000)
    begin = time.process_time()
    assess(audio(minute, 48_000))
    assert time.process_time() - begin < 2


async def test_it_runs_in_a_process_of_the_pool() -> None:
    pool = Pool()
    try:
        assert await pool.run(assess, audio(said())) == assess(audio(said()))
    finally:
        await pool.close()


FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
ODD: list[NDArray[np.float32]] = [
    np.zeros(0, np.float32),
    np.ones(1, np.float32),
    np.zeros(3 * RATE, np.float32),
    np.full(3 * RATE, 0.5, np.float32),
    np.full(RATE, 3e38, np.float32),
    np.tile(np.array([3e38, -3e38], np.float32), RATE),
    np.full(RATE, 1e-45, np.float32),
    (1e-30 * noise("white", RATE, 1)).astype(np.float32),
    (1e30 * noise("white", RATE, 1)).astype(np.float32),
    sine(100, 3, level=1.0),
    np.sign(sine(150, 3)),
    np.eye(1, 3 * RATE, RATE, dtype=np.float32)[0],
    (said() * 1e9).astype(np.float32),
    (said() * 1e-9).astype(np.float32),
]


def figures_are_sound(report: Report, recording: Audio) -> None:
    """Check that every figure is a number and where it may be."""
    json.dumps(report.figures(), allow_nan=False)
    inside = {
        "seconds": (recording.seconds, recording.seconds),
        "speech_seconds": (0, recording.seconds),
        "silence": (0, 1),
        "snr_db": (-20, 60),
        "noise_dbfs": (-100, 30),
        "level_dbfs": (-100, 30),
        "loudness_lufs": (-70, 60),
        "peak_dbfs": (-100, 25),
        "clipping": (0, 1),
        "bandwidth_hz": (0, recording.rate / 2),
        "pitch_hz": (0, 520),
        "pitch_spread": (0, 40),
        "speakers": (0, 2),
        "score": (0, 10),
    }
    for name, (low, high) in inside.items():
        assert low <= getattr(report, name) <= high, name
    start, end = report.passage
    assert 0 <= start <= end <= recording.seconds


@pytest.mark.parametrize("place", range(len(ODD)))
@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_odd_sounds_have_figures_too(place: int, rate: int) -> None:
    recording = Audio(samples=ODD[place], rate=rate)
    figures_are_sound(assess(recording), recording)


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.float32, st.integers(0, 9_000), elements=FINITE),
    st.integers(8_000, 48_000),
    st.integers(1, 6),
)
def test_any_finite_sound_has_figures(samples: NDArray[np.float32], rate: int, times: int) -> None:
    recording = Audio(samples=np.tile(samples, times), rate=rate)
    figures_are_sound(assess(recording), recording)
