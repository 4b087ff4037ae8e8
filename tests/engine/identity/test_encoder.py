"""Prints are those of the encoder's own code, and say whose voice it is."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import numpy as np
import pytest

from engine.identity import MODEL, Encoder, TooShort, similarity
from engine.identity.voiced import RATE
from engine.speech import Audio
from tests.engine.identity.inputs import made, real
from tests.engine.speech_sounds import spoken

REFERENCE = Path(__file__).with_name("reference.npz")
"""Made by reference.py, with torch and Resemblyzer's own code."""


@pytest.mark.parametrize("name", ["vowels", "chirp", "noise"])
def test_vectors_are_those_of_the_encoders_own_code(encoder: Encoder, name: str) -> None:
    assert float(encoder.embed(made()[name]) @ np.load(REFERENCE)[name]) > 1 - 1e-3


@pytest.mark.parametrize("name", ["librispeech/3080/3080-5032-0003.flac", "librispeech/2414/2414-128291-0003.flac"])
def test_so_are_those_of_real_speech(encoder: Encoder, name: str) -> None:
    assert float(encoder.embed(real(name).samples) @ np.load(REFERENCE)[name]) > 1 - 1e-3


def test_a_print_says_of_how_much_speech_it_is(encoder: Encoder) -> None:
    audio = spoken()
    silence = np.zeros(5 * audio.rate, np.float32)
    padded = Audio(samples=np.concatenate([silence, audio.samples, silence]), rate=audio.rate)
    plain, found = encoder.print(audio), encoder.print(padded)
    assert found.model == MODEL
    assert found.vector.shape == (256,) and found.vector.dtype == np.float32
    assert abs(float(np.linalg.norm(found.vector)) - 1) < 1e-5
    assert abs(found.seconds - plain.seconds) < 0.25 and found.seconds <= audio.seconds
    assert similarity(plain, found) > 0.98


def test_how_loud_a_recording_is_does_not_matter(encoder: Encoder) -> None:
    audio = spoken()
    soft = Audio(samples=audio.samples * np.float32(0.02), rate=audio.rate)
    assert similarity(encoder.print(audio), encoder.print(soft)) > 0.9999


def test_the_same_recording_has_the_same_print(encoder: Encoder) -> None:
    assert (encoder.print(spoken()).vector == encoder.print(spoken()).vector).all()


def test_under_three_seconds_of_speech_are_refused_in_words(encoder: Encoder) -> None:
    audio = spoken()
    short = Audio(samples=np.pad(audio.samples[: 2 * audio.rate], (0, 9 * audio.rate)), rate=audio.rate)
    with pytest.raises(TooShort, match=r"has 2\.\d s of speech; .* 3 s are the least") as refused:
        encoder.print(short)
    again = pickle.loads(pickle.dumps(refused.value))
    assert isinstance(again, TooShort) and str(again) == str(refused.value) and again.seconds == refused.value.seconds


@pytest.mark.parametrize("samples", [0, 1, 479, 480, RATE])
def test_silence_and_next_to_nothing_are_too_short(encoder: Encoder, samples: int) -> None:
    nothing = Audio(samples=np.zeros(samples, np.float32), rate=RATE)
    with pytest.raises(TooShort, match=r"has 0\.0 s"):
        encoder.print(nothing)
    assert encoder.speakers(nothing) == 1


def test_of_a_long_recording_windows_are_taken_evenly(encoder: Encoder) -> None:
    audio = spoken()
    times = 200 // round(audio.seconds)
    long = Audio(samples=np.tile(audio.samples, times), rate=audio.rate)
    started = time.process_time()
    found = encoder.print(long)
    assert time.process_time() - started < 10
    assert found.seconds > 120
    assert similarity(found, encoder.print(audio)) > 0.95


def test_a_person_is_nearer_to_themselves_than_to_anybody_else(encoder: Encoder) -> None:
    people = ("1688/1688-142285", "1998/1998-15444", "2414/2414-128291", "3080/3080-5032")
    first = [encoder.print(real(f"librispeech/{each}-0001.flac")) for each in people]
    later = [encoder.print(real(f"librispeech/{each}-0005.flac")) for each in people]
    table = np.array([[similarity(one, other) for other in later] for one in first])
    assert (table.argmax(axis=0) == np.arange(len(people))).all()
    assert table.diagonal().min() > table[~np.eye(len(people), dtype=bool)].max()
