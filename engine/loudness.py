"""How loud speech is, how loud it should be, and how its peaks are kept down.

Loudness is that of ITU-R BS.1770-4 ("Algorithms to measure audio programme loudness and true-peak audio level"): the
power of the sound as an ear weighs it, over blocks of 400 ms, without those in which nobody speaks.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.audio import peak

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TARGET = -20.0
"""How loud speech is made, in LUFS: in the middle of what audiobooks are held to (-23 to -18 dB), and what the built-in
voices have by themselves on average, so that most need no peak turned down."""
CEILING = 10 ** (-1 / 20)
"""What no sample goes beyond: -1 dBFS, which leaves room for what encoders add."""
MOST_GAIN = 10.0
"""The most that a sound is made louder, 20 dB: beyond that it is noise that is made loud."""
UNHEARD = 0.4
"""How near a voice may be to be left as it is, in LU: two that are left so are less than 1 LU apart, which is less than
lies between one sentence of a voice and the next."""
CALIBRATION = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20."
"""What a voice says to be measured: nearly every language reads numbers. Most of espeak's sentences come out within
1 LU of it, a few 2 away; some of flite's are up to 2.5 away (`python -m bench levels` measures both)."""

_BLOCK_STEPS = 4
"""How many steps of 100 ms a block has."""
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
"""Makes a full-scale sine of 997 Hz in one channel read -3.01, for what the weighting adds there."""
_RING_SECONDS = 0.1
"""How long the weighting rings; after that it is 200 dB down."""
_STRETCH_STEPS = 50
"""How much sound is weighted at once."""
_HIGH_PASS_GAIN = 1.00499
"""What the standard's high-pass, whose numerator at 48 kHz is 1, -2, 1, has above 38 Hz; for every rate the same."""
_LOOK_AHEAD_SECONDS = 0.01


def loudness(samples: NDArray[np.float32], rate: int) -> float:
    """Return the integrated loudness of a sound in one channel, in LUFS, by BS.1770-4 with both gates.

    What is shorter than a block of 400 ms counts as one block of its own length. The weighting is done by FFT: its
    recurrence has to be reckoned sample by sample, which numpy cannot do and Python does 50 times more slowly.

    Args:
        samples: The sound, shape (n,), from -1 to 1.
        rate: Samples a second, in Hz.

    Returns:
        The loudness; minus infinity for silence, and for nothing.
    """
    import numpy as np

    steps = int(len(samples) * 10 / rate)
    if steps < _BLOCK_STEPS:
        return _lufs(float(_weighted_squares(samples, rate, 0, len(samples)).mean())) if len(samples) else -math.inf
    powers = _step_powers(samples, rate, steps)
    blocks = np.convolve(powers, np.full(_BLOCK_STEPS, 1 / _BLOCK_STEPS), "valid")
    blocks = blocks[blocks > _power(_ABSOLUTE_GATE)]
    if not len(blocks):
        return -math.inf
    heard = blocks[blocks > float(blocks.mean()) * 10 ** (_RELATIVE_GATE / 10)]
    return _lufs(float(heard.mean()))


def gain(measured: float, target: float = TARGET) -> float:
    """Return how many times as loud a sound has to be made; 1 for one that is silent, or that nobody hears to be off.

    Args:
        measured: Its loudness, in LUFS.
        target: How loud it should be, in LUFS.
    """
    if not math.isfinite(measured) or abs(target - measured) < UNHEARD:
        return 1.0
    return min(10 ** ((target - measured) / 20), MOST_GAIN)


def limit(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Keep the peaks of a sound under CEILING, without a click and without a change where it is not too loud.

    A limiter that looks ahead: around a peak the sound is turned down and up again over 20 ms each, along the smoothest
    curve that stays under what each sample may have. (The least gain within 10 ms of each sample, averaged by
    a Hann window as wide: no average is above the least of what it is made from.)

    Args:
        samples: The sound, shape (n,), of any magnitude; it is left as it is.
        rate: Samples a second, in Hz.

    Returns:
        The samples that were given, where nothing is too loud; else others, shape (n,).
    """
    if peak(samples) <= CEILING:
        return samples
    import numpy as np

    reach = max(1, round(_LOOK_AHEAD_SECONDS * rate))
    window = np.hanning(2 * reach + 3)[1:-1]
    window /= window.sum()
    limited = samples.copy()
    for begin, end in _spans(np.flatnonzero(np.abs(samples) > CEILING), 2 * reach):
        # Beyond the ends of the sound there is nothing to be kept down.
        around = np.zeros(end - begin + 2 * reach)
        first, last = max(begin - reach, 0), min(end + reach, len(samples))
        around[first - begin + reach : last - begin + reach] = np.abs(samples[first:last])
        least = _least(CEILING / np.maximum(around, CEILING), reach)
        curve = np.convolve(least, window, "same")[reach:-reach]
        first, last = max(begin, 0), min(end, len(samples))
        limited[first:last] *= curve[first - begin : last - begin]
    # What a rounded gain has left above it is less than a 10,000th.
    return np.clip(limited, -CEILING, CEILING, out=limited)


def _spans(indices: NDArray[np.intp], reach: int) -> list[tuple[int, int]]:
    """Join indices, in their order, whose surroundings overlap; each span goes `reach` beyond its first and last."""
    import numpy as np

    cuts = np.flatnonzero(np.diff(indices) > 4 * reach)
    firsts = indices[np.concatenate(([0], cuts + 1))]
    lasts = indices[np.concatenate((cuts, [len(indices) - 1]))]
    return [(int(first) - reach, int(last) + reach + 1) for first, last in zip(firsts, lasts, strict=True)]


def _least(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Return for each value the least within `reach` of it: by windows that double, so that it costs log(reach)."""
    import numpy as np

    width, least = 1, np.pad(values, reach, constant_values=1)
    while width < 2 * reach + 1:
        step = min(width, 2 * reach + 1 - width)
        least = np.minimum(least[:-step], least[step:])
        width += step
    return least


def _step_powers(samples: NDArray[np.float32], rate: int, steps: int) -> NDArray[np.float64]:
    """Return the weighted power of each whole step of 100 ms."""
    import numpy as np

    edges = np.rint(np.arange(steps + 1) * (rate / 10)).astype(np.intp)
    powers = np.empty(steps)
    for first in range(0, steps, _STRETCH_STEPS):
        part = edges[first : first + _STRETCH_STEPS + 1]
        squares = _weighted_squares(samples, rate, int(part[0]), int(part[-1]))
        powers[first : first + len(part) - 1] = np.add.reduceat(squares, part[:-1] - part[0]) / np.diff(part)
    return powers


def _weighted_squares(samples: NDArray[np.float32], rate: int, begin: int, end: int) -> NDArray[np.float64]:
    """Return the squares of the samples from `begin` to `end` as an ear weighs them; what is before them rings on."""
    import numpy as np

    ring = round(_RING_SECONDS * rate)
    heard = max(begin - ring, 0)
    size = 1 << (end - heard + ring - 1).bit_length()
    spectrum = np.fft.rfft(samples[heard:end], size) * _weighting(rate, size)
    return np.square(np.fft.irfft(spectrum, size)[begin - heard : end - heard])


@lru_cache(maxsize=4)
def _weighting(rate: int, size: int) -> NDArray[np.complex64]:
    """Return the K weighting at the frequencies of an FFT of that size: a shelf for the head, and a high-pass.

    The standard gives both filters at 48 kHz only. For other rates they are derived from analogue ones, as Brecht De
    Man found them ("Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
    """
    import numpy as np

    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    k, q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    over = (high + band * k / q + k * k) + 2 * (k * k - high) * z + (high - band * k / q + k * k) * z**2
    shelf = over / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2)
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    high_pass = (1 - z) ** 2 / ((1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2)
    weights: NDArray[np.complex64] = (shelf * high_pass * _HIGH_PASS_GAIN).astype(np.complex64)
    return weights


def _lufs(power: float) -> float:
    return _OFFSET + 10 * math.log10(power) if power > 0 else -math.inf


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))
