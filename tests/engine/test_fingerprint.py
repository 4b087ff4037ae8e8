"""The same recording is known again however it comes, and another one is not taken for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from engine.fingerprint import SAME, matches, of, same
from engine.speech import Audio
from tests.engine.identity.inputs import real
from tests.engine.own_sounds import TEXT, by_flite, by_messenger, by_telephone
from tests.engine.speech_sounds import spoken


def cut(audio: Audio) -> Audio:
    """Without its first 317 ms and its last 200."""
    return Audio(samples=audio.samples[round(0.317 * audio.rate) : -round(0.2 * audio.rate)], rate=audio.rate)


def softer(audio: Audio) -> Audio:
    return Audio(samples=audio.samples * np.float32(0.1), rate=audio.rate)


def noisier(audio: Audio) -> Audio:
    """With white noise 20 dB below."""
    noise = np.random.default_rng(2).standard_normal(len(audio.samples)) * audio.samples.std() * 0.1
    return Audio(samples=(audio.samples + noise).astype(np.float32), rate=audio.rate)


CHANGES = [cut, softer, noisier, by_telephone, by_messenger, lambda audio: by_messenger(softer(cut(audio)))]


@pytest.mark.parametrize("change", CHANGES)
def test_a_recording_is_known_again(change: Callable[[Audio], Audio]) -> None:
    first, again = of(spoken()), of(change(spoken()))
    assert same(first, again) and same(again, first)


@pytest.mark.parametrize("change", CHANGES)
def test_so_is_a_persons(change: Callable[[Audio], Audio]) -> None:
    audio = real("librispeech/3080/3080-5032-0001.flac")
    assert same(of(audio), of(change(audio)))


def test_three_seconds_out_of_a_recording_are_known() -> None:
    audio = spoken(TEXT)
    part = Audio(samples=audio.samples[2 * audio.rate : 5 * audio.rate], rate=audio.rate)
    assert same(of(audio), of(part))


def test_a_recording_agrees_with_itself_all_over() -> None:
    assert matches(of(spoken()), of(spoken())) == 1


def test_other_recordings_of_one_person_are_not_taken_for_it() -> None:
    prints = [of(real(f"librispeech/1688/1688-142285-000{place}.flac")) for place in (0, 1, 5, 6)]
    assert all(matches(*pair) < SAME / 2 for pair in itertools.combinations(prints, 2))


def test_the_same_words_in_another_voice_and_pace_are_not_taken_for_it() -> None:
    prints = [of(by_flite(voice)) for voice in ("slt", "rms", "awb")] + [of(spoken(TEXT)), of(spoken(TEXT, "en-gb+f3"))]
    assert all(matches(*pair) < SAME / 2 for pair in itertools.combinations(prints, 2))


def test_the_same_words_said_again_a_little_slower_in_parts_are_not_taken_for_it() -> None:
    halves = [
        spoken(half, "en-us") for half in ("Please call Stella and ask her", "to bring these things from the store.")
    ]
    pause = np.zeros(halves[0].rate // 4, np.float32)
    joined = Audio(samples=np.concatenate([halves[0].samples, pause, halves[1].samples]), rate=halves[0].rate)
    whole = spoken("Please call Stella and ask her to bring these things from the store.", "en-us+m3")
    assert matches(of(joined), of(whole)) < SAME


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 16_000])
def test_silence_and_next_to_nothing_agree_with_nothing(samples: int) -> None:
    nothing = of(Audio(samples=np.zeros(samples, np.float32), rate=16_000))
    assert len(nothing) == 1
    assert matches(nothing, of(spoken())) == matches(nothing, nothing) == 0


def test_it_is_small_and_the_same_each_time() -> None:
    audio = spoken()
    assert len(of(audio)) < 75 * audio.seconds + 1
    assert of(audio) == of(audio)


@pytest.mark.parametrize("data", [b"", b"\x01\x02", b"\x02abc"])
def test_bytes_that_are_no_fingerprint_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no fingerprint"):
        matches(data, of(spoken()))
