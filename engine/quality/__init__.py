"""How good a recording is to make a voice from: figures, a score, the best passage, and what to do better.

Where each figure comes from is said in the file of its name; `python -m bench quality` checks them against recordings
of which they are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from engine.audio import peak
from engine.loudness import loudness
from engine.quality import pitch
from engine.quality.activity import masked, seconds, spoken_spans
from engine.quality.bandwidth import bandwidth
from engine.quality.clipping import clipping
from engine.quality.frames import RATE, STEP, WINDOW, at_rate, bounded, frames_of
from engine.quality.grading import Refusal, advise, grade, refuse
from engine.quality.likeness import likeness
from engine.quality.noise import decibels, levels_of
from engine.quality.passage import best_passage
from engine.quality.report import VERSION, Report
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Report", "Speakers", "assess", "tracked"]

_SILENT_LUFS = -70.0
_NEAR_FULL = 0.99
"""What part of the largest magnitude a sample has that was cut off at it."""
_LISTENED = 90.0
"""Seconds of a longer recording in which several speakers are listened for, taken from all over it."""
_PARTS = 6
_LEAST_LISTENED = 3.0
"""Seconds of speech under which a speaker is not told from another one."""
_MIDDLE = round(WINDOW / 2 / STEP)
"""Where a frame has its middle, in frames from its begin."""


@runtime_checkable
class Speakers(Protocol):
    """Tells how many people speak; `engine.identity.Encoder` does."""

    def speakers(self, audio: Audio) -> int:
        """Return 1 where one person speaks, 2 where it is more."""


def assess(audio: Audio, *, clipped: float = 0.0, encoder: Speakers | None = None) -> Report:
    """Find out how good a recording is; a minute of it takes about a third of a second.

    Args:
        audio: The recording, shape (n,), finite, of 8,000 to 48,000 Hz.
        clipped: The share of its samples that were at full scale in the file, from 0 to 1, where that is known: what
            the channels of a file lose is no longer seen where they are mixed.
        encoder: Listens for several speakers; without one the report has 0 of them.

    Returns:
        The report. A recording that no voice can be made from is no error: `refusal` says why.
    """
    audio = bounded(audio)
    sound = at_rate(audio, RATE)
    frames = frames_of(sound)
    levels = levels_of(frames)
    track = tracked(audio, len(frames))
    spans = spoken_spans(frames, levels, track > 0)
    active = masked(spans, len(frames)) & (frames.powers > levels.floor)
    cut = min(max(clipped, clipping(audio.samples)), 1.0)
    figures = {
        **_sounding(audio),
        **_spoken(audio, spans, track[active]),
        "snr_db": levels.snr,
        "noise_dbfs": decibels(levels.noise),
        "level_dbfs": decibels(levels.speech),
        "clipping": cut,
    }
    listens = encoder is not None and figures["speech_seconds"] >= _LEAST_LISTENED
    speakers = encoder.speakers(_excerpt(audio)) if encoder and listens else 0
    known = figures | {"speakers": speakers}
    refusal = refuse(known, likeness(frames, levels, track, active))
    start, end = best_passage(frames, levels, spans, _cut_frames(sound, len(frames), cut))
    return Report(
        **figures,
        speakers=speakers,
        score=grade(known, refusal),
        passage=(start, min(end, audio.seconds)),
        advice=_advice(known, refusal),
        refusal=refusal.sentence if refusal else "",
        version=VERSION,
    )


def _advice(figures: Mapping[str, float], refusal: Refusal | None) -> tuple[str, ...]:
    """Say what to do better beside what a refusal says; nothing where it is no recording of speech."""
    if refusal is None:
        return advise(figures)
    return advise(figures, but=refusal.figure) if refusal.figure else ()


def tracked(audio: Audio, count: int) -> NDArray[np.float32]:
    """Return the pitch of a recording at the middle of each of its frames, in Hz; 0 where there is none.

    Args:
        audio: The recording.
        count: How many frames of STEP at RATE it has.
    """
    import numpy as np

    track = pitch.pitch_track(at_rate(audio, pitch.RATE))
    return np.pad(track, (0, count + _MIDDLE))[_MIDDLE : _MIDDLE + count]


def _sounding(audio: Audio) -> dict[str, float]:
    """Return the figures of a sound, whatever sounds."""
    most = audio.peak
    return {
        "seconds": audio.seconds,
        "loudness_lufs": max(loudness(audio.samples, audio.rate), _SILENT_LUFS),
        "peak_dbfs": decibels(most * most),
        "bandwidth_hz": bandwidth(audio, most),
    }


def _spoken(audio: Audio, spans: list[tuple[int, int]], voiced: NDArray[np.float32]) -> dict[str, float]:
    """Return the figures of speech: how long it is, and how high the voice."""
    import numpy as np

    notes = pitch.semitones(voiced)
    spoken = min(seconds(spans), audio.seconds)
    return {
        "speech_seconds": spoken,
        "silence": 1 - spoken / audio.seconds if audio.seconds else 1.0,
        "pitch_hz": float(2 ** (np.median(notes) / 12)) if len(notes) else 0.0,
        "pitch_spread": float(notes.std()) if len(notes) else 0.0,
    }


def _excerpt(audio: Audio) -> Audio:
    """Return a recording, or parts from all over it where it is long."""
    import numpy as np

    part = int(_LISTENED / _PARTS * audio.rate)
    if len(audio.samples) <= part * _PARTS:
        return audio
    begins = np.linspace(0, len(audio.samples) - part, _PARTS).astype(int)
    samples = np.concatenate([audio.samples[begin : begin + part] for begin in begins])
    return Audio(samples=samples, rate=audio.rate)


def _cut_frames(sound: NDArray[np.float32], count: int, share: float) -> NDArray[np.bool_]:
    """Return which frames have samples at the loudest, where a recording was cut off there."""
    import numpy as np

    mask = np.zeros(count, np.bool_)
    if share:
        at = np.flatnonzero(np.abs(sound) >= _NEAR_FULL * peak(sound)) // STEP
        mask[np.minimum(at, count - 1)] = True
    return mask
