"""A recording's report as a picture: what it is good for at a glance, and where its best stretch is."""

from __future__ import annotations

import math

from engine.quality.grading import left
from engine.quality.report import CLIPPED, Report, percent
from engine.report_card.canvas import (
    FAIR,
    GOOD,
    MUTED,
    PANEL,
    POOR,
    TEXT,
    WIDTH,
    Canvas,
    Colour,
    fit,
    plain,
    wrap,
)
from engine.report_card.panels import chart
from engine.speech import Audio

__all__ = ["picture"]

_EDGE = 36
_TILES = 7
_GAP = 12
_ALMOST, _HALF = 0.9, 0.6
"""What a figure leaves of a score where it is good, and where it is fair."""


def picture(audio: Audio, report: Report, title: str) -> bytes:
    """Draw a report: the score, the figures, the sound with its chosen stretch, its level, its noise and its pitch.

    The same input makes the same picture, with the same version of Pillow.

    Args:
        audio: The recording that the report is about.
        report: What `engine.quality.assess` says of it.
        title: What stands above it, of anybody's; what cannot be drawn is left out.

    Returns:
        A PNG file of 1200 by 675 pixels.
    """
    canvas = Canvas()
    _head(canvas, report, title)
    _tiles(canvas, report)
    chart(canvas, audio, report)
    return canvas.png()


def _head(canvas: Canvas, report: Report, title: str) -> None:
    """Write the title and what comes of the recording, with the score beside them."""
    room = WIDTH - 2 * _EDGE - 150
    canvas.text((_EDGE, 60), fit(plain(title, "Recording"), 38, room), 38)
    if report.refusal:
        says, colour = report.refusal, POOR
    else:
        start, end = report.passage
        says, colour = f"The best {end - start:.0f} s are chosen: {clock(start)} to {clock(end)}.", MUTED
        if report.advice:
            says += f" {report.advice[0]}"
    for place, line in enumerate(wrap(says, 19, room, 2)):
        canvas.text((_EDGE, 93 + 25 * place), line, 19, colour)
    middle = (WIDTH - _EDGE - 52, 76)
    canvas.ring(middle, 48, report.score / 10, _colour(report.score / 10, report.refusal))
    canvas.text((middle[0], middle[1] + 8), "10" if report.score == 10 else f"{report.score:.1f}", 36, anchor="ms")
    canvas.text((middle[0], middle[1] + 27), "of 10", 15, MUTED, "ms")


def _tiles(canvas: Canvas, report: Report) -> None:
    """Draw the figures, each with a mark of how good it is."""
    voices = {0: "not heard", 1: "one"}.get(report.speakers, "several")
    cut = "none" if report.clipping < CLIPPED else percent(report.clipping)
    reach = math.floor(report.bandwidth_hz / 100) / 10
    tiles = (
        ("Speech", f"{int(report.speech_seconds)} s", _kept("speech_seconds", report.speech_seconds)),
        ("SNR", f"{math.floor(report.snr_db)} dB", _kept("snr_db", report.snr_db)),
        ("Clipped", cut, _kept("clipping", report.clipping)),
        ("Silence", percent(report.silence), _kept("silence", report.silence)),
        ("Loudness", f"{report.loudness_lufs:.0f} LUFS", _kept("level_dbfs", report.level_dbfs)),
        (
            "Reaches",
            f"{reach:.1f} kHz",
            _kept("bandwidth_hz", report.bandwidth_hz),
        ),
        ("Voices", voices, _kept("speakers", report.speakers) if report.speakers else MUTED),
    )
    width = (WIDTH - 2 * _EDGE - _GAP * (_TILES - 1)) / _TILES
    for place, (name, figure, colour) in enumerate(tiles):
        x = _EDGE + place * (width + _GAP)
        canvas.box((x, 144, x + width, 222), PANEL, round=10)
        canvas.box((x + 12, 156, x + 16, 210), colour, round=2)
        canvas.text((x + 28, 174), name, 15, MUTED)
        canvas.text((x + 28, 204), fit(figure, 24, width - 36), 24, TEXT)


def _kept(name: str, figure: float) -> Colour:
    return _colour(left(name, figure))


def _colour(share: float, refusal: str = "") -> Colour:
    """Return what says how good something is, by the share of the best that it is."""
    if refusal:
        return POOR
    return GOOD if share >= _ALMOST else FAIR if share >= _HALF else POOR


def clock(seconds: float) -> str:
    """Say a place in a recording, such as '1:04'."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
