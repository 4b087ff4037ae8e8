"""Seams: sounds that are put one after another without a click between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.speech import Audio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ABRUPT = 0.004
"""A sound that begins or ends louder than this, -48 dB, clicks where silence meets it."""
_EDGE_SECONDS = 0.001
"""How much of a sound counts as its begin or end."""
_FADE_SECONDS = 0.005
"""Long enough that no click is heard, and shorter than any consonant."""


def soften(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Fade in what begins abruptly, and fade out what ends abruptly, along half a cosine; the rest stays as it is.

    Args:
        samples: The sound, shape (n,), from -1 to 1; it is left as it is.
        rate: Samples a second, in Hz.

    Returns:
        The samples that were given, where neither end is abrupt; else others, shape (n,).
    """
    begins, ends = _abrupt(samples, rate, _ABRUPT)
    if not (begins or ends):
        return samples
    import numpy as np

    softened = samples.copy()
    length = min(max(1, round(_FADE_SECONDS * rate)), len(samples))
    rise = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)
    if begins:
        softened[:length] *= rise
    if ends:
        softened[-length:] *= rise[::-1]
    return softened


def is_smooth(audio: Audio) -> bool:
    """Tell whether a sound neither begins nor ends abruptly, so that `soften` would leave it as it is."""
    samples, one = audio.as_made
    return not any(_abrupt(samples, audio.rate, _ABRUPT * one))


def silence(seconds: float, rate: int) -> NDArray[np.float32]:
    """Return samples of silence, shape (n,); none where there are no seconds.

    Args:
        seconds: How long it lasts.
        rate: Samples a second, in Hz.
    """
    import numpy as np

    return np.zeros(max(0, round(seconds * rate)), np.float32)


def _abrupt(samples: NDArray[np.float32] | NDArray[np.int16], rate: int, most: float) -> tuple[bool, bool]:
    """Tell whether a sound begins, and whether it ends, louder than that."""
    edge = max(1, round(_EDGE_SECONDS * rate))
    edges = samples[:edge], samples[-edge:]
    begins, ends = (len(each) > 0 and max(float(each.max()), -float(each.min())) > most for each in edges)
    return begins, ends
