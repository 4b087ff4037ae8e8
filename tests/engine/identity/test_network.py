"""The network takes any number of windows, and each for itself."""

from __future__ import annotations

import numpy as np

from engine.identity import weights
from engine.identity.network import SIZE, WINDOW, Network, unit


def network() -> Network:
    chance = np.random.default_rng(3)
    return Network({name: chance.normal(0, 0.1, shape).astype(np.float32) for name, shape in weights.SHAPES.items()})


def test_a_window_has_the_same_vector_alone_and_among_others() -> None:
    made = network()
    windows = np.random.default_rng(4).random((70, WINDOW, 40)).astype(np.float32)
    together = made.vectors(windows)
    assert together.shape == (70, SIZE)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for place in (0, 31, 32, 69):
        assert np.allclose(made.vectors(windows[place : place + 1])[0], together[place], atol=1e-5)


def test_no_windows_have_no_vectors() -> None:
    assert network().vectors(np.empty((0, WINDOW, 40), np.float32)).shape == (0, SIZE)


def test_a_vector_of_nothing_stays_nothing() -> None:
    assert unit(np.zeros((2, SIZE), np.float32)).tolist() == np.zeros((2, SIZE)).tolist()
