"""What a take is when it is written at once: the same file that a spool makes of the same sounds."""

from __future__ import annotations

import hashlib
import wave
from pathlib import Path

import numpy as np
import pytest

from engine import take
from engine.audio import Sound, to_sound
from engine.engine import EngineError
from engine.speech import Audio, Format, Timing
from engine.spool import Spool
from engine.take import Target


def sound(seconds: float, pitch: float, rate: int = 8_000) -> Sound:
    count = round(seconds * rate)
    samples = (0.5 * np.sin(np.arange(count) * pitch)).astype(np.float32)
    timing = Timing(kind="sentence", text=f"{pitch}", start_ms=0, end_ms=round(1000 * seconds))
    return to_sound(Audio(samples=samples, rate=rate, timings=(timing,)))


SOUNDS = [sound(0.5, 0.1), sound(1.25, 0.2), sound(0.25, 0.3)]


def test_it_is_byte_for_byte_what_a_spool_makes_of_the_same_sounds(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path, job=1, attempt=1, fingerprint="x")
    for each in SOUNDS:
        spool.append(each)
    spooled, written = spool.finish(), take.write(tmp_path / "2-1.wav", SOUNDS)
    assert written.path.read_bytes() == spooled.path.read_bytes()
    assert (written.rate, written.seconds, written.bytes, written.peak, written.sha256, list(written.timings)) == (
        spooled.rate,
        spooled.seconds,
        spooled.bytes,
        spooled.peak,
        spooled.sha256,
        list(spooled.timings),
    )


def test_it_tells_the_truth_about_its_file(tmp_path: Path) -> None:
    made = take.write(tmp_path / "1-1.wav", SOUNDS)
    content = made.path.read_bytes()
    with wave.open(str(made.path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8_000)
        assert file.getnframes() / 8_000 == made.seconds == 2.0
    assert made.bytes == len(content)
    assert made.sha256 == hashlib.sha256(content).hexdigest()


def test_its_timings_count_from_its_start(tmp_path: Path) -> None:
    made = take.write(tmp_path / "1-1.wav", SOUNDS)
    assert [(t.text, t.start_ms, t.end_ms) for t in made.timings] == [
        ("0.1", 0, 500),
        ("0.2", 500, 1750),
        ("0.3", 1750, 2000),
    ]
    assert len(list(made.timings)) == 3, "they can be read again"


@pytest.mark.parametrize("sounds", [[], [sound(0.1, 0.1), sound(0.1, 0.1, rate=16_000)]], ids=["nothing", "two rates"])
def test_what_is_no_sound_at_one_rate_is_refused(tmp_path: Path, sounds: list[Sound]) -> None:
    with pytest.raises(EngineError):
        take.write(tmp_path / "1-1.wav", sounds)
    assert not (tmp_path / "1-1.wav").exists()


def test_what_is_long_gets_a_smaller_file_for_more_work(tmp_path: Path) -> None:
    speech = [sound(2.0, pitch / 100) for pitch in range(5, 15)]
    quick = take.write(tmp_path / "1-1.wav", speech, Target(format=Format.OPUS))
    thorough = take.write(tmp_path / "2-1.wav", speech, Target(format=Format.OPUS, thorough=True))
    assert quick.path.suffix == thorough.path.suffix == ".take"
    assert thorough.bytes < quick.bytes
    assert thorough.seconds == quick.seconds == 20.0


def test_what_nobody_wants_any_more_is_left_off_and_leaves_no_file(tmp_path: Path) -> None:
    given = iter(sound(1.0, 0.1).pcm for _ in range(10))
    asked = iter([False, False, True])
    with pytest.raises(take.Stopped):
        take.encode(tmp_path / "1-1.take", given, 8_000, Target(format=Format.MP3), lambda: next(asked))
    assert len(list(given)) == 7
    assert list(tmp_path.iterdir()) == []


def test_a_spool_whose_file_nobody_wants_can_be_gone_on_with(tmp_path: Path) -> None:
    spool = Spool.open(tmp_path, job=1, attempt=1, fingerprint="x")
    for each in SOUNDS:
        spool.append(each)
    with pytest.raises(take.Stopped):
        spool.finish(Target(format=Format.OPUS), lambda: True)
    spool.close()
    again = Spool.open(tmp_path, job=1, attempt=2, fingerprint="x")
    assert again.done == len(SOUNDS)
    assert again.finish(Target(format=Format.OPUS)).seconds == 2.0


@pytest.mark.parametrize("again", [False, True], ids=["in one go", "gone on with"])
def test_it_tells_where_it_can_be_cut_but_not_too_often_and_not_where_it_is_short(tmp_path: Path, again: bool) -> None:
    sounds = [sound(seconds, 0.1) for seconds in (3.0, 4.0, 20.0, 2.0, 30.0, 9.0)]
    spooled = Spool.open(tmp_path, job=1, attempt=1, fingerprint="f")
    for number, each in enumerate(sounds):
        if again and number == 3:
            spooled.close()
            spooled = Spool.open(tmp_path, job=1, attempt=2, fingerprint="f")
        spooled.append(each)
    assert spooled.finish().ends == take.write(tmp_path / "whole.wav", sounds).ends == (7.0, 27.0, 59.0, 68.0)
    assert take.write(tmp_path / "short.wav", sounds[:4]).ends == ()


def test_no_place_to_cut_at_lies_beyond_the_end() -> None:
    end = 600 * 22_050 + 17  # 0.77 ms more
    assert take.thinned([300 * 22_050, end], 22_050) == (300.0, 600.0)
