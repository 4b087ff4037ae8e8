"""A smooth equaliser that makes speech more similar to somebody's, as the speaker encoder hears it.

The encoder's vector is nearly linear in so few numbers: a Gauss-Newton step over a handful of cosines finds most of
what there is to gain, with no need for the encoder's own derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from engine.conversion.features import BINS, RATE, smooth
from engine.identity.mel import BANDS, mel
from engine.identity.network import WINDOW
from engine.identity.voiced import levelled, voiced
from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.identity.network import Network

SHAPES = 12
"""How many cosines over the bands the equaliser is made of."""
MOST = 1.2
"""How much it adds or takes away, in nats of power: 5 dB."""

_STEPS = 3
"""Steps towards the best; a fourth gains nothing."""
_NUDGE = 0.1
"""How far each cosine is moved to see what it does, in nats."""
_COST = 0.02
"""What a square of a nat costs, in similarity: what gains nothing stays flat."""
_DAMPING = (0.02, 0.1, 0.5)
"""How much a step is held back; each is tried, and the best taken."""
_LEAST_GAIN = 1e-3
_LISTEN = 12.0
"""How much speech it is fitted on, in seconds."""
_HOP = 120
_SMOOTHING = 4.0
"""By how many bins the curve is smoothed at last."""


def fit(network: Network, samples: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.float64]:
    """Find the equaliser for speech.

    Args:
        network: The speaker encoder's, which hears the similarity.
        samples: The speech at RATE, shape (n,).
        wanted: The vector of whom it is to be similar to, of length one.

    Returns:
        What to add to the envelope, in nats of power, shape (BINS,).
    """
    import numpy as np

    speech = levelled(voiced(Audio(samples=samples, rate=RATE)))[: round(_LISTEN * RATE)]
    bands = mel(speech)
    if len(bands) < WINDOW:
        return np.zeros(BINS)
    starts = np.arange(0, len(bands) - WINDOW + 1, _HOP)
    windows = bands[starts[:, None] + np.arange(WINDOW)]
    shapes = np.cos(np.pi * np.outer(np.arange(1, SHAPES + 1), np.arange(BANDS) + 0.5) / BANDS)

    def heard(tried: NDArray[np.float64]) -> NDArray[np.float64]:
        """The means of the vectors of all windows, for each of some settings, shape (k, SIZE)."""
        louder = np.exp(_curve(tried, shapes)).astype(np.float32)
        every = windows[None] * louder[:, None, None, :]
        every *= windows.mean() / every.mean(axis=(1, 2, 3), keepdims=True)
        vectors = network.vectors(every.reshape(-1, WINDOW, BANDS))
        means: NDArray[np.float64] = vectors.reshape(len(tried), len(windows), -1).mean(axis=1).astype(np.float64)
        return means

    best = _climb(heard, shapes, wanted.astype(np.float64))
    return _to_bins(_curve(best[None], shapes)[0])


def _climb(
    heard: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    shapes: NDArray[np.float64],
    wanted: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Step towards the setting that is heard as most similar, shape (SHAPES,)."""
    import numpy as np

    cost = _COST * shapes @ shapes.T / BANDS
    now = np.zeros(SHAPES)
    mean = heard(now[None])[0]
    for _ in range(_STEPS):
        length = np.linalg.norm(mean)
        towards = mean / length
        slopes = (heard(now + _NUDGE * np.eye(SHAPES)) - mean) / _NUDGE
        slopes = (slopes - np.outer(slopes @ towards, towards)) / length
        missing = wanted - towards * (towards @ wanted)
        normal = slopes @ slopes.T
        pull = slopes @ missing - cost @ now
        held = np.trace(normal) / SHAPES * np.eye(SHAPES)
        tried = np.stack([now + np.linalg.solve(normal + cost + damping * held, pull) for damping in _DAMPING])
        means = heard(tried)
        gains = means @ wanted / np.linalg.norm(means, axis=1) - 0.5 * np.einsum("ki,ij,kj->k", tried, cost, tried)
        before = towards @ wanted - 0.5 * now @ cost @ now
        place = int(np.argmax(gains))
        if gains[place] < before + _LEAST_GAIN:
            break
        now, mean = tried[place], means[place]
    return now


def _curve(settings: NDArray[np.float64], shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    """What settings, shape (k, SHAPES), add to each band, in nats, shape (k, BANDS); never more than MOST."""
    import numpy as np

    curve: NDArray[np.float64] = MOST * np.tanh(settings @ shapes / MOST)
    return curve


def _to_bins(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn what is added to each band into what is added to each bin of an envelope."""
    import numpy as np

    found = smooth(np.interp(np.linspace(0, RATE / 2, BINS), _centres(), curve)[:, None], _SMOOTHING)
    return found[:, 0]


@cache
def _centres() -> NDArray[np.float64]:
    """The middle of each band in Hz, shape (BANDS,): Slaney's mels, as `engine.identity.mel` has them."""
    import numpy as np

    per_log = 27 / np.log(6.4)
    mels = np.linspace(0, 15 + per_log * np.log(RATE / 2000), BANDS + 2)[1:-1]
    middle: NDArray[np.float64] = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) / per_log))
    return middle
