"""What makes a base voice sound like somebody: a map of cepstra, a map of pitch, and a smooth equaliser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.conversion.features import RATE, basis, put_together, smooth, take_apart
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.conversion.features import Features

SMOOTHING = 1.0
"""By how many frames mapped cepstra are smoothed in time: what a map makes of two frames may be too far apart."""

_LOWEST, _HIGHEST = 40.0, 600.0
"""Between which a pitch stays, in Hz."""
_FURTHEST = 12.0
"""How much an envelope is changed at most, in nats of power: 52 dB. Only a file that somebody has tampered with asks
for more, and it must not make numbers that are none."""
_LOUDEST = 0.99
_LEAST = 1e-16


@value
class Conversion:
    """From one voice to another. Fits any speech of the first."""

    centre: NDArray[np.float64]
    """The mean cepstrum of the base voice, shape (COEFFICIENTS,)."""
    matrix: NDArray[np.float64]
    """What is made of how far a cepstrum is from it, shape (COEFFICIENTS, COEFFICIENTS), from the right."""
    offset: NDArray[np.float64]
    """The mean cepstrum of what comes out, shape (COEFFICIENTS,)."""
    equaliser: NDArray[np.float64]
    """What is added to the envelope besides, in nats of power, shape (BINS,)."""
    pitch: tuple[float, float]
    """The base voice's mean pitch and its spread, of the natural logarithm in Hz."""
    own_pitch: tuple[float, float]
    """The same of what comes out."""

    def cepstra(self, given: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map cepstra of the base voice, shape (n, COEFFICIENTS)."""
        return smooth((given - self.centre) @ self.matrix, SMOOTHING) + self.offset

    def apply(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Convert speech of the base voice.

        Args:
            samples: At RATE, shape (n,).

        Returns:
            As many samples, as loud as they were, with the same things at the same times.

        Raises:
            EngineError: There are too few of them.
        """
        return self.applied(take_apart(samples), samples)

    def applied(self, features: Features, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Convert speech that is taken apart already; `samples` is that speech."""
        import numpy as np

        change = (self.cepstra(features.cepstrum) - features.cepstrum) @ basis() + self.equaliser
        np.clip(change, -_FURTHEST, _FURTHEST, out=change)
        envelope = np.log(features.envelope + _LEAST)
        envelope += np.where(features.speech[:, None], change, 0.0)
        np.exp(envelope, out=envelope)
        envelope *= (np.exp(features.power) / (envelope.mean(axis=1) + _LEAST))[:, None]
        sound = put_together(self._pitched(features.pitch), envelope, features.noise)[: len(samples)]
        sound = np.pad(sound, (0, len(samples) - len(sound)))
        before = np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
        sound *= before / (np.sqrt(np.mean(sound**2)) + 1e-9)
        made: NDArray[np.float32] = np.clip(sound, -_LOUDEST, _LOUDEST).astype(np.float32)
        return made

    def _pitched(self, pitch: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np

        (mean, spread), (own_mean, own_spread) = self.pitch, self.own_pitch
        voiced = pitch > 0
        made = np.zeros(len(pitch))
        height = (np.log(pitch[voiced]) - mean) / max(spread, 1e-3) * own_spread + own_mean
        made[voiced] = np.exp(np.clip(height, np.log(_LOWEST), np.log(_HIGHEST)))
        return made


def pieces(samples: NDArray[np.float32], *, least: float = 4.0, most: float = 8.0) -> list[tuple[int, int]]:
    """Cut speech at RATE where it is softest, so that long speech is converted piece by piece.

    Args:
        samples: Shape (n,).
        least: No piece but the last, which is a second long at least, is shorter, in seconds.
        most: None is longer, in seconds.

    Returns:
        Where each piece begins and ends, in samples, one after another.
    """
    import numpy as np

    cuts, frame = [0], RATE // 50
    while len(samples) - cuts[-1] > most * RATE:
        begin = cuts[-1] + round(least * RATE)
        window = samples[begin : min(cuts[-1] + round(most * RATE), len(samples) - RATE)]
        levels = np.square(window[: len(window) // frame * frame].reshape(-1, frame)).mean(axis=1)
        cuts.append(begin + int(np.argmin(levels)) * frame + frame // 2)
    return list(zip(cuts, [*cuts[1:], len(samples)], strict=True))
