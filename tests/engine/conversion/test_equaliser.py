from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.conversion import equaliser
from engine.conversion.equaliser import MOST
from engine.conversion.features import BINS, RATE
from engine.identity.encoder import Encoder
from engine.identity.network import Network
from engine.identity.voiced import levelled, voiced
from engine.speech import Audio
from tests.engine.conversion.voices import HIGH, LOW, said

TEXT = "Nobody has ever asked him why."


def vector(network: Network, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return Encoder(network).embed(levelled(voiced(Audio(samples=samples, rate=RATE))))


def equalised(samples: NDArray[np.float32], curve: NDArray[np.float64]) -> NDArray[np.float32]:
    """Apply a curve to the whole of a sound, without WORLD."""
    spectrum = np.fft.rfft(samples)
    louder = np.exp(0.5 * np.interp(np.linspace(0, 1, len(spectrum)), np.linspace(0, 1, BINS), curve))
    return np.fft.irfft(spectrum * louder, len(samples)).astype(np.float32)


def test_it_makes_speech_more_similar_to_whom_it_is_fitted_to(network: Network) -> None:
    wanted = vector(network, said(HIGH))
    curve = equaliser.fit(network, said(LOW), wanted)
    before, after = (vector(network, each) @ wanted for each in (said(LOW), equalised(said(LOW), curve)))
    assert after > before + 0.01


def test_it_undoes_a_tilt_that_somebody_put_over_the_same_speech(network: Network) -> None:
    tilted = equalised(said(LOW), np.linspace(1.0, -1.0, BINS))
    curve = equaliser.fit(network, tilted, vector(network, said(LOW)))
    assert curve[380:450].mean() > curve[20:60].mean()


def test_it_is_smooth_and_never_more_than_it_may_be(network: Network) -> None:
    curve = equaliser.fit(network, said(LOW), vector(network, said(HIGH)))
    assert curve.shape == (BINS,)
    assert np.abs(curve).max() <= MOST
    assert np.abs(np.diff(curve)).max() < 0.1


def test_a_moment_of_speech_is_left_as_it_is(network: Network) -> None:
    curve = equaliser.fit(network, said(LOW)[: RATE // 2], vector(network, said(HIGH)))
    assert not curve.any()
