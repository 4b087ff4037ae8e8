"""How high a voice is, moment by moment.

By the YIN method (A. de Cheveigné and H. Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA
111, 2002), reckoned by FFT for all moments at once: `python -m bench quality` compares it with WORLD's Harvest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 8_000
"""Samples a second, in Hz, that pitch is looked for in."""
STEP = 80
"""Samples from one moment to the next: 10 ms."""
LOWEST, HIGHEST = 70.0, 500.0
"""Between which a voice is looked for, in Hz."""

_WINDOW = 240
"""Samples that are compared with later ones: 30 ms."""
_FFT = 512
_CLEAR = 0.15
"""How unlike a period later a sound may be for the first such period to be taken; 0 is the same, 1 nothing alike."""
_VOICED = 0.4
"""How unlike it may be at most where there is a pitch at all."""
_BLOCK = 1_000
_AROUND = 25
"""Moments to both sides among whose pitches one has to be: a quarter of a second."""
_LEAP = 1.6
"""How many times as high or as low as those around a pitch may be; beyond that it is an octave's error."""


def pitch_track(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pitch at every moment of a sound at RATE, in Hz; 0 where there is none. Shape (1 + n // STEP,).

    Args:
        samples: Shape (n,), finite.
    """
    import numpy as np

    lags = int(RATE / LOWEST) + 2
    half = (_WINDOW + lags) // 2
    signal = np.pad(samples, (half, half + _WINDOW + lags)).astype(np.float32)
    cut = np.lib.stride_tricks.sliding_window_view(signal, _WINDOW + lags)[::STEP][: 1 + len(samples) // STEP]
    found = [_pitches(cut[begin : begin + _BLOCK], lags) for begin in range(0, len(cut), _BLOCK)]
    return _without_leaps(np.concatenate(found))


def _pitches(cut: NDArray[np.float32], lags: int) -> NDArray[np.float32]:
    """Return the pitch of each stretch of _WINDOW + lags samples, in Hz; 0 where there is none."""
    import numpy as np

    first = int(RATE / HIGHEST)
    cut = cut - cut.mean(axis=1, keepdims=True)
    spectra = np.fft.rfft(cut, _FFT)
    alike = np.fft.irfft(np.conj(np.fft.rfft(cut[:, :_WINDOW], _FFT)) * spectra, _FFT)[:, :lags]
    squares = np.cumsum(np.pad(np.square(cut, dtype=np.float64), ((0, 0), (1, 0))), axis=1)
    energy = squares[:, _WINDOW : _WINDOW + lags] - squares[:, :lags]
    difference = np.maximum(energy[:, :1] + energy - 2 * alike, 0)
    means = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, lags)
    unlike = np.ones_like(difference)
    np.divide(difference[:, 1:], means, out=unlike[:, 1:], where=means > 1e-9)
    inner = unlike[:, first : lags - 1]
    dips = (inner <= unlike[:, first - 1 : lags - 2]) & (inner < unlike[:, first + 1 : lags])
    depths = np.where(dips, inner, 2.0)
    clear = depths < _CLEAR
    best = np.where(clear.any(axis=1), clear.argmax(axis=1), depths.argmin(axis=1))
    rows = np.arange(len(cut))
    lag = best + first
    before, at, after = unlike[rows, lag - 1], unlike[rows, lag], unlike[rows, lag + 1]
    bend = before - 2 * at + after
    shift = np.where(bend > 1e-9, (before - after) / (2 * np.maximum(bend, 1e-9)), 0)
    return np.where(depths[rows, best] < _VOICED, RATE / (lag + np.clip(shift, -0.5, 0.5)), 0).astype(np.float32)


def _without_leaps(track: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take out what is far from the median of the pitches around it."""
    import numpy as np

    voiced = np.flatnonzero(track)
    if not len(voiced):
        return track
    logs = np.log(track[voiced])
    wide = np.pad(logs, _AROUND, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(wide, 2 * _AROUND + 1)
    medians = np.concatenate(
        [np.median(around[begin : begin + _BLOCK], axis=1) for begin in range(0, len(around), _BLOCK)]
    )
    kept = track.copy()
    kept[voiced[np.abs(logs - medians) > np.log(_LEAP)]] = 0
    return kept


def semitones(track: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how many semitones each pitch of a track lies above 1 Hz, without the moments that have none."""
    import numpy as np

    voiced: NDArray[np.float32] = (12 * np.log2(track[track > 0])).astype(np.float32)
    return voiced
