"""Speech taken apart into pitch, spectral envelope and noise, and put together again: WORLD, by pyworld.

Morise, Yokomori and Ozawa 2016, "WORLD: a vocoder-based high-quality speech synthesis system for real-time
applications", https://doi.org/10.1587/transinf.2015EDP7457.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from engine.engine import EngineError, EngineMissing
from engine.value import value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of all that is converted, in Hz: what flite speaks at, and what the speaker encoder hears."""
STEP_MS = 5.0
"""From one frame to the next, in milliseconds."""
STEP = 80
"""The same in samples."""
BINS = 513
"""Values of a spectral envelope, from 0 Hz to half the rate."""
COEFFICIENTS = 30
"""Values of a cepstrum: enough for formants, too few for harmonics."""
LOWEST, HIGHEST = 60.0, 500.0
"""Between which a pitch is looked for, in Hz."""

_FAR_BELOW = 10.4
"""How far below the loud frames (the 95th percentile) a frame of speech may be, in nats of power: 45 dB."""
_LEAST = 1e-12
_OCTAVE_ERROR = 0.7
"""A pitch further than this from the median, in nats, is mistaken for one an octave away."""


@value
class Features:
    """What a stretch of speech is made of, one frame every STEP_MS."""

    pitch: NDArray[np.float64]
    """The fundamental frequency in Hz, shape (n,); 0 where there is none."""
    envelope: NDArray[np.float64]
    """The power spectrum without its harmonics, shape (n, BINS)."""
    noise: NDArray[np.float64]
    """How much of each part of the spectrum is noise, from 0 to 1, shape (n, BINS)."""
    power: NDArray[np.float64]
    """The mean of the envelope, in nats, shape (n,)."""
    cepstrum: NDArray[np.float64]
    """The mel-cepstrum of the envelope made equally powerful, shape (n, COEFFICIENTS)."""
    speech: NDArray[np.bool_]
    """Whether a frame is speech rather than a pause, shape (n,)."""


def check_installed() -> None:
    """Do nothing, if WORLD is there.

    Raises:
        EngineMissing: It is not; the message says how to install it.
    """
    if find_spec("pyworld") is None:  # to import it takes as long as a sentence does
        raise EngineMissing("pyworld is not installed; `pip install pyworld-prebuilt` brings it")


def take_apart(samples: NDArray[np.float32]) -> Features:
    """Take speech apart.

    Args:
        samples: At RATE, shape (m,), from -1 to 1; 25 ms at least.

    Raises:
        EngineError: It is too short.
    """
    import numpy as np
    import pyworld

    if len(samples) < RATE // 40:
        raise EngineError(f"{len(samples)} samples are too few to convert")
    wave = np.ascontiguousarray(samples, np.float64)
    rough, times = pyworld.dio(wave, RATE, f0_floor=LOWEST, f0_ceil=HIGHEST, frame_period=STEP_MS)
    pitch = pyworld.stonemask(wave, rough, times, RATE)
    envelope = pyworld.cheaptrick(wave, pitch, times, RATE)
    noise = pyworld.d4c(wave, pitch, times, RATE)
    power = np.log(envelope.mean(axis=1) + _LEAST)
    even = np.ascontiguousarray(envelope / np.exp(power)[:, None])
    return Features(
        pitch=pitch,
        envelope=envelope,
        noise=noise,
        power=power,
        cepstrum=pyworld.code_spectral_envelope(even, RATE, COEFFICIENTS),
        speech=power >= np.percentile(power, 95) - _FAR_BELOW,
    )


def put_together(
    pitch: NDArray[np.float64], envelope: NDArray[np.float64], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Make sound at RATE of pitch, envelope and noise, as `Features` has them."""
    import numpy as np
    import pyworld

    made: NDArray[np.float64] = pyworld.synthesize(
        np.ascontiguousarray(pitch), np.ascontiguousarray(envelope), np.ascontiguousarray(noise), RATE, STEP_MS
    )
    return made


@cache
def basis() -> NDArray[np.float64]:
    """What each coefficient of a cepstrum adds to an envelope, in nats of power, shape (COEFFICIENTS, BINS)."""
    import numpy as np
    import pyworld

    each = np.log(pyworld.decode_spectral_envelope(np.eye(COEFFICIENTS), RATE, 2 * (BINS - 1)))
    none = np.log(pyworld.decode_spectral_envelope(np.zeros((1, COEFFICIENTS)), RATE, 2 * (BINS - 1)))
    made: NDArray[np.float64] = each - none
    return made


def pitch_of(features: Features) -> tuple[float, float]:
    """Return the mean and the standard deviation of a voice's pitch, both of its natural logarithm in Hz.

    Raises:
        EngineError: Nothing is voiced.
    """
    import numpy as np

    voiced = np.log(features.pitch[features.pitch > 0])
    if not len(voiced):
        raise EngineError("nothing in it has a pitch")
    voiced = voiced[np.abs(voiced - np.median(voiced)) < _OCTAVE_ERROR]
    return float(voiced.mean()), float(voiced.std())


def smooth(frames: NDArray[np.float64], deviation: float) -> NDArray[np.float64]:
    """Smooth frames in time, shape (n, k), by a Gaussian of so many frames; the ends are held."""
    import numpy as np

    reach = int(4 * deviation + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    weights /= weights.sum()
    padded = np.pad(frames, ((reach, reach), (0, 0)), "edge")
    made = np.zeros(frames.shape)
    for place, weight in enumerate(weights):
        made += weight * padded[place : place + len(frames)]
    return made
