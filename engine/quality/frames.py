"""Sound cut into moments: how much power each of them has, band by band.

Everything else about a recording is told from these, so that a long one is gone through once, in blocks, and what is
held of it is small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second, in Hz, at which recordings are listened to: what is above 8 kHz has little of a voice."""
STEP = 160
"""Samples from one frame to the next: 10 ms."""
WINDOW = 512
"""Samples that a frame hears: 32 ms, by a Hann window."""
FRAMES_A_SECOND = RATE // STEP

_LOWEST, _HIGHEST, _BANDS = 60.0, 7_900.0, 20
"""From where to where it is listened, in Hz: below is the hum of the mains and the wind, and no voice."""
_MOST = 16.0
"""The largest magnitude that counts, 24 dB above full scale: a decoder may go beyond 1, but no recording that far."""
_BLOCK = 2_000
"""Frames that are worked on at once: 20 s, in some megabytes."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frames:
    """The power of a sound, moment by moment and band by band."""

    bands: NDArray[np.float64]
    """Mean squares, shape (frames, bands), where a full-scale square wave has 1 in all."""
    powers: NDArray[np.float64]
    """Mean squares of all bands together, shape (frames,)."""
    widths: NDArray[np.intp]
    """How many bins of a spectrum each band has, shape (bands,)."""

    def __len__(self) -> int:
        return len(self.powers)


def bounded(audio: Audio) -> Audio:
    """Return a sound without what is far beyond full scale, so that no power of it is beyond reckoning."""
    import numpy as np

    return Audio(samples=np.clip(audio.samples, -_MOST, _MOST).astype(np.float32, copy=False), rate=audio.rate)


def at_rate(audio: Audio, rate: int) -> NDArray[np.float32]:
    """Return the samples of a sound at another rate, shape (n,): without what is above half of that rate."""
    import numpy as np
    import soxr  # type: ignore[import-untyped]  # it has no types

    if audio.rate == rate or not len(audio.samples):
        return audio.samples
    return np.asarray(soxr.resample(audio.samples, audio.rate, rate), np.float32)


def frames_of(samples: NDArray[np.float32]) -> Frames:
    """Cut a sound at RATE into frames; one that is shorter than a frame is filled up with silence.

    Args:
        samples: Shape (n,), finite.
    """
    import numpy as np

    signal = np.pad(samples, (0, max(0, WINDOW - len(samples))))
    cut = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::STEP]
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    edges = _edges()
    # Of a real sound's spectrum one half is left out, so what is left counts twice.
    scale = 2 / (WINDOW * float(np.square(window, dtype=np.float64).sum()))
    bands = np.empty((len(cut), len(edges) - 1))
    for begin in range(0, len(cut), _BLOCK):
        spectra = np.square(np.abs(np.fft.rfft(cut[begin : begin + _BLOCK] * window)), dtype=np.float64)
        bands[begin : begin + _BLOCK] = np.add.reduceat(spectra[:, : edges[-1]], edges[:-1], axis=1) * scale
    return Frames(bands=bands, powers=bands.sum(axis=1), widths=np.diff(edges))


@cache
def _edges() -> NDArray[np.intp]:
    """The bins of a spectrum between which the bands lie: as wide as an ear hears them, by the mel scale."""
    import numpy as np

    low, high = (2595 * np.log10(1 + edge / 700) for edge in (_LOWEST, _HIGHEST))
    frequencies = 700 * (10 ** (np.linspace(low, high, _BANDS + 1) / 2595) - 1)
    return np.unique(np.rint(frequencies * WINDOW / RATE).astype(np.intp))
