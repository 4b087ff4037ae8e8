"""What the speaker encoder hears: the power in 40 bands, a hundred times a second.

The bands are those of librosa's `melspectrogram` (https://librosa.org, ISC) at its defaults: triangles on Slaney's mel
scale, each of area one, over the power spectrum of centred Hann windows. No logarithm is taken.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from engine.identity.voiced import RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BANDS = 40
"""How many bands there are."""
STEP = 160
"""Samples from one frame to the next: 10 ms."""

_WINDOW = 400
"""Samples of a window: 25 ms; its spectrum has as many points."""
_LINEAR_HZ = 200 / 3
"""The width of a mel below 1 kHz."""
_CORNER_HZ = 1000.0
_LOG_STEP = 0.06875177742094912
"""The natural logarithm by which a mel above 1 kHz goes up: 27 mels are a factor of 6.4."""
_BLOCK = 2000
"""Frames that are worked on at once: 20 s, in some megabytes."""


def mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the power in each band of a sound at 16 kHz, shape (1 + n // STEP, BANDS)."""
    import numpy as np

    padded = np.pad(samples, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::STEP]
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    bank = _bank()
    found = np.empty((len(frames), BANDS), np.float32)
    for begin in range(0, len(frames), _BLOCK):
        spectra = np.fft.rfft(frames[begin : begin + _BLOCK] * window)
        found[begin : begin + _BLOCK] = (spectra.real**2 + spectra.imag**2).astype(np.float32) @ bank
    return found


@cache
def _bank() -> NDArray[np.float32]:
    """The triangles, shape (_WINDOW // 2 + 1, BANDS)."""
    import numpy as np

    top = _CORNER_HZ / _LINEAR_HZ + np.log(RATE / 2 / _CORNER_HZ) / _LOG_STEP
    mels = np.linspace(0, top, BANDS + 2)
    above = _CORNER_HZ * np.exp(_LOG_STEP * (mels - _CORNER_HZ / _LINEAR_HZ))
    edges = np.where(mels * _LINEAR_HZ < _CORNER_HZ, mels * _LINEAR_HZ, above)
    points = np.linspace(0, RATE / 2, _WINDOW // 2 + 1)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (points - left) / (centre - left), (right - points) / (right - centre)
    triangles = np.clip(np.minimum(rising, falling), 0, None) * 2 / (right - left)
    bank: NDArray[np.float32] = triangles.astype(np.float32)
    return bank
