from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.report_card.canvas import HEIGHT, POOR, WIDTH, Canvas, fit, plain, wide, wrap


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada", "Ada"),
        ("Zoë Łukasz Straße", "Zoe Lukasz Strasse"),
        ("two\nlines\tand  more", "two lines and more"),
        ("Ｆｕｌｌ", "Full"),  # noqa: RUF001  # full width is what is made plain
        ("Ada 😀😀 中文", "Ada ? ?"),
        ("\x07\u202eAda\u200b", "Ada"),
        ("中文", "Recording"),
        ("", "Recording"),
        ("\ud800", "Recording"),
    ],
)
def test_names_are_shown_in_letters_that_there_are(written: str, shown: str) -> None:
    assert plain(written, "Recording") == shown


@given(st.text(st.characters(), max_size=60))
def test_any_name_can_be_drawn(name: str) -> None:
    shown = plain(name, "Recording")
    assert shown
    assert shown.isprintable()
    assert wide(fit(shown, 38, 300), 38) <= 300


def test_what_is_too_long_is_cut_with_dots() -> None:
    assert fit("short", 20, 500) == "short"
    long = fit("a name without an end " * 500, 20, 300)
    assert long.endswith("...")
    assert wide(long, 20) <= 300


def test_lines_break_at_spaces_and_the_last_is_cut() -> None:
    lines = wrap("several words that take more than a line", 20, 200, 2)
    assert len(lines) == 2
    assert all(wide(line, 20) <= 200 for line in lines)
    assert wrap("one", 20, 200, 2) == ["one"]
    assert wrap("x" * 900, 20, 200, 2)[0].endswith("...")


def test_shapes_land_where_they_are_put() -> None:
    canvas = Canvas()
    canvas.box((100, 100, 120, 130), POOR)
    canvas.columns(200, np.array([50.0, 50.0]), np.array([60.0, 60.0]), POOR)
    canvas.ring((400, 300), 40, 0.5, POOR)
    drawn = np.asarray(Image.open(io.BytesIO(canvas.png())))
    assert drawn.shape == (HEIGHT, WIDTH, 3)
    red = np.all(drawn == POOR, axis=2)
    assert red[100:130, 100:120].all()
    assert red[50:60, 200].all()
    assert red[300, 435:439].any()
    assert not red[300, 360:366].any()
