"""The speaker encoder's network in numpy: three layers of LSTM, one linear layer, and vectors of length one.

Generalized end-to-end loss for speaker verification (Wan et al. 2018, https://arxiv.org/abs/1710.10467), as
Resemblyzer has trained it on some thousands of speakers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WINDOW = 160
"""Frames of a window: 1.6 s, the length that it was trained with."""
SIZE = 256
"""The numbers of a vector."""

_LAYERS = 3
_BATCH = 32
"""Windows that are worked on at once, in some 20 MB."""
_BLOCK = 32
"""Columns of the weights that a product takes at once. Whole, it would be large enough for OpenBLAS to share it among
threads, 480 times for a few windows: three times the CPU, most of it spent waiting for each other."""


class Network:
    """The network with its weights; any thread may use it, many at once."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Turn the weights so that they need no turning when they are used; takes some milliseconds.

        Args:
            weights: As `engine.identity.weights.load` gives them. The gates stand in torch's order: in, forget, cell,
                out.
        """
        import numpy as np

        self._layers = [
            (
                np.ascontiguousarray(weights[f"lstm.weight_ih_l{layer}"].T),
                np.ascontiguousarray(weights[f"lstm.weight_hh_l{layer}"].reshape(-1, _BLOCK, SIZE).transpose(0, 2, 1)),
                weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"],
            )
            for layer in range(_LAYERS)
        ]
        self._linear = np.ascontiguousarray(weights["linear.weight"].T)
        self._bias = weights["linear.bias"]

    def vectors(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a vector of length one for each window.

        Args:
            windows: Mel power, shape (n, WINDOW, 40).

        Returns:
            Shape (n, SIZE); no number is below 0. A window of silence has a vector too, which says nothing.
        """
        import numpy as np

        batches = [self._batch(windows[begin : begin + _BATCH]) for begin in range(0, len(windows), _BATCH)]
        return np.concatenate(batches) if batches else np.empty((0, SIZE), np.float32)

    def _batch(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        steps = np.ascontiguousarray(windows.transpose(1, 0, 2))
        for layer in self._layers:
            steps = _lstm(steps, *layer)
        raw = np.maximum(steps[-1] @ self._linear + self._bias, 0)
        return unit(raw)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make vectors, along the last axis, one long; what is nothing stays nothing."""
    import numpy as np

    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    made: NDArray[np.float32] = (vectors / np.maximum(length, 1e-9)).astype(np.float32)
    return made


def _lstm(
    steps: NDArray[np.float32], inward: NDArray[np.float32], along: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Run one layer.

    Args:
        steps: What comes in, shape (steps, batch, inputs).
        inward: Its weights for what comes in, shape (inputs, 4 * SIZE).
        along: Its weights for its own state, in blocks of columns, shape (4 * SIZE / _BLOCK, SIZE, _BLOCK).
        bias: Shape (4 * SIZE,).

    Returns:
        Its states, shape (steps, batch, SIZE).
    """
    import numpy as np

    count, batch, inputs = steps.shape
    blocks, each = len(along), len(along) // 4
    given = (steps.reshape(-1, inputs) @ inward + bias).reshape(count, batch, blocks, _BLOCK).transpose(0, 2, 1, 3)
    state, cell = np.zeros((batch, SIZE), np.float32), np.zeros((each, batch, _BLOCK), np.float32)
    states = np.empty((count, batch, SIZE), np.float32)
    gates = np.empty((blocks, batch, _BLOCK), np.float32)
    for step in range(count):
        np.matmul(state, along, out=gates)
        gates += given[step]
        # One tanh does for all: a sigmoid is half of one plus a half.
        gates[: 2 * each] *= 0.5
        gates[3 * each :] *= 0.5
        np.tanh(gates, out=gates)
        opened = 0.5 * gates + 0.5
        cell = opened[each : 2 * each] * cell + opened[:each] * gates[2 * each : 3 * each]
        state = (opened[3 * each :] * np.tanh(cell)).transpose(1, 0, 2).reshape(batch, SIZE)
        states[step] = state
    return states
