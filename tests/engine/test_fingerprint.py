"""A sound is known again however it comes, and another one is not taken for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]  # it has no types

from engine import take
from engine.audio import to_sound
from engine.encoding import Tags
from engine.engine import EngineError
from engine.fingerprint import MOST, SECONDS, SURE, Fingerprinter, Gallery, WavFingerprinter, of, questions
from engine.speech import Audio
from engine.take import Target
from tests.engine.identity.inputs import real
from tests.engine.own_sounds import TEXT, by_flite, by_messenger, by_telephone
from tests.engine.speech_sounds import spoken

UTTERANCES = [f"librispeech/1688/1688-142285-000{place}.flac" for place in range(8)]


def cut(audio: Audio) -> Audio:
    """Without its first 317 ms and its last 200."""
    return Audio(samples=audio.samples[round(0.317 * audio.rate) : -round(0.2 * audio.rate)], rate=audio.rate)


def softer(audio: Audio) -> Audio:
    return Audio(samples=audio.samples * np.float32(0.1), rate=audio.rate)


def noisier(audio: Audio) -> Audio:
    """With white noise 20 dB below."""
    noise = np.random.default_rng(2).standard_normal(len(audio.samples)) * audio.samples.std() * 0.1
    return Audio(samples=(audio.samples + noise).astype(np.float32), rate=audio.rate)


def faster(audio: Audio, times: float = 1.037) -> Audio:
    """Higher, too, as a tape is."""
    return Audio(samples=soxr.resample(audio.samples, times * audio.rate, audio.rate), rate=audio.rate)


CHANGES = [
    cut,
    softer,
    noisier,
    faster,
    by_telephone,
    by_messenger,
    lambda audio: faster(audio, 0.957),
    lambda audio: by_messenger(faster(softer(cut(audio)))),
]


def agreeing(one: Audio, other: Audio) -> int:
    """How much of one sound is found in another."""
    return next((match.agreeing for match in Gallery([(1, of(other))]).find(questions(one), least=1)), 0)


@pytest.mark.parametrize("change", CHANGES)
def test_a_sound_is_known_again(change: Callable[[Audio], Audio]) -> None:
    assert agreeing(change(spoken(TEXT)), spoken(TEXT)) >= SURE


@pytest.mark.parametrize("change", CHANGES)
def test_so_is_a_persons(change: Callable[[Audio], Audio]) -> None:
    audio = real("librispeech/3080/3080-5032-0001.flac")
    assert agreeing(change(audio), audio) >= SURE


def test_three_seconds_out_of_a_sound_are_known() -> None:
    audio = spoken(TEXT)
    part = Audio(samples=audio.samples[2 * audio.rate : 5 * audio.rate], rate=audio.rate)
    assert agreeing(part, audio) >= SURE


def test_of_many_the_one_is_found() -> None:
    gallery = Gallery((place, of(spoken(f"{TEXT} {place}"))) for place in range(40, 45))
    assert gallery.find(questions(spoken(f"{TEXT} 42")))[0].id == 42


def test_other_recordings_of_one_person_are_not_taken_for_it() -> None:
    sounds = [real(name) for name in UTTERANCES]
    gallery = Gallery((place, of(audio)) for place, audio in enumerate(sounds))
    found = [[match.id for match in gallery.find(questions(audio))] for audio in sounds]
    assert found == [[place] for place in range(len(sounds))]


def test_the_same_words_in_another_voice_and_pace_are_not_taken_for_it() -> None:
    sounds = [by_flite(voice) for voice in ("slt", "rms", "awb")] + [spoken(TEXT), spoken(TEXT, "en-gb+f3")]
    for place, audio in enumerate(sounds):
        others = Gallery((other, of(each)) for other, each in enumerate(sounds) if other != place)
        assert others.find(questions(audio)) == []


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 16_000])
def test_silence_and_next_to_nothing_agree_with_nothing(samples: int) -> None:
    nothing = Audio(samples=np.zeros(samples, np.float32), rate=16_000)
    assert len(Gallery([(1, of(nothing))])) == 0
    assert Gallery([(1, of(nothing)), (2, of(spoken()))]).find(questions(nothing), least=1) == []
    assert Gallery().find(questions(spoken()), least=1) == []


def test_what_comes_in_pieces_has_the_same_fingerprint() -> None:
    audio, fingerprinter = spoken(TEXT), Fingerprinter()
    for piece in np.array_split(audio.samples, 7):
        fingerprinter.feed(piece, audio.rate)
    assert fingerprinter.finish() == of(audio)


def test_whole_numbers_are_as_good_as_shares() -> None:
    audio, fingerprinter = spoken(TEXT), Fingerprinter()
    fingerprinter.feed((audio.samples * 32_767).astype(np.int16), audio.rate)
    gallery = Gallery([(1, fingerprinter.finish())])
    assert gallery.find(questions(audio))[0].agreeing >= SURE


def test_the_end_of_what_lasts_for_minutes_is_known() -> None:
    said, fingerprinter = spoken(TEXT), Fingerprinter()
    while (length := len(said.samples)) < 70 * said.rate:
        noise = np.random.default_rng(length).standard_normal(length).astype(np.float32) * 0.01
        said = Audio(samples=np.concatenate([noise, said.samples]), rate=said.rate)
    for piece in np.array_split(said.samples, 20):
        fingerprinter.feed(piece, said.rate)
    assert Gallery([(1, fingerprinter.finish())]).find(questions(spoken(TEXT)))


def from_file(path: Path, *, gone: bool = False) -> bytes:
    """By what a file is known, which may be gone once it is open."""
    with closing(WavFingerprinter(path.open("rb"))) as pending:
        if gone:
            path.unlink()
        fingerprint = pending.finish()
        assert pending.finish() == fingerprint
        return fingerprint


@pytest.mark.parametrize("rate", [0, 8_000, 48_000])
def test_a_file_of_mynahs_tells_it_at_every_rate_and_even_when_it_is_gone(tmp_path: Path, rate: int) -> None:
    made = take.write(tmp_path / "a.wav", [to_sound(spoken(TEXT))], Target(rate=rate, tags=Tags(title=TEXT, voice="x")))
    fingerprint = from_file(made.path, gone=True)
    assert Gallery([(1, fingerprint)]).find(questions(spoken(TEXT)))[0].agreeing >= SURE


def test_a_file_of_minutes_tells_the_same_as_its_sound(tmp_path: Path) -> None:
    minute = to_sound(Audio(samples=np.tile(spoken(TEXT).samples, 12), rate=spoken(TEXT).rate))
    fingerprinter = Fingerprinter()
    for piece in np.split(minute.pcm, range(30 * minute.rate, len(minute.pcm), 30 * minute.rate)):
        fingerprinter.feed(piece, minute.rate)
    assert from_file(take.write(tmp_path / "a.wav", [minute]).path) == fingerprinter.finish()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all, but long enough for a header of 44 bytes"])
def test_a_file_that_is_no_sound_of_mynahs_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(EngineError, match="no WAV file"):
        from_file(tmp_path / "a")


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = take.write(tmp_path / "a.wav", [to_sound(spoken(TEXT))]).path
    os.truncate(path, path.stat().st_size - 100)
    with pytest.raises(EngineError, match="bytes of a WAV file are missing"):
        from_file(path)


def test_a_long_sound_is_looked_for_by_a_few_stretches_and_a_short_one_whole() -> None:
    long = Audio(samples=np.zeros(1000 * 8000, np.float32), rate=8000)
    assert len(questions(long)) == MOST
    assert len(questions(Audio(samples=np.zeros((SECONDS - 1) * 8000, np.float32), rate=8000))) == 1


def test_a_minute_takes_a_few_kilobytes() -> None:
    audio = spoken(TEXT)
    assert 20 < len(of(audio)) / audio.seconds < 160


def test_galleries_are_joined_into_one_that_finds_the_same() -> None:
    sounds = {7: spoken(TEXT), 9: by_flite("slt"), 11: spoken(TEXT, "en-gb+f3")}
    parts = [Gallery([(id, of(audio))]) for id, audio in sounds.items()]
    joined = parts[0].joined(parts[1]).joined(parts[2])
    assert len(joined) == sum(map(len, parts))
    for id, audio in sounds.items():
        assert [match.id for match in joined.find(questions(audio))] == [id]


def test_of_what_was_made_very_often_the_latest_is_found() -> None:
    print = of(spoken(TEXT))
    gallery = Gallery((id, print) for id in range(1000))
    assert max(match.id for match in gallery.find(questions(spoken(TEXT)))) == 999


def test_what_is_no_fingerprint_is_left_out() -> None:
    assert len(Gallery([(1, b""), (2, b"\x01abc"), (3, of(spoken())[:-1]), (4, b"\x02")])) == 0
