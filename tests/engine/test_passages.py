"""An engine gets the best stretches of a voice's recordings first, and no more than it can use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.clean import keep, read
from engine.passages import ENOUGH, Source, gather
from engine.speech import Audio
from tests.engine.speech_sounds import REAL

RATE = 8_000


def source(path: Path, seconds: float, passage: tuple[float, float], **more: str) -> Source:
    """A recording whose samples tell at which second of it they stand."""
    at = np.arange(round(seconds * RATE)) / RATE
    keep(Audio(samples=(np.floor(at) / 1_000).astype(np.float32), rate=RATE), path)
    return Source(path=path, passage=passage, seconds=seconds, **more)


def spans(passages: tuple[Audio, ...]) -> list[tuple[int, int]]:
    """From which second to which each passage goes."""
    return [(round(1_000 * each.samples[0]), round(1_000 * each.samples[-1]) + 1) for each in passages]


def test_the_best_stretch_of_each_recording_goes_before_what_lies_around_it(tmp_path: Path) -> None:
    found = gather(
        [source(tmp_path / "a.wav", 20, (6, 12)), source(tmp_path / "b.wav", 10, (0, 8))], language="en", name="Ada"
    )
    assert spans(found.passages) == [(6, 12), (0, 8), (12, 20), (0, 6)]
    assert (found.language, found.name, found.transcript) == ("en", "Ada", "")


def test_it_ends_where_there_is_enough(tmp_path: Path) -> None:
    found = gather([source(tmp_path / "a.wav", 200, (100, 120))], language="en", name="Ada")
    assert spans(found.passages) == [(100, 120), (0, 40)]
    assert sum(each.seconds for each in found.passages) == pytest.approx(ENOUGH)


def test_a_recording_that_is_its_own_best_stretch_has_all_of_its_transcript(tmp_path: Path) -> None:
    whole = source(tmp_path / "a.wav", 6, (0, 6), transcript="Every word of it.")
    assert gather([whole], language="en", name="Ada").transcript == "Every word of it."


def test_of_another_language_only_a_whole_transcript_is_used(tmp_path: Path) -> None:
    part = source(tmp_path / "a.wav", 12, (0, 6), transcript="Jedes Wort davon.")
    assert gather([part], language="de", name="Ada").transcript == ""


def test_the_words_of_a_stretch_are_found_by_listening(tmp_path: Path) -> None:
    file = REAL / "ljspeech" / "LJ001-0002.wav"
    if not file.exists():
        pytest.skip("shared/speech is not here")
    said = "in being comparatively modern."
    lj = read(file)
    keep(lj, tmp_path / "a.wav")
    half = lj.seconds / 2
    part = Source(path=tmp_path / "a.wav", passage=(half, lj.seconds), seconds=lj.seconds, transcript=said)
    heard = gather([part], language="en", name="LJ").transcript.split()
    assert heard == said.rstrip(".").split()[-len(heard) :]
    assert 0 < len(heard) < 4
