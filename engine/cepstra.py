"""What a recogniser hears in a sound: how loud each moment is, and its mean cepstrum.

The cepstra are those of the Sphinx front end (`fe_sigproc.c` of https://github.com/cmusphinx/pocketsphinx) with the
settings of its English model; without its noise removal, so that the mean is near its own and not the same.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second that the model wants, in Hz."""
STEP = 160
"""Samples from one frame to the next: 10 ms."""

_WINDOW, _FFT = 410, 512
_PREEMPHASIS = 0.97
_LOWEST, _HIGHEST, _FILTERS = 130.0, 6800.0, 25
_COEFFICIENTS, _LIFTER = 13, 22
_FLOOR = 1e-4
_BLOCK = 2000
"""Frames that are worked on at once: 20 s, in some megabytes."""


def frame_energies(pcm: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the mean square of each whole frame of STEP samples, shape (len(pcm) // STEP,)."""
    import numpy as np

    frames = pcm[: len(pcm) // STEP * STEP].reshape(-1, STEP)
    return np.concatenate(
        [
            np.square(frames[begin : begin + _BLOCK], dtype=np.float64).mean(axis=1)
            for begin in range(0, max(1, len(frames)), _BLOCK)
        ]
    )


def mean_cepstrum(pcm: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the mean of the 13 cepstral coefficients of a sound at RATE, shape (13,).

    A recogniser subtracts it, so that a voice's and a microphone's colour do not matter. It would learn it by and by;
    told beforehand, it hears the first words as well as the last.
    """
    import numpy as np

    signal = np.pad(pcm, (0, max(0, _WINDOW - len(pcm))))
    frames = np.lib.stride_tricks.sliding_window_view(signal, _WINDOW)[::STEP]
    window, bank = np.hamming(_WINDOW), _filters()
    total = np.zeros(_FILTERS)
    for begin in range(0, len(frames), _BLOCK):
        block = frames[begin : begin + _BLOCK].astype(np.float64)
        block[:, 1:] -= _PREEMPHASIS * block[:, :-1]
        spectra = np.abs(np.fft.rfft(block * window, _FFT)) ** 2
        total += np.log(np.maximum(spectra @ bank, _FLOOR)).sum(axis=0)
    order = np.arange(_COEFFICIENTS)
    cosines = np.cos(np.pi * order[:, None] * (np.arange(_FILTERS) + 0.5) / _FILTERS) * np.sqrt(2 / _FILTERS)
    cosines[0] *= np.sqrt(0.5)
    lifter = 1 + _LIFTER / 2 * np.sin(np.pi * order / _LIFTER)
    mean: NDArray[np.float64] = lifter * (cosines @ (total / len(frames)))
    return mean


@cache
def _filters() -> NDArray[np.float64]:
    """The mel filters, shape (_FFT // 2 + 1, _FILTERS), each of area one, their edges on the grid of the spectrum."""
    import numpy as np

    low, high = (2595 * np.log10(1 + edge / 700) for edge in (_LOWEST, _HIGHEST))
    grid = RATE / _FFT
    edges = np.round(700 * (10 ** (np.linspace(low, high, _FILTERS + 2) / 2595) - 1) / grid) * grid
    frequencies = np.arange(_FFT // 2 + 1)[:, None] * grid
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (frequencies - left) / (centre - left), (right - frequencies) / (right - centre)
    filters: NDArray[np.float64] = np.clip(np.minimum(rising, falling), 0, None) * 2 / (right - left)
    return filters
