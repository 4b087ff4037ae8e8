"""Sounds that are the same wherever they are made, and the real ones beside the project, at 16 kHz."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.identity.voiced import RATE
from engine.speech import Audio

REAL = Path(__file__).parents[4] / "shared" / "speech"


def made() -> Mapping[str, NDArray[np.float32]]:
    """Three sounds that arithmetic makes: no generator of random numbers, whose next version may differ."""
    times = np.arange(6 * RATE) / RATE
    vowels = np.zeros(len(times))
    turn = 2 * np.pi * np.cumsum(110 + 30 * np.sin(2 * np.pi * 0.7 * times)) / RATE
    for harmonic in range(1, 30):
        vowels += np.sin(harmonic * turn + harmonic**2) / harmonic
    vowels *= 0.06 * (1.2 + np.sin(2 * np.pi * 2.3 * times))
    chirp = 0.08 * np.sin(2 * np.pi * (200 * times + 150 * times**2))
    state, noise = 1, np.empty(2 * RATE)
    for place in range(len(noise)):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        noise[place] = state / 0x40000000 - 1
    return {
        "vowels": vowels.astype(np.float32),
        "chirp": chirp[: 3 * RATE + 77].astype(np.float32),
        "noise": (0.05 * noise[: RATE + 1]).astype(np.float32),
    }


def real(name: str) -> Audio:
    """A file of real speech; the test is skipped where there is none."""
    soundfile = pytest.importorskip("soundfile")
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"shared/speech/{name} is not here")
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Audio(samples=samples.mean(axis=1), rate=rate)
