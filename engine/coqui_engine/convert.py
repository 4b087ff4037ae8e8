"""Makes safetensors of a published `.pth`, in a process of its own (`layout` starts it).

torch reads it with `weights_only`, which builds numbers and plain containers and runs nothing else. That keeps no file
of a kilobyte from asking for gigabytes, so the process may use little more memory than the file is large, and a tensor
that says it is larger than the numbers that are there for it is refused.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine import origin

if TYPE_CHECKING:
    from torch import Tensor

ROOM = 2 * 2**30
"""How many bytes of memory the process may use beside twice the file's size."""
UNUSED = ("torch_mel_spectrogram_style_encoder", "torch_mel_spectrogram_dvae", "dvae")
"""What training leaves in a file and speaking does not need."""


def main() -> None:
    """Convert; what goes wrong is said in the last line of standard error."""
    published, safe = (Path(argument) for argument in sys.argv[1:3])
    limit(ROOM + 2 * published.stat().st_size)
    try:
        convert(published, safe)
    except (MemoryError, RuntimeError, ValueError, pickle.UnpicklingError, EOFError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise SystemExit(lines[0]) from None


def convert(published: Path, safe: Path) -> None:
    """Read a `.pth` and write its tensors, with its mark; those of nested containers are called 'outer/inner'.

    Raises:
        ValueError: It holds no tensors, or one larger than its numbers; or nothing can be written where they belong.
        pickle.UnpicklingError: It wants more than to build numbers and plain containers.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    mark = origin.mark(published)
    held = _load(published)
    if isinstance(held, dict) and isinstance(held.get("model"), dict):
        held = held["model"]
    tensors = dict(_tensors(held))
    if not tensors:
        raise ValueError("it holds no tensors")
    part = safe.with_name(f"{safe.name}.part")
    try:
        save_file(tensors, part, {origin.MADE_OF: published.name, origin.KEY: mark})
        os.replace(part, safe)
    except (OSError, SafetensorError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise ValueError(f"nothing can be written beside it, where safetensors of it belong ({error})") from error


def _load(published: Path) -> object:
    import torch

    try:
        held: object = torch.load(published, map_location="cpu", weights_only=True, mmap=True)
    except pickle.UnpicklingError:
        held = _load_with_config(published)
    return held


def _load_with_config(published: Path) -> object:
    """Read a file that holds its configuration as an object, as XTTS-v2 was published: its four classes are allowed."""
    import torch

    from engine.coqui_engine import compat

    compat.prepare()
    from TTS.config.shared_configs import BaseDatasetConfig
    from TTS.tts.configs.xtts_config import XttsArgs, XttsAudioConfig, XttsConfig

    old = "TTS.tts.models.xtts"
    allowed: list[object] = [BaseDatasetConfig, XttsConfig]
    allowed += [(each, f"{old}.{each.__name__}") for each in (XttsArgs, XttsAudioConfig)]
    with torch.serialization.safe_globals(allowed):
        held: object = torch.load(published, map_location="cpu", weights_only=True, mmap=True)
    return held


def _tensors(held: object, within: str = "") -> Iterator[tuple[str, Tensor]]:
    import torch

    if isinstance(held, torch.Tensor):
        name = within.removeprefix("xtts.")
        if name.split(".")[0] not in UNUSED:
            if held.numel() * held.element_size() > held.untyped_storage().nbytes():
                raise ValueError(f"{name} says it is larger than the numbers that are there for it")
            yield name, held.detach().clone(memory_format=torch.contiguous_format)
    elif isinstance(held, Mapping):
        for key, each in held.items():
            yield from _tensors(each, f"{within}/{key}" if within else str(key))


def limit(memory: int) -> None:
    """Let this process have only so many bytes of memory, where the system knows how (Linux)."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
