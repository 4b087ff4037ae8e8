"""What makes decoding faster where; each choice was measured by `python -m bench engine`, see docs/benchmarks."""

from __future__ import annotations

import gc
import importlib.util
from typing import TYPE_CHECKING

import torch

from engine.coqui_engine.batch import Switches
from engine.coqui_engine.gpt import Gpt
from engine.coqui_engine.slots import row_bytes
from engine.coqui_engine.vocoder import Vocoder

if TYPE_CHECKING:
    from TTS.tts.layers.xtts.hifigan_decoder import HifiDecoder

SHARE = 0.5
"""The most of the memory that is free which rows may take."""
MOST = 64
"""The most rows at once on a graphics processor."""
MOST_ON_CPU = 8
LOOK = 8
"""After how many steps the host looks what has ended, on a graphics processor: every 12 ms."""
WIDE = (64, 128, 256)
"""How long the vocoder's windows are on a graphics processor, in frames: the longer, the less is made twice."""
TOGETHER = 32
"""How many of them it makes at once; each takes about 40 MB."""


def best_device() -> torch.device:
    """Return the graphics processor where there is one that torch can use, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def precision(device: torch.device) -> torch.dtype:
    """Return the precision to compute in; a CPU gains nothing from less than float32."""
    return torch.float16 if device.type == "cuda" else torch.float32


def has_kernels(device: torch.device) -> bool:
    """Tell whether kernels of our own run on a device: Triton comes with torch for CUDA, but not on every system."""
    return device.type == "cuda" and importlib.util.find_spec("triton") is not None


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
    if not has_kernels(gpt.device):
        return Switches(slots=slots, look=LOOK, record=True)
    from engine.coqui_engine.kernels import Fused

    return Switches(slots=slots, look=LOOK, record=True, ways=Fused())


def vocoder(library: HifiDecoder, dtype: torch.dtype) -> Vocoder:
    """Make the vocoder as its device does it best."""
    device = library.device
    if device.type != "cuda":
        return Vocoder(library, dtype)
    if not has_kernels(device):
        return Vocoder(library, dtype, windows=WIDE, together=TOGETHER, record=True)
    from engine.coqui_engine.kernels import FusedTouch

    return Vocoder(library, dtype, windows=WIDE, together=TOGETHER, record=True, touch=FusedTouch())


def bytes_held(device: torch.device) -> int:
    """How much memory torch holds on a graphics processor, in bytes; 0 on the CPU, where nobody counts it."""
    return torch.cuda.memory_reserved(device) if device.type == "cuda" else 0


def bytes_free(device: torch.device) -> int | None:
    """How much memory of a graphics processor is free, in bytes; None of the CPU, whose memory others know."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None


def let_go() -> None:
    """Give the memory back that nothing holds any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
