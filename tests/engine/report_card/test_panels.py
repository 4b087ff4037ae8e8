from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.recordings import RATE, cut_off
from engine.quality import assess
from engine.report_card.canvas import CHOSEN, FAIR, GOOD, POOR, VOICE, Canvas
from engine.report_card.panels import _extremes, _joined, _means, chart
from engine.speech import Audio
from tests.engine.quality_sounds import audio, said


def drawn(sound: Audio, passage: tuple[float, float] | None = None) -> NDArray[np.uint8]:
    """The drawings of a recording, with another passage than the best one."""
    report = assess(sound)
    canvas = Canvas()
    chart(canvas, sound, replace(report, passage=passage) if passage else report)
    return np.asarray(Image.open(io.BytesIO(canvas.png())))


def places(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which rows and which columns have pixels of that colour."""
    found = np.all(picture == colour, axis=2)
    return np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))


def test_the_chosen_passage_stands_out_where_it_is() -> None:
    _, early = places(drawn(audio(said()), (0.0, 4.0)), CHOSEN)
    picture = drawn(audio(said()), (8.0, 12.0))
    _, late = places(picture, CHOSEN)
    assert early.max() < late.min()
    assert np.ptp(late) == pytest.approx(np.ptp(early), abs=2)
    _, bright = places(picture, VOICE)
    assert late.min() - 2 <= bright.min() < bright.max() <= late.max() + 2


def test_the_voice_is_above_the_noise() -> None:
    picture = drawn(audio(said()))[390:525, 200:]
    voice, noise = places(picture, GOOD)[0], places(picture, FAIR)[0]
    assert 0 < voice.max() < noise.min()


def test_what_is_refused_has_no_chosen_passage() -> None:
    assert not len(places(drawn(audio(said()[: 4 * RATE])), CHOSEN)[0])


def test_what_was_cut_off_is_marked() -> None:
    good, cut = (places(drawn(audio(each))[:400], POOR)[1] for each in (said(), cut_off(said(), 0.01)))
    assert len(cut) > 20 > len(good)


@pytest.mark.parametrize("count", [1, 100, 5_000, 100_000])
def test_columns_leave_no_sample_out(count: int) -> None:
    samples = np.linspace(-0.7, 0.9, count).astype(np.float32)
    lowest, highest = _extremes(samples)
    assert lowest.min() == samples.min()
    assert highest.max() == samples.max()
    assert float(_means(np.full(count, 0.25)).max()) == pytest.approx(0.25)


def test_a_pitch_is_drawn_as_far_as_it_glides() -> None:
    voiced = np.array([0, 1, 1, 1, 1, 0, 1], np.bool_)
    glides = np.array([0, 1, 1, 0, 1, 1, 1], np.bool_)
    assert _joined(voiced, glides) == [(1, 3), (3, 5), (6, 7)]
