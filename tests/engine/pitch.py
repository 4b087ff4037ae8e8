"""How high a voice is, heard without the engines' help."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def median_pitch(samples: NDArray[np.float32], rate: int) -> float:
    """Return the median pitch of what is voiced, in Hz from 45 to 600, by autocorrelation over a tenth of a second."""
    sound, found = samples.astype(np.float64), []
    size, loud = rate // 10, 0.01 * float(np.mean(sound**2))
    for start in range(0, len(sound) - size, rate // 50):
        window = sound[start : start + size] - np.mean(sound[start : start + size])
        if np.mean(window**2) < loud:
            continue
        alike = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)[:size]
        alike /= alike[0] * np.linspace(1, 1e-3, size)
        lags = alike[rate // 600 : rate // 45]
        peaks = np.flatnonzero((lags[1:-1] >= lags[:-2]) & (lags[1:-1] >= lags[2:]) & (lags[1:-1] > 0.9 * lags.max()))
        if len(peaks) and lags.max() > 0.6:
            found.append(rate / (peaks[0] + 1 + rate // 600))
    return float(np.median(found))
