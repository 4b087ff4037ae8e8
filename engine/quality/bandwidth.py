"""How high the sound of a voice reaches in a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WINDOW = 1_024
_MOST_FRAMES = 3_000
"""How many moments of a recording are looked at, evenly spread: enough for every sound of a language many times."""
_SMOOTH = 150.0
"""Hz over which a spectrum is averaged."""
_DEPTH = 55.0
"""How far below the strongest frequencies the highest ones of a voice may lie, in dB; below is what filters leave."""
_LOUD, _QUIET = 0.95, 0.1
_MOVES = 2.0
"""How many times as strong a frequency is on average as when all is quiet, where it is voice and not noise."""
_TRACE = 1e-12
"""What sums of float64 leave of what was added and taken away again."""


def bandwidth(audio: Audio, most: float = 1.0) -> float:
    """Return the highest frequency that a voice has in a recording, in Hz; 0 where there is none.

    It is what was recorded that counts, not the rate of the file: a phone call that was made into a file of 48 kHz has
    3.4 to 4 kHz, an MP3 what its encoder left. Looked for is the highest frequency whose loud moments are within 55 dB
    of the strongest one's, and that is on average 3 dB stronger than in the quietest moments, where it is noise. (In
    long-term spectra of speech, 8 kHz is some 40 dB below the strongest part: D. Byrne et al., "An international
    comparison of long-term average speech spectra", JASA 96, 1994.) Encoders that fill in what they left out, as Opus
    does, are believed.

    Args:
        audio: Of any rate.
        most: The largest magnitude of its samples, by which they are divided.
    """
    import numpy as np

    if len(audio.samples) < _WINDOW or most <= 0:
        return 0.0
    powers = _spectra(audio.samples, most)
    totals = powers.sum(axis=1)
    trace = _TRACE * float(totals.max())
    width = max(1, round(_SMOOTH * _WINDOW / audio.rate))
    sums = np.cumsum(np.pad(powers, ((0, 0), (1, 0))), axis=1)
    smooth = (sums[:, width:] - sums[:, :-width]) / width
    loud = np.quantile(smooth[totals >= np.quantile(totals, 1 - _LOUD)], _LOUD, axis=0)
    quiet = smooth[totals <= np.quantile(totals, _QUIET)].mean(axis=0)
    moves = smooth.mean(axis=0) > _MOVES * quiet + trace
    there = np.flatnonzero((loud > loud.max() / 10 ** (_DEPTH / 10)) & moves)
    return float((there[-1] + width / 2) * audio.rate / _WINDOW) if len(there) else 0.0


def _spectra(samples: NDArray[np.float32], most: float) -> NDArray[np.float64]:
    """Return the power of each frequency in moments that are spread over a sound, shape (moments, bins)."""
    import numpy as np

    step = max(_WINDOW // 2, -(-len(samples) // _MOST_FRAMES))
    cut = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::step]
    window = (np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
    return np.square(np.abs(np.fft.rfft(cut / np.float32(most) * window)), dtype=np.float64)
