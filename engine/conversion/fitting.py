"""Finding the conversion from one voice to another, from speech of both.

The mean and the spread of every coefficient come first: they need no two frames that belong together. Where the same
words are said by both, a ridge regression finds what is left, held back the more the larger its penalty is (the
transform of Stylianou et al. 1998, https://doi.org/10.1109/89.661472, with one class, around the means).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.conversion.conversion import SMOOTHING, Conversion
from engine.conversion.features import BINS, pitch_of, smooth
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.conversion.features import Features

WIDEST_PITCH = 1.4
"""How many times the base voice's spread the pitch may spread: more sounds shaken."""
ENOUGH_PAIRS = 800
"""The fewest pairs of frames that a map is fitted on: 4 s."""

_NARROW, _WIDE = 0.6, 1.6
"""Between which the spread of a coefficient is changed."""
_AFTERWARDS = (0.8, 1.3)
"""Between which it is changed once more after smoothing, which takes some of it away."""


@value
class Rung:
    """How boldly a conversion is fitted; a ladder of these goes from similar to safe."""

    name: str
    """What figures call it."""
    penalty: float
    """What holds the map back, by pairs of frames: 0.3 hardly does, 16 nearly forbids one."""
    spread: bool
    """Whether the coefficients get the spread of the other voice, or keep the base's."""


LADDER = (
    Rung(name="bold", penalty=1.0, spread=True),
    Rung(name="middle", penalty=4.0, spread=True),
    Rung(name="careful", penalty=4.0, spread=False),
    Rung(name="safe", penalty=16.0, spread=False),
)
"""From the most similar to the one that is understood best."""


def fit(
    base: Features, other: Features, pairs: NDArray[np.int64], rung: Rung, equaliser: NDArray[np.float64] | None = None
) -> Conversion:
    """Fit a conversion.

    Args:
        base: Speech of the base voice.
        other: Speech of the voice that it is to be like.
        pairs: Which frames of them belong together, shape (n, 2); with fewer than ENOUGH_PAIRS no map is fitted.
        rung: How boldly.
        equaliser: What is to be added to the envelope, in nats of power, shape (BINS,).

    Raises:
        EngineError: Nothing in one of them is voiced.
    """
    import numpy as np

    centre, deviation = _spread(base)
    mean, wanted = _spread(other)
    scale: NDArray[np.float64] = np.ones(len(mean))
    if rung.spread:
        scale = np.clip(wanted / deviation, _NARROW, _WIDE)
    added = _map(base, other, pairs, rung.penalty, scale) / deviation[:, None]
    made = smooth((base.cepstrum - centre) @ (np.diag(scale) + added), SMOOTHING)[base.speech]
    again: NDArray[np.float64] = np.ones(len(mean))
    if rung.spread:
        again = np.clip(wanted / (made.std(axis=0) + 1e-9), *_AFTERWARDS)
    pitch, own = pitch_of(base), pitch_of(other)
    return Conversion(
        centre=centre,
        matrix=(np.diag(scale) + added) * again,
        offset=mean - made.mean(axis=0) * again,
        equaliser=np.zeros(BINS) if equaliser is None else equaliser,
        pitch=pitch,
        own_pitch=(own[0], min(own[1], WIDEST_PITCH * pitch[1])),
    )


def _spread(features: Features) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean and the standard deviation of every coefficient over what is speech."""
    spoken = features.cepstrum[features.speech]
    return spoken.mean(axis=0), spoken.std(axis=0) + 1e-9


def _map(
    base: Features, other: Features, pairs: NDArray[np.int64], penalty: float, scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What has to be added to the scaled cepstra, for each standard deviation of the base's."""
    import numpy as np

    kept: NDArray[np.int64] = pairs[base.speech[pairs[:, 0]] & other.speech[pairs[:, 1]]]
    size = len(scale)
    if len(kept) < ENOUGH_PAIRS:
        return np.zeros((size, size))
    centre, deviation = _spread(base)
    mean, _ = _spread(other)
    far = base.cepstrum[kept[:, 0]] - centre
    given = far / deviation
    missing = other.cepstrum[kept[:, 1]] - mean - far * scale
    held = given.T @ given + penalty * len(given) * np.eye(size)
    return np.asarray(np.linalg.solve(held, given.T @ missing), np.float64)
