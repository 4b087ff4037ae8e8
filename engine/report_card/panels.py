"""The drawings of a report card that run along time: the sound, its level, and the pitch of the voice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.quality import tracked
from engine.quality.activity import runs
from engine.quality.frames import FRAMES_A_SECOND, RATE, Frames, at_rate, bounded, frames_of
from engine.quality.report import CLIPPED, Report
from engine.report_card.canvas import CHOSEN, FAIR, GOOD, LINE, MUTED, PANEL, POOR, REST, VOICE, WIDTH, Canvas
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEFT, _RIGHT = 36.0, WIDTH - 36.0
_NAMES = 118.0
"""How much of the width the names of the drawings take, in points."""
_FROM, _UNTIL = _LEFT + _NAMES, _RIGHT - 14
"""Where time begins and ends, in points."""
_SOUND, _LEVEL, _PITCH = (236.0, 388.0), (396.0, 520.0), (528.0, 628.0)
"""Where each drawing begins and ends, from above."""
_COLUMNS = int(_UNTIL - _FROM) * 2
"""How many columns, of half a point each, a drawing has."""
_DEEPEST = -90.0
"""The lowest level that is drawn, in dBFS."""
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_TICKS = 12
_NEAR_FULL = 0.985
_LEAP = 2.0
"""Semitones that no voice goes within 10 ms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Time:
    """How a recording's time lies along a drawing."""

    seconds: float
    passage: tuple[float, float]

    def at(self, seconds: float) -> float:
        """Where a moment is, in points."""
        return _FROM + (_UNTIL - _FROM) * min(max(seconds / self.seconds, 0.0), 1.0)

    def chosen(self) -> slice:
        """Which columns are of the passage."""
        first, last = (round((self.at(each) - _FROM) * 2) for each in self.passage)
        return slice(first, last)


def chart(canvas: Canvas, audio: Audio, report: Report) -> None:
    """Draw the sound, its level and the pitch of its voice, one below the other over the same time."""
    audio = bounded(audio)
    frames = frames_of(at_rate(audio, RATE))
    chosen = (0.0, 0.0) if report.refusal else report.passage
    time = _Time(seconds=max(audio.seconds, 0.01), passage=chosen)
    for top, bottom in (_SOUND, _LEVEL, _PITCH):
        canvas.box((_LEFT, top, _RIGHT, bottom), PANEL, round=10)
        if chosen[1] > chosen[0]:
            canvas.box((time.at(chosen[0]), top, time.at(chosen[1]), bottom), CHOSEN)
    _sound(canvas, audio, report, time)
    _levels(canvas, frames, report, time)
    _pitch(canvas, tracked(audio, len(frames)), frames, report, time)
    _clock(canvas, time)


def _name(canvas: Canvas, top: float, name: str, *more: tuple[str, tuple[int, int, int]]) -> None:
    canvas.text((_LEFT + 14, top + 26), name, 16)
    for place, (text, colour) in enumerate(more):
        canvas.text((_LEFT + 14, top + 48 + 20 * place), text, 14, colour)


def _sound(canvas: Canvas, audio: Audio, report: Report, time: _Time) -> None:
    """Draw the waveform, the passage in a brighter colour, and in red what was cut off."""
    import numpy as np

    top, bottom = _SOUND
    middle, half = (top + bottom) / 2, (bottom - top) / 2 - 8
    lowest, highest = _extremes(audio.samples)
    most = max(float(np.abs(audio.samples).max(initial=0)), 1e-4)
    tops, bottoms = middle - half * highest / most, middle - half * lowest / most
    chosen = time.chosen()
    canvas.columns(_FROM, tops, bottoms, REST)
    canvas.columns(_FROM + chosen.start / 2, tops[chosen], bottoms[chosen], VOICE)
    more = [(f"peak {report.peak_dbfs:.1f} dB", MUTED)]
    if report.clipping >= CLIPPED:
        more.append(("cut off", POOR))
        cut = np.flatnonzero(np.maximum(highest, -lowest) >= _NEAR_FULL * most)
        for column in cut.tolist():
            x = _FROM + column / 2
            for edge, end in ((tops[column], highest[column]), (bottoms[column], lowest[column])):
                if abs(end) >= _NEAR_FULL * most:
                    canvas.box((x - 0.5, edge - 3, x + 1, edge + 3), POOR)
    _name(canvas, top, "Sound", *more)


def _extremes(samples: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the largest sample of each column, shape (_COLUMNS,) each."""
    import numpy as np

    if not len(samples):
        return np.zeros(_COLUMNS), np.zeros(_COLUMNS)
    edges = np.minimum(np.arange(_COLUMNS) * len(samples) // _COLUMNS, len(samples) - 1)
    return np.minimum.reduceat(samples, edges).astype(np.float64), np.maximum.reduceat(samples, edges).astype(
        np.float64
    )


def _levels(canvas: Canvas, frames: Frames, report: Report, time: _Time) -> None:
    """Draw the level in dB, with lines where the voice and the noise are."""
    import numpy as np

    top, bottom = _LEVEL
    inner = (top + 8, bottom - 8)
    levels = 10 * np.log10(np.maximum(_means(frames.powers), 10 ** (_DEEPEST / 10)))
    low = max(min(report.noise_dbfs, float(np.quantile(levels, 0.02))) - 6, _DEEPEST)
    high = max(float(levels.max()), report.level_dbfs) + 3

    def height(level: float | NDArray[np.float64]) -> NDArray[np.float64]:
        share = np.clip((np.asarray(level) - low) / max(high - low, 1), 0, 1)
        found: NDArray[np.float64] = inner[1] - (inner[1] - inner[0]) * share
        return found

    tops, bottoms = height(levels), np.full(len(levels), inner[1])
    chosen = time.chosen()
    canvas.columns(_FROM, tops, bottoms, REST)
    canvas.columns(_FROM + chosen.start / 2, tops[chosen], bottoms[chosen], VOICE)
    canvas.dashes(_FROM, _UNTIL, float(height(report.noise_dbfs)), FAIR)
    if report.speech_seconds:
        canvas.dashes(_FROM, _UNTIL, float(height(report.level_dbfs)), GOOD)
    voice = [(f"voice {report.level_dbfs:.0f} dB", GOOD)] if report.speech_seconds else []
    _name(canvas, top, "Level", *voice, (f"noise {report.noise_dbfs:.0f} dB", FAIR))


def _means(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean power of each column, shape (_COLUMNS,)."""
    import numpy as np

    edges = np.minimum(np.arange(_COLUMNS) * len(powers) // _COLUMNS, len(powers) - 1)
    counts = np.maximum(np.diff(np.append(edges, len(powers))), 1)
    means: NDArray[np.float64] = np.add.reduceat(powers, edges) / counts
    return means


def _pitch(canvas: Canvas, track: NDArray[np.float32], frames: Frames, report: Report, time: _Time) -> None:
    """Draw the pitch where there is a voice, with a line at its median."""
    import numpy as np

    top, bottom = _PITCH
    inner = (top + 12, bottom - 12)
    voiced = track > 0
    voiced &= frames.powers > 10 ** (report.noise_dbfs / 10)
    if not report.pitch_hz:
        _name(canvas, top, "Pitch", ("none heard", MUTED))
        return
    notes = 12 * np.log2(np.where(voiced, track, report.pitch_hz) / report.pitch_hz)
    reach = max(6.0, float(np.quantile(np.abs(notes[voiced]), 0.98)) if voiced.any() else 0.0) + 1
    middle, scale = (inner[0] + inner[1]) / 2, (inner[1] - inner[0]) / 2 / reach
    canvas.dashes(_FROM, _UNTIL, middle, LINE)
    # Where one pitch ends and another begins at once, there is no way between them.
    glides = np.concatenate(([False], np.abs(np.diff(notes)) < _LEAP))
    for edge in time.passage:  # where the colour changes
        glides[min(round(edge * FRAMES_A_SECOND), len(glides) - 1)] = False
    for first, until in _joined(voiced, glides):
        points = [
            (time.at((frame + 1.6) / FRAMES_A_SECOND), middle - scale * min(max(float(notes[frame]), -reach), reach))
            for frame in range(first, until)
        ]
        start, end = time.passage
        colour = VOICE if start <= (first + until) / 2 / FRAMES_A_SECOND <= end else MUTED
        canvas.line(points if len(points) > 1 else [points[0], (points[0][0] + 1, points[0][1])], colour, 2)
    _name(canvas, top, "Pitch", (f"{report.pitch_hz:.0f} Hz", MUTED), (f"±{report.pitch_spread:.1f} semitones", MUTED))


def _joined(voiced: NDArray[np.bool_], glides: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches with a pitch that goes on from each moment to the next, as frames from and until."""
    found = []
    for first, until in runs(voiced):
        cuts = [frame for frame in range(first + 1, until) if not glides[frame]]
        found += list(pairwise([first, *cuts, until]))
    return found


def _clock(canvas: Canvas, time: _Time) -> None:
    """Write the time below."""
    step = next((each for each in _TICKS if time.seconds / each <= _MOST_TICKS), _TICKS[-1])
    for tick in range(0, int(time.seconds) + 1, step):
        x = time.at(tick)
        canvas.line([(x, _PITCH[1] + 3), (x, _PITCH[1] + 9)], LINE, 1)
        canvas.text((x, _PITCH[1] + 26), f"{tick // 60}:{tick % 60:02d}", 14, MUTED, "ms")
