"""Runs what a graphics processor is to do again and again from a recording (a CUDA graph).

A network of thirty layers takes longer to launch than to run: each of its three hundred kernels costs the host as long
as the device needs for it. A recording is launched at once. It holds the very tensors that it was recorded with, so
what it is to work on is copied into them, and what it returns is overwritten by the next recording that is run.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import torch
from torch import Tensor


class Recorder:
    """Recordings that are run one after another, never two at once: they share the memory for what is in between."""

    def __init__(self, on: bool) -> None:
        """Take whether the device can record at all; else everything is run as it comes."""
        self._on = on
        self._pool = torch.cuda.graph_pool_handle() if on else None
        self._recorded: dict[Hashable, tuple[torch.cuda.CUDAGraph, Tensor]] = {}

    @property
    def on(self) -> bool:
        """Whether anything is recorded."""
        return self._on

    def record(self, key: Hashable, work: Callable[[], Tensor]) -> None:
        """Record some work under a key. It is run first, for what is set up at a first run must not be recorded."""
        if not self._on:
            return
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            work()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            made = work()
        self._recorded[key] = graph, made

    def run(self, key: Hashable, work: Callable[[], Tensor]) -> Tensor:
        """Run what was recorded under a key, or the work itself where nothing was."""
        held = self._recorded.get(key)
        if held is None:
            return work()
        held[0].replay()
        return held[1]
