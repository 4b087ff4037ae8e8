"""What makes decoding faster where; each choice was measured by `python -m bench engine`, see docs/benchmarks."""

from __future__ import annotations

import importlib.util

import torch

from engine.coqui_engine.batch import Switches, row_bytes
from engine.coqui_engine.gpt import Gpt

SHARE = 0.5
"""The most of the memory that is free which rows may take."""
MOST = 32
"""The most rows at once on a graphics processor: beyond it a step takes longer by nearly what it brings."""
MOST_ON_CPU = 8


def best_device() -> torch.device:
    """Return the graphics processor where there is one that torch can use, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def precision(device: torch.device) -> torch.dtype:
    """Return the precision to compute in; a CPU gains nothing from less than float32."""
    return torch.float16 if device.type == "cuda" else torch.float32


def switches(gpt: Gpt, *, most: int = 0) -> Switches:
    """Choose how to decode on the device that the network lies on.

    Args:
        gpt: The network.
        most: The most rows at once; 0 is as many as are good for the device and as its memory has room for.
    """
    if gpt.device.type != "cuda":
        return Switches(slots=most or MOST_ON_CPU)
    free, _ = torch.cuda.mem_get_info(gpt.device)
    slots = min(most or MOST, max(1, int(SHARE * free / row_bytes(gpt))))
    if importlib.util.find_spec("triton") is None:
        return Switches(slots=slots, look=8, graphs=True, aside=True)
    from engine.coqui_engine.kernels import Fused

    return Switches(slots=slots, look=8, graphs=True, aside=True, ways=Fused())
